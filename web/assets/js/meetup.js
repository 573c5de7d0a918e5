/**
 * The page of a meetup: the answer that a person gave is shown when they come back, and comments are answered.
 * @module
 */
import { account, whenAccountChanges } from './account.js';
import { beginReplies } from './reply.js';
import { thisRelay } from './relay.js';

const RSVP = 31925;

/** @typedef {import('./event.js').Event} Event */

/** The newest answer of the person, as far as it is known. @type {Event | null} */
let own = null;

/** @param {Document} document */
export function begin(document) {
  beginReplies(document);
  const form = document.querySelector('form[data-draft="rsvp"]');
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener('kith:published', (event) => {
    const [answer] = /** @type {CustomEvent<Event[]>} */ (event).detail;
    own = answer;
    show(form, true);
  });
  const look = () => recall(form).catch(console.warn);
  whenAccountChanges(look);
  // They may have answered on another device.
  addEventListener('kith:refreshed', look);
  look();
}

/**
 * Asks the relay what the person answered.
 * @param {HTMLFormElement} form
 */
async function recall(form) {
  const known = account();
  const before = own?.id;
  if (own && own.pubkey !== known?.pubkey) own = null;
  if (known) {
    const [asked] = JSON.parse(document.getElementById('attendees')?.dataset.live ?? '[{}]');
    const found = await thisRelay().ask([{ ...asked, kinds: [RSVP], authors: [known.pubkey] }]);
    found.sort((one, other) => other.created_at - one.created_at || (one.id < other.id ? -1 : 1));
    if (found[0] && (!own || found[0].created_at >= own.created_at)) own = found[0];
  }
  show(form, own?.id !== before);
}

/**
 * @param {HTMLFormElement} form
 * @param {boolean} fills Whether the fields are filled too.
 */
function show(form, fills) {
  const status = own?.tags.find(([name]) => name === 'status')?.[1] ?? '';
  for (const button of form.querySelectorAll('button[name="status"]')) {
    if (button instanceof HTMLButtonElement) button.setAttribute('aria-pressed', String(button.value === status));
  }
  const place = form.querySelector('[data-own]');
  if (place instanceof HTMLElement) {
    const npub = account()?.npub;
    const waits = status === 'accepted' && npub
      && document.querySelector(`[data-waiting] a[href*="/p/${CSS.escape(npub)}"]`) !== null;
    const sentence = place.dataset[waits ? 'waits' : status] ?? '';
    // It is there before it says something: what appears together with its text is not read out everywhere.
    place.hidden = false;
    if (place.textContent !== sentence) place.textContent = sentence;
  }
  if (!fills) return;
  const guests = own?.tags.find(([name]) => name === 'guests')?.[1] ?? '0';
  fill(form, 'guests', /^\d$/.test(guests) ? guests : '0');
  fill(form, 'note', own?.content ?? '');
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 * @param {string} value
 */
function fill(form, name, value) {
  const field = form.querySelector(`[name="${name}"]`);
  if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.value = value;
}
