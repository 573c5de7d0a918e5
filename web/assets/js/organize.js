/**
 * What pages of organizers do with scripts beside their forms: say whose the thing is, and show links only to
 * those who can use them.
 * @module
 */
import { account, whenAccountChanges } from './account.js';

/** @param {ParentNode} within */
function showOwner(within) {
  const pubkey = account()?.pubkey;
  for (const note of within.querySelectorAll('[data-owned-by], [data-proposal-of]')) {
    if (!(note instanceof HTMLElement)) continue;
    const owner = note.dataset.ownedBy ?? note.dataset.proposalOf;
    note.hidden = !pubkey || pubkey === owner;
  }
  for (const links of within.querySelectorAll('[data-for]')) {
    if (!(links instanceof HTMLElement)) continue;
    links.hidden = !pubkey || !(links.dataset.for ?? '').split(' ').includes(pubkey);
  }
  // A class, not an attribute of each button: what comes later is shown like what is there.
  for (const part of within.querySelectorAll('[data-mine]')) {
    if (part instanceof HTMLElement) part.classList.toggle('mine', part.dataset.mine === pubkey);
  }
}

/** @param {ParentNode} within */
function readFiles(within) {
  for (const input of within.querySelectorAll('input[data-into]')) {
    if (!(input instanceof HTMLInputElement)) continue;
    input.addEventListener('change', async () => {
      const area = document.getElementById(input.dataset.into ?? '');
      const [file] = input.files ?? [];
      if (file && area instanceof HTMLTextAreaElement) area.value = await file.text();
    });
  }
}

/** @param {Document} within */
export function begin(within) {
  showOwner(within);
  readFiles(within);
  whenAccountChanges(() => showOwner(within));
}
