/**
 * Signed requests (NIP-98): who asks is in the request itself, and nothing is kept of it.
 * @module
 */
import { toBase64, toHex, utf8 } from './bytes.js';

const AUTHORIZATION = 27235;

/**
 * The value of the header for a request to the relay of the page.
 * @param {import('./event.js').Signer} who
 * @param {string} method
 * @param {string} path Where; empty for the relay itself.
 * @param {string} [body]
 */
export async function authorization(who, method, path, body) {
  const relay = (document.documentElement.dataset.relay ?? '').replace(/^ws/, 'http');
  const tags = [
    ['u', path ? new URL(path, relay).href : relay],
    ['method', method],
    // Two requests of one second are two.
    ['nonce', crypto.randomUUID?.() ?? String(Math.random())],
  ];
  if (body !== undefined) {
    const { sha256 } = await import('../vendor/noble-hashes/sha2.js');
    tags.push(['payload', toHex(sha256(utf8(body)))]);
  }
  const event = await who.sign({ kind: AUTHORIZATION, tags, content: '' });
  return `Nostr ${toBase64(utf8(JSON.stringify(event)))}`;
}
