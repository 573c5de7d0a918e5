/**
 * The list of communities that a person follows (kind 10037). It is theirs alone: it is read anew before it is
 * changed, wherever they keep it, and nothing else in it is lost.
 * @module
 */
import { account, signer } from './account.js';
import { now } from './bytes.js';
import { known } from './known.js';
import { publish } from './publish.js';

const FOLLOWS = 10037;

/**
 * @param {string[]} tag
 * @param {string} community
 */
function names([name, id], community) {
  return name === 'e' && id === community;
}

/**
 * Tells whether the person who is signed in follows a community: at once as far as this relay knows, and again when
 * the relays that they write to were looked at.
 * @param {string} community
 * @param {(follows: boolean) => void} tell
 */
export async function look(community, tell) {
  const pubkey = account()?.pubkey;
  if (!pubkey) return tell(false);
  return known(FOLLOWS, pubkey, (list) => tell(list?.tags.some((tag) => names(tag, community)) ?? false));
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
  const { newestOf, spread, warningsOf } = await import('./newest.js');
  const found = await newestOf(FOLLOWS, pubkey);
  const { newest, here, relays } = found;
  const tags = newest?.tags ?? [];
  const isFollowed = tags.some((tag) => names(tag, community));
  if (isFollowed === wants) {
    // Another relay knew it: from now on this one does too.
    if (newest && newest.id !== here?.id) await given(newest);
    return wants;
  }
  const draft = {
    kind: FOLLOWS,
    created_at: Math.max(now(), (newest?.created_at ?? 0) + 1),
    tags: wants ? [...tags, ['e', community]] : tags.filter((tag) => !names(tag, community)),
    content: newest?.content ?? '',
  };
  const warnings = warningsOf(found);
  if (wasKnown || warnings.none || warnings.silent) {
    const { agreed } = await import('./signin.js');
    if (!await agreed(shown, [draft], warnings)) return null;
  }
  const signing = who ?? await signer();
  // Somebody else's list must not become theirs.
  if (!signing || signing.pubkey !== pubkey) return null;
  const { worked } = await import('./work.js');
  const ready = await worked({ drafts: [draft] }, pubkey);
  if (!ready) return null;
  const list = await signing.sign(ready.drafts[0]);
  await given(list);
  // This relay has it: nobody waits for the others.
  spread(list, relays);
  return wants;
}

/**
 * Gives a list to this relay.
 * @param {import('./event.js').Event} list
 */
async function given(list) {
  const { refused } = await publish([list]);
  if (refused.length) throw new Error(refused[0].reason);
}
