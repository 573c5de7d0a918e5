/** The pages of a relay, by name: every pass over all of them takes them from here. */
import { npubOf } from '../../web/assets/js/keyfile.js';
import { publicKeyOf } from '../../web/assets/js/event.js';
import { BEN, MALLORY, addressOf } from './world.mjs';

/** What organizers have of a community, after its address. */
const OF_COMMUNITY = ['edit', 'new', 'members', 'proposals', 'announce', 'reports', 'import'];
/** What they have of a meetup. */
const OF_MEETUP = ['edit', 'attendees'];

const pathOf = (meetup) => `/m/${encodeURIComponent(addressOf(meetup))}`;

/** Each page after the address of something. */
function after(name, path, pages) {
  return Object.fromEntries(pages.map((page) => [`${name}-${page}`, `${path}/${page}`]));
}

/** Pages that are read. */
export function readingPages({ luebeck, stammtisch, seats, cancelled, past, strange, strangeMeetup }) {
  const [community, ben] = [`/c/${luebeck.id}`, npubOf(publicKeyOf(BEN))];
  return {
    home: '/',
    search: '/search?near=L%C3%BCbeck',
    'search-without-result': '/search?near=Nowhereville',
    'search-misspelt': '/search?near=Berlni',
    meetup: pathOf(stammtisch),
    'meetup-with-seats': pathOf(seats),
    'meetup-cancelled': pathOf(cancelled),
    'meetup-past': pathOf(past),
    community,
    'community-older': `${community}?before=${stammtisch.created_at - 9_930}`,
    city: '/city/DE/L%C3%BCbeck',
    topic: '/topic/bitcoin',
    person: `/p/${ben}`,
    agenda: `/agenda/${ben}`,
    calendar: '/calendar',
    'calendar-near': '/calendar?near=L%C3%BCbeck&lang=de',
    about: '/about',
    missing: '/nothing/here',
    'hostile-community': `/c/${strange.id}`,
    'hostile-meetup': pathOf(strangeMeetup),
    'hostile-person': `/p/${npubOf(publicKeyOf(MALLORY))}`,
  };
}

/** Pages on which people organize, administer, and keep their account. */
export function organizingPages({ luebeck, stammtisch, strange, strangeMeetup }) {
  return {
    account: '/account',
    admin: '/admin',
    'new-community': '/new/community',
    ...after('community', `/c/${luebeck.id}`, OF_COMMUNITY),
    ...after('meetup', pathOf(stammtisch), OF_MEETUP),
    ...after('hostile-community', `/c/${strange.id}`, OF_COMMUNITY),
    ...after('hostile-meetup', pathOf(strangeMeetup), OF_MEETUP),
  };
}

/** Every page. */
export function allPages(world) {
  return { ...readingPages(world), ...organizingPages(world) };
}
