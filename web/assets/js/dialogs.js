/**
 * The dialogs of signing in and signing, in the language of the page: they stand on the page of the account, and
 * are fetched when one is needed.
 * @module
 */

/** @type {Promise<DocumentFragment> | undefined} */
let fetched;

async function templates() {
  const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a[data-account]'));
  const here = /** @type {HTMLTemplateElement | null} */ (document.querySelector('template#dialogs'));
  if (here) return here.content;
  const answer = await fetch(link?.href ?? '/account');
  if (!answer.ok) throw new Error(`${answer.status}`);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const template = /** @type {HTMLTemplateElement | null} */ (page.querySelector('template#dialogs'));
  if (!template) throw new Error('the dialogs are missing');
  return template.content;
}

/**
 * A dialog of this id, not open yet.
 * @param {string} id
 * @returns {Promise<HTMLDialogElement>}
 */
export async function dialog(id) {
  fetched ??= templates();
  try {
    const content = await fetched;
    document.getElementById(id)?.remove();
    const found = content.querySelector(`#${id}`);
    if (!(found instanceof HTMLElement)) throw new Error(`there is no dialog ${id}`);
    const dialog = /** @type {HTMLDialogElement} */ (document.importNode(found, true));
    // What is wrong is said in the language of the page.
    for (const form of dialog.querySelectorAll('form')) form.noValidate = true;
    document.body.append(dialog);
    return dialog;
  } catch (error) {
    fetched = undefined;
    throw error;
  }
}

/**
 * What a person chose in a dialog: the `value` of a button; `null` when it was closed.
 * @param {HTMLDialogElement} dialog
 * @param {(choice: string) => Promise<boolean>} [chosen] Whether the dialog may close.
 * @returns {Promise<string | null>}
 */
export function choice(dialog, chosen = async () => true) {
  return new Promise((resolve) => {
    let made = '';
    let isBusy = false;
    dialog.addEventListener('submit', async (event) => {
      event.preventDefault();
      const button = /** @type {SubmitEvent} */ (event).submitter;
      const value = button instanceof HTMLButtonElement ? button.value : '';
      if (value === '' || value === 'cancel') return dialog.close();
      if (isBusy) return undefined;
      isBusy = true;
      dialog.setAttribute('aria-busy', 'true');
      complain(dialog, null);
      try {
        if (!await chosen(value)) return undefined;
        made = value;
        dialog.close();
      } catch (error) {
        complain(dialog, error);
      } finally {
        isBusy = false;
        dialog.removeAttribute('aria-busy');
      }
      return undefined;
    });
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(made || null);
    });
    dialog.showModal();
  });
}

/**
 * Says in a dialog what is wrong; with an error of which there is no sentence, the error.
 * @param {HTMLElement} dialog
 * @param {unknown} error A key of the sentences that the dialog has, or an error.
 */
export function complain(dialog, error) {
  const place = /** @type {HTMLElement | null} */ (dialog.querySelector('[data-problem]'));
  if (!place) return;
  const sentence = typeof error === 'string' ? place.dataset[error] : undefined;
  const detail = error instanceof Error ? error.message : String(error ?? '');
  place.textContent = error === null ? '' : sentence ?? `${place.dataset.other ?? ''} ${detail}`.trim();
  place.hidden = error === null;
}

/**
 * The element that has this attribute.
 * @param {ParentNode} within
 * @param {string} name
 * @returns {HTMLElement}
 */
export function part(within, name) {
  const found = within.querySelector(`[data-${name}]`);
  if (!(found instanceof HTMLElement)) throw new Error(`${name} is missing`);
  return found;
}

/**
 * What stands in a field.
 * @param {ParentNode} within
 * @param {string} name
 */
export function typed(within, name) {
  const field = within.querySelector(`[name="${name}"]`);
  return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value : '';
}
