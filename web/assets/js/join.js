/**
 * The page on which an invite code is used: the link that somebody was given has it behind the `#`.
 * @module
 */

/** @param {Document} document */
export function begin(document) {
  const field = document.querySelector('[data-join] input[name="code"]');
  if (!(field instanceof HTMLInputElement) || location.hash.length < 2) return;
  field.value = location.hash.slice(1);
}
