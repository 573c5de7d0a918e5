/**
 * The newest version of a list or profile that its author replaces, wherever the author keeps it: at this relay, and at the
 * relays that they write to (NIP-65, and what their extension names). So nothing is rewritten from what may be old.
 * @module
 */
import { account } from './account.js';
import { provider } from './extension.js';
import { isTrue } from './event.js';
import { Relay, thisAddress, thisRelay, within } from './relay.js';

/** @typedef {import('./event.js').Event} Event */

const RELAYS = 10002;
/** Relays of a person that are asked. */
const RELAYS_MAX = 6;
/** How long each of them, or the extension, may take, in milliseconds. */
const ANSWER_MS = 4_000;

/**
 * @typedef {object} Found
 * @property {Event | null} newest
 * @property {Event | null} here What this relay has.
 * @property {string[]} relays Others that the author writes to.
 * @property {boolean} isSilent Whether one of them did not answer.
 */

/**
 * @param {number} kind
 * @param {string} pubkey
 * @param {{asksExtension?: boolean}} [how] An extension may ask the person first, who has only opened a page.
 * @returns {Promise<Found>}
 */
export async function newestOf(kind, pubkey, { asksExtension = true } = {}) {
  const filter = { kinds: [kind], authors: [pubkey], limit: 1 };
  const [[here = null], relays] = await Promise.all([thisRelay().ask([filter]), writtenTo(pubkey, asksExtension)]);
  const answers = await Promise.allSettled(relays.map((url) => asked(url, filter)));
  const others = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.slice(0, 1) : []));
  // What this relay has it checked; others may say anything.
  const own = others.filter((event) => event.kind === kind && event.pubkey === pubkey && isTrue(event));
  const [newest = null] = [...(here ? [here] : []), ...own].sort(byAge);
  return { newest, here, relays, isSilent: answers.some(({ status }) => status === 'rejected') };
}

/**
 * Of what a person is warned before they sign what replaces the version that was found.
 * @param {Found} found
 */
export function warningsOf({ newest, isSilent }) {
  // A key that was made here has signed nothing elsewhere.
  const isForeign = !account()?.isMade;
  return { none: isForeign && !newest, silent: isForeign && isSilent };
}

/**
 * Gives a note to other relays as well; they may refuse it.
 * @param {Event} event
 * @param {string[]} relays
 */
export async function spread(event, relays) {
  await Promise.allSettled(relays.map((url) => at(url, (relay) => relay.say(event))));
}

/**
 * The newest first; of two of one second the one with the lower id (NIP-01).
 * @param {Event} one
 * @param {Event} other
 */
function byAge(one, other) {
  return other.created_at - one.created_at || (one.id < other.id ? -1 : 1);
}

/**
 * @param {string} url
 * @param {Record<string, unknown>} filter
 */
function asked(url, filter) {
  return at(url, (relay) => relay.ask([filter]));
}

/**
 * @template T
 * @param {string} url
 * @param {(relay: Relay) => Promise<T>} use
 */
async function at(url, use) {
  const relay = new Relay(url, ANSWER_MS);
  try {
    return await use(relay);
  } finally {
    relay.close();
  }
}

/**
 * The other relays that a person writes to.
 * @param {string} pubkey
 * @param {boolean} asksExtension
 */
async function writtenTo(pubkey, asksExtension) {
  const [[list], known] = await Promise.all([
    thisRelay().ask([{ kinds: [RELAYS], authors: [pubkey], limit: 1 }]), asksExtension ? ofExtension() : [],
  ]);
  const listed = (list?.tags ?? [])
    .filter(([name, , use]) => name === 'r' && (use === undefined || use === '' || use === 'write'))
    .map(([, url]) => url);
  const urls = new Set([...listed, ...known].flatMap(address));
  urls.delete(thisAddress());
  return [...urls].slice(0, RELAYS_MAX);
}

/** @param {unknown} url */
function address(url) {
  const text = String(url);
  return /^wss?:\/\//i.test(text) && URL.canParse(text) ? [new URL(text).href] : [];
}

/** The relays that an extension knows for writing (NIP-07), where it signs. */
async function ofExtension() {
  const nostr = account()?.kind === 'extension' ? provider() : undefined;
  if (!nostr?.getRelays) return [];
  try {
    const relays = await within(ANSWER_MS, (resolve, reject) => {
      nostr.getRelays?.().then(resolve, reject);
      return () => {};
    });
    return Object.entries(relays ?? {}).filter(([, use]) => use?.write).map(([url]) => url);
  } catch {
    // It refused; what the person has published is known all the same.
    return [];
  }
}
