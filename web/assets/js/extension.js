/**
 * A browser extension that signs (NIP-07).
 * @module
 */
import { now } from './bytes.js';
import { believed } from './event.js';

/**
 * @typedef {object} Provider
 * @property {() => Promise<string>} getPublicKey
 * @property {(event: object) => Promise<unknown>} signEvent
 * @property {() => Promise<Record<string, {read?: boolean, write?: boolean}>>} [getRelays]
 * @property {{encrypt: (pubkey: string, text: string) => Promise<string>, decrypt: (pubkey: string, text: string) => Promise<string>}} [nip44]
 */

/** How long an extension may wait for the person, in milliseconds; behind that it is asked again by hand. */
const ANSWER_MS_MAX = 300_000;

/** What there is now: some extensions come after the page. @returns {Provider | undefined} */
export function provider() {
  return /** @type {any} */ (window).nostr;
}

/**
 * Signs through the extension; asks it again who the person is, since they may have changed it.
 * @returns {Promise<import('./event.js').Signer>}
 */
export async function extensionSigner() {
  const nostr = provider();
  if (!nostr) throw new Error('there is no extension');
  const pubkey = String(await answered(nostr.getPublicKey()));
  if (!/^[0-9a-f]{64}$/.test(pubkey)) throw new Error('the extension has no key');
  const hidden = () => {
    if (!nostr.nip44) throw new Error('the extension cannot encrypt');
    return nostr.nip44;
  };
  return {
    pubkey,
    async sign(draft) {
      const { kind, tags, content, created_at = now() } = draft;
      const asked = { created_at, kind, tags, content };
      return believed(await answered(nostr.signEvent({ ...asked })), asked, pubkey);
    },
    encrypt: async (other, text) => answered(hidden().encrypt(other, text)),
    decrypt: async (other, text) => answered(hidden().decrypt(other, text)),
  };
}

/**
 * What an extension answers, or that it does not.
 * @template T
 * @param {Promise<T>} answer
 * @returns {Promise<T>}
 */
function answered(answer) {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the extension did not answer')), ANSWER_MS_MAX);
    Promise.resolve(answer).then(resolve, reject).finally(() => clearTimeout(late));
  });
}
