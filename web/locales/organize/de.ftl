# What is signed, and what is wrong with a form.
signs-going = Sie sagen, dass Sie zu „{ $title }“ kommen.
signs-going-with =
    { $count ->
        [one] Sie sagen, dass Sie zu „{ $title }“ kommen und { $shown } Gast mitbringen.
       *[other] Sie sagen, dass Sie zu „{ $title }“ kommen und { $shown } Gäste mitbringen.
    }
signs-maybe = Sie sagen, dass Sie vielleicht zu „{ $title }“ kommen.
signs-not-going = Sie sagen, dass Sie nicht zu „{ $title }“ kommen.
signs-comment = Sie schreiben einen Kommentar zu „{ $title }“. Alle können ihn lesen.
signs-message = Sie schreiben in den Chat von „{ $title }“. Alle können ihn lesen.
field-needed = Das wird gebraucht.
field-choose = Bitte wählen Sie etwas aus.
field-too-long = Das ist zu lang: Möglich sind höchstens { $shown } Zeichen.
field-characters = Darin sind Zeichen, die kein Text sind.
field-number = Gebraucht wird eine ganze Zahl von 0 bis { $shown }.
answer-too-late = Der letzte Zeitpunkt für eine Zusage ist vorbei.
answer-cancelled = Dieses Treffen wurde abgesagt und nimmt keine Antworten an.
missing-meetup = Dieses Treffen gibt es nicht mehr.
missing-community = Diese Gemeinschaft gibt es nicht mehr.
missing-parent = Was Sie beantworten, ist nicht mehr da.
missing-person = Das ist kein Schlüssel einer Person: Er beginnt mit npub1.
no-chat = Diese Gemeinschaft hat keinen Chat.
muted-here = Was Sie hier schreiben, wird niemandem gezeigt: Diese Gemeinschaft hat Sie stummgeschaltet.
form-unread = Das Formular ist nicht richtig angekommen.
