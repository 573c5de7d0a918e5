/**
 * The work of an announcement: one person after the other gets a message of their own, sealed by the author, and who
 * was reached is noted. Stopping anywhere loses nothing.
 * @module
 */
import { now } from './bytes.js';
import { rumor, sealed, wrapped } from './giftwrap.js';
import { finish, keepWrap, note, toldOf } from './announce-record.js';
import { Postbox } from './postbox.js';

/** @typedef {import('./announce-record.js').Announcement} Announcement */
/** @typedef {import('./announce-record.js').Told} Told */
/** @typedef {{pubkey: string, name: string, path: string, relays: string[]}} Recipient */

const MESSAGE = 14;
/** Wraps that are under way to relays. */
const UNDER_WAY_MAX = 8;

/** The signer refused, is not there, or gave something else. */
export class Unsigned extends Error {}

/**
 * Sends an announcement to those of the people who do not have it.
 * @param {Announcement} announcement
 * @param {Recipient[]} people
 * @param {import('./event.js').Signer} signer
 * @param {{told: (told: Told) => void, signal: AbortSignal}} how `told` is called after it was noted.
 * @returns {Promise<boolean>} Whether nobody is left to whom it could not be sent.
 */
export async function send(announcement, people, signer, { told, signal }) {
  const known = await toldOf(announcement.id);
  const postbox = new Postbox();
  /** @type {Set<Promise<void>>} */
  const underWay = new Set();
  /** @type {unknown[]} */
  const broken = [];
  let left = 0;

  /** @param {Told} one */
  const noted = async (one) => {
    if (one.state === 'failed') left += 1;
    await note(one);
    told(one);
  };
  try {
    for (const person of people) {
      const before = known.get(person.pubkey);
      if (before?.state === 'reached') continue;
      if (signal.aborted || broken.length) return false;
      /** @type {Told} */
      const one = { ...of(announcement, person), state: 'waiting' };
      if (person.relays.length === 0) {
        await noted({ ...one, state: 'no_inbox' });
        continue;
      }
      const wrap = before?.wrap ?? await keepWrap({ ...one, wrap: await made(announcement, person, signer) });
      if (!wrap) continue;
      const delivery = postbox.deliver(wrap, person.relays)
        .then((outcome) => noted({ ...one, ...outcome }))
        .catch((error) => { broken.push(error); })
        .finally(() => underWay.delete(delivery));
      underWay.add(delivery);
      if (underWay.size >= UNDER_WAY_MAX) await Promise.race(underWay);
    }
  } finally {
    await Promise.all(underWay);
    postbox.close();
  }
  if (broken.length) throw broken[0];
  if (left > 0) return false;
  await finish(announcement, now());
  return true;
}

/**
 * @param {Announcement} announcement
 * @param {Recipient} person
 */
function of({ id }, { pubkey, name, path }) {
  return { announcement: id, pubkey, name, path };
}

/**
 * The message, wrapped for one person.
 * @param {Announcement} announcement
 * @param {Recipient} person
 * @param {import('./event.js').Signer} signer
 */
async function made({ account, text, begunAt }, { pubkey }, signer) {
  const message = rumor({ kind: MESSAGE, content: text, created_at: begunAt, pubkey: account }, pubkey);
  try {
    return wrapped(await sealed(message, pubkey, signer), pubkey);
  } catch (error) {
    throw new Unsigned(error instanceof Error ? error.message : String(error));
  }
}
