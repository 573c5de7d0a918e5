/**
 * Notes: their ids and signatures (NIP-01, BIP-340).
 * @module
 */
import { hashes, schnorr } from '../vendor/noble-secp256k1/index.js';
import { hmac } from '../vendor/noble-hashes/hmac.js';
import { sha256 } from '../vendor/noble-hashes/sha2.js';
import { fromHex, now, random, toHex, utf8 } from './bytes.js';

Object.assign(hashes, {
  sha256,
  hmacSha256: (/** @type {Uint8Array} */ key, /** @type {Uint8Array} */ message) => hmac(sha256, key, message),
});

/**
 * A note before somebody signs it.
 * @typedef {{kind: number, created_at?: number, tags: string[][], content: string}} Draft
 */

/**
 * A signed note.
 * @typedef {{id: string, pubkey: string, created_at: number, kind: number, tags: string[][], content: string, sig: string}} Event
 */

/**
 * Whoever signs for a person, wherever the key is.
 * @typedef {object} Signer
 * @property {string} pubkey The person, in hexadecimal digits.
 * @property {(draft: Draft) => Promise<Event>} sign
 * @property {(pubkey: string, text: string) => Promise<string>} encrypt To somebody (NIP-44).
 * @property {(pubkey: string, text: string) => Promise<string>} decrypt From somebody (NIP-44).
 */

/**
 * @param {Omit<Event, 'id' | 'sig'>} event
 */
export function idOf({ pubkey, created_at, kind, tags, content }) {
  return toHex(sha256(utf8(JSON.stringify([0, pubkey, created_at, kind, tags, content]))));
}

/** A secret key that is new. */
export function newSecret() {
  for (;;) {
    const secret = random(32);
    try {
      schnorr.getPublicKey(secret);
      return secret;
    } catch {
      // One in 2^128 is no key.
    }
  }
}

/** @param {Uint8Array} secret */
export function publicKeyOf(secret) {
  return toHex(schnorr.getPublicKey(secret));
}

/**
 * @param {Draft} draft
 * @param {Uint8Array} secret
 * @returns {Event}
 */
export function signWith(draft, secret) {
  const { kind, created_at = now(), tags, content } = draft;
  const unsigned = { pubkey: publicKeyOf(secret), created_at, kind, tags, content };
  const id = idOf(unsigned);
  return { ...unsigned, id, sig: toHex(schnorr.sign(fromHex(id), secret)) };
}

/**
 * Whether the id is that of the content, and the signature that of the author.
 * @param {Event} event
 */
export function isTrue(event) {
  try {
    return idOf(event) === event.id
      && schnorr.verify(fromHex(event.sig), fromHex(event.id), fromHex(event.pubkey));
  } catch {
    return false;
  }
}

/**
 * Checks what a signer that is not ours gives back: the note that was asked for, and nothing else.
 * @param {any} given
 * @param {Draft} asked
 * @param {string} pubkey
 * @returns {Event}
 */
export function believed(given, asked, pubkey) {
  const { id, created_at, kind, tags, content, sig } = given ?? {};
  const event = { id, pubkey: given?.pubkey, created_at, kind, tags, content, sig };
  const isAsked = event.pubkey === pubkey
    && kind === asked.kind
    && content === asked.content
    && JSON.stringify(tags) === JSON.stringify(asked.tags)
    && Number.isSafeInteger(created_at)
    && (asked.created_at === undefined || created_at === asked.created_at);
  if (!isAsked || !isTrue(event)) throw new Error('the signer gave something else than it was asked for');
  return event;
}
