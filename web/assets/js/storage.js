/**
 * What the browser remembers between visits: small texts, and one key of the browser's own that no script can
 * read. Where a browser keeps nothing (some private windows), texts last as long as the page.
 * @module
 */
import { fromBase64, join, random, toBase64 } from './bytes.js';

const DATABASE = 'kith';
const STORE = 'keys';
const LOCK = 'lock';
const NONCE_BYTES = 12;

/** @type {Map<string, string>} */
const memory = new Map();

/**
 * @param {string} name
 * @returns {string | null}
 */
export function recall(name) {
  try {
    return memory.get(name) ?? localStorage.getItem(name);
  } catch {
    return null;
  }
}

/**
 * Remembers a text, or forgets it.
 * @param {string} name
 * @param {string | null} text
 * @param {{thisPage?: boolean}} [how] Only as long as the page.
 * @returns {boolean} Whether it lasts longer than the page.
 */
export function remember(name, text, { thisPage = false } = {}) {
  memory.delete(name);
  try {
    if (text === null || thisPage) localStorage.removeItem(name);
    else localStorage.setItem(name, text);
    if (!thisPage) return true;
  } catch {
    // Nothing lasts here.
  }
  if (text !== null) memory.set(name, text);
  return false;
}

/**
 * Calls back when another page of this relay changed what is remembered.
 * @param {string} name
 * @param {() => void} changed
 */
export function whenChangedElsewhere(name, changed) {
  addEventListener('storage', (event) => {
    if (event.key === name || event.key === null) changed();
  });
}

/**
 * Encrypts bytes so that only this browser can read them; `null` where it cannot keep a key.
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
export async function lock(bytes) {
  const key = await ownKey();
  if (!key) return null;
  const iv = random(NONCE_BYTES);
  const locked = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes);
  return toBase64(join(iv, new Uint8Array(locked)));
}

/**
 * The bytes again; `null` when this browser cannot read them.
 * @param {string} locked
 */
export async function unlock(locked) {
  const key = await ownKey();
  if (!key) return null;
  const bytes = fromBase64(locked);
  const [iv, data] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES)];
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, data));
  } catch {
    return null;
  }
}

/** @returns {Promise<CryptoKey | null>} */
async function ownKey() {
  try {
    const database = await settled(opened());
    const found = await settled(database.transaction(STORE).objectStore(STORE).get(LOCK));
    if (found) return found;
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
    const write = database.transaction(STORE, 'readwrite').objectStore(STORE);
    // Another page may have been faster; its key is the one that is kept.
    const earlier = await settled(write.get(LOCK));
    if (earlier) return earlier;
    await settled(write.put(key, LOCK));
    return key;
  } catch {
    return null;
  }
}

function opened() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return request;
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
