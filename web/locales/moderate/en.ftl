# Who keeps order: administrators and members of the relay.
join-title = Become a member
join-lead = { $name } has members. With an invite code you become one.
join-code = Invite code
join-button = Join
join-done = Welcome: you are a member now.
signs-join = You ask to become a member of this relay, with an invite code.
admin-connections = Connections
admin-subscriptions = Subscriptions
admin-taken = Taken since the start
admin-refused = Refused
admin-rate-limited = Too fast
admin-since = Running since
admin-invites = Invites
admin-invites-lead = Each link lets one person in. It is shown once: the relay keeps only its fingerprint.
admin-invite = Make an invite
admin-invite-link = Link for one person
admin-invite-until = until
admin-invite-revoke = Revoke
admin-role = Role
admin-role-give = Give the role
admin-member-remove = End membership
admin-roles = Roles
admin-roles-lead = A role says what somebody is and gives no rights. Whoever is given one becomes a member.
admin-role-id = Short name
admin-role-save = Save the role
admin-role-delete = Delete

# Reports, and what is hidden.
report = Report
report-whose = You report
report-lead = Everybody can read a report, and nobody has to act on it. Who runs the community looks at it.
report-type = What is it?
report-nudity = Nudity
report-malware = Harms computers
report-profanity = Hateful or abusive
report-illegal = Against the law
report-spam = Spam
report-impersonation = Pretends to be somebody else
report-other = Something else
report-text = In your own words (optional)
report-done = Thank you. Your report was sent.
signs-report = You report something that was written in “{ $title }”. Everybody can read that.
signs-report-meetup = You report the meetup “{ $title }”. Everybody can read that.
signs-report-community = You report the community “{ $title }”. Everybody can read that.
reports-title = Reports
reports-lead = What people reported about meetups, messages and people here. Nothing happens by itself: you decide.
reports-read = Show the reports
reports-none = Nothing was reported.
reports-only-owner = Only who runs the community reads its reports here.
reports-members =
    { $count ->
        [one] By { $shown } member
       *[other] By { $shown } members
    }
reports-others =
    { $count ->
        [one] By { $shown } other person
       *[other] By { $shown } other people
    }
reports-message = Message
reports-comment = Comment
reports-meetup = Meetup
reports-person = Person
reports-hidden = Hidden
hide-person = Hide everything by them
owner-mutes = Who runs the community mutes people on its page of members: that holds for everybody, and can be undone.
signs-hide-person = You hide what somebody writes in chats: nobody but you notices.
hidden-here = Some messages are hidden because you hid them.

# People who run a meetup together.
hosted-with = Run together with
host-hint = You are named here as running it too, so you see who comes. Only who published it can change it or call it off.
host-own = Announce a meetup of your own
