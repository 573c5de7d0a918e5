/**
 * A signer elsewhere, on a phone or a server (NIP-46): how it is found, asked, and not believed unseen.
 * @module
 */
import { fromHex, now, random, toHex } from './bytes.js';
import { believed, newSecret } from './event.js';
import { signerOf } from './key.js';
import { Relay, within } from './relay.js';

/** @typedef {import('./event.js').Event} Event */
/** @typedef {import('./event.js').Signer} Signer */
/** @typedef {{user: string, signer: string, relays: string[], client: string}} Session The last in hexadecimal digits. */

const KIND = 24133;
const NAME = 'Kith';
/** A person has to look at it first. */
const ANSWER_MS = 120_000;
/** What a signer does by itself, or does not know. */
const COURTESY_MS = 3_000;
/** Relays of one address. */
const RELAYS_MAX = 5;
/** How far clocks may differ, in seconds. */
const DRIFT_SECONDS = 300;

/**
 * What somebody pasted; `null` when it is no `bunker://` address.
 * @param {string} text
 */
export function readBunker(text) {
  const match = text.trim().match(/^bunker:\/\/([0-9a-f]{64})\/?\?(.*)$/i);
  if (!match) return null;
  const query = new URLSearchParams(match[2]);
  const relays = usable(query.getAll('relay'));
  return relays.length ? { signer: match[1].toLowerCase(), relays, secret: query.get('secret') ?? '' } : null;
}

/**
 * @param {string[]} urls
 */
function usable(urls) {
  const isAddress = (/** @type {string} */ url) => /^wss?:\/\//.test(url) && URL.canParse(url);
  return urls.filter(isAddress).slice(0, RELAYS_MAX);
}

/** The conversation with a signer. */
class Channel {
  /** @type {Map<string, (response: {result?: string, error?: string}) => void>} */
  #asked = new Map();
  /** @type {(response: {result?: string}, from: string) => void} */
  onunasked = () => {};

  /**
   * @param {Uint8Array} secret Of ours, for this conversation.
   * @param {string} signer
   * @param {string[]} relays
   * @param {(page: string) => void} showPage On which the person has to say yes.
   */
  constructor(secret, signer, relays, showPage) {
    this.secret = secret;
    this.own = signerOf(secret);
    this.signer = signer;
    this.showPage = showPage;
    this.listen(relays);
  }

  /** @param {string[]} urls */
  listen(urls) {
    const filter = { kinds: [KIND], '#p': [this.own.pubkey], since: now() - DRIFT_SECONDS };
    this.urls = urls;
    this.relays = urls.map((url) => new Relay(url));
    for (const relay of this.relays) relay.listen([filter], (event) => this.#heard(event));
  }

  close() {
    for (const relay of this.relays ?? []) relay.close();
  }

  /**
   * @param {string} method
   * @param {string[]} params
   * @returns {Promise<string>}
   */
  async ask(method, params, milliseconds = ANSWER_MS) {
    const id = toHex(random(8));
    const content = await this.own.encrypt(this.signer, JSON.stringify({ id, method, params }));
    const event = await this.own.sign({ kind: KIND, tags: [['p', this.signer]], content });
    return within(milliseconds, (resolve, reject) => {
      this.#asked.set(id, ({ result, error }) => {
        if (result === 'auth_url') return this.#show(String(error));
        return error ? reject(new Error(error)) : resolve(String(result));
      });
      for (const relay of this.relays ?? []) relay.say(event);
      return () => this.#asked.delete(id);
    });
  }

  /** @param {string} page */
  #show(page) {
    if (page.startsWith('https://') && URL.canParse(page)) this.showPage(page);
  }

  /** @param {Event} event */
  async #heard(event) {
    if (event.kind !== KIND || (this.signer && event.pubkey !== this.signer)) return;
    try {
      const response = JSON.parse(await this.own.decrypt(event.pubkey, event.content));
      const asked = this.#asked.get(response.id);
      if (asked) asked(response);
      else this.onunasked(response, event.pubkey);
    } catch {
      // Anybody can write to our key; only the signer can make sense.
    }
  }
}

/**
 * Speaks to a signer by the address that it gave.
 * @param {string} address
 * @param {(page: string) => void} showPage
 */
export async function connect(address, showPage) {
  const bunker = readBunker(address);
  if (!bunker) throw new Error('this is no bunker address');
  const channel = new Channel(newSecret(), bunker.signer, bunker.relays, showPage);
  try {
    const answer = await channel.ask('connect', [bunker.signer, bunker.secret, '', JSON.stringify({ name: NAME })]);
    if (answer !== 'ack' && answer !== bunker.secret) throw new Error('the signer did not agree');
    return await begun(channel);
  } catch (error) {
    channel.close();
    throw error;
  }
}

/**
 * An address for a signer to come to us.
 * @param {string} relay
 * @param {(page: string) => void} showPage
 */
export function invite(relay, showPage) {
  const channel = new Channel(newSecret(), '', [relay], showPage);
  const secret = toHex(random(16));
  const query = new URLSearchParams([['relay', relay], ['secret', secret], ['name', NAME]]);
  const arrived = new Promise((resolve, reject) => {
    channel.onunasked = ({ result }, from) => {
      // Anybody may have seen our key; who was shown the address knows the secret too.
      if (channel.signer || result !== secret) return;
      channel.signer = from;
      begun(channel).then(resolve, reject);
    };
  });
  return {
    address: `nostrconnect://${channel.own.pubkey}?${query}`,
    arrived: /** @type {ReturnType<typeof begun>} */ (arrived),
    close: () => channel.close(),
  };
}

/**
 * Goes on with a signer that is known.
 * @param {Session} session
 * @param {(page: string) => void} showPage
 */
export function resume(session, showPage) {
  const channel = new Channel(fromHex(session.client), session.signer, session.relays, showPage);
  return signerThrough(channel, session.user);
}

/** @param {Channel} channel */
async function begun(channel) {
  const user = await channel.ask('get_public_key', []);
  if (!/^[0-9a-f]{64}$/.test(user)) throw new Error('the signer has no key');
  await follow(channel);
  const session = { user, signer: channel.signer, relays: channel.urls ?? [], client: toHex(channel.secret) };
  return { session, signer: signerThrough(channel, user) };
}

/**
 * A signer may want to be spoken to elsewhere; one that does not know of it stays.
 * @param {Channel} channel
 */
async function follow(channel) {
  try {
    const relays = usable(JSON.parse(await channel.ask('switch_relays', [], COURTESY_MS)) ?? []);
    if (!relays.length || String(relays) === String(channel.urls)) return;
    channel.close();
    channel.listen(relays);
  } catch {
    // It stays where it is.
  }
}

/**
 * @param {Channel} channel
 * @param {string} user
 * @returns {Signer}
 */
function signerThrough(channel, user) {
  return {
    pubkey: user,
    async sign(draft) {
      const asked = { ...draft, created_at: draft.created_at ?? now() };
      const given = await channel.ask('sign_event', [JSON.stringify(asked)]);
      return believed(JSON.parse(given), asked, user);
    },
    encrypt: (pubkey, text) => channel.ask('nip44_encrypt', [pubkey, text]),
    decrypt: (pubkey, text) => channel.ask('nip44_decrypt', [pubkey, text]),
  };
}
