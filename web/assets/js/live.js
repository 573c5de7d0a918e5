/**
 * Parts of a page that stay current. An element says with `data-live` what to listen for (filters of NIP-01); when
 * something comes, the page is fetched again, and what is new in the element is put in. So the server alone
 * decides what counts and how it is written.
 *
 * Of many who look at a page each fetches it at a time of its own, the later the slower the relay is; whoever wrote
 * something sees it at once, and a page that nobody sees waits until somebody does.
 * @module
 */
import { account } from './account.js';
import { now } from './bytes.js';
import { thisRelay } from './relay.js';

/** What was written shortly before may not be on a page that a browser kept, in seconds. */
const RECENT_SECONDS = 60;
/** At most so often, in milliseconds. */
const PAUSE_MS = 1_000;
/** Over how long the fetches of all who look are spread, in milliseconds: at first, and at most. */
const SPREAD_MS = 2_000;
const SPREAD_MS_MAX = 30_000;
/** How many times as long as one of them took. */
const SPREAD_FACTOR = 20;
/** Notes that are remembered as heard. */
const HEARD_MAX = 1_000;

/** @type {Promise<void> | null} */
let refreshing = null;
let isWanted = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let waiting;
let spread = SPREAD_MS;
/** Whether something came while nobody saw the page. */
let isMissed = false;
/** What the page is that was put in last. @type {string | null} */
let shown = null;

/** @type {Set<string>} */
const known = new Set();
/** @type {WeakMap<HTMLElement, {asked: string, stop: () => void}>} */
const listening = new WeakMap();

/** @param {Document} document */
export function begin(document) {
  for (const element of parts(document)) listen(element);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden || !isMissed) return;
    isMissed = false;
    refresh();
  });
}

/** @param {Document} document */
function parts(document) {
  return Array.from(document.querySelectorAll('[data-live]')).filter((element) => element instanceof HTMLElement);
}

/**
 * Listens for what an element asks for, unless that is done already.
 * @param {HTMLElement} element
 */
function listen(element) {
  const asked = element.dataset.live ?? '[]';
  const before = listening.get(element);
  if (before?.asked === asked) return;
  /** @type {Record<string, unknown>[]} */
  const filters = JSON.parse(asked);
  const stop = filters.length ? listenFor(filters) : () => {};
  // Only now: nothing comes between.
  before?.stop();
  listening.set(element, { asked, stop });
}

/** @param {Record<string, unknown>[]} filters */
function listenFor(filters) {
  let hasBegun = false;
  let last = 0;
  const heard = (/** @type {import('./event.js').Event} */ event) => {
    if (known.has(event.id)) return;
    if (known.size >= HEARD_MAX) known.clear();
    known.add(event.id);
    last = Math.max(last, event.created_at);
    if (!hasBegun) return;
    if (event.pubkey === account()?.pubkey) refresh();
    else soon();
  };
  return thisRelay().listen(filters.map((filter) => ({ ...filter, limit: 1 })), heard, {
    settled() {
      // After a lost connection something may have been missed.
      if (hasBegun || last > now() - RECENT_SECONDS) soon();
      hasBegun = true;
    },
  });
}

/** Fetches the page again when it is this one's turn. */
function soon() {
  waiting ??= setTimeout(() => {
    waiting = undefined;
    isMissed = document.hidden;
    if (!isMissed) refresh();
  }, Math.random() * spread);
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
  const begun = performance.now();
  // The browser asks only for what differs from what it has (ETag).
  const answer = await fetch(location.href, { cache: 'no-cache', headers: { Accept: 'text/html' } });
  const text = await answer.text();
  const took = performance.now() - begun;
  spread = Math.min(SPREAD_MS_MAX, Math.max(SPREAD_MS, took * SPREAD_FACTOR));
  if (answer.status === 429 || answer.status >= 500) {
    spread = SPREAD_MS_MAX;
    return soon();
  }
  if (!answer.ok) return;
  const tag = answer.headers.get('ETag');
  if (tag === null || tag !== shown) show(text);
  shown = tag;
  dispatchEvent(new Event('kith:refreshed'));
}

/** @param {string} html */
function show(html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html');
  for (const element of parts(document)) {
    const found = fresh.getElementById(element.id);
    if (!found) continue;
    merge(element, found);
    // Of whom there is more to see, there is more to hear.
    element.dataset.live = found.dataset.live ?? '[]';
    listen(element);
  }
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
