/**
 * What every page does with scripts: says who is signed in, and begins what stands on the page.
 * @module
 */
import { account, whenAccountChanges } from './account.js';

/** What is loaded for what stands on a page. @type {[string, () => Promise<{begin: (within: Document) => void}>][]} */
const PARTS = [
  ['form[data-draft]', async () => ({ begin: (await import('./form.js')).enhance })],
  ['[data-live]', () => import('./live.js')],
  ['[data-meetup]', () => import('./meetup.js')],
  ['[data-community]', () => import('./community.js')],
  ['[data-account-page]', () => import('./account-page.js')],
  ['[data-times]', () => import('./times.js')],
  ['[data-near-me]', () => import('./near.js')],
  ['[data-places]', () => import('./places.js')],
  ['[data-map]', () => import('./map.js')],
  ['[data-pin]', () => import('./pin.js')],
  ['[data-admin]', () => import('./admin.js')],
  ['form[data-announce]', () => import('./announce.js')],
  ['.messages', () => import('./hidden.js')],
  ['[data-reporting]', () => import('./report.js')],
  ['[data-reports]', () => import('./reports.js')],
  ['[data-join]', () => import('./join.js')],
  ['[data-organize], [data-for]', () => import('./organize.js')],
];

function showAccount() {
  const known = account();
  for (const link of document.querySelectorAll('a[data-account]')) {
    if (!(link instanceof HTMLElement)) continue;
    link.textContent = known ? known.name || `${known.npub.slice(0, 10)}…` : link.dataset.signIn ?? '';
    link.dir = 'auto';
  }
  for (const link of document.querySelectorAll('a[data-my-agenda]')) {
    if (!(link instanceof HTMLAnchorElement)) continue;
    link.hidden = known === null;
    if (known) link.href = (link.dataset.myAgenda ?? '').replace('NPUB', known.npub);
  }
  document.documentElement.classList.toggle('signed-in', known !== null);
}

async function begin() {
  const wanted = PARTS.filter(([selector]) => document.querySelector(selector));
  const parts = wanted.map(async ([, load]) => (await load()).begin(document));
  const done = await Promise.allSettled(parts);
  for (const one of done) if (one.status === 'rejected') console.error(one.reason);
  // Only now: nothing is shown that would not answer yet.
  document.documentElement.classList.add('scripted');
  dispatchEvent(new Event('kith:ready'));
}

/** A picture that cannot be had leaves no hole. */
function hideMissingPictures() {
  /** @param {EventTarget | null} target */
  const hide = (target) => {
    if (target instanceof HTMLImageElement && !target.src.startsWith(location.origin)) target.hidden = true;
  };
  addEventListener('error', ({ target }) => hide(target), true);
  for (const picture of document.images) if (picture.complete && picture.naturalWidth === 0) hide(picture);
}

hideMissingPictures();
showAccount();
whenAccountChanges(showAccount);
begin();
