/**
 * Managing the relay (NIP-86): every request is signed by an administrator (NIP-98). What the relay does not name
 * among its methods is not shown.
 * @module
 */
import { account, signer, whenAccountChanges } from './account.js';

/** @typedef {import('./event.js').Signer} Signer */

const AUTHORIZATION = 27235;
const MEDIA_TYPE = 'application/nostr+json+rpc';

/** Where requests go: the relay, as this page reached it. */
function address() {
  const relay = new URL(document.documentElement.dataset.relay ?? location.href);
  return new URL(relay.pathname, location.origin).href;
}

/** @param {ArrayBuffer | Uint8Array} bytes */
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Asks the relay for something.
 * @param {Signer} who
 * @param {string} method
 * @param {unknown[]} [params]
 * @returns {Promise<any>}
 */
async function call(who, method, params = []) {
  const body = JSON.stringify({ method, params });
  const { sha256 } = await import('../vendor/noble-hashes/sha2.js');
  const tags = [
    ['u', (document.documentElement.dataset.relay ?? '').replace(/^ws/, 'http')],
    ['method', 'POST'],
    ['payload', hex(sha256(new TextEncoder().encode(body)))],
    // Two requests of one second are two.
    ['nonce', crypto.randomUUID?.() ?? String(Math.random())],
  ];
  const event = await who.sign({ kind: AUTHORIZATION, tags, content: '' });
  const text = Array.from(new TextEncoder().encode(JSON.stringify(event)), (byte) => String.fromCharCode(byte));
  const answer = await fetch(address(), {
    method: 'POST', body, headers: { 'Content-Type': MEDIA_TYPE, Authorization: `Nostr ${btoa(text.join(''))}` },
  });
  const said = await answer.json();
  if (said.error) throw new Error(said.error);
  return said.result;
}

/**
 * What a person typed, as the relay takes it.
 * @param {string} key The member that entries are named by.
 * @param {string} typed
 */
async function parameter(key, typed) {
  const text = typed.trim();
  if (key === '') return Number(text);
  if (key !== 'pubkey' || !text.startsWith('npub1')) return text;
  const { bech32 } = await import('../vendor/scure-base/index.js');
  return hex(bech32.fromWords(bech32.decode(/** @type {`${string}1${string}`} */ (text)).words));
}

class Desk {
  /** @param {HTMLElement} page @param {Signer} who @param {Set<string>} methods */
  constructor(page, who, methods) {
    this.page = page;
    this.who = who;
    this.methods = methods;
  }

  /** @param {unknown} error */
  say(error) {
    const place = this.page.querySelector('[data-said]');
    if (!place) return;
    place.textContent = error ? `${this.page.dataset.wrong ?? ''} ${error instanceof Error ? error.message : error}` : '';
    place.classList.toggle('bad', Boolean(error));
  }

  /** @param {string} method @param {unknown[]} params */
  async ask(method, params) {
    this.say('');
    try {
      await call(this.who, method, params);
      return true;
    } catch (error) {
      this.say(error);
      return false;
    }
  }

  /** Shows what this relay can do, and nothing else. */
  async open() {
    for (const form of this.page.querySelectorAll('form[data-method]')) {
      if (!(form instanceof HTMLFormElement)) continue;
      form.hidden = !this.methods.has(form.dataset.method ?? '');
      form.onsubmit = (event) => {
        event.preventDefault();
        this.submit(form);
      };
    }
    for (const list of this.page.querySelectorAll('[data-list]')) {
      if (!(list instanceof HTMLElement)) continue;
      list.hidden = !this.methods.has(list.dataset.list ?? '');
      if (!list.hidden) await this.fill(list);
    }
  }

  /** @param {HTMLFormElement} form */
  async submit(form) {
    const list = form.closest('[data-list]');
    const data = new FormData(form);
    const value = String(data.get('value') ?? '');
    try {
      const key = list instanceof HTMLElement ? list.dataset.key ?? '' : 'text';
      const params = [await parameter(key, value)];
      if (data.get('reason')) params.push(String(data.get('reason')));
      if (!await this.ask(form.dataset.method ?? '', params)) return;
    } catch {
      return this.say(this.page.dataset.unknown);
    }
    if (!(list instanceof HTMLElement)) return;
    form.reset();
    await this.fill(list);
  }

  /** @param {HTMLElement} list */
  async fill(list) {
    const place = list.querySelector('[data-entries]');
    const template = list.querySelector('template');
    if (!place || !template) return;
    /** @type {any[]} */
    const entries = await call(this.who, list.dataset.list ?? '').catch((error) => (this.say(error), []));
    const rows = entries.map((entry) => this.row(list, template, entry));
    place.replaceChildren(...rows);
    if (!rows.length) place.textContent = this.page.dataset.empty ?? '';
  }

  /** @param {HTMLElement} list @param {HTMLTemplateElement} template @param {any} entry */
  row(list, template, entry) {
    const row = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
    const key = list.dataset.key ?? '';
    const value = key ? entry[key] : entry;
    const [name, reason] = [row.querySelector('[data-entry]'), row.querySelector('[data-reason]')];
    if (name) name.textContent = String(value);
    if (reason) reason.textContent = entry.reason ?? '';
    for (const button of row.querySelectorAll('button[data-do]')) {
      if (!(button instanceof HTMLButtonElement)) continue;
      const method = button.dataset.do ?? '';
      button.hidden = !this.methods.has(method);
      button.setAttribute('aria-label', `${button.textContent} ${value}`);
      button.onclick = async () => {
        if (await this.ask(method, [value])) await this.fill(list);
      };
    }
    return row;
  }
}

/** @param {HTMLElement} page */
async function enter(page) {
  const who = await signer();
  if (!who) return;
  const desk = new Desk(page, who, new Set());
  try {
    desk.methods = new Set(await call(who, 'supportedmethods'));
  } catch (error) {
    return desk.say(error);
  }
  for (const part of page.querySelectorAll('[data-inside], [data-enter]')) {
    if (part instanceof HTMLElement) part.hidden = 'enter' in part.dataset;
  }
  await desk.open();
}

/** @param {Document} within */
export function begin(within) {
  const page = within.querySelector('[data-admin]');
  const button = page?.querySelector('[data-enter] button');
  if (!(page instanceof HTMLElement) || !button) return;
  button.addEventListener('click', () => enter(page));
  let pubkey = account()?.pubkey;
  // What one person saw is not for the next.
  whenAccountChanges(() => {
    const now = account()?.pubkey;
    if (pubkey && now !== pubkey) location.reload();
    pubkey = now;
  });
}
