/**
 * Answering one comment or message: a button beside it names it in the form.
 * @module
 */
import { part } from './dialogs.js';

/** @param {Document} document */
export function beginReplies(document) {
  const form = document.querySelector('form.write');
  if (!(form instanceof HTMLFormElement)) return;
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button?.dataset.reply) answer(form, button.dataset.reply, button.dataset.to ?? '');
    if (button?.hasAttribute('data-unreply')) answer(form, '', '');
  });
  form.addEventListener('kith:published', () => {
    form.reset();
    answer(form, '', '', false);
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} id Of what is answered; empty for nothing.
 * @param {string} name Of who wrote it.
 */
function answer(form, id, name, goes = true) {
  const field = part(form, 'parent');
  if (field instanceof HTMLInputElement) field.value = id;
  part(form, 'whom').textContent = name;
  part(form, 'answering').hidden = id === '';
  if (goes) form.querySelector('textarea')?.focus();
}
