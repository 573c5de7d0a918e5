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

nav-account = Sign in
account-title = Your account
account-lead = Whoever is signed in can say “I’m coming”, comment and follow communities. Your secret key never leaves your browser or signer: this site does not get to see it.
needs-scripts = Answering and writing need JavaScript. Everything can be read without it.
account-nobody = Nobody is signed in on this browser.
account-in-extension = Your key is in an extension of your browser.
account-in-signer = Your key is in a signer elsewhere.
account-in-browser = Your key is in this browser, encrypted. You stay signed in here.
account-with-password = Your key is in this browser, encrypted with your password.
account-in-page = This browser keeps nothing, as private windows do. You are signed in only as long as this page is open: save a copy of your key now.
account-saved = You saved a copy of your key.
account-unsaved = There is no copy of your key yet. If this browser loses it, nobody can bring it back.
account-done = Done.
account-save = Save a copy of my key
account-password = Set a password
account-sign-out = Sign out
sign-in-title = Who are you?
sign-what = You sign this, for everybody to read:
sign-in-name = Your name
sign-in-name-hint = Optional. Everybody can see it.
sign-in-new = Continue without an account elsewhere
sign-in-new-hint = Makes a key in this browser. No e-mail, no password; tomorrow you are still signed in here.
sign-in-extension = Use my browser extension
sign-in-known = I have a key
sign-in-key = Your key, or the text of the file that you saved
sign-in-password = Password
sign-in-known-button = Use this key
sign-in-remote = My key is on my phone or in a signer
sign-in-bunker = Address of the signer
sign-in-bunker-button = Connect
sign-in-invite = Show a code for my signer
sign-in-invitation = Open in a signer on this device
sign-in-waiting = Waiting for the signer…
sign-in-approve = The signer asks you to agree on its page
not-now = Not now
close = Close
sign-as = As
sign-details = The whole note
sign-button = Sign and send
unlock-title = Your password, please
unlock-button = Unlock
lost-title = This browser lost your key
lost-advice = It cleared what it keeps. Sign out on the page of your account, then sign in with the copy that you saved.
save-title = Save a copy of your key
save-lead = Your key is who you are here, like a house key: with a copy you get in again on another device, or when this browser forgets it. Choose a password that protects the copy.
save-password = A password of your own
save-password-hint = At least 8 characters. Nobody can reset it.
save-file = Save as a file
save-print = Print
save-plain = Show the key without a password
save-plain-warning = Whoever sees it can act as you, for ever. Never send it to anybody.
save-plain-button = Show it
paper-title = Key for open meetups
paper-advice = To use it: sign in, choose “I have a key”, paste the line that begins with ncryptsec1, and type the password that you chose.
password-lead = With a password, this browser asks for it before you sign the first time on a page. Nobody can reset it.
password-set = Set
sign-out-safe = You can sign in again at any time with your key.
sign-out-unsafe = You have no copy of your key. If you sign out now, it is gone: nobody, not even you, can act under this name again.
problem-password = That is not the password.
problem-key = That is no key.
problem-bunker = That is no address of a signer: it begins with bunker://.
problem-short = At least 8 characters, please.
problem-other = That did not work:
