/**
 * Gives notes to the relay of the page.
 * @module
 */
import { account, signer } from './account.js';
import { thisRelay } from './relay.js';

/** @typedef {import('./event.js').Event} Event */

const AUTHENTICATION = 22242;
/** Before what is good to know of a note that was taken. */
const INFO = 'info:';

/**
 * Publishes notes, one after the other. What the relay has to say of one that it took is in `told`.
 * @param {Event[]} events
 * @returns {Promise<{taken: Event[], refused: {event: Event, reason: string}[], told: string[]}>}
 */
export async function publish(events) {
  const relay = thisRelay();
  /** @type {Event[]} */
  const taken = [];
  /** @type {{event: Event, reason: string}[]} */
  const refused = [];
  /** @type {string[]} */
  const told = [];
  for (const event of events) {
    const answer = await given(relay, event);
    if (answer.taken) taken.push(event);
    else refused.push({ event, reason: answer.reason });
    if (answer.taken && answer.reason.startsWith(INFO)) told.push(answer.reason.slice(INFO.length).trim());
  }
  return { taken, refused, told };
}

/**
 * Gives a note to a relay, which may want to know first who gives it.
 * @param {import('./relay.js').Relay} relay
 * @param {Event} event
 */
export async function given(relay, event) {
  const answer = await relay.say(event);
  const isUnknown = !answer.taken && answer.reason.startsWith('auth-required:');
  return isUnknown && await introduced(relay) ? relay.say(event) : answer;
}

/** Those who are being told, so that nobody is asked twice to sign it. @type {Map<string, Promise<boolean>>} */
const introducing = new Map();

/**
 * Tells the relay who is signed in (NIP-42), once for each of its challenges.
 * @param {import('./relay.js').Relay} relay
 */
export function introduced(relay) {
  const name = `${relay.url} ${relay.challenge}`;
  const begun = introducing.get(name) ?? introduce(relay).finally(() => introducing.delete(name));
  introducing.set(name, begun);
  return begun;
}

/** @param {import('./relay.js').Relay} relay */
async function introduce(relay) {
  const who = relay.challenge && account() ? await signer() : null;
  if (!who) return false;
  const tags = [['relay', relay.url], ['challenge', relay.challenge]];
  const event = await who.sign({ kind: AUTHENTICATION, tags, content: '' });
  return (await relay.say(event, 'AUTH')).taken;
}
