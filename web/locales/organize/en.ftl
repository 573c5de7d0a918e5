# What is signed, and what is wrong with a form.
signs-going = You say that you are going to “{ $title }”.
signs-going-with =
    { $count ->
        [one] You say that you are going to “{ $title }” and bring { $shown } guest.
       *[other] You say that you are going to “{ $title }” and bring { $shown } guests.
    }
signs-maybe = You say that you may come to “{ $title }”.
signs-not-going = You say that you are not going to “{ $title }”.
signs-comment = You write a comment on “{ $title }”. Everybody can read it.
signs-message = You write in the chat of “{ $title }”. Everybody can read it.
field-needed = This is needed.
field-choose = Choose one.
field-too-long = This is too long: at most { $shown } characters are possible.
field-characters = There are characters in it that are no text.
field-number = A whole number from 0 to { $shown } is needed.
answer-too-late = The last moment to say yes has passed.
answer-cancelled = This meetup was called off and takes no answers.
missing-meetup = There is no such meetup any more.
missing-community = There is no such community any more.
missing-parent = What you answer is not there any more.
missing-person = This is nobody’s key: it begins with npub1.
no-chat = This community has no chat.
muted-here = What you write here is shown to nobody: this community muted you.
form-unread = The form did not arrive as it should.

# Fields of forms.
field-city = No such place is known. Try the name of a larger city nearby, or coordinates.
field-position = Latitude from −90 to 90 and longitude from −180 to 180, in degrees.
field-date = This is no date or time that can be used.
field-begins = Say when it begins, too.
field-ends = It ends before it begins.
field-last-day = The last day is the first or a later one, at most { $shown } days later.
field-zone = Say a place or a time zone, such as Europe/Berlin: else nobody knows when that is.
field-topics = At most { $shown } characters for each topic, with commas between them.
field-image = The address of a picture begins with https://
field-link = One address on each line, beginning with https://
field-website = The address of a page begins with https:// or http://
field-identifier = This is no such name: it looks like anna@example.com, with letters from a to z and digits before the @.
field-repeat = There is no such series.
field-repeat-end = Say how many there are, or until when.
field-repeat-many = These are too many: at most { $shown } are made at once.
field-repeat-first = The first day is none of the days on which it is repeated.
field-kind-of-time = A meetup of whole days cannot get a time of day later, nor lose one. Cancel it, and plan a new one.
nothing-changed = Nothing was changed.
sign-in-first = Sign in first: what is written depends on who writes it.
not-yours = “{ $title }” is somebody else’s: only who made it can change it.
signs-community = You start the community “{ $title }” and will run it: its description, its list of members and its chat.
signs-description = You describe the community “{ $title }” anew.
signs-profile = You publish your profile. In it you are called “{ $title }”.
signs-profile-unnamed = You publish your profile. There is no name in it.
signs-meetup = You publish the meetup “{ $title }”.
signs-proposal = You propose the meetup “{ $title }”. Who runs the community decides whether it becomes one of theirs.
signs-series = You publish { $shown } meetups “{ $title }”, one note for each.
signs-edit =
    { $count ->
        [one] You change the meetup “{ $title }”.
       *[other] You change { $shown } meetups of “{ $title }”.
    }
signs-cancel =
    { $count ->
        [one] You call off the meetup “{ $title }”. This cannot be undone.
       *[other] You call off { $shown } meetups of “{ $title }”. This cannot be undone.
    }

# Pages of organizers.
organize = Organize
organize-not-yours = This belongs to somebody else. You can look at it; the relay takes changes only from its owner.
new-community = Start a community
new-community-lead = A place for people who meet: it has meetups, members and a chat, and it is yours.
found-community = Start it
edit-community = Describe
new-meetup = New meetup
edit-meetup = Change the meetup
save-changes = Save changes
publish-meetup = Publish
preview = Preview
proposal-hint = You do not run this community, so this will be a proposal that it can adopt.
field-label-name = Name
field-label-title = Title
field-label-summary = In short
field-hint-summary = One sentence for lists.
field-label-description = Description
field-hint-markdown = You can use Markdown: *slanted*, **strong**, lists and links.
field-label-city = City
field-hint-city = The name of a city, or coordinates.
field-label-position = The exact place
field-label-latitude = Latitude
field-label-longitude = Longitude
pin-choose = Choose on a map
pin-hint = Click where it is, or move the map with the arrow keys and press Enter for its middle.
field-hint-topics = With commas between them: chess, outdoors.
field-label-image = Picture
field-hint-image = The address of a picture on the web.
field-label-links = Links
field-hint-links = One address on each line.
field-label-hosts = Who runs it with you
field-hint-hosts = One key on each line; each begins with npub1 or nprofile1.
field-hosts = One key on each line, each of which begins with npub1 or nprofile1; at most { $count }.
field-label-day = Day
field-label-begins = Begins at
field-label-ends = Ends at
field-hint-time = On the clock of the place. Without a time it is the whole day.
field-more-time = Several days, or another time zone
field-label-last-day = Last day
field-label-zone = Time zone
field-hint-zone = Such as Europe/London. If it is empty, that of the place.
field-label-repeat = Repeated
repeat-never = Not repeated
repeat-weekly = Weekly
repeat-monthly-day = Monthly, on the same date
repeat-monthly-weekday = Monthly, on the same weekday (such as the first Tuesday)
repeat-monthly-last = Monthly, on the last such weekday
field-label-every = Every … weeks or months
field-label-count = How many
field-label-until = Or until
field-label-place = Place
field-hint-place = Name and address, as people say it.
field-label-capacity = Seats
field-label-guests = Guests each may bring
field-label-answer-by = Answer by
scope-legend = What is changed?
scope-only = Only this one
scope-following = This one and the following
scope-all = All of the series
cancel-meetup = Call it off
cancel-lead = It stays visible as called off, and nobody can answer it any more.
cancel-note = A word about it
preview-problems = Something is missing

# Announcements.
announce-title = Announce
announce-lead = A private message to each of them. Nobody sees who else got it.
announce-needs-scripts = Sending needs JavaScript, and a key to sign with: the messages are sealed in your browser, so that nobody else can read them. To whom they go can be seen without.
announce-to = To whom
announce-members = Members
announce-followers = Everybody who follows
announce-going = Meetup: who comes
announce-maybe = Meetup: who may come
announce-declined = Meetup: who does not come
announce-answered = Meetup: everybody who answered
announce-silent = Meetup: members who have not answered
announce-meetup = Which meetup
announce-meetup-hint = Needed where it is about the answers to one.
announce-no-meetup = None
announce-which = Choose the meetup.
announce-people =
    { $count ->
        [one] It goes to { $shown } person.
       *[other] It goes to { $shown } people.
    }
announce-without =
    { $count ->
        [one] { $shown } of them does not say here where to receive private messages, and is left out.
       *[other] { $shown } of them do not say here where to receive private messages, and are left out.
    }
announce-cut = There are more than this relay counts; some are missing.
announce-count = How many are these?
announce-nobody = These are nobody.
announce-text = What you say
announce-text-hint = Plain text. A web address becomes a link in most programs.
announce-send = Send to all of them
announce-one = Announcement
announce-progress = Sent
announce-reached = Reached
announce-left = Still to do
announce-failed = Not reached
announce-refused = Refused by their relays
announce-no-inbox = Receive no messages
announce-others = Who does not have it
announce-running = It is being sent. You can close this page, and go on later.
announce-finished = It is sent.
announce-stopped = It is not finished. Go on when you like: nobody gets it twice.
announce-missed = Not everybody could be reached. You can try again: nobody gets it twice.
announce-unsigned = Your signer refused, or cannot encrypt. Whoever was reached before has it; you can go on later.
announce-unkept = This browser cannot note who was reached, so nothing is sent that is not noted.
announce-elsewhere = It is being sent in another window.
announce-stop = Stop
announce-go-on = Go on
announce-forget = Forget it
signs-announce =
    { $count ->
        [one] You write a private message about “{ $title }” to { $shown } person.
       *[other] You write a private message about “{ $title }” to each of { $shown } people.
    }

# Running a community.
members-title = Members
members-add = Add somebody
members-person = Key of a person
members-reason = Reason, which everybody can read
members-approve = Make a member
members-mute = Mute
members-remove = Take off the list
members-unmute = Unmute
members-listed = On the list
members-none = Nobody but the owner is on the list yet.
members-muted = Muted
members-nobody-muted = Nobody is muted.
proposals-title = Proposals
proposals-lead = Meetups that others planned here. Those that you adopt become meetups of the community.
proposals-none = Nobody has proposed anything.
proposals-look = Look at it
proposals-adopt = Adopt
proposals-adopted = Adopted
proposals-release = Release
attendees-title = Who comes
attendees-csv = Table for spreadsheets (CSV)
attendees-none = Nobody has answered yet.
attendees-who = Who
attendees-answer = Answer
attendees-guests = Guests
attendees-note = Note
attendees-member = Member
attendees-waiting = Waiting
answer-yes = Comes
answer-maybe = May come
answer-no = Does not come
owner-stays = Who runs the community stays its member and cannot be muted.
signs-approve = You make somebody a member of “{ $title }”.
signs-remove = You take somebody off the list of members of “{ $title }”.
signs-mute = You mute somebody in “{ $title }”: what they write there is hidden.
signs-unmute = You end the muting of somebody in “{ $title }”.
hide-message = Hide
hide-whose = You hide a message of
hide-reason = Reason, which everybody can read; it may be empty
signs-hide = You hide a message in the chat of “{ $title }”.
signs-adopt =
    { $count ->
        [one] You make { $shown } proposal a meetup of “{ $title }”.
       *[other] You make { $shown } proposals meetups of “{ $title }”.
    }
signs-release =
    { $count ->
        [one] You take { $shown } meetup out of the calendar of “{ $title }”.
       *[other] You take { $shown } meetups out of the calendar of “{ $title }”.
    }
admin-title = Manage this relay
admin-lead = For administrators: every request is signed with their key.
admin-off = The operator has switched management over HTTP off.
admin-enter = Manage
admin-events = Notes
admin-about = Name and description
admin-reports = Reported
admin-keep = Keep
admin-remove = Remove
admin-banned-people = Banned people
admin-banned-events = Banned notes
admin-allowed-people = Who may write
admin-kinds = Kinds that are taken
admin-addresses = Blocked addresses
admin-event = Id of a note
admin-kind = Number of a kind
admin-address = IP address
admin-ban = Ban
admin-unban = Lift
admin-allow = Allow
admin-unallow = Take away
admin-empty = Nothing here.
admin-failed = The relay says:
import-title = Import
import-lead = Meetups from a calendar of another program (.ics): choose which become meetups here.
import-file = File
import-text = Or its text
import-read = Read
import-do = Publish those
import-known = There already
import-empty = There is nothing in it that begins within a year.
import-unread = This is no calendar that can be read (.ics).
signs-import =
    { $count ->
        [one] You publish { $shown } meetup of the calendar.
       *[other] You publish { $shown } meetups of the calendar, one note for each.
    }
admin-reason = Reason

# Coordinates that somebody pastes.
pin-coordinates = Coordinates, or a link to a map
pin-coordinates-hint = Such as 53.8655, 10.6866, geo:53.8655,10.6866, or a link to OpenStreetMap or Google Maps.
pin-coordinates-wrong = There are no coordinates in that.
