/**
 * An announcement as it is shown: what it says, how far it is, who does not have it, and what can be done.
 * @module
 */
import { toldOf } from './announce-record.js';

/** @typedef {import('./announce-record.js').Announcement} Announcement */
/** @typedef {import('./announce-record.js').State} State */
/** @typedef {import('./announce-record.js').Told} Told */
/** @typedef {'running' | 'finished' | 'stopped' | 'missed' | 'unsigned' | 'unkept' | 'elsewhere' | 'unreachable'} Word */
/** @typedef {'stop' | 'go-on' | 'forget'} Deed */

/** People who are shown by name; of more there is the number. */
const NAMES_MAX = 500;
/** Those who do not have it. @type {State[]} */
const OTHERS = ['failed', 'refused', 'no_inbox'];

export class Card {
  /** @type {Map<string, Told>} */
  #told = new Map();
  #all = 0;
  #isDrawn = true;

  /**
   * @param {Announcement} announcement
   * @param {HTMLTemplateElement} template
   * @param {Record<Deed, () => void>} deeds What its buttons do.
   */
  constructor(announcement, template, deeds) {
    this.announcement = announcement;
    const copy = /** @type {DocumentFragment} */ (document.importNode(template.content, true));
    this.element = /** @type {HTMLElement} */ (copy.firstElementChild);
    this.#part('[data-to]').textContent = announcement.label;
    this.#part('[data-said]').textContent = announcement.text;
    for (const [deed, act] of Object.entries(deeds)) this.#part(`[data-do="${deed}"]`).addEventListener('click', act);
  }

  /** Takes over what is remembered. */
  async recall() {
    this.#told = await toldOf(this.announcement.id);
    this.#all = Math.max(this.#all, this.#told.size);
    this.#draw();
  }

  /** @param {number} all To how many people it goes. */
  goesTo(all) {
    this.#all = all;
    this.#draw();
  }

  /** @param {Told} told */
  tell(told) {
    this.#told.set(told.pubkey, told);
    if (!this.#isDrawn) return;
    // Many may come at once.
    this.#isDrawn = false;
    requestAnimationFrame(() => this.#draw());
  }

  /**
   * Says how it is, and shows what can be done then.
   * @param {Word} word
   * @param {string} [detail]
   */
  say(word, detail = '') {
    this.#draw();
    const isRunning = word === 'running';
    const place = this.#part('[data-result]');
    place.textContent = `${this.element.dataset[word] ?? ''} ${detail}`.trim();
    place.classList.toggle('bad', !['running', 'finished', 'stopped'].includes(word));
    this.element.ariaBusy = String(isRunning);
    this.#part('[data-do="stop"]').hidden = !isRunning;
    this.#part('[data-do="go-on"]').hidden = isRunning || word === 'finished';
    this.#part('[data-do="forget"]').hidden = isRunning || word === 'finished';
  }

  #draw() {
    this.#isDrawn = true;
    const told = [...this.#told.values()];
    const number = new Intl.NumberFormat(document.documentElement.lang);
    const counted = (/** @type {State} */ state) => told.filter((one) => one.state === state).length;
    const done = ['reached', ...OTHERS].map((state) => [state, counted(/** @type {State} */ (state))]);
    const sum = done.reduce((sum, [, count]) => sum + Number(count), 0);
    for (const [state, count] of [...done, ['waiting', Math.max(this.#all - sum, 0)]]) {
      this.#part(`[data-count="${state}"]`).textContent = number.format(Number(count));
    }
    const progress = /** @type {HTMLProgressElement} */ (this.#part('progress'));
    progress.max = Math.max(this.#all, 1);
    progress.value = sum;
    this.#name(told.filter(({ state }) => OTHERS.includes(state)));
  }

  /** @param {Told[]} others */
  #name(others) {
    this.#part('[data-others]').hidden = others.length === 0;
    this.#part('[data-people]').replaceChildren(...others.slice(0, NAMES_MAX).map((one) => this.#row(one)));
  }

  /** @param {Told} one */
  #row({ name, path, state, reason = '' }) {
    const [row, who, link, isolated, why] = ['li', 'span', 'a', 'bdi', 'span'].map((tag) => document.createElement(tag));
    isolated.textContent = name;
    link.setAttribute('href', path);
    link.append(isolated);
    who.append(link);
    const word = this.#part(`[data-count="${state}"]`).previousElementSibling?.textContent ?? '';
    why.className = 'quiet';
    why.textContent = reason && state !== 'no_inbox' ? `${word}: ${reason}` : word;
    row.append(who, why);
    return row;
  }

  /** @param {string} selector */
  #part(selector) {
    const found = this.element.querySelector(selector);
    if (!(found instanceof HTMLElement)) throw new Error(`${selector} is missing`);
    return found;
  }
}
