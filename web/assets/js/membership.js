/**
 * Who belongs to the relay (NIP-43): members and their roles, as the relay publishes them, and invite codes.
 * @module
 */
import { CONSOLE, call, fill, keyOf, namesOf, plain, stored } from './manage.js';
import { part, typed } from './dialogs.js';

/** @typedef {import('./admin.js').Desk} Desk */

const MEMBERS = 13534;
const ROLE = 33534;
const INVITE = 28935;

/** Members that are shown. */
const MEMBERS_MAX = 500;

/**
 * Shows everything, and does what the forms ask for.
 * @param {HTMLElement} place
 * @param {Desk} desk
 */
export async function beginMembership(place, desk) {
  const membership = new Membership(place, desk);
  for (const form of place.querySelectorAll('form')) {
    form.onsubmit = (event) => {
      event.preventDefault();
      membership.submit(form).catch((error) => desk.say(error));
    };
  }
  await membership.show().catch((error) => desk.say(error));
}

class Membership {
  /** @type {Map<string, string>} Roles: what they are called. */
  roles = new Map();

  /** @param {HTMLElement} place @param {Desk} desk */
  constructor(place, desk) {
    this.place = place;
    this.desk = desk;
    this.relay = place.dataset.membership ?? '';
  }

  /** Reads everything again. */
  async show() {
    const said = await stored([{ kinds: [MEMBERS, ROLE], authors: [this.relay] }]);
    const first = (/** @type {string[][]} */ tags, /** @type {string} */ name) => tags.find(([found]) => found === name)?.[1];
    const roles = said.filter(({ kind }) => kind === ROLE);
    this.roles = new Map(roles.map(({ tags }) => [first(tags, 'd') ?? '', plain(first(tags, 'label') ?? '')]));
    const tags = said.find(({ kind }) => kind === MEMBERS)?.tags ?? [];
    const members = tags.filter(([name]) => name === 'member').slice(0, MEMBERS_MAX);
    const names = await namesOf(members.map(([, pubkey]) => pubkey)).catch(() => new Map());
    this.fill('members', members, (row, member) => this.member(row, member, names));
    this.fill('roles', [...this.roles], (row, [id, label]) => {
      part(row, 'entry').textContent = label ? `${label} (${id})` : id;
      this.acts(row, id, 'deleterole', [id]);
    });
    this.choices();
    await this.invites();
  }

  /** What of the codes is to be seen: who gave them out, and until when they are good. */
  async invites() {
    /** @type {{id: string, by: string, expires_at: number}[]} */
    const invites = await call(this.desk.who, 'listinvites', [], CONSOLE);
    const names = await namesOf(invites.map(({ by }) => by)).catch(() => new Map());
    const moment = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
    this.fill('invites', invites, (row, { id, by, expires_at: until }) => {
      const time = part(row, 'until');
      time.textContent = moment.format(until * 1_000);
      time.setAttribute('datetime', new Date(until * 1_000).toISOString());
      person(row, by, names);
      this.acts(row, id.slice(0, 8), 'revokeinvite', [id], CONSOLE);
    });
  }

  /**
   * @param {DocumentFragment} row
   * @param {string[]} member Their key and the ids of their roles, as the relay lists them.
   * @param {Map<string, string>} names
   */
  member(row, [, pubkey, ...roles], names) {
    person(row, pubkey, names);
    const name = names.get(pubkey) ?? pubkey.slice(0, 8);
    this.acts(row, name, 'removemember', [pubkey], CONSOLE);
    const template = row.querySelector('template');
    for (const id of roles) {
      const role = /** @type {DocumentFragment} */ (template?.content.cloneNode(true));
      part(role, 'role').textContent = this.roles.get(id) || id;
      this.acts(role, `${this.roles.get(id) || id}, ${name}`, 'unassignrole', [pubkey, id]);
      part(row, 'held').append(role);
    }
  }

  /** The roles that somebody can be given. */
  choices() {
    const select = this.place.querySelector('select[name="role"]');
    if (!(select instanceof HTMLSelectElement)) return;
    select.replaceChildren(...[...this.roles].map(([id, label]) => new Option(label || id, id)));
    const form = select.form;
    if (form) form.hidden = this.roles.size === 0;
  }

  /**
   * @template T
   * @param {string} list
   * @param {T[]} entries
   * @param {(row: DocumentFragment, entry: T) => void} write
   */
  fill(list, entries, write) {
    const section = part(this.place, list);
    const place = part(section, 'entries');
    const template = section.querySelector(':scope > template');
    if (!(template instanceof HTMLTemplateElement)) return;
    const rows = entries.map((entry) => {
      const row = /** @type {DocumentFragment} */ (template.content.cloneNode(true));
      write(row, entry);
      return row;
    });
    fill(place, rows, this.desk.page.dataset.empty);
  }

  /**
   * What the button of a row does.
   * @param {DocumentFragment} row
   * @param {string} name What it is done to.
   * @param {string} method
   * @param {unknown[]} params
   * @param {string} [mediaType]
   */
  acts(row, name, method, params, mediaType) {
    const button = row.querySelector(`button[data-do="${method}"]`);
    if (!(button instanceof HTMLButtonElement)) return;
    button.setAttribute('aria-label', `${button.textContent} ${name}`);
    button.onclick = async () => {
      if (await this.desk.ask(method, params, mediaType)) await this.show().catch((error) => this.desk.say(error));
    };
  }

  /** @param {HTMLFormElement} form */
  async submit(form) {
    if (form.dataset.make === 'invite') return this.invite(form);
    const id = typed(form, 'id').trim();
    const [method, params] = form.dataset.make === 'role'
      ? [this.roles.has(id) ? 'editrole' : 'createrole', [id, typed(form, 'label'), typed(form, 'description')]]
      : ['assignrole', [await this.typedKey(form), form.querySelector('select')?.value]];
    if (!params[0] || !await this.desk.ask(method, params)) return undefined;
    form.reset();
    return this.show();
  }

  /** @param {HTMLFormElement} form */
  async typedKey(form) {
    return keyOf(typed(form, 'person')).catch(() => this.desk.say(this.desk.page.dataset.unknown));
  }

  /**
   * Asks for a code, as every member can (NIP-43), and shows the link in which it is.
   * @param {HTMLFormElement} form
   */
  async invite(form) {
    this.desk.say('');
    const [given] = await stored([{ kinds: [INVITE], authors: [this.relay], limit: 1 }]);
    const code = given?.tags.find(([name]) => name === 'claim')?.[1];
    if (!code) return this.desk.say(this.desk.page.dataset.empty);
    const field = form.querySelector('[data-link]');
    if (!(field instanceof HTMLInputElement)) return undefined;
    field.value = new URL(`/join#${code}`, location.href).href;
    part(form, 'made').hidden = false;
    field.select();
    return this.invites();
  }
}

/**
 * @param {DocumentFragment} row
 * @param {string} pubkey
 * @param {Map<string, string>} names
 */
function person(row, pubkey, names) {
  const link = part(row, 'person');
  link.textContent = names.get(pubkey) ?? `${pubkey.slice(0, 16)}…`;
  link.setAttribute('href', `/p/${pubkey}`);
}
