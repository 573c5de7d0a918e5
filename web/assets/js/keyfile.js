/**
 * Keys as people see and keep them: `npub`, `nsec` (NIP-19), and `ncryptsec`, encrypted with a password (NIP-49).
 * @module
 */
import { xchacha20poly1305 } from '../vendor/noble-ciphers/chacha.js';
import { scryptAsync } from '../vendor/noble-hashes/scrypt.js';
import { bech32 } from '../vendor/scure-base/index.js';
import { fromHex, join, random, toHex, utf8 } from './bytes.js';

const VERSION = 2;
/** The longest of the texts, in characters. */
const LENGTH_MAX = 400;
/** Nobody knows whether the key was ever shown. */
const HANDLED_UNKNOWN = 2;
/** More takes minutes and gigabytes. */
const LOG_N_MAX = 20;

/** How hard guessing passwords of people is made: 64 MiB and a good part of a second each. */
export const FOR_PASSWORDS = 16;
/** For passwords of 32 random bytes, which nobody guesses anyway. */
export const FOR_RANDOM = 10;

/** @param {string} pubkey */
export function npubOf(pubkey) {
  return bech32.encode('npub', bech32.toWords(fromHex(pubkey)), LENGTH_MAX);
}

/** @param {Uint8Array} secret */
export function nsecOf(secret) {
  return bech32.encode('nsec', bech32.toWords(secret), LENGTH_MAX);
}

/**
 * The secret key of an `nsec`, or `null`.
 * @param {string} text
 */
export function readNsec(text) {
  const bytes = read('nsec', text);
  return bytes?.length === 32 ? bytes : null;
}

/**
 * The encrypted key within a text, such as a file that somebody saved; or `null`.
 * @param {string} text
 */
export function findEncrypted(text) {
  return text.match(/ncryptsec1[02-9ac-hj-np-z]+/)?.[0] ?? null;
}

/**
 * @param {Uint8Array} secret
 * @param {string} password
 * @param {number} logN
 */
export async function encryptKey(secret, password, logN) {
  const [salt, nonce] = [random(16), random(24)];
  const about = Uint8Array.of(HANDLED_UNKNOWN);
  const key = await keyOf(password, salt, logN);
  const hidden = xchacha20poly1305(key, nonce, about).encrypt(secret);
  const bytes = join(Uint8Array.of(VERSION, logN), salt, nonce, about, hidden);
  return bech32.encode('ncryptsec', bech32.toWords(bytes), LENGTH_MAX);
}

/**
 * The secret key, or `null` when it is not the password.
 * @param {string} text
 * @param {string} password
 * @returns {Promise<Uint8Array | null>}
 */
export async function decryptKey(text, password) {
  const bytes = read('ncryptsec', text);
  if (bytes?.length !== 91 || bytes[0] !== VERSION || bytes[1] > LOG_N_MAX) return null;
  const key = await keyOf(password, bytes.subarray(2, 18), bytes[1]);
  try {
    return xchacha20poly1305(key, bytes.subarray(18, 42), bytes.subarray(42, 43)).decrypt(bytes.subarray(43));
  } catch {
    return null;
  }
}

/**
 * @param {string} password
 * @param {Uint8Array} salt
 * @param {number} logN
 */
function keyOf(password, salt, logN) {
  return scryptAsync(utf8(password.normalize('NFKC')), salt, { N: 2 ** logN, r: 8, p: 1, dkLen: 32 });
}

/**
 * @param {string} prefix
 * @param {string} text
 * @returns {Uint8Array | null}
 */
function read(prefix, text) {
  try {
    const { prefix: found, words } = bech32.decode(text.trim(), LENGTH_MAX);
    return found === prefix ? bech32.fromWords(words) : null;
  } catch {
    return null;
  }
}

/**
 * A password that nobody guesses.
 */
export function randomPassword() {
  return toHex(random(32));
}
