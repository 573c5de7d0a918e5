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
