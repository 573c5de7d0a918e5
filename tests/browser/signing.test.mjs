/** Where a key may be: in this browser, in an extension, in a signer elsewhere, on a piece of paper. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { publicKeyOf, signWith } from '../../web/assets/js/event.js';
import { decryptKey, encryptKey, findEncrypted, npubOf, nsecOf } from '../../web/assets/js/keyfile.js';
import { conversationKey, decrypt, encrypt } from '../../web/assets/js/nip44.js';
import { begin, here, meetupPage, sayYes, sign, withExtension } from './support.mjs';
import { person } from './world.mjs';

begin();

const USER = publicKeyOf(person(40));

/** What an extension signs instead of what it is asked for. */
const LIES = {
  content: (draft, secret) => signWith({ ...draft, content: `${draft.content}!` }, secret),
  kind: (draft, secret) => signWith({ ...draft, kind: 1 }, secret),
  tags: (draft, secret) => signWith({ ...draft, tags: [...draft.tags, ['p', publicKeyOf(secret)]] }, secret),
  time: (draft, secret) => signWith({ ...draft, created_at: draft.created_at + 1 }, secret),
  person: (draft) => signWith(draft, person(52)),
  id: (draft, secret) => ({ ...signWith(draft, secret), id: '0'.repeat(64) }),
  signature: (draft, secret) => ({ ...signWith(draft, secret), sig: '1'.repeat(128) }),
  nothing: () => null,
};

/** The part of the page of a meetup where this person is listed as coming. */
function listed(page, pubkey) {
  return page.locator(`#attendees a[href*="${npubOf(pubkey)}"]`);
}

test('nip44 and nip49 agree with the vectors of their documents', async () => {
  const key = conversationKey(Uint8Array.from({ length: 32 }, (_, at) => Number(at === 31)),
    publicKeyOf(Uint8Array.from({ length: 32 }, (_, at) => (at === 31 ? 2 : 0))));
  assert.equal(Buffer.from(key).toString('hex'), 'c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d');
  const nonce = Uint8Array.from({ length: 32 }, (_, at) => Number(at === 31));
  const message = 'AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNaCXlCWZKaArsGrY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb';
  assert.equal(encrypt(key, 'a', nonce), message);
  assert.equal(decrypt(key, message), 'a');
  assert.throws(() => decrypt(key, message.replace('Bee0', 'Bee1')));
  const kept = 'ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8xn9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p';
  const secret = await decryptKey(kept, 'nostr');
  assert.equal(Buffer.from(secret).toString('hex'), '3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683');
  assert.equal(await decryptKey(kept, 'Nostr'), null);
});

test('nip07_01_without_an_extension_there_are_other_ways_and_one_that_comes_later_is_found', async () => {
  const context = await here.visitor();
  const pubkey = publicKeyOf(person(53));
  await context.exposeFunction('signHere', ({ kind, tags, content, created_at }) =>
    signWith({ kind, tags, content, created_at }, person(53)));
  const page = await meetupPage(context, 'Workshop: your first node');
  const button = page.getByRole('button', { name: 'Use my browser extension' });
  await page.getByRole('button', { name: 'Maybe' }).click();
  await page.getByText('My key is on my phone').waitFor();
  assert.ok(await button.isHidden());
  await page.keyboard.press('Escape');
  await page.evaluate((pubkey) => {
    window.nostr = { getPublicKey: async () => pubkey, signEvent: (draft) => window.signHere(draft) };
  }, pubkey);
  await page.getByRole('button', { name: 'Maybe' }).click();
  await button.click();
  await page.getByText('You may come.').waitFor();
});

test('nip07_04_an_extension_that_refuses_or_never_answers_can_be_asked_again', async () => {
  const context = await here.visitor();
  let asked = 0;
  const declines = () => (asked += 1) === 1;
  await withExtension(context, { secret: person(51), declines });
  const page = await meetupPage(context, 'Workshop: your first node');
  await page.getByRole('button', { name: 'Maybe' }).click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
  const failed = page.getByText('gave something else than it was asked for');
  await failed.waitFor();
  // It says nothing at all, for longer than anybody waits.
  await page.reload();
  await page.clock.install();
  await page.evaluate(() => {
    window.patient = window.nostr.signEvent;
    window.nostr.signEvent = () => { window.isAsked = true; return new Promise(() => {}); };
  });
  await page.getByRole('button', { name: 'Maybe' }).click();
  await sign(page, 'You say that you may come');
  await page.waitForFunction(() => window.isAsked);
  await page.clock.fastForward('05:01');
  await failed.waitFor();
  await page.evaluate(() => { window.nostr.signEvent = window.patient; });
  await page.getByRole('button', { name: 'Maybe' }).click();
  await sign(page, 'You say that you may come');
  await page.getByText('You may come.').waitFor();
});

test('nip07_05_what_an_extension_calls_a_key_is_64_digits_or_an_error', async () => {
  const secret = publicKeyOf(person(50));
  const context = await here.visitor();
  await context.addInitScript(() => {
    window.nostr = { getPublicKey: async () => window.wrong, signEvent: () => { window.isAsked = true; } };
  });
  const page = await meetupPage(context);
  await page.getByRole('button', { name: 'I’m coming' }).click();
  const said = page.getByText('the extension has no key');
  for (const wrong of [undefined, null, '', npubOf(secret), secret.toUpperCase(), `${secret}0`, { pubkey: secret }]) {
    await page.evaluate((wrong) => { window.wrong = wrong; }, wrong);
    await page.getByRole('button', { name: 'Use my browser extension' }).click();
    await said.waitFor();
    await page.locator('[data-problem]').evaluateAll((places) => places.forEach((place) => { place.textContent = ''; }));
    assert.ok(!await page.evaluate(() => window.isAsked));
  }
});

test('nip07_02_an_extension_signs_a_draft_and_is_not_believed_when_it_signs_something_else', async () => {
  const context = await here.visitor();
  const pubkey = await withExtension(context);
  const page = await meetupPage(context);
  await page.getByRole('button', { name: 'I’m coming' }).click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
  await listed(page, pubkey).waitFor();
  await page.reload();
  await page.getByText('You are coming.').waitFor();

  const liar = await here.visitor();
  let lie = '';
  await withExtension(liar, { lies: (draft, secret) => LIES[lie](draft, secret) });
  const other = await meetupPage(liar, 'Workshop: your first node');
  const failed = other.getByText('gave something else than it was asked for');
  for (lie of Object.keys(LIES)) {
    await other.getByRole('button', { name: 'Maybe' }).click();
    const first = other.getByRole('button', { name: 'Use my browser extension' });
    const next = other.getByRole('button', { name: 'Sign and send' });
    await first.or(next).click();
    await failed.waitFor();
    assert.equal(await other.getByText('You may come.').count(), 0, lie);
    await other.reload();
  }
});

test('a remote signer signs by its address, also after the page was left', async () => {
  const bunker = await here.signer([]);
  const page = await meetupPage(await here.visitor());
  await page.getByRole('button', { name: 'I’m coming' }).click();
  await page.getByText('My key is on my phone').click();
  const field = page.getByLabel('Address of the signer');
  await field.fill('bunker://nothing');
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('That is no address of a signer').waitFor();
  await field.fill(bunker);
  await page.getByRole('button', { name: 'Connect' }).click();
  await listed(page, USER).waitFor();
  await page.reload();
  await page.getByText('You are coming.').waitFor();
  await page.getByRole('button', { name: 'I can’t' }).click();
  await sign(page, 'You say that you are not going');
  await page.getByText('You are not coming.').waitFor();
});

test('a remote signer comes by the code, and is not believed when it lies', async () => {
  const page = await meetupPage(await here.visitor(), 'Workshop: your first node');
  await page.getByRole('button', { name: 'Maybe' }).click();
  await page.getByText('My key is on my phone').click();
  await page.getByRole('button', { name: 'Show a code' }).click();
  const link = page.getByRole('link', { name: 'Open in a signer on this device' });
  await link.waitFor();
  assert.equal(await page.locator('.qr svg').count(), 1);
  const address = await link.getAttribute('href');
  assert.match(address, /^nostrconnect:\/\/[0-9a-f]{64}\?relay=ws/);
  await here.signer([address], { KITH_LIES: 'yes' });
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.getByText('gave something else than it was asked for').waitFor();
  assert.equal(await page.getByText('You may come.').count(), 0);
});

test('a copy of the key is saved, brings the person back, and signing out warns without one', async () => {
  const page = await meetupPage(await here.visitor());
  await sayYes(page, 'Gesa');
  await page.getByRole('link', { name: 'Gesa' }).first().click();
  await page.getByText('There is no copy of your key yet').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You have no copy of your key').waitFor();
  await page.getByRole('button', { name: 'Not now' }).click();
  await page.getByRole('button', { name: 'Save a copy of my key' }).click();
  await page.getByLabel('A password of your own').fill('short');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  await page.getByText('At least 8 characters, please.').waitFor();
  await page.getByLabel('A password of your own').fill('correct horse');
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  assert.match(text, /I have a key/);
  const secret = await decryptKey(findEncrypted(text), 'correct horse');
  await page.getByText('You saved a copy of your key.').waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You can sign in again at any time').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Nobody is signed in').waitFor();

  const other = await (await here.visitor()).newPage();
  await other.goto('/account');
  await other.locator('[data-do="sign-in"]').click();
  await other.getByText('I have a key').click();
  await other.getByLabel('Your key, or the text').fill(text);
  await other.getByLabel('Password', { exact: true }).fill('wrong horse');
  await other.getByRole('button', { name: 'Use this key' }).click();
  await other.getByText('That is not the password.').waitFor();
  await other.getByLabel('Password', { exact: true }).fill('correct horse');
  await other.getByRole('button', { name: 'Use this key' }).click();
  await other.locator('[data-npub]', { hasText: npubOf(publicKeyOf(secret)) }).waitFor();
});

/** The lines that a person sees of what is printed. */
const printed = async (page) => (await page.locator('body').innerText()).split('\n').filter((line) => line.trim());

test('a copy of the key on paper has everything that brings the person back, and nothing else', async () => {
  const context = await here.visitor({ colorScheme: 'dark' });
  await context.addInitScript(() => { window.print = () => { window.isPrinted = true; }; });
  const page = await context.newPage();
  await page.goto('/account');
  await page.locator('[data-do="sign-in"]').click();
  await page.getByLabel('Your name').fill('Lotte');
  await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
  await page.getByRole('button', { name: 'Save a copy of my key' }).click();
  await page.getByLabel('A password of your own').fill('correct horse');
  await page.getByRole('button', { name: 'Print' }).click();
  await page.getByText('You saved a copy of your key.').waitFor();
  assert.ok(await page.evaluate(() => window.isPrinted));
  // On the screen there is nothing of it.
  assert.equal(await page.getByText('ncryptsec1', { exact: false }).filter({ visible: true }).count(), 0);
  const npub = await page.locator('[data-npub]').textContent();
  await page.emulateMedia({ media: 'print' });
  const lines = await printed(page);
  const ncryptsec = lines.find((line) => line.startsWith('ncryptsec1'));
  for (const wanted of [here.relay.url, npub, 'Lotte']) assert.ok(lines.includes(wanted), `${wanted}: ${lines.join('\n')}`);
  assert.ok(lines.some((line) => line.includes('I have a key')));
  assert.ok(lines.every((line) => !/Sign out|nsec1|correct horse/.test(line.replace(ncryptsec, ''))), lines.join('\n'));
  // Black on white, whatever the screen is; and one page, which has the picture too.
  const ink = await page.locator('.paper').evaluate((paper) => [getComputedStyle(paper).color, getComputedStyle(paper).backgroundColor]);
  assert.deepEqual(ink, ['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
  assert.ok(await page.locator('.paper svg').isVisible());
  const pdf = await page.pdf({ format: 'A4' });
  assert.equal(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g).length, 1);
  await page.emulateMedia({ media: null });
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  assert.equal(await page.locator('.paper').count(), 0);

  const other = await (await here.visitor()).newPage();
  await other.goto('/account');
  await other.locator('[data-do="sign-in"]').click();
  await other.getByText('I have a key').click();
  // Whoever types it from paper may have spaces and line ends in it.
  await other.getByLabel('Your key, or the text').fill(` ${ncryptsec}\n`);
  await other.getByLabel('Password', { exact: true }).fill('correct horse');
  await other.getByRole('button', { name: 'Use this key' }).click();
  await other.locator('[data-npub]', { hasText: npub }).waitFor();
});

test('a browser that lost the key says so, and the copy brings the person back', async () => {
  const context = await here.visitor();
  const page = await meetupPage(context);
  await sayYes(page, 'Mara');
  const meetup = page.url();
  await page.goto('/account');
  await page.getByRole('button', { name: 'Save a copy of my key' }).click();
  await page.getByLabel('A password of your own').fill('correct horse');
  const [download] = await Promise.all([
    page.waitForEvent('download'), page.getByRole('button', { name: 'Save as a file' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  const npub = await page.locator('[data-npub]').textContent();
  await page.evaluate(() => new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('kith');
    request.onsuccess = resolve;
    request.onerror = reject;
  }));
  await page.goto(meetup);
  await page.getByText('You are coming.').waitFor();
  const maybe = page.getByRole('button', { name: 'Maybe' });
  await maybe.click();
  await sign(page, 'You say that you may come');
  const lost = page.getByRole('dialog', { name: 'This browser lost your key' });
  await lost.waitFor();
  await lost.getByRole('button', { name: 'Close' }).click();
  await lost.waitFor({ state: 'detached' });
  // Nothing was said, and nothing hangs.
  await page.locator('form[data-draft="rsvp"][aria-busy="false"]').waitFor();
  await page.getByText('You are coming.').waitFor();
  await maybe.click();
  await sign(page, 'You say that you may come');
  await lost.getByRole('link', { name: 'Your account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.locator('[data-do="sign-in"]').click();
  await page.getByText('I have a key').click();
  await page.getByLabel('Your key, or the text').fill(text);
  await page.getByLabel('Password', { exact: true }).fill('correct horse');
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.locator('[data-npub]', { hasText: npub }).waitFor();
  await page.goto(meetup);
  await page.getByRole('button', { name: 'Maybe' }).click();
  await sign(page, 'You say that you may come');
  await page.getByText('You may come.').waitFor();
});

test('nothing that opens the key is readable in the browser, and a password of their own is asked for', async () => {
  const page = await meetupPage(await here.visitor());
  await sayYes(page, 'Hanna');
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.match(kept, /ncryptsec1/);
  assert.doesNotMatch(kept, /nsec1/);
  const isOpen = await page.evaluate(() => new Promise((resolve, reject) => {
    const opening = indexedDB.open('kith');
    opening.onerror = reject;
    opening.onsuccess = () => {
      const get = opening.result.transaction('keys').objectStore('keys').get('lock');
      get.onsuccess = () => crypto.subtle.exportKey('raw', get.result).then(() => resolve(true), () => resolve(false));
    };
  }));
  assert.equal(isOpen, false);
  await page.getByRole('link', { name: 'Hanna' }).first().click();
  await page.getByRole('button', { name: 'Set a password' }).click();
  await page.getByLabel('A password of your own').fill('battery staple');
  await page.getByRole('button', { name: 'Set', exact: true }).click();
  await page.getByText('encrypted with your password').waitFor();
  await page.goBack();
  await page.getByText('You are coming.').waitFor();
  await page.getByRole('button', { name: 'Maybe' }).click();
  await sign(page, 'You say that you may come');
  await page.getByLabel('Password', { exact: true }).fill('wrong');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByText('That is not the password.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill('battery staple');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await page.getByText('You may come.').waitFor();
});

test('two tabs agree who is signed in', async () => {
  const context = await here.visitor();
  const [one, other] = [await meetupPage(context), await meetupPage(context)];
  await sayYes(one, 'Ida');
  await other.getByRole('link', { name: 'Ida' }).first().waitFor();
  await other.getByText('You are coming.').waitFor();
  await other.getByRole('button', { name: 'Maybe' }).click();
  await sign(other, 'You say that you may come');
  await one.getByText('You may come.').waitFor();
  await one.evaluate(() => localStorage.removeItem('kith.account'));
  await other.getByRole('link', { name: 'Sign in' }).waitFor();
});

test('a browser that keeps nothing says so, and signs as long as the page is open', async () => {
  const context = await here.visitor();
  await context.addInitScript(() => {
    const fail = () => { throw new DOMException('denied', 'SecurityError'); };
    Object.defineProperty(window, 'localStorage', { get: fail });
    Object.defineProperty(window, 'indexedDB', { get: fail });
  });
  const page = await context.newPage();
  await page.goto('/account');
  await page.locator('[data-do="sign-in"]').click();
  await page.getByLabel('Your name').fill('Jule');
  await page.getByRole('button', { name: 'Continue without an account elsewhere' }).click();
  await page.getByText('This browser keeps nothing').waitFor();
  await page.getByRole('button', { name: 'Save a copy of my key' }).click();
  await page.getByText('Show the key without a password').click();
  await page.getByRole('button', { name: 'Show it' }).click();
  const nsec = await page.locator('[data-nsec]').textContent();
  assert.match(nsec, /^nsec1[a-z0-9]{58}$/);

  const meetup = await meetupPage(context);
  await sayYes(meetup, 'Klara');
  await meetup.getByRole('button', { name: 'Maybe' }).click();
  await sign(meetup, 'You say that you may come');
  await meetup.getByText('You may come.').waitFor();
});

test('the relay never sees a secret key', async () => {
  const secret = person(60);
  const context = await here.visitor();
  const said = [];
  context.on('request', (request) => said.push(request.url(), request.postData() ?? '', JSON.stringify(request.headers())));
  const page = await context.newPage();
  page.on('websocket', (socket) => socket.on('framesent', ({ payload }) => said.push(String(payload))));
  await page.goto('/account');
  await page.locator('[data-do="sign-in"]').click();
  await page.getByText('I have a key').click();
  await page.getByLabel('Your key, or the text').fill(nsecOf(secret));
  await page.getByRole('button', { name: 'Use this key' }).click();
  await page.getByText('You stay signed in here').waitFor();
  await page.goto('/search?near=L%C3%BCbeck');
  await page.getByRole('link', { name: 'Stammtisch im Ratskeller' }).click();
  await page.getByRole('button', { name: 'I’m coming' }).click();
  await sign(page, 'You say that you are going');
  await page.getByText('You are coming.').waitFor();
  assert.ok(said.some((text) => text.includes('31925')));
  const hex = Buffer.from(secret).toString('hex');
  const encrypted = await encryptKey(secret, 'x', 1);
  for (const text of said) {
    for (const part of [hex, nsecOf(secret), encrypted.slice(0, 12)]) assert.ok(!text.includes(part), text);
  }
});
