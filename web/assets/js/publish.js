/**
 * Gives notes to the relay of the page.
 * @module
 */
import { account, signer } from './account.js';
import { thisRelay } from './relay.js';

/** @typedef {import('./event.js').Event} Event */

const AUTHENTICATION = 22242;

/**
 * Publishes notes, one after the other.
 * @param {Event[]} events
 * @returns {Promise<{taken: Event[], refused: {event: Event, reason: string}[]}>}
 */
export async function publish(events) {
  const relay = thisRelay();
  /** @type {Event[]} */
  const taken = [];
  /** @type {{event: Event, reason: string}[]} */
  const refused = [];
  for (const event of events) {
    let answer = await relay.say(event);
    const isUnknown = !answer.taken && answer.reason.startsWith('auth-required:');
    if (isUnknown && await introduced(relay)) answer = await relay.say(event);
    if (answer.taken) taken.push(event);
    else refused.push({ event, reason: answer.reason });
  }
  return { taken, refused };
}

/**
 * Tells the relay who is signed in (NIP-42).
 * @param {import('./relay.js').Relay} relay
 */
export async function introduced(relay) {
  const who = relay.challenge && account() ? await signer() : null;
  if (!who) return false;
  const tags = [['relay', relay.url], ['challenge', relay.challenge]];
  const event = await who.sign({ kind: AUTHENTICATION, tags, content: '' });
  return (await relay.say(event, 'AUTH')).taken;
}
