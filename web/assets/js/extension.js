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

/** @returns {Provider | undefined} */
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
  const pubkey = String(await nostr.getPublicKey());
  if (!/^[0-9a-f]{64}$/.test(pubkey)) throw new Error('the extension has no key');
  const hidden = () => {
    if (!nostr.nip44) throw new Error('the extension cannot encrypt');
    return nostr.nip44;
  };
  return {
    pubkey,
    async sign(draft) {
      const asked = { ...draft, created_at: draft.created_at ?? now() };
      return believed(await nostr.signEvent({ ...asked, pubkey }), asked, pubkey);
    },
    encrypt: async (other, text) => hidden().encrypt(other, text),
    decrypt: async (other, text) => hidden().decrypt(other, text),
  };
}
