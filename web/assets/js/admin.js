/**
 * Managing the relay (NIP-86): every request is signed by an administrator (NIP-98). What the relay does not name
 * among its methods is not shown.
 * @module
 */
import { account, signer, whenAccountChanges } from './account.js';
import { call, fill, keyOf, namesOf, plain, stored } from './manage.js';
import { beginMembership } from './membership.js';
import { beginNumbers } from './numbers.js';

/** @typedef {import('./event.js').Signer} Signer */

/** Entries of a list of which it is looked up what they are about. */
const LOOKED_UP_MAX = 200;

/**
 * What a person typed, as the relay takes it.
 * @param {string} key The member that entries are named by.
 * @param {string} typed
 */
async function parameter(key, typed) {
  const text = typed.trim();
  if (key === '') return Number(text);
  return key === 'pubkey' ? keyOf(text) : text;
}

/**
 * What entries are about, by what names them: people by their names, notes by their words.
 * @param {string} key
 * @param {string[]} values
 * @returns {Promise<Map<string, string>>}
 */
async function about(key, values) {
  if (key === 'pubkey') return namesOf(values);
  if (key !== 'id' || !values.length) return new Map();
  const notes = await stored([{ ids: values }]);
  const names = await namesOf(notes.map(({ pubkey }) => pubkey));
  const said = notes.map(({ id, pubkey, content }) => /** @type {[string, string]} */ (
    [id, `${names.get(pubkey) ?? pubkey.slice(0, 8)}: ${plain(content)}`]
  ));
  return new Map(said);
}

export class Desk {
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

  /** @param {string} method @param {unknown[]} params @param {string} [mediaType] */
  async ask(method, params, mediaType) {
    this.say('');
    try {
      await call(this.who, method, params, mediaType);
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
    fill(place, rows, this.page.dataset.empty);
    const key = list.dataset.key ?? '';
    const known = await about(key, entries.slice(0, LOOKED_UP_MAX).map((entry) => entry[key])).catch(() => new Map());
    for (const row of place.children) {
      const words = row.querySelector('[data-about]');
      if (words) words.textContent = known.get(row.querySelector('[data-entry]')?.textContent ?? '') ?? '';
    }
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
  const membership = page.querySelector('[data-membership]');
  await Promise.all([
    desk.open(),
    membership instanceof HTMLElement ? beginMembership(membership, desk) : undefined,
    beginNumbers(page, who, (error) => desk.say(error)),
  ]);
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
