/** What people say of themselves: changed on the page of the account, wherever their key is, without losing what was there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { now } from '../../web/assets/js/bytes.js';
import { publicKeyOf } from '../../web/assets/js/event.js';
import { npubOf } from '../../web/assets/js/keyfile.js';
import { Relay } from '../../web/assets/js/relay.js';
import { pictureOf } from './pictures.mjs';
import { startRelay } from './relay.mjs';
import { begin, here, meetupPage, sayYes, sign, signIn, withExtension } from './support.mjs';
import { HOSTILE, note, person, publishAll } from './world.mjs';

begin({ settings: { KITH_RELAY_NAMES_GIVEN_TO: 'anybody' } });

const NONE = 'No profile of yours was found here.';
const SILENT = 'Some of your relays did not answer.';
const SILENT_RELAY = 'ws://silent.example/';
const DONE = 'Your profile was published.';

const field = (page, label) => page.locator('form[data-draft="profile"]').getByLabel(label, { exact: true });
const save = (page) => page.getByRole('button', { name: 'Publish profile' }).click();
const confirming = (page) => page.getByRole('dialog', { name: 'You sign this' });
/** What stands beside a person in the head of every page. */
const signedIn = (page, name) => page.locator('a[data-account]', { hasText: name });

/** Waits until a field says something that was not typed there. */
function filled(page, name, value) {
  return page.waitForFunction(([name, value]) => {
    const form = document.querySelector('form[data-draft="profile"]');
    return !form.hidden && form.elements[name].value === value;
  }, [name, value]);
}

function profile(secret, said, tags = [], created_at = now() - 60) {
  return note(secret, 0, tags, JSON.stringify(said), created_at);
}

/** The profile that a relay has, as soon as it is what is waited for. */
async function profileAt(url, author, isIt) {
  const relay = new Relay(url);
  try {
    return await new Promise((resolve) => {
      relay.listen([{ kinds: [0], authors: [author] }], (event) => isIt(JSON.parse(event.content)) && resolve(event));
    });
  } finally {
    relay.close();
  }
}

/** The sentence that is signed. */
const called = (name) => `In it you are called “\u2068${name}\u2069”.`;

const personPath = (pubkey) => `/p/${npubOf(pubkey)}`;

test('a key that was made here gets another name, on all tabs and on the page of the person', async () => {
  const context = await here.visitor();
  const page = await meetupPage(context);
  await sayYes(page, 'Gesa');
  await page.locator('#attendees').getByText('Gesa').first().waitFor();
  const other = await context.newPage();
  await other.goto('/about');
  await signedIn(other, 'Gesa').waitFor();
  await page.goto('/account');
  await filled(page, 'name', 'Gesa');
  await field(page, 'Name').fill('Gesa Brandt');
  await field(page, 'About you').fill('Plays <b>chess</b>\nand go');
  await field(page, 'Picture').fill(pictureOf('gesa'));
  await field(page, 'Website').fill('https://gesa.example/chess');
  await save(page);
  await confirming(page).getByText(called('Gesa Brandt')).waitFor();
  // Nobody else knows this key, so nothing can be lost.
  for (const warning of [NONE, SILENT]) assert.equal(await confirming(page).getByText(warning).isVisible(), false);
  await page.getByRole('button', { name: 'Sign and send' }).click();
  await page.getByText(DONE).waitFor();
  for (const tab of [page, other]) await signedIn(tab, 'Gesa Brandt').waitFor();
  await page.locator('[data-name]', { hasText: 'Gesa Brandt' }).waitFor();
  const npub = await page.locator('[data-npub]').textContent();
  await page.goto(`/p/${npub}`);
  await page.getByRole('heading', { level: 1, name: 'Gesa Brandt' }).waitFor();
  await page.getByText('Plays <b>chess</b>').waitFor();
  assert.equal(await page.getByRole('link', { name: 'gesa.example' }).getAttribute('href'), 'https://gesa.example/chess');
  assert.equal(await page.locator('img.portrait').getAttribute('src'), pictureOf('gesa'));
  // What is taken out of a field is said no more.
  await page.goto('/account');
  await filled(page, 'website', 'https://gesa.example/chess');
  await field(page, 'Website').fill('');
  await save(page);
  await sign(page, 'You publish your profile.');
  await page.getByText(DONE).waitFor();
  await filled(page, 'website', '');
  await filled(page, 'about', 'Plays <b>chess</b>\nand go');
});

test('a richer profile at a relay that the person writes to is kept', async () => {
  const other = await startRelay();
  try {
    const secret = person(80);
    const rich = {
      name: 'anna', display_name: 'Anna B.', about: 'Since 1990', lud16: 'anna@pay.example', bot: false,
      birthday: { year: 1990 }, website: 'gopher://old.example',
    };
    const newest = profile(secret, rich, [['i', 'github:anna', 'proof'], ['x']], now() - 30);
    const relays = note(secret, 10002, [['r', other.ws]]);
    await publishAll(here.relay.ws, [relays, profile(secret, { name: 'Anna long ago' }, [], now() - 3_600)]);
    await publishAll(other.ws, [newest]);
    const page = await signIn(await here.visitor(), secret);
    await filled(page, 'name', 'Anna B.');
    await filled(page, 'website', 'gopher://old.example');
    await field(page, 'About you').fill('Since 1991');
    await save(page);
    await sign(page, 'You publish your profile.');
    await page.getByText(DONE).waitFor();
    for (const { ws } of [here.relay, other]) {
      const found = await profileAt(ws, publicKeyOf(secret), ({ about }) => about === 'Since 1991');
      assert.deepEqual(JSON.parse(found.content), { ...rich, about: 'Since 1991' });
      assert.deepEqual(found.tags, newest.tags);
      assert.ok(found.created_at > newest.created_at);
    }
  } finally {
    await other.stop();
  }
});

test('what was changed elsewhere meanwhile is kept, and is newer than what is dated tomorrow', async () => {
  const secret = person(81);
  const pubkey = publicKeyOf(secret);
  await publishAll(here.relay.ws, [profile(secret, { name: 'Berta', about: 'old' })]);
  const page = await signIn(await here.visitor(), secret);
  await filled(page, 'name', 'Berta');
  await field(page, 'Name').fill('Berta C.');
  const ahead = profile(secret, { name: 'Berta', about: 'new', lud16: 'b@pay.example' }, [], now() + 300);
  await publishAll(here.relay.ws, [ahead]);
  await save(page);
  await sign(page, called('Berta C.'));
  await page.getByText(DONE).waitFor();
  const found = await profileAt(here.relay.ws, pubkey, ({ name }) => name === 'Berta C.');
  assert.deepEqual(JSON.parse(found.content), { name: 'Berta C.', about: 'new', lud16: 'b@pay.example' });
  assert.equal(found.created_at, ahead.created_at + 1);
});

test('a profile that was not found, or a relay that does not answer, is named before anything is signed', async () => {
  const context = await here.visitor();
  const pubkey = await withExtension(context, { secret: person(82) });
  const page = await context.newPage();
  await page.goto('/account');
  await page.locator('[data-do="sign-in"]').click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
  await page.getByText('Your key is in an extension').waitFor();
  await filled(page, 'name', '');
  await field(page, 'Name').fill('Clara');
  await save(page);
  await confirming(page).getByText(NONE).waitFor();
  assert.equal(await confirming(page).getByText(SILENT).isVisible(), false);
  await confirming(page).getByRole('button', { name: 'Not now' }).click();
  await confirming(page).waitFor({ state: 'detached' });
  await save(page);
  await sign(page, called('Clara'));
  await signedIn(page, 'Clara').waitFor();
  await page.goto(personPath(pubkey));
  await page.getByRole('heading', { level: 1, name: 'Clara' }).waitFor();

  const secret = person(83);
  await publishAll(here.relay.ws, [note(secret, 10002, [['r', SILENT_RELAY]]), profile(secret, { name: 'Dora' })]);
  const silent = await here.visitor();
  await silent.routeWebSocket(SILENT_RELAY, () => {});
  const waiting = await signIn(silent, secret);
  await filled(waiting, 'name', 'Dora');
  await save(waiting);
  await confirming(waiting).getByText(SILENT).waitFor();
  assert.equal(await confirming(waiting).getByText(NONE).isVisible(), false);
  await confirming(waiting).getByRole('button', { name: 'Not now' }).click();
  await confirming(waiting).waitFor({ state: 'detached' });
});

test('what one key says of itself is not signed by another that the extension has since, nor shown when they leave', async () => {
  const context = await here.visitor();
  const [secret, second] = [person(87), person(88)];
  await publishAll(here.relay.ws, [profile(secret, { name: 'Hanna' }), profile(second, { name: 'Ida' })]);
  await withExtension(context, { secret });
  const page = await context.newPage();
  await page.goto('/account');
  await page.locator('[data-do="sign-in"]').click();
  await page.getByRole('button', { name: 'Use my browser extension' }).click();
  await filled(page, 'name', 'Hanna');
  // The signer of a page that is open is known; another page asks the extension anew.
  await page.reload();
  await filled(page, 'name', 'Hanna');
  await page.evaluate((pubkey) => { window.nostr.getPublicKey = async () => pubkey; }, publicKeyOf(second));
  await field(page, 'About you').fill('I am Hanna');
  await save(page);
  await sign(page, called('Hanna'));
  await filled(page, 'name', 'Ida');
  await page.getByText('Nothing was signed').waitFor();
  await filled(page, 'about', '');
  const relay = new Relay(here.relay.ws);
  const found = await relay.ask([{ kinds: [0], authors: [secret, second].map((one) => publicKeyOf(one)) }]);
  relay.close();
  assert.ok(found.every(({ content }) => !content.includes('I am')));
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Nobody is signed in').waitFor();
  assert.equal(await field(page, 'Name').isVisible(), false);
  await filled(page, 'name', '');
});

test('a signer elsewhere signs it', async () => {
  const bunker = await here.signer([]);
  const page = await (await here.visitor()).newPage();
  await page.goto('/account');
  await page.locator('[data-do="sign-in"]').click();
  await page.getByText('My key is on my phone').click();
  await page.getByLabel('Address of the signer').fill(bunker);
  await page.getByRole('button', { name: 'Connect' }).click();
  await page.getByText('Your key is in a signer elsewhere').waitFor();
  await filled(page, 'name', '');
  await field(page, 'Name').fill('Emil');
  await save(page);
  await sign(page, called('Emil'));
  await signedIn(page, 'Emil').waitFor();
  await page.goto(personPath(publicKeyOf(person(40))));
  await page.getByRole('heading', { level: 1, name: 'Emil' }).waitFor();
});

test('what is wrong stands beside its field, and what others wrote is only text', async () => {
  const secret = person(84);
  await publishAll(here.relay.ws, [profile(secret, { name: 'Frida', about: HOSTILE, picture: 'javascript:alert(4)', nip05: 7 })]);
  const page = await signIn(await here.visitor(), secret);
  await filled(page, 'picture', 'javascript:alert(4)');
  await filled(page, 'about', HOSTILE);
  await field(page, 'Picture').fill('http://a.example/a.png');
  await field(page, 'Nostr address').fill('frida');
  await save(page);
  await page.getByText('The address of a picture begins with https://', { exact: true }).waitFor();
  await page.getByText('This is no such name').waitFor();
  await page.waitForFunction(() => document.activeElement.id === 'profile-picture');
  for (const name of ['Picture', 'Nostr address']) {
    assert.equal(await field(page, name).getAttribute('aria-invalid'), 'true');
    assert.match(await field(page, name).getAttribute('aria-describedby'), /-hint problem-profile-/);
  }
  await field(page, 'Picture').fill(pictureOf('frida'));
  await field(page, 'Nostr address').fill('');
  await page.keyboard.press('Enter');
  await sign(page, called('Frida'));
  await page.getByText(DONE).waitFor();
  await page.goto(personPath(publicKeyOf(secret)));
  await page.getByRole('heading', { level: 1, name: 'Frida' }).waitFor();
});

test('a name at this relay is had by writing it, and the page of the person shows it', async () => {
  const host = new URL(here.relay.url).host;
  const secret = person(85);
  const page = await signIn(await here.visitor(), secret);
  await filled(page, 'name', '');
  await page.getByText(`anna@${host}`).waitFor();
  await field(page, 'Name').fill('Greta');
  await field(page, 'Nostr address').fill(`Greta@${host}`);
  await save(page);
  await sign(page, called('Greta'));
  await page.getByText(DONE).waitFor();
  await page.goto(personPath(publicKeyOf(secret)));
  await page.getByText(`greta@${host}`).waitFor();
  // The first has it; the next is told.
  const next = await signIn(await here.visitor(), person(86));
  await filled(next, 'name', '');
  await field(next, 'Nostr address').fill(`greta@${host}`);
  await save(next);
  await sign(next, 'There is no name in it.');
  await next.getByText(`${DONE} The relay says:`).waitFor();
});
