/** What every page has to be: accessible, and valid HTML. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import { HtmlValidate } from 'html-validate';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const validator = new HtmlValidate({
  extends: ['html-validate:standard', 'html-validate:a11y'],
  rules: {
    // Templates write attributes as they come, and leave space where a condition was.
    'attr-quotes': 'off',
    'no-trailing-whitespace': 'off',
    'doctype-style': 'off',
    // Six languages, and what people write, have long titles.
    'long-title': 'off',
    // Safari forgets that lists without bullets are lists, unless it is said again.
    'no-redundant-role': 'off',
    // A button in a dialog closes it, which is what buttons do that say nothing else.
    'no-implicit-button-type': 'off',
    // Scripts fill it, on a page that is of no use without them.
    'empty-heading': 'off',
    // Names of others have spaces at their ends within <bdi>, and no line breaks.
    'tel-non-breaking': 'off',
  },
});

/** What is wrong with the HTML of a page. */
export async function validated(html, path) {
  const report = await validator.validateString(html, path);
  return report.results.flatMap(({ messages }) => messages.map(({ ruleId, message, line, column }) => (
    `${line}:${column} ${ruleId}: ${message}: ${html.split('\n')[line - 1].slice(0, 160)}`
  )));
}

/** Throws what axe finds against WCAG 2.2 AA and good practice. */
export async function accessible(page, at) {
  await page.evaluate(AXE);
  const { violations, passes } = await page.evaluate(() => window.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    // By itself axe leaves out how large things to press are (WCAG 2.2, 2.5.8).
    rules: { 'target-size': { enabled: true } },
    resultTypes: ['violations'],
  }));
  assert.ok(passes.some(({ id }) => id === 'target-size'), at);
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).slice(0, 3).join('\n')}`);
  assert.deepEqual(found, [], `${at}\n${found.join('\n')}`);
}
