/**
 * Hiding a message of the chat: a button beside it, which only the owner of the community sees, asks for a reason.
 * @module
 */
import { part } from './dialogs.js';

/** @param {Document} document */
export function beginHiding(document) {
  const form = document.querySelector('form.hiding');
  if (!(form instanceof HTMLFormElement)) return;
  /** @type {HTMLElement | null} */
  let asked = null;
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    if (button?.dataset.hide) {
      asked = button;
      ask(form, button.dataset.hide, button.dataset.of ?? '');
    }
    if (button?.hasAttribute('data-unhide')) {
      form.hidden = true;
      asked?.focus();
    }
  });
  form.addEventListener('kith:published', () => {
    form.hidden = true;
    // Older messages are no part of what is kept current.
    document.getElementById(`n-${message(form).value}`)?.remove();
    import('./live.js').then(({ refresh }) => refresh(), console.warn);
    const log = document.querySelector('.messages');
    if (log instanceof HTMLElement) log.focus();
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {string} id Of the message.
 * @param {string} name Of who wrote it.
 */
function ask(form, id, name) {
  form.reset();
  message(form).value = id;
  part(form, 'whom').textContent = name;
  part(form, 'result').textContent = '';
  form.hidden = false;
  part(form, 'reason').focus();
}

/** @param {HTMLFormElement} form */
function message(form) {
  return /** @type {HTMLInputElement} */ (part(form, 'message'));
}
