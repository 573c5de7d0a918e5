/**
 * What somebody's own list or profile says, to be shown: at once as far as this relay knows, and again when the relays
 * that they write to were looked at. What checks the answers of others is loaded only when there are such relays.
 * @module
 */
import { thisRelay } from './relay.js';

/** @typedef {import('./event.js').Event} Event */

const RELAYS = 10002;

/**
 * @param {number} kind
 * @param {string} pubkey
 * @param {(newest: Event | null) => void} tell
 */
export async function known(kind, pubkey, tell) {
  const filters = [kind, RELAYS].map((one) => ({ kinds: [one], authors: [pubkey], limit: 1 }));
  const found = await thisRelay().ask(filters);
  tell(found.find((event) => event.kind === kind) ?? null);
  // Who has not said where else they write writes here, as far as anybody can know.
  if (!found.some(({ kind }) => kind === RELAYS)) return;
  const { newestOf } = await import('./newest.js');
  tell((await newestOf(kind, pubkey, { asksExtension: false })).newest);
}
