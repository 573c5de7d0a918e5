/**
 * What machines read on the pages of a relay: HTML that is valid, data for search engines and previews that parse, and
 * pages that are small enough.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';

import { publicKeyOf } from '../../web/assets/js/event.js';
import { validated } from './checks.mjs';
import { allPages } from './pages.mjs';
import { begin, here } from './support.mjs';
import { ADMINISTRATOR } from './world.mjs';

begin({ settings: { KITH_RELAY_POLICY_ADMINISTRATORS: publicKeyOf(ADMINISTRATOR) } });

const PAGE_BYTES_MAX = 30_000;

/** The first value of each property or name of `<meta>`. */
function metaOf(html) {
  const found = new Map();
  for (const [tag] of html.matchAll(/<meta [^>]*>/g)) {
    const name = /(?:property|name)="([^"]*)"/.exec(tag)?.[1];
    const content = /content="([^"]*)"/.exec(tag)?.[1];
    if (name && content !== undefined && !found.has(name)) found.set(name, content);
  }
  return found;
}

/** What is wrong with a page. */
async function check(relay, path) {
  const answer = await fetch(relay.url + path);
  const html = await answer.text();
  const problems = await validated(html, path);
  const size = brotliCompressSync(html).length;
  if (size > PAGE_BYTES_MAX) problems.push(`${size} bytes, compressed`);
  const meta = metaOf(html);
  // What search engines may not list nobody shows a preview of.
  if (!/<meta name="robots" content="noindex">/.test(html)) {
    for (const name of ['og:site_name', 'og:url', 'og:title', 'og:type']) {
      if (!meta.get(name)) problems.push(`no ${name}`);
    }
  }
  for (const [, data] of html.matchAll(/<script type="application\/ld\+json">(.*?)<\/script>/gs)) {
    const { '@context': context, '@type': type, name, startDate, location } = JSON.parse(data);
    assert.deepEqual([context, type], ['https://schema.org', 'Event'], path);
    assert.ok(name && location['@type'] === 'Place' && location.address, path);
    assert.ok(!Number.isNaN(Date.parse(startDate)), `${path}: ${startDate}`);
    const picture = new URL(meta.get('og:image').replaceAll('&#38;', '&'));
    const drawn = await fetch(relay.url + picture.pathname + picture.search);
    assert.equal(drawn.headers.get('content-type'), 'image/png');
    const bytes = Buffer.from(await drawn.arrayBuffer());
    assert.deepEqual(
      [bytes.readUInt32BE(16), bytes.readUInt32BE(20)].map(String),
      [meta.get('og:image:width'), meta.get('og:image:height')],
    );
  }
  return problems;
}

test('pages are valid, small, and parsed by machines', async () => {
  const made = here.world;
  const month = new Date(made.stammtisch.created_at * 1_000).toISOString().slice(0, 7);
  const paths = [
    ...Object.values(allPages(made)), '/search', `/calendar/${month}`, `/calendar/${month}?near=L%C3%BCbeck&lang=ja`,
  ];
  const problems = [];
  for (const path of paths) {
    problems.push(...(await check(here.relay, path)).map((problem) => `${path.slice(0, 60)} ${problem}`));
  }
  assert.deepEqual(problems, []);
});
