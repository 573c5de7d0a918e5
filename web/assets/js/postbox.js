/**
 * Takes wraps to the relays of inboxes (NIP-17). Connections are shared and bounded; a relay that gave no answer once
 * is not waited for again.
 * @module
 */
import { given } from './publish.js';
import { Relay } from './relay.js';

/** @typedef {import('./event.js').Event} Event */
/** @typedef {{state: 'reached' | 'refused' | 'failed', reason?: string}} Delivery */

/** Relays that stay connected, beside those in use. */
const CONNECTIONS_MAX = 32;
/** A relay that says that we are too fast is asked again so often, each time after twice as long. */
const HASTE_ATTEMPTS_MAX = 5;
const HASTE_PAUSE_MS = 1_000;
/** Characters of what a relay says. */
const REASON_MAX = 200;

export class Postbox {
  /** @type {Map<string, {relay: Relay, users: number}>} */
  #open = new Map();
  /** Relays that gave no answer, and what is said of them. @type {Map<string, string>} */
  #silent = new Map();

  /**
   * Takes a wrap to all relays of an inbox.
   * @param {Event} wrap
   * @param {string[]} urls
   * @returns {Promise<Delivery>}
   */
  async deliver(wrap, urls) {
    const answers = await Promise.all(urls.map((url) => this.#to(url, wrap)));
    if (answers.some(({ taken }) => taken)) return { state: 'reached' };
    const reason = answers.map((answer, at) => `${urls[at]}: ${answer.reason}`.slice(0, REASON_MAX)).join(' · ');
    return { state: answers.every(isFinal) ? 'refused' : 'failed', reason };
  }

  /** Ends all connections. */
  close() {
    for (const { relay } of this.#open.values()) relay.close();
    this.#open.clear();
  }

  /**
   * @param {string} url
   * @param {Event} wrap
   * @returns {Promise<import('./relay.js').Answer>}
   */
  async #to(url, wrap) {
    const one = this.#taken(url);
    try {
      for (let attempt = 0; ; attempt += 1) {
        const silent = this.#silent.get(url);
        if (silent) return { taken: false, reason: silent, isSilent: true };
        const answer = await given(one.relay, wrap);
        if (answer.isSilent) this.#silent.set(url, answer.reason);
        const isHaste = !answer.taken && answer.reason.startsWith('rate-limited:');
        if (!isHaste || attempt >= HASTE_ATTEMPTS_MAX) return answer;
        await pause(HASTE_PAUSE_MS * 2 ** attempt);
      }
    } finally {
      one.users -= 1;
      this.#tidy();
    }
  }

  /** @param {string} url */
  #taken(url) {
    const one = this.#open.get(url) ?? { relay: new Relay(url), users: 0 };
    // The last one that was used comes last.
    this.#open.delete(url);
    this.#open.set(url, one);
    one.users += 1;
    return one;
  }

  #tidy() {
    for (const [url, { relay, users }] of this.#open) {
      if (this.#open.size <= CONNECTIONS_MAX) return;
      if (users > 0) continue;
      relay.close();
      this.#open.delete(url);
    }
  }
}

/**
 * The relay means it: it neither failed nor was asked too often.
 * @param {import('./relay.js').Answer} answer
 */
function isFinal({ isSilent, reason }) {
  return !isSilent && !/^(rate-limited|error):/.test(reason);
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => { setTimeout(resolve, milliseconds); });
}
