/**
 * A connection to a relay (NIP-01): asks, listens, and says. Comes back by itself when it breaks.
 * @module
 */

/** @typedef {import('./event.js').Event} Event */
/** @typedef {Record<string, unknown>} Filter */
/** @typedef {{taken: boolean, reason: string, isSilent?: boolean}} Answer The last when there was none. */

/** How long a relay may take, in milliseconds. */
const ANSWER_MS = 10_000;
/** Between attempts to come back, in milliseconds: at first, and at most. */
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 60_000;

/**
 * @typedef {object} Subscription
 * @property {Filter[]} filters
 * @property {(event: Event) => void} heard
 * @property {() => void} [settled] After what was stored.
 * @property {(reason: string) => void} [closed] By the relay.
 */

export class Relay {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {Map<string, Subscription>} */
  #subscriptions = new Map();
  /** @type {Map<string, (answer: Answer) => void>} */
  #saying = new Map();
  #count = 0;
  #attempts = 0;
  #isOver = false;
  /** What the relay wants signed before it knows somebody (NIP-42). */
  challenge = '';

  /**
   * @param {string} url
   * @param {number} [answerMs] How long it may take, in milliseconds.
   */
  constructor(url, answerMs = ANSWER_MS) {
    this.url = url;
    this.answerMs = answerMs;
  }

  /**
   * What is stored.
   * @param {Filter[]} filters
   * @returns {Promise<Event[]>}
   */
  ask(filters) {
    /** @type {Event[]} */
    const found = [];
    return within(this.answerMs, (resolve, reject) => {
      const stop = this.listen(filters, (event) => found.push(event), {
        settled: () => (stop(), resolve(found)),
        closed: (reason) => reject(new Error(reason)),
      });
      return stop;
    });
  }

  /**
   * What is stored, and from then on what comes.
   * @param {Filter[]} filters
   * @param {(event: Event) => void} heard
   * @param {Partial<Subscription>} [more]
   * @returns {() => void} Stops listening.
   */
  listen(filters, heard, more = {}) {
    const name = `k${this.#count += 1}`;
    this.#subscriptions.set(name, { ...more, filters, heard });
    this.#send(['REQ', name, ...filters]);
    return () => {
      if (this.#subscriptions.delete(name)) this.#send(['CLOSE', name]);
    };
  }

  /**
   * Publishes a note.
   * @param {Event} event
   * @returns {Promise<Answer>}
   */
  async say(event, verb = 'EVENT') {
    try {
      return await within(this.answerMs, (resolve) => {
        this.#saying.set(event.id, resolve);
        this.#send([verb, event]);
        return () => this.#saying.delete(event.id);
      });
    } catch (error) {
      return { taken: false, reason: String(error instanceof Error ? error.message : error), isSilent: true };
    }
  }

  /** Ends the connection for good. */
  close() {
    this.#isOver = true;
    this.#subscriptions.clear();
    this.#socket?.close();
  }

  /** @param {unknown[]} message */
  #send(message) {
    const socket = this.#connected();
    // What is open, and what was said, is sent again when the socket opens.
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
    else if (message[0] === 'EVENT') this.#waiting.set(/** @type {Event} */ (message[1]).id, message);
  }

  /** @type {Map<string, unknown[]>} */
  #waiting = new Map();

  #connected() {
    if (this.#socket || this.#isOver) return this.#socket;
    const socket = new WebSocket(this.url);
    this.#socket = socket;
    socket.onopen = () => {
      this.#attempts = 0;
      for (const [name, { filters }] of this.#subscriptions) socket.send(JSON.stringify(['REQ', name, ...filters]));
      for (const [id, message] of this.#waiting) if (this.#saying.has(id)) socket.send(JSON.stringify(message));
      this.#waiting.clear();
    };
    socket.onmessage = ({ data }) => this.#heard(data);
    socket.onclose = () => this.#lost();
    return socket;
  }

  #lost() {
    this.#socket = null;
    this.challenge = '';
    if (this.#isOver || this.#subscriptions.size + this.#saying.size === 0) return;
    const wait = Math.min(RETRY_MS * 2 ** this.#attempts, RETRY_MS_MAX);
    this.#attempts += 1;
    // Not all at once when the relay is back.
    setTimeout(() => this.#connected(), wait * (0.5 + Math.random() / 2));
  }

  /** @param {string} data */
  #heard(data) {
    const message = parsed(data);
    const [verb, name, third, fourth] = message;
    const subscription = this.#subscriptions.get(name);
    switch (verb) {
      case 'EVENT': return subscription?.heard(third);
      case 'EOSE': return subscription?.settled?.();
      case 'CLOSED':
        this.#subscriptions.delete(name);
        return subscription?.closed?.(String(third ?? ''));
      case 'OK': return this.#saying.get(name)?.({ taken: third === true, reason: String(fourth ?? '') });
      case 'AUTH':
        this.challenge = String(name);
        return undefined;
      default: return undefined;
    }
  }
}

/** @type {Map<string, Relay>} */
const relays = new Map();

/**
 * The relay at an address; one connection for all who want it.
 * @param {string} url
 */
export function relayAt(url) {
  const relay = relays.get(url) ?? new Relay(url);
  relays.set(url, relay);
  return relay;
}

/** The relay that shows this page. */
export function thisRelay() {
  return relayAt(thisAddress());
}

/** Its address. */
export function thisAddress() {
  const url = new URL(document.documentElement.dataset.relay ?? '/', location.href);
  // Whatever stands before the relay and speaks TLS, the page came through it too.
  const isSecure = location.protocol === 'https:' || url.protocol === 'wss:' || url.protocol === 'https:';
  url.protocol = isSecure ? 'wss:' : 'ws:';
  return url.href;
}

/** @param {string} data */
function parsed(data) {
  try {
    const message = JSON.parse(data);
    return Array.isArray(message) ? message : [];
  } catch {
    return [];
  }
}

/**
 * @template T
 * @param {number} milliseconds
 * @param {(resolve: (value: T) => void, reject: (error: Error) => void) => () => unknown} begin Says how to stop.
 * @returns {Promise<T>}
 */
export function within(milliseconds, begin) {
  return new Promise((resolve, reject) => {
    /** @type {() => unknown} */
    let stop = () => {};
    const late = setTimeout(() => (stop(), reject(new Error('no answer'))), milliseconds);
    const done = () => (clearTimeout(late), queueMicrotask(() => stop()));
    stop = begin((value) => (done(), resolve(value)), (error) => (done(), reject(error)));
  });
}
