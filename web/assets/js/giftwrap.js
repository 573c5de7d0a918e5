/**
 * Private messages before they leave (NIP-17, NIP-59): what is said, sealed by the author, in a wrap that only its
 * receiver can open and that says nothing of the author.
 * @module
 */
import { now } from './bytes.js';
import { idOf, newSecret, signWith } from './event.js';
import { conversationKey, encrypt } from './nip44.js';

/** @typedef {import('./event.js').Event} Event */
/** @typedef {import('./event.js').Signer} Signer */

const SEAL = 13;
const WRAP = 1059;
/** How far in the past seals and wraps may be dated, in seconds, so that their time tells nothing. */
const TWEAK_SECONDS = 172_800;

/**
 * A message that nobody signs; it has an id all the same.
 * @param {{kind: number, content: string, created_at: number, pubkey: string}} said
 * @param {string} receiver
 */
export function rumor({ kind, content, created_at, pubkey }, receiver) {
  const unsigned = { pubkey, created_at, kind, tags: [['p', receiver]], content };
  return { id: idOf(unsigned), ...unsigned };
}

/**
 * Seals a message with the key of the author.
 * @param {ReturnType<typeof rumor>} message
 * @param {string} receiver
 * @param {Signer} signer
 */
export async function sealed(message, receiver, signer) {
  const content = await signer.encrypt(receiver, JSON.stringify(message));
  return signer.sign({ kind: SEAL, created_at: someTime(), tags: [], content });
}

/**
 * Wraps a seal, with a key that is used for nothing else.
 * @param {Event} seal
 * @param {string} receiver
 */
export function wrapped(seal, receiver) {
  const secret = newSecret();
  const content = encrypt(conversationKey(secret, receiver), JSON.stringify(seal));
  return signWith({ kind: WRAP, created_at: someTime(), tags: [['p', receiver]], content }, secret);
}

function someTime() {
  const [any] = crypto.getRandomValues(new Uint32Array(1));
  return now() - (any % TWEAK_SECONDS);
}
