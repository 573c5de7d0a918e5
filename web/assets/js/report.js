/**
 * Reporting something, or hiding for oneself all that somebody says: a button beside it opens the dialog, which
 * says of whom it is.
 * @module
 */
import { part } from './dialogs.js';

/** @param {Document} document */
export function begin(document) {
  const dialog = document.querySelector('dialog[data-reporting]');
  if (!(dialog instanceof HTMLDialogElement)) return;
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button?.dataset.report !== undefined) open(dialog, button, button.dataset.report);
    if (button?.hasAttribute('data-close-report')) dialog.close();
  });
  const [reporting, hiding] = dialog.querySelectorAll('form');
  reporting?.addEventListener('kith:published', () => reporting.reset());
  hiding?.addEventListener('kith:published', () => dialog.close());
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLButtonElement} button Says of whom or what it is.
 * @param {string} note The id of a comment or message; empty for the whole.
 */
function open(dialog, button, note) {
  for (const form of dialog.querySelectorAll('form')) {
    form.reset();
    part(form, 'result').textContent = '';
    const field = part(form, 'note');
    if (field instanceof HTMLInputElement) field.value = note;
    if (form.matches('.hiding-person')) form.hidden = note === '';
  }
  part(dialog, 'whom').textContent = button.dataset.of ?? '';
  dialog.showModal();
}
