/** A relay that wants work of each note (NIP-13). */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { publicKeyOf } from '../../web/assets/js/event.js';
import { Relay } from '../../web/assets/js/relay.js';
import { startRelay } from './relay.mjs';
import { begin, here, sign, signIn, withExtension } from './support.mjs';
import { person } from './world.mjs';

begin();

const FRIDA = person(90);

/** A relay that wants so many bits, and what somebody wrote there. */
async function wanting(bits, use) {
  const relay = await startRelay({ KITH_RELAY_LIMITS_MIN_POW_DIFFICULTY: String(bits) });
  const client = new Relay(relay.ws);
  try {
    await use(relay, (filter) => client.ask([filter]));
  } finally {
    client.close();
    await relay.stop();
  }
}

const found = async (page, name) => {
  await page.goto('/new/community');
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Start it' }).click();
  await sign(page, 'You start the community');
};

/** Waits until no thread of a page computes any more. */
function threadsEnded(page) {
  return Promise.all(page.workers().map((worker) => new Promise((resolve) => { worker.once('close', resolve); })));
}

/** Whether a note has the work that it says it has. */
function hasWork({ id, tags }, bits) {
  const [, , target] = tags.find(([name]) => name === 'nonce');
  return target === String(bits) && Math.clz32(Number.parseInt(id.slice(0, 8), 16)) >= bits;
}

test('nip13: notes are worked on before they are signed, also those that name each other', () => wanting(12, async (relay, ask) => {
  const page = await signIn(await here.visitor({ baseURL: relay.url }), FRIDA);
  await found(page, 'Work in Lübeck');
  await page.getByRole('heading', { level: 1, name: 'Work in Lübeck' }).waitFor();
  const notes = await ask({ authors: [publicKeyOf(FRIDA)] });
  assert.ok(notes.length >= 3, String(notes.length));
  for (const event of notes) assert.ok(hasWork(event, 12), JSON.stringify(event));
  const begun = notes.find(({ kind }) => kind === 1037);
  // The page that came next is that of the community as it was named in the end.
  assert.ok(page.url().endsWith(begun.id));
  assert.deepEqual(notes.find(({ kind }) => kind === 30037).tags.find(([name]) => name === 'd'), ['d', begun.id]);
  await page.getByRole('button', { name: 'Follow', exact: true }).click();
  await page.getByRole('dialog', { name: 'You sign this' }).getByRole('button', { name: 'Sign and send' }).click();
  await page.getByRole('button', { name: 'Following' }).waitFor();
}));

test('nip13: an extension signs what was worked on, and a name that somebody gives themselves is one', () => wanting(10, async (relay, ask) => {
  const signed = await here.visitor({ baseURL: relay.url });
  const pubkey = await withExtension(signed, { secret: person(91) });
  const page = await signed.newPage();
  await page.goto('/new/community');
  await page.getByLabel('Name').fill('Extended');
  await page.getByRole('button', { name: 'Start it' }).click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
  await sign(page, 'You start the community');
  await page.getByRole('heading', { level: 1, name: 'Extended' }).waitFor();
  for (const event of await ask({ authors: [pubkey] })) assert.ok(hasWork(event, 10));

  const other = await (await here.visitor({ baseURL: relay.url })).newPage();
  await other.goto(page.url());
  await other.getByRole('button', { name: 'Follow', exact: true }).click();
  await other.getByLabel('Your name').fill('Greta');
  await other.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
  await other.getByRole('button', { name: 'Following' }).waitFor();
  const [profile] = await ask({ kinds: [0] });
  assert.equal(JSON.parse(profile.content).name, 'Greta');
}));

test('nip13: long work says how far it is and can be stopped, and more than a browser can do is not begun', async () => {
  await wanting(24, async (relay, ask) => {
    const page = await signIn(await here.visitor({ baseURL: relay.url }), FRIDA);
    await found(page, 'Never');
    const working = page.getByRole('dialog', { name: 'Working for the relay' });
    const done = () => working.getByRole('progressbar').evaluate((bar) => bar.value);
    await working.waitFor();
    await page.waitForFunction(() => document.querySelector('#work progress').value > 0);
    assert.ok(await done() < 1);
    await working.getByRole('button', { name: 'Stop' }).click();
    await working.waitFor({ state: 'detached' });
    await page.locator('form[data-draft]:not([aria-busy="true"])').first().waitFor();
    await threadsEnded(page);
    assert.deepEqual(await ask({ authors: [publicKeyOf(FRIDA)] }), []);
  });
  await wanting(200, async (relay) => {
    const page = await signIn(await here.visitor({ baseURL: relay.url }), FRIDA);
    await found(page, 'Never');
    await page.getByRole('alert').getByText('more work of each note than a browser can do').waitFor();
    assert.equal(page.workers().length, 0);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });
});
