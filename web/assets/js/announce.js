/**
 * The page on which organizers say something to many: how many these are, sending, and going on with what was not
 * finished.
 * @module
 */
import { account, signer, whenAccountChanges } from './account.js';
import { Card } from './announce-card.js';
import { begun, forget, unfinished } from './announce-record.js';
import { Unsigned, send } from './announce-run.js';
import { now } from './bytes.js';
import { asked, clear, draft, say } from './form.js';

/** @typedef {import('./announce-record.js').Announcement} Announcement */
/** @typedef {import('./announce-run.js').Recipient} Recipient */
/** @typedef {{target: string, all: number, people: Recipient[], next: string | null}} Recipients */
/** @typedef {{drafts: import('./event.js').Draft[], shown: string, recipients: Recipients}} Given */

/** Answers of the relay with the people of one announcement. */
const PARTS_MAX = 100;

/** The cards on the page, by announcement. @type {Map<string, Card>} */
const cards = new Map();

/** @param {Document} within */
export function begin(within) {
  const form = within.querySelector('form[data-announce]');
  if (!(form instanceof HTMLFormElement)) return;
  form.noValidate = true;
  // Without scripts it is not sent, so that it is in no address.
  for (const field of form.querySelectorAll('[data-name]')) {
    field.setAttribute('name', field.getAttribute('data-name') ?? '');
  }
  form.addEventListener('change', () => count(form));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (event.submitter?.hasAttribute('data-send')) announce(form);
    else count(form);
  });
  recall();
  whenAccountChanges(recall);
}

/** The question that was asked last; an answer to an earlier one is of no use. */
let counting = 0;

/**
 * Says how many people these are, as the page does without scripts.
 * @param {HTMLFormElement} form
 */
async function count(form) {
  const turn = counting += 1;
  const address = new URL(form.action);
  for (const name of ['audience', 'meetup']) address.searchParams.set(name, chosen(form, name).value);
  address.searchParams.set('lang', document.documentElement.lang);
  try {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const [here, there] = [document, page].map((one) => one.querySelector('[data-reach]'));
    if (turn === counting && here && there) here.replaceChildren(...there.children);
  } catch (error) {
    console.info(error);
  }
}

/** @param {HTMLFormElement} form */
async function announce(form) {
  if (form.ariaBusy === 'true') return;
  form.ariaBusy = 'true';
  clear(form);
  try {
    await started(form);
  } catch (error) {
    console.info(error);
    say(form, form.dataset.unreachable ?? String(error), true);
  } finally {
    form.ariaBusy = 'false';
  }
}

/** @param {HTMLFormElement} form */
async function started(form) {
  if (!account() && !await signer()) return;
  const who = account();
  if (!who) return;
  const data = new FormData(form);
  data.set('community', community());
  const given = /** @type {Given | null} */ (await draft(form, data, who.pubkey));
  if (!given) return;
  if (!await agreedTo(given)) return;
  const [said] = given.drafts;
  const announcement = await begun({
    account: who.pubkey,
    target: given.recipients.target,
    community: community(),
    audience: String(data.get('audience')),
    meetup: String(data.get('meetup')),
    text: said.content,
    label: label(form, given.recipients.target !== community()),
    begunAt: now(),
  }).catch((error) => {
    console.info(error);
    say(form, template().dataset.unkept ?? String(error), true);
  });
  if (!announcement) return;
  for (const field of form.querySelectorAll('textarea')) field.value = '';
  await carryOut(announcement, given);
}

/**
 * Shows what is going to be signed for each of them, and asks whether it is meant.
 * @param {Given} given
 */
async function agreedTo({ shown, drafts }) {
  const { agreed } = await import('./signin.js');
  return agreed(shown, drafts);
}

/**
 * Goes on with an announcement, or begins it.
 * @param {Announcement} announcement
 * @param {Given} [first] The first part of the people, if it was read just now.
 */
async function carryOut(announcement, first) {
  if (working.has(announcement.id)) return;
  const card = shown(announcement);
  card.element.scrollIntoView({ block: 'nearest' });
  try {
    if (!first) {
      const { given, problems } = await part(announcement);
      if (problems) return card.say('stopped', problems.map(({ message }) => message).join(' '));
      if (!await agreedTo(given)) return;
      first = /** @type {Given} */ (given);
    }
    await alone(announcement, card, first);
  } catch (error) {
    console.info(error);
    card.say('unreachable');
  }
}

/**
 * Sends it, unless another window does.
 * @param {Announcement} announcement
 * @param {Card} card
 * @param {Given} first
 */
async function alone(announcement, card, first) {
  const name = `kith.announcement.${announcement.id}`;
  const work = () => carried(announcement, card, first);
  if (!navigator.locks) return work();
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? work() : card.say('elsewhere')));
}

/** What ends the work, by announcement. @type {Map<string, AbortController>} */
const working = new Map();

/**
 * @param {Announcement} announcement
 * @param {Card} card
 * @param {Given} first
 */
async function carried(announcement, card, first) {
  const ending = new AbortController();
  working.set(announcement.id, ending);
  try {
    await card.recall();
    card.goesTo(first.recipients.all);
    card.say('running');
    const people = await everybody(announcement, first);
    const who = await signer().catch((error) => { throw new Unsigned(String(error)); });
    if (who?.pubkey !== announcement.account) return card.say('unsigned');
    const how = { told: card.tell.bind(card), signal: ending.signal };
    const isOver = await send(announcement, people, who, how);
    card.say(isOver ? 'finished' : ending.signal.aborted ? 'stopped' : 'missed');
  } catch (error) {
    console.info(error);
    card.say(wordOf(error));
  } finally {
    working.delete(announcement.id);
  }
}

/**
 * @param {unknown} error
 * @returns {import('./announce-card.js').Word}
 */
function wordOf(error) {
  if (error instanceof Unsigned) return 'unsigned';
  return error instanceof DOMException ? 'unkept' : 'unreachable';
}

/**
 * All of the people, part by part.
 * @param {Announcement} announcement
 * @param {Given} first
 */
async function everybody(announcement, first) {
  const people = [...first.recipients.people];
  let { next } = first.recipients;
  for (let parts = 1; next && parts < PARTS_MAX; parts += 1) {
    const { given } = await part(announcement, next);
    if (!given) throw new Error('the people changed');
    people.push(...given.recipients.people);
    next = given.recipients.next;
  }
  return people;
}

/**
 * A part of the people, and what is said to them.
 * @param {Announcement} announcement
 * @param {string} [after]
 */
function part({ account, community, audience, meetup, text }, after = '') {
  const fields = Object.entries({ community, audience, meetup, text, after });
  return asked('announce', fields, account);
}

/** Shows what was not finished. */
async function recall() {
  const who = account()?.pubkey;
  for (const [id, card] of cards) {
    if (card.announcement.account === who || working.has(id)) continue;
    card.element.remove();
    cards.delete(id);
  }
  if (!who) return;
  // Where nothing is kept there is nothing to go on with.
  const left = await unfinished(who, community()).catch(() => []);
  for (const announcement of left) {
    if (cards.has(announcement.id)) continue;
    const card = shown(announcement);
    await card.recall();
    card.say('stopped');
  }
}

/**
 * The card of an announcement, on the page.
 * @param {Announcement} announcement
 */
function shown(announcement) {
  const known = cards.get(announcement.id);
  if (known) return known;
  const holder = /** @type {HTMLTemplateElement} */ (document.querySelector('template[data-announcement]'));
  const card = new Card(announcement, holder, {
    stop: () => working.get(announcement.id)?.abort(),
    'go-on': () => carryOut(announcement),
    forget: async () => {
      await forget(announcement.id);
      cards.delete(announcement.id);
      card.element.remove();
    },
  });
  cards.set(announcement.id, card);
  place().prepend(card.element);
  return card;
}

/** Where announcements are shown. */
function place() {
  return /** @type {HTMLElement} */ (document.querySelector('[data-announcements]'));
}

/** The sentences of an announcement. */
function template() {
  const holder = /** @type {HTMLTemplateElement} */ (document.querySelector('template[data-announcement]'));
  return /** @type {HTMLElement} */ (holder.content.firstElementChild);
}

/** The community of the page. */
function community() {
  return place().dataset.of ?? '';
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function chosen(form, name) {
  return /** @type {HTMLSelectElement} */ (form.querySelector(`select[name="${name}"]`));
}

/**
 * To whom it goes, for people.
 * @param {HTMLFormElement} form
 * @param {boolean} hasMeetup
 */
function label(form, hasMeetup) {
  const names = hasMeetup ? ['audience', 'meetup'] : ['audience'];
  const texts = names.map((name) => chosen(form, name).selectedOptions[0]?.textContent?.trim() ?? '');
  return texts.join(' · ');
}
