/**
 * Parts of a page that stay current. An element says with `data-live` what to listen for (filters of NIP-01); when
 * something comes, the page is fetched again, and what is new in the element is put in. So the server alone
 * decides what counts and how it is written.
 * @module
 */
import { now } from './bytes.js';
import { thisRelay } from './relay.js';

/** What was written shortly before may not be on a page that a browser kept, in seconds. */
const RECENT_SECONDS = 60;
/** At most so often, in milliseconds. */
const PAUSE_MS = 1_000;

/** @type {Promise<void> | null} */
let refreshing = null;
let isWanted = false;

/** @param {Document} document */
export function begin(document) {
  for (const element of document.querySelectorAll('[data-live]')) {
    if (element instanceof HTMLElement) listen(JSON.parse(element.dataset.live ?? '[]'));
  }
}

/** @param {Record<string, unknown>[]} filters */
function listen(filters) {
  if (!filters.length) return;
  let hasBegun = false;
  let last = 0;
  const heard = (/** @type {import('./event.js').Event} */ event) => {
    last = Math.max(last, event.created_at);
    if (hasBegun) refresh();
  };
  thisRelay().listen(filters.map((filter) => ({ ...filter, limit: 1 })), heard, {
    settled() {
      // After a lost connection something may have been missed.
      if (hasBegun || last > now() - RECENT_SECONDS) refresh();
      hasBegun = true;
    },
  });
}

/**
 * Fetches the page again; together with what comes meanwhile.
 * @returns {Promise<void>}
 */
export async function refresh() {
  isWanted = true;
  refreshing ??= repeated().finally(() => { refreshing = null; });
  return refreshing;
}

async function repeated() {
  while (isWanted) {
    isWanted = false;
    await update().catch(console.warn);
    await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
  }
}

async function update() {
  const answer = await fetch(location.href, { cache: 'no-cache', headers: { Accept: 'text/html' } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const element of document.querySelectorAll('[data-live]')) {
    const found = fresh.getElementById(element.id);
    if (found) merge(element, found);
  }
  dispatchEvent(new Event('kith:refreshed'));
}

/**
 * Makes the content of an element that of another, and leaves alone what is the same: so nothing is read out
 * twice, and nothing loses the focus.
 * @param {Element} old
 * @param {Element} fresh
 */
export function merge(old, fresh) {
  let at = old.firstChild;
  for (const wanted of Array.from(fresh.childNodes)) {
    const same = following(at, (node) => node.isEqualNode(wanted));
    const alike = same ?? (at && isAlike(at, wanted) ? at : null);
    while (alike && at && at !== alike) at = dropped(at);
    if (!alike) old.insertBefore(document.importNode(wanted, true), at);
    else if (!same) merge(/** @type {Element} */ (alike), /** @type {Element} */ (wanted));
    if (alike) at = alike.nextSibling;
  }
  while (at) at = dropped(at);
}

/**
 * @param {Node | null} from
 * @param {(node: Node) => boolean} is
 */
function following(from, is) {
  for (let node = from; node; node = node.nextSibling) if (is(node)) return node;
  return null;
}

/**
 * Whether one is another version of the other.
 * @param {Node} one
 * @param {Node} other
 */
function isAlike(one, other) {
  return one instanceof Element && other instanceof Element
    && one.tagName === other.tagName && one.id === other.id && one.className === other.className;
}

/** @param {ChildNode | Node} node */
function dropped(node) {
  const next = node.nextSibling;
  node.parentNode?.removeChild(node);
  return next;
}
