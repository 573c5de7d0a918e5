/**
 * Cities to choose from while somebody types a place: a combobox with a list (WAI-ARIA Authoring Practices).
 * @module
 */

const WAIT_MS = 180;
const CHARACTERS_MIN = 2;
const CITIES_MAX = 6;

/** @typedef {{label: string}} City */

/** @param {Document} within */
export function begin(within) {
  for (const input of within.querySelectorAll('input[data-places]')) {
    if (input instanceof HTMLInputElement) new Combobox(input);
  }
}

class Combobox {
  /** @param {HTMLInputElement} input */
  constructor(input) {
    this.input = input;
    this.list = document.createElement('ul');
    this.list.id = `${input.id}-cities`;
    this.list.className = 'plain options';
    this.list.setAttribute('role', 'listbox');
    this.list.setAttribute('aria-label', input.dataset.places ?? '');
    this.list.hidden = true;
    /** The option that is chosen by keyboard; -1 is none. */
    this.active = -1;
    this.asked = 0;
    this.timer = 0;
    const field = document.createElement('span');
    field.className = 'combobox';
    input.replaceWith(field);
    field.append(input, this.list);
    for (const [name, value] of [
      ['role', 'combobox'],
      ['aria-autocomplete', 'list'],
      ['aria-expanded', 'false'],
      ['aria-controls', this.list.id],
      ['autocomplete', 'off'],
    ]) {
      input.setAttribute(name, value);
    }
    input.addEventListener('input', () => this.wait());
    input.addEventListener('keydown', (event) => this.key(event));
    input.addEventListener('blur', () => this.close());
    // The input keeps the focus.
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', (event) => {
      const option = event.target instanceof Element ? event.target.closest('[role=option]') : null;
      if (option) this.choose(option);
    });
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.ask().catch(() => this.close()), WAIT_MS);
  }

  async ask() {
    const typed = this.input.value.trim();
    this.asked += 1;
    const number = this.asked;
    // Coordinates are no names.
    if (typed.length < CHARACTERS_MIN || /^[-\d]/.test(typed)) return this.close();
    const query = new URLSearchParams({ q: typed, limit: String(CITIES_MAX) });
    const answer = await fetch(`/api/v1/places?${query}`, { headers: { accept: 'application/json' } });
    if (number !== this.asked) return;
    if (!answer.ok) return this.close();
    /** @type {{items: City[], suggestions: City[]}} */
    const { items, suggestions } = await answer.json();
    if (number !== this.asked || document.activeElement !== this.input) return;
    this.show([...items, ...suggestions].map((city) => city.label));
  }

  /** @param {string[]} labels */
  show(labels) {
    const options = labels.map((label, at) => {
      const option = document.createElement('li');
      option.id = `${this.list.id}-${at}`;
      option.setAttribute('role', 'option');
      option.setAttribute('aria-selected', 'false');
      option.textContent = label;
      return option;
    });
    this.list.replaceChildren(...options);
    this.mark(-1);
    this.list.hidden = options.length === 0;
    this.input.setAttribute('aria-expanded', String(options.length > 0));
  }

  close() {
    this.asked += 1;
    clearTimeout(this.timer);
    this.show([]);
  }

  /** @param {number} at */
  mark(at) {
    this.active = at;
    [...this.list.children].forEach((option, number) => {
      option.setAttribute('aria-selected', String(number === at));
      if (number === at) option.scrollIntoView({ block: 'nearest' });
    });
    if (at < 0) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `${this.list.id}-${at}`);
  }

  /** @param {Element} option */
  choose(option) {
    this.input.value = option.textContent ?? '';
    this.close();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const count = this.list.children.length;
    if (event.isComposing || count === 0) return;
    switch (event.key) {
      case 'ArrowDown':
        this.mark((this.active + 1) % count);
        break;
      case 'ArrowUp':
        this.mark(this.active <= 0 ? count - 1 : this.active - 1);
        break;
      case 'Enter':
        if (this.active < 0) return;
        this.choose(this.list.children[this.active]);
        break;
      case 'Escape':
        this.close();
        break;
      default:
        return;
    }
    event.preventDefault();
  }
}
