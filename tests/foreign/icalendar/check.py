"""Reads calendars that we wrote with the Python package icalendar.

    python check.py FOLDER

FOLDER has calendars (`*.ics`) and `expected.json`, which says for each what must be in it:

    {"FILE.ics": {"name": …, "refresh_minutes": …, "events": [{"address": "31923:KEY:D", …}]}}

Every calendar must be named there, and have these events and no others. An event's `address` and
`created_at` (Unix seconds) say what its UID, SEQUENCE, DTSTAMP and LAST-MODIFIED must be; `start`
and `end` are Unix seconds, or `YYYY-MM-DD` for whole days (`end` exclusive, null = none). Of
`summary`, `description`, `location`, `status`, `url`, `image`, `categories` and `geo` those are
compared that are given; null means that it must not be there.

Instants are computed twice: with Python's own database of time zones, and with nothing but the
definitions in the file, by giving its zones names that no database has.

One line for each check, as run.sh counts them: "ok   WHAT", or "FAIL WHAT: expected …, saw …".
"""

import hashlib
import json
import re
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from icalendar import Calendar

SHOWN_MAX = 3
LINE_OCTETS_MAX = 75
SEQUENCE_BEGINS_AT = 1_577_836_800
TEXTS = ["summary", "description", "location", "status", "url", "image"]

failures = 0


def check(what, seen, expected):
    """Says whether two values are equal."""
    global failures
    if seen == expected:
        print(f"ok   {what}")
    else:
        failures += 1
        print(f"FAIL {what}: expected {expected!r}, saw {seen!r}")


def check_each(what, pairs):
    """The same for many (name, seen, expected): one line, with the first few that differ."""
    if not pairs:
        return
    wrong = [pair for pair in pairs if pair[1] != pair[2]]
    shown = wrong[:SHOWN_MAX]
    check(
        f"{what} ({len(pairs)})",
        {name: seen for name, seen, _ in shown},
        {name: wanted for name, _, wanted in shown},
    )


def main(folder):
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    files = sorted(path.name for path in folder.glob("*.ics"))
    check("the calendars are those that are expected", files, sorted(expected))
    for number, file in enumerate(files):
        if file not in expected:
            continue
        try:
            check_calendar(number, file, (folder / file).read_bytes(), expected[file])
        except Exception as error:  # whatever the package throws, the calendar is at fault
            check(f"{file}: can be read", f"{type(error).__name__}: {error}", "no error")


def check_calendar(number, file, octets, expected):
    check_lines(file, octets)
    calendar = Calendar.from_ical(octets)
    broken = [error for part in calendar.walk() for error in part.errors]
    check(f"{file}: nothing is broken", broken, [])
    header = {name: str(calendar.get(name, "")) for name in ("VERSION", "CALSCALE", "METHOD")}
    check(f"{file}: header", header, {"VERSION": "2.0", "CALSCALE": "GREGORIAN", "METHOD": ""})
    if "name" in expected:
        names = [unescaped(str(calendar.get(name))) for name in ("NAME", "X-WR-CALNAME")]
        check(f"{file}: name", names, [expected["name"]] * 2)
    if "refresh_minutes" in expected:
        interval = calendar["REFRESH-INTERVAL"].dt
        check(f"{file}: refresh", interval, timedelta(minutes=expected["refresh_minutes"]))
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    wanted = {uid(event["address"]): event for event in expected["events"]}
    check(f"{file}: events", sorted(events), sorted(wanted))
    pairs = [(wanted[name], events[name]) for name in wanted if name in events]
    check_events(file, pairs)
    defined = Calendar.from_ical(renamed(number, octets))
    events = {str(event["UID"]): event for event in defined.walk("VEVENT")}
    pairs = [(wanted[name], events[name]) for name in wanted if name in events]
    check_times(f"{file}: with its own zones,", pairs)


def unescaped(text):
    """RFC 5545 §3.3.11, for properties of which the package does not know that they are texts."""
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], text)


def check_lines(file, octets):
    """RFC 5545 §3.1."""
    check(f"{file}: UTF-8", octets.decode("utf-8", "replace").encode("utf-8"), octets)
    lines = octets.split(b"\r\n")
    check(f"{file}: ends with CR LF", lines.pop(), b"")
    check(f"{file}: no other line ends", [line for line in lines if re.search(rb"[\r\n]", line)], [])
    long = [line for line in lines if len(line) > LINE_OCTETS_MAX]
    check(f"{file}: lines of at most {LINE_OCTETS_MAX} octets", long, [])


def renamed(number, octets):
    """The calendar with zones that nobody else knows; the package remembers names from file to file."""
    text = octets.decode("utf-8").replace("\r\n ", "")
    return re.sub(r"(?m)^(TZID:|DT(?:START|END);TZID=)", rf"\g<1>Kith-{number}-", text)


def check_events(file, pairs):
    check_times(f"{file}:", pairs)
    dated = [(event, seen) for event, seen in pairs if "created_at" in event]
    for name in ("DTSTAMP", "LAST-MODIFIED"):
        check_each(
            f"{file}: {name}",
            [(event["address"], moment(seen.get(name)), event["created_at"]) for event, seen in dated],
        )
    check_each(
        f"{file}: SEQUENCE",
        [(event["address"], seen.get("SEQUENCE"), event["created_at"] - SEQUENCE_BEGINS_AT) for event, seen in dated],
    )
    for key in TEXTS:
        given = [(event, seen.get(key)) for event, seen in pairs if key in event]
        check_each(
            f"{file}: {key.upper()}",
            [(event["address"], None if text is None else str(text), event[key]) for event, text in given],
        )
    for key, read in (("categories", categories), ("geo", position)):
        check_each(
            f"{file}: {key.upper()}",
            [(event["address"], read(seen), event[key]) for event, seen in pairs if key in event],
        )


def check_times(what, pairs):
    for name, key in (("DTSTART", "start"), ("DTEND", "end")):
        check_each(
            f"{what} {name}",
            [(event["address"], moment(seen.get(name)), event[key]) for event, seen in pairs if key in event],
        )


def moment(value):
    """Unix seconds of an instant, the text of a date; local time without a zone is wrong."""
    if value is None:
        return None
    if not isinstance(value.dt, datetime):
        return value.dt.isoformat() if isinstance(value.dt, date) else repr(value.dt)
    if value.dt.tzinfo is None:
        return f"{value.dt} nowhere"
    since = value.dt.astimezone(timezone.utc) - datetime(1970, 1, 1, tzinfo=timezone.utc)
    return int(since.total_seconds())


def categories(event):
    value = event.get("CATEGORIES")
    return [] if value is None else [str(category) for category in value.cats]


def position(event):
    value = event.get("GEO")
    return None if value is None else [value.latitude, value.longitude]


def uid(address):
    return hashlib.sha256(address.encode("utf-8")).hexdigest() + "@kith"


main(Path(sys.argv[1]))
sys.exit(1 if failures else 0)
