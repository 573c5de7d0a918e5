/**
 * Who is signed in on this browser. Small, since every page has it; what can sign is loaded when it is needed.
 * @module
 */
import { recall, remember, whenChangedElsewhere } from './storage.js';

/** @typedef {import('./event.js').Signer} Signer */

/**
 * What is remembered of a person. Nothing in it signs by itself.
 * @typedef {object} Account
 * @property {'key' | 'extension' | 'remote'} kind Where the key is.
 * @property {string} pubkey In hexadecimal digits.
 * @property {string} npub
 * @property {string} [name] What they called themselves here.
 * @property {import('./key.js').KeptKey} [key] In this browser.
 * @property {boolean} [isMade] Whether the key was made in this browser.
 * @property {boolean} [isSaved] Whether the person has a copy of the key.
 * @property {boolean} [isPassing] Whether it is forgotten with this page.
 * @property {{signer: string, relays: string[], client: string}} [remote] The last locked for this browser.
 */

const NAME = 'kith.account';

/** @type {Set<() => void>} */
const watchers = new Set();

/** The signer of this page, as long as the person is the same. @type {Signer | null} */
let ready = null;

/**
 * The person who is signed in.
 * @returns {Account | null}
 */
export function account() {
  try {
    const account = JSON.parse(recall(NAME) ?? 'null');
    return typeof account?.pubkey === 'string' ? account : null;
  } catch {
    return null;
  }
}

/**
 * Calls back when somebody signs in or out, on this page or another.
 * @param {() => void} changed
 */
export function whenAccountChanges(changed) {
  watchers.add(changed);
}

/**
 * Signs somebody in, out (`null`), or remembers more of them.
 * @param {Account | null} account
 * @param {Signer | null} [signer]
 */
export function keepAccount(account, signer = ready) {
  ready = signer?.pubkey === account?.pubkey ? signer : null;
  remember(NAME, account && JSON.stringify(account), { thisPage: account?.isPassing ?? false });
  for (const changed of watchers) changed();
}

/**
 * What signs for the person who is signed in. Asks to sign in when nobody is.
 * @param {{shown?: string}} [what] What is going to be signed, in a sentence.
 * @returns {Promise<Signer | null>} `null` when the person declines.
 */
export async function signer(what = {}) {
  const known = account();
  if (known && ready?.pubkey === known.pubkey) return ready;
  const signin = await import('./signin.js');
  const found = known ? await signin.again(known) : await signin.signIn(what);
  if (found && account()?.pubkey === found.pubkey) ready = found;
  return found;
}

/** What signs without asking anybody, if there is such. */
export function signerAtHand() {
  const known = account();
  return known && ready?.pubkey === known.pubkey ? ready : null;
}

whenChangedElsewhere(NAME, () => {
  if (account()?.pubkey !== ready?.pubkey) ready = null;
  for (const changed of watchers) changed();
});
