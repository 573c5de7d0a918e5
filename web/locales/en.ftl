# The pages in English. Ids are the same in every language; a test checks it.

skip = Skip to the content
nav-label = Main
nav-home = Home
nav-search = Find meetups
nav-about = About this relay
languages-label = Languages
footer-nostr = Open meetups on Nostr. Communities belong to their people.
home-title = Find your people, close to home
home-lead = Meetups and communities near you, open to everybody.
home-next = Coming up
home-empty = There is no meetup yet.
home-all = All meetups
form-near = Where
form-near-example = City, or latitude,longitude
form-when = When
form-words = What
form-words-example = chess, hiking, Rust…
form-button = Search
when-any = Any time
when-today = Today
when-weekend = This weekend
when-week = Next 7 days
when-month = Next 30 days
search-title = Meetups
search-near = Meetups near { $place }
search-for = Meetups about { $words }
search-empty = Nothing was found. Try another time, or a wider place.
unknown-place = “{ $place }” cannot be searched for.
did-you-mean = Did you mean
meetups = Meetups
meetups-unit = meetups
communities = Communities
new-communities = New communities
cities = Cities
topics = Topics
next-page = More
distance = { $shown } km
untitled = Without a title
no-time = Time not known
cancelled = Cancelled
cancelled-notice = This meetup was cancelled.
over = Over
over-notice = This meetup is over.
proposal = Proposal
facts-label = In short
when = When
where = Where
who = Who
add-to-calendar = Add to calendar:
map-app = Map app
about-meetup = About this meetup
about-community = About
published-by = Published by
owned-by = Run by
comments = Comments
comments-empty = Nobody has said anything yet.
comments-more = Older comments are not shown.
feeds = Feeds
subscribe-calendar = Subscribe to the calendar
people = People
upcoming-title = Coming meetups
upcoming-empty = Nothing is planned at the moment.
past-title = Past meetups
agenda = Going to
connect = Connect
connect-advice = This is a Nostr relay. Add this address in your Nostr client:
speaks = What it speaks
operator = Operator
contact = Contact
terms = Terms of service
problem-missing = There is nothing here
problem-missing-advice = It may have been removed, or the address is not complete.
problem-closed = This relay is closed to visitors
problem-closed-advice = It answers only to people whom it knows, in a Nostr client.
problem-busy = Too many questions at once
problem-broken = The relay cannot answer now
problem-wait-advice = Try again in a moment.

members =
    { $count ->
        [one] { $shown } member
       *[other] { $shown } members
    }
followers =
    { $count ->
        [one] { $shown } follower
       *[other] { $shown } followers
    }
going = { $shown } going
maybe = { $shown } maybe
not-going = { $shown } not going
more-people = and { $shown } more
upcoming =
    { $count ->
        [one] { $shown } coming meetup
       *[other] { $shown } coming meetups
    }
communities-count =
    { $count ->
        [one] { $shown } community
       *[other] { $shown } communities
    }
events-count =
    { $count ->
        [one] { $shown } note
       *[other] { $shown } notes
    }

# A month, an agenda, feeds and maps.
nav-calendar = Calendar
months-label = Months
this-month = This month
month-empty = Nothing is known for this month.
month-day = All of this day
agenda-of = Agenda of { $name }
agenda-lead = What they said yes or perhaps to for all to read, and what they organize.
agenda-link = Agenda
part-organizes = Organizes
part-comes = Going
part-may-come = Maybe
invite = Invite
invite-code = Show a QR code
invite-code-label = QR code with the address of this community
your-time = Your time:
near-me = Near me
near-me-how = Your browser asks you first. The place is rounded to a kilometre.
near-me-refused = Your browser did not say where you are. Type a place instead.
map = Map
map-close = Close
preview-title-elsewhere = The title is on the page

# People who follow a community.
followers-title = Followers
