/**
 * A key in this browser, as it is kept: encrypted (NIP-49), with a password that a person chose, or with a random
 * one that only this browser can read.
 * @module
 */
import { fromHex, toHex, utf8 } from './bytes.js';
import { newSecret, publicKeyOf, signWith } from './event.js';
import { FOR_PASSWORDS, FOR_RANDOM, decryptKey, encryptKey, randomPassword } from './keyfile.js';
import { conversationKey, decrypt, encrypt } from './nip44.js';
import { lock, unlock } from './storage.js';

/** @typedef {import('./event.js').Signer} Signer */

/**
 * @typedef {object} KeptKey
 * @property {string} ncryptsec
 * @property {string} [lock] The password, for this browser alone; without it, a person knows it.
 */

/**
 * Signs with a secret key.
 * @param {Uint8Array} secret
 * @returns {Signer}
 */
export function signerOf(secret) {
  return {
    pubkey: publicKeyOf(secret),
    sign: async (draft) => signWith(draft, secret),
    encrypt: async (pubkey, text) => encrypt(conversationKey(secret, pubkey), text),
    decrypt: async (pubkey, text) => decrypt(conversationKey(secret, pubkey), text),
  };
}

export { newSecret, publicKeyOf };

/**
 * The key as this browser keeps it; `null` where it cannot keep it without a password of the person.
 * @param {Uint8Array} secret
 * @returns {Promise<KeptKey | null>}
 */
export async function kept(secret) {
  const password = randomPassword();
  const locked = await lock(utf8(password));
  if (!locked) return null;
  return { ncryptsec: await encryptKey(secret, password, FOR_RANDOM), lock: locked };
}

/**
 * The key with a password of the person.
 * @param {Uint8Array} secret
 * @param {string} password
 * @returns {Promise<KeptKey>}
 */
export async function keptWith(secret, password) {
  return { ncryptsec: await encryptKey(secret, password, FOR_PASSWORDS) };
}

/**
 * The key again; `null` when the browser lost what it needs, or when it is not the password.
 * @param {KeptKey} key
 * @param {string} [given]
 */
export async function opened(key, given) {
  if (given !== undefined) return decryptKey(key.ncryptsec, given);
  const password = key.lock ? await unlock(key.lock) : null;
  return password && decryptKey(key.ncryptsec, new TextDecoder().decode(password));
}

/**
 * A secret of ours that is no person's, kept for this browser alone.
 * @param {Uint8Array} secret
 */
export function keptSecret(secret) {
  return lock(utf8(toHex(secret)));
}

/** @param {string} locked */
export async function openedSecret(locked) {
  const text = await unlock(locked);
  return text && fromHex(new TextDecoder().decode(text));
}
