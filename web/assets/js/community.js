/**
 * The page of a community: following it, its older messages, and answering one.
 * @module
 */
import { account, whenAccountChanges } from './account.js';
import { part } from './dialogs.js';
import { beginHiding } from './hide.js';
import { beginReplies } from './reply.js';

/** How near the end somebody reads who wants to see what comes, in pixels. */
const NEAR_PIXELS = 300;

/** Counts looks and changes: what is found later than it was asked for is no longer shown. */
let turn = 0;

/** @param {Document} document */
export function begin(document) {
  beginReplies(document);
  beginHiding(document);
  const page = document.querySelector('[data-community]');
  if (!(page instanceof HTMLElement)) return;
  const id = page.dataset.community ?? '';
  const button = part(page, 'follow');
  const look = async () => {
    turn += 1;
    const mine = turn;
    const follow = await import('./follow.js');
    await follow.look(id, (follows) => { if (mine === turn) show(page, button, follows); });
  };
  button.addEventListener('click', () => {
    turn += 1;
    change(page, button, id);
  });
  whenAccountChanges(() => { look().catch(console.warn); });
  if (account()) look().catch(console.warn);
  addEventListener('kith:ready', () => goToEnd(page));
  addEventListener('kith:refreshed', () => goToEnd(page, NEAR_PIXELS));
  page.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[data-older]') : null;
    if (!(link instanceof HTMLAnchorElement)) return;
    event.preventDefault();
    older(link).catch(() => location.assign(link.href));
  });
}

/**
 * The newest message is the last one. Whoever reads far above is left there.
 * @param {HTMLElement} page
 */
function goToEnd(page, pixels = Infinity) {
  const log = page.querySelector('[data-end]');
  if (log && log.scrollHeight - log.clientHeight - log.scrollTop < pixels) log.scrollTop = log.scrollHeight;
}

/**
 * @param {HTMLElement} page
 * @param {HTMLElement} button
 * @param {boolean} follows
 */
function show(page, button, follows) {
  button.setAttribute('aria-pressed', String(follows));
  button.classList.toggle('second', follows);
  button.textContent = (follows ? button.dataset.on : button.dataset.off) ?? '';
  const strangers = page.querySelector('[data-strangers]');
  if (strangers instanceof HTMLElement) strangers.hidden = follows;
}

/**
 * @param {HTMLElement} page
 * @param {HTMLElement} button
 * @param {string} id
 */
async function change(page, button, id) {
  if (button.ariaBusy === 'true') return;
  button.ariaBusy = 'true';
  const said = part(page, 'followed');
  said.textContent = '';
  try {
    const { change } = await import('./follow.js');
    const wants = button.getAttribute('aria-pressed') !== 'true';
    const shown = (wants ? button.dataset.signs : button.dataset.unsigns) ?? '';
    const follows = await change(id, wants, shown);
    if (follows === null) return;
    show(page, button, follows);
    import('./live.js').then(({ refresh }) => refresh(), console.warn);
  } catch (error) {
    said.textContent = `${button.dataset.refused ?? ''} ${error instanceof Error ? error.message : error}`;
  } finally {
    button.ariaBusy = 'false';
  }
}

/**
 * Puts older messages before those that are shown.
 * @param {HTMLAnchorElement} link
 */
async function older(link) {
  const answer = await fetch(link.href, { headers: { Accept: 'text/html' } });
  if (!answer.ok) throw new Error(String(answer.status));
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const before = document.querySelector('#earlier');
  const messages = Array.from(page.querySelectorAll('#messages li'));
  const unknown = messages.filter((message) => !document.getElementById(message.id));
  before?.prepend(...unknown.map((message) => document.importNode(message, true)));
  const next = page.querySelector('a[data-older]');
  if (next instanceof HTMLAnchorElement) link.href = next.href;
  else link.parentElement?.remove();
  document.getElementById(unknown.at(-1)?.id ?? '')?.scrollIntoView({ block: 'nearest' });
}
