/**
 * The form of one's own profile: what the person says of themselves now stands in its fields, and what they are called
 * on this browser follows what they publish. `form.js` does the rest.
 * @module
 */
import { account, keepAccount, whenAccountChanges } from './account.js';
import { clear } from './form.js';
import { known } from './known.js';

/** @typedef {import('./event.js').Event} Event */

const PROFILE = 0;

/** What stands in the fields. @type {Event | null} */
let shown = null;

/** @param {HTMLFormElement} form */
export function begin(form) {
  form.addEventListener('kith:newest', (event) => {
    fill(form, /** @type {CustomEvent<Event | null>} */ (event).detail);
  });
  form.addEventListener('kith:published', (event) => {
    const [profile] = /** @type {CustomEvent<Event[]>} */ (event).detail;
    fill(form, profile);
    // Nothing is a change any more.
    form.reset();
    const now = account();
    if (now?.pubkey === profile.pubkey) keepAccount({ ...now, name: members(profile).name || undefined });
  });
  whenAccountChanges(() => show(form));
  show(form);
  // Only now: who sends it empty would say nothing any more.
  form.hidden = false;
}

/**
 * Shows the profile of whoever is signed in.
 * @param {HTMLFormElement} form
 */
async function show(form) {
  const pubkey = account()?.pubkey ?? '';
  if (form.dataset.of === pubkey) return;
  // What somebody else has begun to write is not theirs.
  shown = null;
  for (const field of fields(form)) field.defaultValue = '';
  if (form.dataset.of !== undefined) {
    clear(form);
    form.reset();
  }
  form.dataset.of = pubkey;
  if (!pubkey) return;
  await known(PROFILE, pubkey, (profile) => { if (form.dataset.of === pubkey) fill(form, profile); }).catch(console.warn);
}

/**
 * Puts a profile into the fields, but not into those that the person has changed already.
 * @param {HTMLFormElement} form
 * @param {Event | null} profile
 */
function fill(form, profile) {
  if (!profile || profile.pubkey !== form.dataset.of || (shown && shown.created_at >= profile.created_at)) return;
  shown = profile;
  const said = members(profile);
  // A field that was not touched shows what its default is.
  for (const field of fields(form)) field.defaultValue = said[field.name] ?? '';
}

/**
 * What a profile says, by the names of its members, which the fields have too; `name` is what is shown (NIP-24).
 * @param {Event} profile
 * @returns {Record<string, string>}
 */
function members({ content }) {
  /** @type {Record<string, string>} */
  const said = {};
  try {
    for (const [name, value] of Object.entries(JSON.parse(content) ?? {})) {
      if (typeof value === 'string') said[name] = value.trim();
    }
  } catch {
    // What is no profile says nothing.
  }
  return { ...said, name: said.display_name || said.name };
}

/** @param {HTMLFormElement} form */
function fields(form) {
  const all = Array.from(form.elements);
  return all.filter((field) => field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement);
}
