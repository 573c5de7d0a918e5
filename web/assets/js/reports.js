/**
 * What was reported in a community: the list is fetched with the signature of whoever runs it.
 * @module
 */
import { account, signer, whenAccountChanges } from './account.js';
import { enhance } from './form.js';

/** @param {Document} document */
export function begin(document) {
  const place = document.querySelector('[data-reports]');
  if (!(place instanceof HTMLElement)) return;
  place.querySelector('[data-read]')?.addEventListener('click', () => read(place));
  // What was decided is not decided twice.
  place.addEventListener('kith:published', (event) => {
    const form = event.target instanceof HTMLFormElement ? event.target : null;
    for (const part of form?.querySelectorAll('.field, button') ?? []) part.remove();
  });
  const before = account()?.pubkey;
  whenAccountChanges(() => {
    // What one person saw is not for the next.
    if (before && account()?.pubkey !== before) location.reload();
  });
}

/** @param {HTMLElement} place */
async function read(place) {
  const who = await signer();
  if (!who) return;
  const said = place.querySelector('[data-result]');
  try {
    const { authorization } = await import('./authorization.js');
    const headers = { Accept: 'text/html', Authorization: await authorization(who, 'GET', location.pathname) };
    const answer = await fetch(location.href, { headers, cache: 'no-store' });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const found = page.getElementById(place.id);
    if (!found) throw new Error('the reports are missing');
    place.replaceChildren(...Array.from(found.childNodes, (node) => document.importNode(node, true)));
    enhance(place);
  } catch (error) {
    console.info(error);
    if (said instanceof HTMLElement) said.textContent = said.dataset.refused ?? '';
  }
}
