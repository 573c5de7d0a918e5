/**
 * The list of communities that a person follows (kind 10037). It is theirs alone: it is read anew before it is
 * changed, and nothing else in it is lost.
 * @module
 */
import { account, signer } from './account.js';
import { now } from './bytes.js';
import { publish } from './publish.js';
import { thisRelay } from './relay.js';

const FOLLOWS = 10037;

/**
 * The newest list; `null` when there is none.
 * @param {string} pubkey
 * @returns {Promise<import('./event.js').Event | null>}
 */
async function list(pubkey) {
  const found = await thisRelay().ask([{ kinds: [FOLLOWS], authors: [pubkey], limit: 1 }]);
  return found[0] ?? null;
}

/**
 * @param {string[]} tag
 * @param {string} community
 */
function names([name, id], community) {
  return name === 'e' && id === community;
}

/**
 * Whether the person who is signed in follows a community.
 * @param {string} community
 */
export async function follows(community) {
  const known = account();
  const newest = known && await list(known.pubkey);
  return newest?.tags.some((tag) => names(tag, community)) ?? false;
}

/**
 * Follows a community, or leaves it; whether it is followed then, or `null` when the person declines.
 * @param {string} community
 * @param {boolean} wants
 * @param {string} shown What is signed, in a sentence.
 * @returns {Promise<boolean | null>}
 */
export async function change(community, wants, shown) {
  const wasKnown = account() !== null;
  const who = wasKnown ? null : await signer({ shown });
  const pubkey = who?.pubkey ?? account()?.pubkey;
  if (!pubkey) return null;
  const newest = await list(pubkey);
  const tags = newest?.tags ?? [];
  const isFollowed = tags.some((tag) => names(tag, community));
  if (isFollowed === wants) return wants;
  const draft = {
    kind: FOLLOWS,
    created_at: Math.max(now(), (newest?.created_at ?? 0) + 1),
    tags: wants ? [...tags, ['e', community]] : tags.filter((tag) => !names(tag, community)),
    content: newest?.content ?? '',
  };
  if (wasKnown) {
    const { agreed } = await import('./signin.js');
    if (!await agreed(shown, [draft])) return null;
  }
  const signing = who ?? await signer();
  // Somebody else's list must not become theirs.
  if (!signing || signing.pubkey !== pubkey) return null;
  const { refused } = await publish([await signing.sign(draft)]);
  if (refused.length) throw new Error(refused[0].reason);
  return wants;
}
