/**
 * Looks for the number that gives a note the work that a relay wants (NIP-13), in a thread of its own.
 * @module
 */
import { sha256 } from '../vendor/noble-hashes/sha2.js';
import { utf8 } from './bytes.js';

/**
 * @typedef {object} Task
 * @property {string} before What is hashed before the number.
 * @property {string} after What is hashed after it.
 * @property {number} bits Zero bits that the id must begin with.
 * @property {number} first The number to begin with.
 * @property {number} step How many look for it.
 */

/** Attempts between two messages about how far it is. */
const ATTEMPTS = 5_000;

/**
 * How many zero bits a hash begins with.
 * @param {Uint8Array} hash
 */
function zeroBits(hash) {
  const at = hash.findIndex((byte) => byte !== 0);
  return at < 0 ? hash.length * 8 : at * 8 + Math.clz32(hash[at]) - 24;
}

addEventListener('message', ({ data }) => {
  const { before, after, bits, first, step } = /** @type {Task} */ (data);
  // What does not change is hashed once.
  const begun = sha256.create().update(utf8(before));
  const end = utf8(after);
  for (let number = first, attempts = 0; ; number += step) {
    const hash = begun.clone().update(utf8(String(number))).update(end).digest();
    if (zeroBits(hash) >= bits) {
      postMessage({ found: String(number) });
      return;
    }
    attempts += 1;
    if (attempts % ATTEMPTS === 0) postMessage({ attempts: ATTEMPTS });
  }
});
