/**
 * What this browser remembers of announcements: which there are, who was reached, and the wraps of those who were
 * not. A wrap is made once for each person, and is kept here before it is sent: what is sent again after a stop is
 * the same note, which relays and programs keep once.
 * @module
 */
import { toHex, utf8 } from './bytes.js';
import { settled } from './storage.js';
import { sha256 } from '../vendor/noble-hashes/sha2.js';

/** @typedef {import('./event.js').Event} Event */

const DATABASE = 'kith-announcements';
const ANNOUNCEMENTS = 'announcements';
const PEOPLE = 'people';
/** Finished announcements that are remembered, and with them whom they reached. */
const FINISHED_MAX = 20;
/** Greater than every key of a person. */
const LAST = 'g';

/** @typedef {'waiting' | 'reached' | 'no_inbox' | 'refused' | 'failed'} State */

/**
 * An announcement that was begun.
 * @typedef {object} Announcement
 * @property {string} id A hash of whose it is, what it is about, to whom, and its text.
 * @property {string} account Whose it is.
 * @property {string} community
 * @property {string} audience
 * @property {string} meetup
 * @property {string} text
 * @property {string} label To whom, for people.
 * @property {number} begunAt The time of its message for everybody, Unix seconds.
 * @property {number} finishedAt 0 when somebody is left to whom it could not be sent.
 */

/**
 * What became of it for somebody.
 * @typedef {object} Told
 * @property {string} announcement
 * @property {string} pubkey
 * @property {string} name
 * @property {string} path Of their page.
 * @property {State} state
 * @property {string} [reason] What a relay said.
 * @property {Event} [wrap]
 */

/** @type {Promise<IDBDatabase> | undefined} */
let opening;

/**
 * Finds the announcement, or makes it. Of one that was finished, those are reached who are there only now.
 * @param {Omit<Announcement, 'id' | 'finishedAt'> & {target: string}} said
 * @returns {Promise<Announcement>}
 */
export async function begun({ target, ...said }) {
  const name = [said.account, target, said.audience, said.text];
  const id = toHex(sha256(utf8(JSON.stringify(name))));
  return inTurn('readwrite', async (announcements, people) => {
    const known = await settled(announcements.get(id));
    const announcement = { ...said, id, begunAt: known?.begunAt ?? said.begunAt, finishedAt: 0 };
    announcements.put(announcement);
    if (!known) await forgetOldest(announcements, people);
    return announcement;
  });
}

/**
 * Those of somebody in a community that are not finished, the newest first.
 * @param {string} account
 * @param {string} community
 * @returns {Promise<Announcement[]>}
 */
export function unfinished(account, community) {
  return inTurn('readonly', async (announcements) => {
    /** @type {Announcement[]} */
    const all = await settled(announcements.getAll());
    const own = all.filter((one) => one.account === account && one.community === community && !one.finishedAt);
    return own.sort((one, other) => other.begunAt - one.begunAt);
  });
}

/**
 * What became of an announcement, by person.
 * @param {string} id
 * @returns {Promise<Map<string, Told>>}
 */
export function toldOf(id) {
  return inTurn('readonly', async (_, people) => {
    /** @type {Told[]} */
    const all = await settled(people.getAll(ofOne(id)));
    return new Map(all.map((told) => [told.pubkey, told]));
  });
}

/**
 * Keeps a wrap before it is sent. Somebody for whom there is one keeps that, and it is given back: another window
 * may do the same work.
 * @param {Told & {wrap: Event}} told
 * @returns {Promise<Event | null>} `null` when they were reached meanwhile.
 */
export function keepWrap(told) {
  return inTurn('readwrite', async (_, people) => {
    const known = await settled(people.get([told.announcement, told.pubkey]));
    if (known?.state === 'reached') return null;
    if (known?.wrap) return known.wrap;
    people.put(told);
    return told.wrap;
  });
}

/**
 * Notes what became of it for somebody. Who has it needs no wrap any more, and stays reached.
 * @param {Told} told
 */
export function note(told) {
  return inTurn('readwrite', async (_, people) => {
    const known = await settled(people.get([told.announcement, told.pubkey]));
    if (known?.state === 'reached') return;
    const { wrap = known?.wrap, ...rest } = told;
    people.put(wrap && told.state !== 'reached' ? { ...rest, wrap } : rest);
  });
}

/**
 * Notes that nobody is left to whom it could not be sent.
 * @param {Announcement} announcement
 * @param {number} finishedAt
 */
export function finish(announcement, finishedAt) {
  return inTurn('readwrite', async (announcements) => {
    announcements.put({ ...announcement, finishedAt });
  });
}

/**
 * Forgets an announcement, and whom it reached.
 * @param {string} id
 */
export function forget(id) {
  return inTurn('readwrite', async (announcements, people) => {
    announcements.delete(id);
    people.delete(ofOne(id));
  });
}

/**
 * @param {IDBObjectStore} announcements
 * @param {IDBObjectStore} people
 */
async function forgetOldest(announcements, people) {
  /** @type {Announcement[]} */
  const all = await settled(announcements.getAll());
  const finished = all.filter(({ finishedAt }) => finishedAt).sort((one, other) => other.finishedAt - one.finishedAt);
  for (const { id } of finished.slice(FINISHED_MAX)) {
    announcements.delete(id);
    people.delete(ofOne(id));
  }
}

/** @param {string} id */
function ofOne(id) {
  return IDBKeyRange.bound([id], [id, LAST]);
}

/**
 * Does something with both stores at once; it is on the disk when it is done.
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(announcements: IDBObjectStore, people: IDBObjectStore) => Promise<T>} work
 * @returns {Promise<T>}
 */
async function inTurn(mode, work) {
  opening ??= opened();
  const database = await opening.catch((error) => {
    opening = undefined;
    throw error;
  });
  const turn = database.transaction([ANNOUNCEMENTS, PEOPLE], mode, { durability: 'strict' });
  const over = new Promise((resolve, reject) => {
    turn.oncomplete = () => resolve(null);
    turn.onabort = () => reject(turn.error);
  });
  const [result] = await Promise.all([work(turn.objectStore(ANNOUNCEMENTS), turn.objectStore(PEOPLE)), over]);
  return result;
}

function opened() {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ANNOUNCEMENTS, { keyPath: 'id' });
    request.result.createObjectStore(PEOPLE, { keyPath: ['announcement', 'pubkey'] });
  };
  return settled(request);
}
