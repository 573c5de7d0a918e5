/**
 * What a person hid from themselves in a chat (NIP-28, kinds 43 and 44). What the owner hid the relay leaves out.
 * @module
 */
import { account, whenAccountChanges } from './account.js';
import { thisRelay } from './relay.js';

const HIDES_MESSAGE = 43;
const HIDES_PERSON = 44;

/** What is hidden from the person who is signed in: ids of messages, and keys. @type {Set<string>} */
let hidden = new Set();

/** @param {Document} document */
export function begin(document) {
  const list = document.querySelector('.messages');
  if (!(list instanceof HTMLElement)) return;
  const look = () => recall(list).catch(console.warn);
  whenAccountChanges(look);
  document.addEventListener('kith:published', (event) => {
    if (event.target instanceof HTMLElement && event.target.matches('.hiding-person')) look();
  });
  // Older messages, and new ones.
  new MutationObserver(() => show(list)).observe(list, { childList: true, subtree: true });
  if (account()) look();
}

/** @param {HTMLElement} list */
async function recall(list) {
  const known = account();
  const kinds = [HIDES_MESSAGE, HIDES_PERSON];
  const found = known ? await thisRelay().ask([{ kinds, authors: [known.pubkey] }]) : [];
  const named = found.map(({ kind, tags }) => tags.find(([name]) => name === (kind === HIDES_PERSON ? 'p' : 'e'))?.[1]);
  hidden = new Set(named.map((name) => name ?? ''));
  show(list);
}

/** @param {HTMLElement} list */
function show(list) {
  let count = 0;
  for (const message of list.querySelectorAll('li[data-by]')) {
    if (!(message instanceof HTMLElement)) continue;
    message.hidden = hidden.has(message.dataset.by ?? '') || hidden.has(message.id.replace(/^n-/, ''));
    count += Number(message.hidden);
  }
  const note = list.querySelector('[data-hidden-here]');
  if (note instanceof HTMLElement) note.hidden = count === 0;
}
