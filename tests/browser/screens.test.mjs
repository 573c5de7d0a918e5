/** Pictures of the pages as people meet them, at two widths: kept in docs/screens with KITH_SCREENS=1. */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { publicKeyOf } from '../../web/assets/js/event.js';
import { organizingPages } from './pages.mjs';
import { begin, here, meetupPage, sayYes, signIn } from './support.mjs';
import { ADMINISTRATOR, ANNA } from './world.mjs';

begin({ isFriendly: true, settings: { KITH_RELAY_POLICY_ADMINISTRATORS: publicKeyOf(ADMINISTRATOR) } });

const FOLDER = process.env.KITH_SCREENS ? fileURLToPath(new URL('../../docs/screens/', import.meta.url)) : null;
const BYTES_MAX = 250_000;

const WIDTHS = [[375, 812, 'Dora'], [1280, 800, 'Emil']];

test('pictures of each page', async () => {
  if (FOLDER) await mkdir(FOLDER, { recursive: true });
  for (const [width, height, name] of WIDTHS) {
    const keep = async (page, title) => {
      const path = FOLDER && `${FOLDER}${title}-${width}.png`;
      const picture = await page.screenshot({ ...(path && { path }) });
      assert.ok(picture.length > 5_000 && picture.length < BYTES_MAX, `${title}: ${picture.length} bytes`);
    };
    const context = await here.visitor({ viewport: { width, height } });
    const page = await meetupPage(context);
    const meetup = page.url();
    const community = `/c/${here.world.luebeck.id}`;
    const person = await page.getByRole('link', { name: 'Ben' }).first().getAttribute('href');
    for (const [title, path] of Object.entries({
      home: '/', search: '/search?near=L%C3%BCbeck', meetup, community, 'community-chat': `${community}#chat`,
      city: '/city/DE/L%C3%BCbeck', topic: '/topic/chess', person, about: '/about',
    })) {
      await page.goto(path, { waitUntil: 'networkidle' });
      await keep(page, title);
    }
    await page.goto(meetup);
    await page.getByRole('button', { name: 'I’m coming' }).click();
    await page.getByLabel('Your name').fill(name);
    await keep(page, 'sign-in');
    await page.keyboard.press('Escape');
    await sayYes(page, name);
    await page.locator('#attendees').getByRole('link', { name }).waitFor();
    await page.locator('.rsvp').scrollIntoViewIfNeeded();
    await keep(page, 'meetup-going');
    await page.goto('/account');
    await page.getByText('There is no copy').waitFor();
    await page.locator('.scripted').waitFor();
    await keep(page, 'account');
    await page.locator('[data-profile]').evaluate((section) => section.scrollIntoView());
    await keep(page, 'account-profile');
    // The page of the account is that of somebody who has just begun.
    const { account, ...organizing } = organizingPages(here.world);
    const organizer = await signIn(await here.visitor({ viewport: { width, height } }), ANNA);
    for (const [title, path] of Object.entries(organizing).filter(([title]) => !title.startsWith('hostile'))) {
      await organizer.goto(path, { waitUntil: 'networkidle' });
      await keep(organizer, title);
    }
    const desk = await signIn(await here.visitor({ viewport: { width, height } }), ADMINISTRATOR);
    await desk.goto('/admin');
    await desk.getByRole('button', { name: 'Manage' }).click();
    await desk.locator('[data-list]').getByText('Nothing here.').first().waitFor();
    await keep(desk, 'admin-inside');
    const dark = await (await here.visitor({ viewport: { width, height }, colorScheme: 'dark' })).newPage();
    await dark.goto(meetup, { waitUntil: 'networkidle' });
    await keep(dark, 'meetup-dark');
  }
});
