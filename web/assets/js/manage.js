/**
 * Requests of administrators to the relay of the page: NIP-86, and what this relay has beside it. Every request is
 * signed (NIP-98).
 * @module
 */
import { authorization } from './authorization.js';
import { toHex } from './bytes.js';
import { introduced } from './publish.js';
import { thisRelay } from './relay.js';

/** @typedef {import('./event.js').Signer} Signer */
/** @typedef {import('./event.js').Event} Event */

/** NIP-86. */
const MANAGEMENT = 'application/nostr+json+rpc';
/** What it has no names for. */
export const CONSOLE = 'application/vnd.kith.console+json';

/** Characters of what a stranger wrote. */
const CHARACTERS_MAX = 200;

/** Where requests go: the relay, as this page reached it. */
function address() {
  const relay = new URL(document.documentElement.dataset.relay ?? location.href);
  return new URL(relay.pathname, location.origin).href;
}

/**
 * Sends a request to the relay.
 * @param {Signer} who
 * @param {string} method
 * @param {unknown[]} params
 * @param {string} mediaType
 * @param {AbortSignal} [signal]
 */
export async function request(who, method, params, mediaType, signal) {
  const body = JSON.stringify({ method, params });
  const headers = { 'Content-Type': mediaType, Authorization: await authorization(who, 'POST', '', body) };
  return fetch(address(), { method: 'POST', body, headers, signal });
}

/**
 * Asks the relay for something.
 * @param {Signer} who
 * @param {string} method
 * @param {unknown[]} [params]
 * @param {string} [mediaType]
 * @returns {Promise<any>}
 */
export async function call(who, method, params = [], mediaType = MANAGEMENT) {
  const said = await (await request(who, method, params, mediaType)).json();
  if (said.error) throw new Error(said.error);
  return said.result;
}

/**
 * What the relay has; where it wants to know who asks, it is told.
 * @param {Record<string, unknown>[]} filters
 * @returns {Promise<Event[]>}
 */
export async function stored(filters) {
  const relay = thisRelay();
  try {
    return await relay.ask(filters);
  } catch (error) {
    const isUnknown = error instanceof Error && error.message.startsWith('auth-required:');
    if (!isUnknown || !await introduced(relay)) throw error;
    return relay.ask(filters);
  }
}

/**
 * What people call themselves, by key.
 * @param {string[]} authors
 * @returns {Promise<Map<string, string>>}
 */
export async function namesOf(authors) {
  const names = new Map();
  if (!authors.length) return names;
  for (const { pubkey, content } of await stored([{ kinds: [0], authors }])) {
    try {
      const { name } = JSON.parse(content);
      if (typeof name === 'string' && name.trim()) names.set(pubkey, plain(name));
    } catch {
      // Whoever writes no JSON has no name.
    }
  }
  return names;
}

/**
 * A key as somebody typed it, in hexadecimal.
 * @param {string} typed
 */
export async function keyOf(typed) {
  const text = typed.trim();
  if (!text.startsWith('npub1')) return text;
  const { bech32 } = await import('../vendor/scure-base/index.js');
  return toHex(bech32.fromWords(bech32.decode(/** @type {`${string}1${string}`} */ (text)).words));
}

/**
 * Fills a list; where there is nothing, it says so.
 * @param {Element} list
 * @param {Node[]} rows
 * @param {string} [nothing]
 */
export function fill(list, rows, nothing = '') {
  const empty = document.createElement('li');
  empty.textContent = nothing;
  list.replaceChildren(...rows.length ? rows : [empty]);
}

/**
 * What a stranger wrote, in one line, without characters that turn others around.
 * @param {string} text
 */
export function plain(text) {
  return text.replace(/\p{C}+/gu, ' ').trim().slice(0, CHARACTERS_MAX);
}
