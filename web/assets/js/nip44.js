/**
 * Messages between two keys (NIP-44, version 2).
 * @module
 */
import { chacha20 } from '../vendor/noble-ciphers/chacha.js';
import { expand, extract } from '../vendor/noble-hashes/hkdf.js';
import { hmac } from '../vendor/noble-hashes/hmac.js';
import { sha256 } from '../vendor/noble-hashes/sha2.js';
import { getSharedSecret } from '../vendor/noble-secp256k1/index.js';
import { fromBase64, fromHex, join, random, toBase64, utf8 } from './bytes.js';

const VERSION = 2;
const NONCE_BYTES = 32;
const MAC_BYTES = 32;
const TEXT_BYTES_MAX = 65535;

/**
 * What the two have in common.
 * @param {Uint8Array} secret
 * @param {string} pubkey
 * @returns {Uint8Array}
 */
export function conversationKey(secret, pubkey) {
  const point = getSharedSecret(secret, join(Uint8Array.of(2), fromHex(pubkey)));
  return extract(sha256, point.subarray(1, 33), utf8('nip44-v2'));
}

/**
 * @param {Uint8Array} key
 * @param {string} text
 */
export function encrypt(key, text, nonce = random(NONCE_BYTES)) {
  const { cipherKey, cipherNonce, macKey } = messageKeys(key, nonce);
  const hidden = chacha20(cipherKey, cipherNonce, padded(utf8(text)));
  const mac = hmac(sha256, macKey, join(nonce, hidden));
  return toBase64(join(Uint8Array.of(VERSION), nonce, hidden, mac));
}

/**
 * @param {Uint8Array} key
 * @param {string} message
 */
export function decrypt(key, message) {
  const bytes = fromBase64(message);
  if (bytes[0] !== VERSION || bytes.length < 99) throw new Error('not a message of NIP-44');
  const nonce = bytes.subarray(1, 1 + NONCE_BYTES);
  const hidden = bytes.subarray(1 + NONCE_BYTES, -MAC_BYTES);
  const { cipherKey, cipherNonce, macKey } = messageKeys(key, nonce);
  const mac = hmac(sha256, macKey, join(nonce, hidden));
  if (!isSame(mac, bytes.subarray(-MAC_BYTES))) throw new Error('the message was changed');
  return unpadded(chacha20(cipherKey, cipherNonce, hidden));
}

/**
 * @param {Uint8Array} key
 * @param {Uint8Array} nonce
 */
function messageKeys(key, nonce) {
  const keys = expand(sha256, key, nonce, 76);
  return {
    cipherKey: keys.subarray(0, 32),
    cipherNonce: keys.subarray(32, 44),
    macKey: keys.subarray(44, 76),
  };
}

/** @param {number} length */
function paddedLength(length) {
  if (length <= 32) return 32;
  const power = 2 ** (Math.floor(Math.log2(length - 1)) + 1);
  const chunk = power <= 256 ? 32 : power / 8;
  return chunk * (Math.floor((length - 1) / chunk) + 1);
}

/** @param {Uint8Array} text */
function padded(text) {
  const { length } = text;
  if (length < 1 || length > TEXT_BYTES_MAX) throw new Error('too short or too long to encrypt');
  const whole = new Uint8Array(2 + paddedLength(length));
  whole.set([length >> 8, length & 255]);
  whole.set(text, 2);
  return whole;
}

/** @param {Uint8Array} whole */
function unpadded(whole) {
  const length = (whole[0] << 8) | whole[1];
  if (length < 1 || whole.length !== 2 + paddedLength(length)) throw new Error('wrong padding');
  return new TextDecoder('utf-8', { fatal: true }).decode(whole.subarray(2, 2 + length));
}

/**
 * Whether two byte strings are equal, without saying by time where they differ.
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function isSame(one, other) {
  let difference = one.length ^ other.length;
  for (let at = 0; at < one.length; at += 1) difference |= one[at] ^ (other[at] ?? 0);
  return difference === 0;
}
