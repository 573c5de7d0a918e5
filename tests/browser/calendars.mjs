/**
 * Calendars as programs export them, in the manner of each, with days that are to come: what the client library
 * reads in its own tests (`nips/src/icalendar/tests/foreign.rs`).
 */
const DAY_MS = 86_400_000;

/** A day so many days from now, as calendars write it. */
function day(days) {
  return new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
}

/** A zone with a definition of its own, as Meetup writes it. */
const NEW_YORK = `BEGIN:VTIMEZONE
TZID:America/New_York
X-LIC-LOCATION:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
DTSTART:19701101T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
`;

/** What each program says of itself, and its events. `title` is that of the first event. */
const PROGRAMS = {
  meetup: (title) => `METHOD:PUBLISH
CALSCALE:GREGORIAN
PRODID:-//Meetup//Meetup Calendar 1.0//EN
X-WR-CALNAME:Brooklyn Chess
${NEW_YORK}BEGIN:VEVENT
UID:event_301234567@meetup.com
SEQUENCE:1
DTSTAMP:20260101T000000Z
DTSTART;TZID=America/New_York:${day(20)}T190000
DTEND;TZID=America/New_York:${day(20)}T213000
STATUS:CONFIRMED
SUMMARY:${title}
DESCRIPTION:Brooklyn Chess\\nBring a **board**\\, please.
CLASS:PUBLIC
GEO:40.6782;-73.9442
LOCATION:The Kings Arms\\, 12 Court Street\\, Brooklyn
URL:https://www.meetup.com/brooklyn-chess/events/301234567/
END:VEVENT
`,
  luma: (title) => `PRODID:-//hacksw/handcal//NONSGML v1.0//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:evt-AbCdEf@events.lu.ma
DTSTAMP:20260101T000000Z
DTSTART:${day(21)}T180000Z
DTEND:${day(21)}T200000Z
ORGANIZER;CN=Ada:MAILTO:calendar-invite@lu.ma
SUMMARY:${title}
DESCRIPTION:Get up-to-date information at: https://luma.com/rust\\n\\nHosted by Ada
LOCATION:https://luma.com/event/evt-AbCdEf
GEO:50.82253;-0.13716
STATUS:CONFIRMED
END:VEVENT
`,
  google: (title) => `PRODID:-//Google Inc//Google Calendar 70.9054//EN
CALSCALE:GREGORIAN
METHOD:PUBLISH
X-WR-CALNAME:Chess
X-WR-TIMEZONE:Europe/Berlin
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:${day(22)}T190000
DTEND;TZID=Europe/Berlin:${day(22)}T213000
RRULE:FREQ=WEEKLY;COUNT=3
EXDATE;TZID=Europe/Berlin:${day(29)}T190000
DTSTAMP:20260101T000000Z
UID:7kukuqrfedlm2f9t1lc0v0qv5k@google.com
SEQUENCE:2
STATUS:CONFIRMED
SUMMARY:${title}
DESCRIPTION:<p>Bring a <b>board</b></p>
LOCATION:Café König\\, Königstraße 1\\, Lübeck
TRANSP:OPAQUE
END:VEVENT
`,
  mobilizon: (title) => `PRODID:-//Mobilizon//ICS Export//EN
BEGIN:VEVENT
UID:5f1c2f3a-9a1b-4f9e-8d2f-0e6f6f1f1f1f
DTSTAMP:20260101T000000Z
DTSTART;TZID=Europe/Paris:${day(23)}T193000
DTEND;TZID=Europe/Paris:${day(23)}T223000
SUMMARY:${title}
DESCRIPTION:<p>Atelier</p>
CATEGORIES:Vélo,repair café
LOCATION:Maison du vélo
URL:https://mobilizon.example/events/5f1c
STATUS:CONFIRMED
END:VEVENT
`,
};

export const NAMES = Object.keys(PROGRAMS);

/** A file as a program exports it: lines end in the way that the format demands, and long ones are folded. */
export function calendarOf(program, title) {
  const text = `BEGIN:VCALENDAR\nVERSION:2.0\n${PROGRAMS[program](title)}END:VCALENDAR\n`;
  const folded = text.split('\n').map((line) => line.replace(/(.{70})(?=.)/gu, '$1\n '));
  return Buffer.from(folded.join('\n').replaceAll('\n', '\r\n'));
}
