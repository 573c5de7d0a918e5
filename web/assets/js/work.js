/**
 * The work that a relay may want of each note before it takes it (NIP-13): done before the note is signed, with a
 * dialog that says how far it is and stops it.
 * @module
 */
import { now } from './bytes.js';
import { choice, dialog, part } from './dialogs.js';
import { idOf } from './event.js';
import { thisAddress } from './relay.js';

/** @typedef {import('./event.js').Draft} Draft */

/** The most that is tried: some minutes on a telephone. More is no protection from floods, but a closed door. */
const BITS_MAX = 24;
/** Threads that look for it at once. */
const THREADS_MAX = 4;
/** What is done sooner needs no dialog, in milliseconds. */
const SOON_MS = 400;

/** The zero bits that the relay of the page wants the id of a note to begin with (NIP-11). */
async function wantedBits() {
  const address = new URL(thisAddress());
  address.protocol = location.protocol;
  const answer = await fetch(address, { cache: 'no-cache', headers: { Accept: 'application/nostr+json' } });
  const bits = answer.ok ? (await answer.json()).limitation?.min_pow_difficulty : 0;
  return Number.isSafeInteger(bits) ? Math.max(0, bits) : 0;
}

/** What is worked on: one thing after the other. @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * Notes that the relay will take, as soon as they are signed. Those that name an earlier one by its id name it by
 * the id that it has then; so does the path to go to.
 * @template {{drafts: Draft[], then?: string}} T
 * @param {T} given
 * @param {string} pubkey Who will sign.
 * @returns {Promise<T | null>} `null` when the person stopped it, or when it is more than a browser can do.
 */
export async function worked(given, pubkey) {
  const result = last.then(() => work(given, pubkey));
  last = result.catch(() => {});
  return result;
}

/**
 * @template {{drafts: Draft[], then?: string}} T
 * @param {T} given
 * @param {string} pubkey
 * @returns {Promise<T | null>}
 */
async function work(given, pubkey) {
  const bits = await wantedBits().catch(() => 0);
  if (!bits || !given.drafts.length) return given;
  const showing = new Showing(bits, given.drafts.length);
  try {
    if (bits > BITS_MAX) return await showing.refused();
    let text = JSON.stringify(given.drafts);
    let then = given.then;
    for (let at = 0; at < given.drafts.length; at += 1) {
      /** @type {Draft[]} */
      const drafts = JSON.parse(text);
      const draft = { ...drafts[at], created_at: drafts[at].created_at ?? now(), pubkey };
      const done = await mined(draft, bits, showing);
      if (!done) return null;
      drafts[at] = { kind: done.kind, created_at: done.created_at, tags: done.tags, content: done.content };
      const [old, id] = [idOf(draft), idOf(done)];
      // The note itself does not have its id in it.
      text = JSON.stringify(drafts).replaceAll(old, id);
      then = then?.replaceAll(old, id);
    }
    return { ...given, drafts: JSON.parse(text), ...(then && { then }) };
  } finally {
    showing.close();
  }
}

/** @typedef {Required<Draft> & {pubkey: string}} Authored */

/**
 * The note with a number that gives it this work.
 * @param {Authored} draft
 * @param {number} bits
 * @param {Showing} showing
 * @returns {Promise<Authored | null>}
 */
async function mined(draft, bits, showing) {
  // An older version may bring the number of another relay along.
  const tags = draft.tags.filter(([name]) => name !== 'nonce');
  const head = JSON.stringify([0, draft.pubkey, draft.created_at, draft.kind, tags]).slice(0, -2);
  const before = `${head}${tags.length ? ',' : ''}["nonce","`;
  const after = `","${bits}"]],${JSON.stringify(draft.content)}]`;
  const step = Math.max(1, Math.min(THREADS_MAX, navigator.hardwareConcurrency || 1));
  const threads = Array.from({ length: step }, () => new Worker(new URL('./miner.js', import.meta.url), { type: 'module' }));
  try {
    const number = await new Promise((resolve, reject) => {
      showing.stopped.then(() => resolve(null));
      threads.forEach((thread, first) => {
        thread.onerror = () => reject(new Error('the work cannot be done here'));
        thread.onmessage = ({ data }) => (data.found ? resolve(data.found) : showing.tried(data.attempts));
        thread.postMessage({ before, after, bits, first, step });
      });
    });
    showing.next();
    return number === null ? null : { ...draft, tags: [...tags, ['nonce', number, String(bits)]] };
  } finally {
    for (const thread of threads) thread.terminate();
  }
}

/** The dialog. How long it takes is a matter of luck: it shows how likely it was to be done by now. */
class Showing {
  /** @type {Promise<HTMLDialogElement> | null} */
  #dialog = null;
  #attempts = 0;
  #done = 0;
  #stop = () => {};
  /** @type {Promise<void>} */
  stopped = new Promise((resolve) => { this.#stop = resolve; });
  #isClosed = false;
  /** @type {ReturnType<typeof setTimeout>} */
  #soon;

  /**
   * @param {number} bits
   * @param {number} notes
   */
  constructor(bits, notes) {
    this.expected = 2 ** bits;
    this.notes = notes;
    this.#soon = setTimeout(() => { this.#open(); }, SOON_MS);
  }

  #open() {
    if (this.#dialog) return this.#dialog;
    this.#dialog = dialog('work');
    this.#dialog.then((opened) => {
      if (this.#isClosed) return opened.remove();
      choice(opened).then(this.#stop);
      this.#show();
      return undefined;
    }, this.#stop);
    return this.#dialog;
  }

  /** Says that it is too much, and waits until that is read. */
  async refused() {
    const opened = await this.#open();
    part(opened, 'doing').hidden = true;
    part(opened, 'much').hidden = false;
    await this.stopped;
    return null;
  }

  /** @param {number} attempts */
  tried(attempts) {
    this.#attempts += attempts;
    this.#show();
  }

  next() {
    this.#attempts = 0;
    this.#done += 1;
    this.#show();
  }

  async #show() {
    const opened = await this.#dialog;
    const bar = opened?.querySelector('progress');
    if (bar) bar.value = (this.#done + 1 - Math.exp(-this.#attempts / this.expected)) / this.notes;
  }

  async close() {
    this.#isClosed = true;
    clearTimeout(this.#soon);
    (await this.#dialog)?.close();
  }
}
