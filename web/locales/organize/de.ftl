# What is signed, and what is wrong with a form.
signs-going = Du sagst, dass du zu „{ $title }“ kommst.
signs-going-with =
    { $count ->
        [one] Du sagst, dass du zu „{ $title }“ kommst und { $shown } Gast mitbringst.
       *[other] Du sagst, dass du zu „{ $title }“ kommst und { $shown } Gäste mitbringst.
    }
signs-maybe = Du sagst, dass du vielleicht zu „{ $title }“ kommst.
signs-not-going = Du sagst, dass du nicht zu „{ $title }“ kommst.
signs-comment = Du schreibst einen Kommentar zu „{ $title }“. Alle können ihn lesen.
signs-message = Du schreibst in den Chat von „{ $title }“. Alle können ihn lesen.
field-needed = Das wird gebraucht.
field-choose = Bitte wähle etwas aus.
field-too-long = Das ist zu lang: Möglich sind höchstens { $shown } Zeichen.
field-characters = Darin sind Zeichen, die kein Text sind.
field-number = Gebraucht wird eine ganze Zahl von 0 bis { $shown }.
answer-too-late = Der letzte Zeitpunkt für eine Zusage ist vorbei.
answer-cancelled = Dieses Treffen wurde abgesagt und nimmt keine Antworten an.
missing-meetup = Dieses Treffen gibt es nicht mehr.
missing-community = Diese Gemeinschaft gibt es nicht mehr.
missing-parent = Was du beantwortest, ist nicht mehr da.
missing-person = Das ist kein Schlüssel einer Person: Er beginnt mit npub1.
no-chat = Diese Gemeinschaft hat keinen Chat.
muted-here = Was du hier schreibst, wird niemandem gezeigt: Diese Gemeinschaft hat dich stummgeschaltet.
form-unread = Das Formular ist nicht richtig angekommen.

# Fields of forms.
field-city = Dieser Ort ist nicht bekannt. Versuche es mit einer größeren Stadt in der Nähe oder mit Koordinaten.
field-position = Breite von −90 bis 90 und Länge von −180 bis 180, in Grad.
field-date = Das ist kein Datum und keine Uhrzeit, die man verwenden kann.
field-begins = Sage auch, wann es beginnt.
field-ends = Es endet, bevor es beginnt.
field-last-day = Der letzte Tag ist der erste oder ein späterer, höchstens { $shown } Tage danach.
field-zone = Nenne einen Ort oder eine Zeitzone wie Europe/Berlin, sonst weiß niemand, wann das ist.
field-topics = Höchstens { $shown } Zeichen je Thema, mit Kommas dazwischen.
field-image = Die Adresse eines Bildes beginnt mit https://
field-link = Eine Adresse je Zeile, sie beginnt mit https://
field-website = Die Adresse einer Seite beginnt mit https:// oder http://
field-identifier = Das ist kein solcher Name: Er sieht aus wie anna@example.com, mit Buchstaben von a bis z und Ziffern vor dem @.
field-repeat = Eine solche Serie gibt es nicht.
field-repeat-end = Sage, wie viele es sind oder bis wann.
field-repeat-many = Das sind zu viele: Höchstens { $shown } werden auf einmal angelegt.
field-repeat-first = Der erste Tag ist keiner der Tage, an denen es sich wiederholt.
field-kind-of-time = Ein ganztägiges Treffen kann später keine Uhrzeit bekommen und keine verlieren. Sage es ab und plane ein neues.
nothing-changed = Es wurde nichts geändert.
sign-in-first = Melde dich zuerst an: Was geschrieben wird, hängt davon ab, wer schreibt.
not-yours = „{ $title }“ gehört jemand anderem; nur wer es angelegt hat, kann es ändern.
signs-community = Du gründest die Gemeinschaft „{ $title }“ und leitest sie: Beschreibung, Mitgliederliste und Chat.
signs-description = Du beschreibst die Gemeinschaft „{ $title }“ neu.
signs-profile = Du veröffentlichst dein Profil. Darin heißt du „{ $title }“.
signs-profile-unnamed = Du veröffentlichst dein Profil. Darin steht kein Name.
signs-meetup = Du veröffentlichst das Treffen „{ $title }“.
signs-proposal = Du schlägst das Treffen „{ $title }“ vor. Wer die Gemeinschaft leitet, entscheidet, ob es übernommen wird.
signs-series = Du veröffentlichst { $shown } Treffen „{ $title }“, für jedes eine Notiz.
signs-edit =
    { $count ->
        [one] Du änderst das Treffen „{ $title }“.
       *[other] Du änderst { $shown } Treffen von „{ $title }“.
    }
signs-cancel =
    { $count ->
        [one] Du sagst das Treffen „{ $title }“ ab. Das lässt sich nicht rückgängig machen.
       *[other] Du sagst { $shown } Treffen von „{ $title }“ ab. Das lässt sich nicht rückgängig machen.
    }

# Pages of organizers.
organize = Organisieren
organize-not-yours = Das gehört jemand anderem. Du kannst es ansehen; Änderungen nimmt das Relay nur von der Person an, der es gehört.
new-community = Eine Gemeinschaft gründen
new-community-lead = Ein Ort für Menschen, die sich treffen: mit Treffen, Mitgliedern und Chat, und er gehört dir.
found-community = Gründen
edit-community = Beschreiben
new-meetup = Neues Treffen
edit-meetup = Treffen ändern
save-changes = Änderungen speichern
publish-meetup = Veröffentlichen
preview = Vorschau
proposal-hint = Du leitest diese Gemeinschaft nicht, daher wird das ein Vorschlag, den sie übernehmen kann.
field-label-name = Name
field-label-title = Titel
field-label-summary = Kurz gesagt
field-hint-summary = Ein Satz für Listen.
field-label-description = Beschreibung
field-hint-markdown = Du kannst Markdown verwenden: *kursiv*, **fett**, Listen und Links.
field-label-city = Stadt
field-hint-city = Der Name einer Stadt oder Koordinaten.
field-label-position = Der genaue Ort
field-label-latitude = Breite
field-label-longitude = Länge
pin-choose = Auf einer Karte wählen
pin-hint = Klicke auf den Ort, oder verschiebe die Karte mit den Pfeiltasten und drücke die Eingabetaste für ihre Mitte.
field-hint-topics = Mit Kommas dazwischen: Schach, draußen.
field-label-image = Bild
field-hint-image = Die Adresse eines Bildes im Web.
field-label-links = Links
field-hint-links = Eine Adresse je Zeile.
field-label-hosts = Wer es mit dir ausrichtet
field-hint-hosts = Ein Schlüssel je Zeile; jeder beginnt mit npub1 oder nprofile1.
field-hosts = Ein Schlüssel je Zeile, der mit npub1 oder nprofile1 beginnt; höchstens { $count }.
field-label-day = Tag
field-label-begins = Beginnt um
field-label-ends = Endet um
field-hint-time = Nach der Uhr am Ort. Ohne Uhrzeit ist es der ganze Tag.
field-more-time = Mehrere Tage oder eine andere Zeitzone
field-label-last-day = Letzter Tag
field-label-zone = Zeitzone
field-hint-zone = Wie Europe/Berlin. Wenn leer, die des Ortes.
field-label-repeat = Wiederholt
repeat-never = Nicht wiederholt
repeat-weekly = Wöchentlich
repeat-monthly-day = Monatlich, am gleichen Datum
repeat-monthly-weekday = Monatlich, am gleichen Wochentag (etwa am ersten Dienstag)
repeat-monthly-last = Monatlich, am letzten solchen Wochentag
field-label-every = Alle … Wochen oder Monate
field-label-count = Wie viele
field-label-until = Oder bis
field-label-place = Ort
field-hint-place = Name und Adresse, wie man sie sagt.
field-label-capacity = Plätze
field-label-guests = Gäste je Person
field-label-answer-by = Zusagen bis
scope-legend = Was wird geändert?
scope-only = Nur dieses
scope-following = Dieses und die folgenden
scope-all = Alle der Serie
cancel-meetup = Absagen
cancel-lead = Es bleibt als abgesagt sichtbar, und niemand kann mehr antworten.
cancel-note = Ein Wort dazu
preview-problems = Etwas fehlt noch

# Announcements.
announce-title = Ankündigen
announce-lead = Eine private Nachricht an jede Person. Niemand sieht, wer sie noch bekommen hat.
announce-needs-scripts = Senden braucht JavaScript und einen Schlüssel zum Unterschreiben: Die Nachrichten werden in deinem Browser versiegelt, damit sonst niemand sie lesen kann. An wen sie gehen, siehst du auch ohne.
announce-to = An wen
announce-members = Mitglieder
announce-followers = Alle, die folgen
announce-going = Treffen: wer kommt
announce-maybe = Treffen: wer vielleicht kommt
announce-declined = Treffen: wer nicht kommt
announce-answered = Treffen: alle, die geantwortet haben
announce-silent = Treffen: Mitglieder, die nicht geantwortet haben
announce-meetup = Welches Treffen
announce-meetup-hint = Nötig, wenn es um die Antworten auf eines geht.
announce-no-meetup = Keines
announce-which = Wähle das Treffen.
announce-people =
    { $count ->
        [one] Es geht an { $shown } Person.
       *[other] Es geht an { $shown } Personen.
    }
announce-without =
    { $count ->
        [one] { $shown } davon sagt hier nicht, wo sie private Nachrichten empfängt, und wird ausgelassen.
       *[other] { $shown } davon sagen hier nicht, wo sie private Nachrichten empfangen, und werden ausgelassen.
    }
announce-cut = Es sind mehr, als dieses Relay zählt; einige fehlen.
announce-count = Wie viele sind das?
announce-nobody = Das ist niemand.
announce-text = Was du sagst
announce-text-hint = Einfacher Text. Eine Webadresse wird in den meisten Programmen ein Link.
announce-send = An alle senden
announce-one = Ankündigung
announce-progress = Gesendet
announce-reached = Erreicht
announce-left = Noch zu tun
announce-failed = Nicht erreicht
announce-refused = Von ihren Relays abgelehnt
announce-no-inbox = Empfangen keine Nachrichten
announce-others = Wer sie nicht hat
announce-running = Die Nachricht wird gesendet. Du kannst diese Seite schließen und später weitermachen.
announce-finished = Die Nachricht ist gesendet.
announce-stopped = Noch haben sie nicht alle. Mach weiter, wann du willst: Niemand bekommt sie zweimal.
announce-missed = Nicht alle waren zu erreichen. Du kannst es noch einmal versuchen: Niemand bekommt sie zweimal.
announce-unsigned = Dein Signierprogramm hat abgelehnt oder kann nicht verschlüsseln. Wer vorher erreicht wurde, hat sie; du kannst später weitermachen.
announce-unkept = Dieser Browser kann nicht festhalten, wer erreicht wurde; was nicht festgehalten ist, wird nicht gesendet.
announce-elsewhere = Die Nachricht wird in einem anderen Fenster gesendet.
announce-stop = Anhalten
announce-go-on = Weiter
announce-forget = Vergessen
signs-announce =
    { $count ->
        [one] Du schreibst { $shown } Person eine private Nachricht zu „{ $title }“.
       *[other] Du schreibst jeder von { $shown } Personen eine private Nachricht zu „{ $title }“.
    }

# Running a community.
members-title = Mitglieder
members-add = Jemanden aufnehmen
members-person = Schlüssel einer Person
members-reason = Grund, den alle lesen können
members-approve = Als Mitglied aufnehmen
members-mute = Stummschalten
members-remove = Von der Liste nehmen
members-unmute = Stummschaltung aufheben
members-listed = Auf der Liste
members-none = Außer der Leitung steht noch niemand auf der Liste.
members-muted = Stummgeschaltet
members-nobody-muted = Niemand ist stummgeschaltet.
proposals-title = Vorschläge
proposals-lead = Treffen, die andere hier geplant haben. Was du übernimmst, wird ein Treffen der Gemeinschaft.
proposals-none = Niemand hat etwas vorgeschlagen.
proposals-look = Ansehen
proposals-adopt = Übernehmen
proposals-adopted = Übernommen
proposals-release = Zurückgeben
attendees-title = Wer kommt
attendees-csv = Tabelle für Tabellenprogramme (CSV)
attendees-none = Noch hat niemand geantwortet.
attendees-who = Wer
attendees-answer = Antwort
attendees-guests = Gäste
attendees-note = Notiz
attendees-member = Mitglied
attendees-waiting = Wartet
answer-yes = Kommt
answer-maybe = Kommt vielleicht
answer-no = Kommt nicht
owner-stays = Wer die Gemeinschaft leitet, bleibt Mitglied und kann nicht stummgeschaltet werden.
signs-approve = Du nimmst jemanden in „{ $title }“ auf.
signs-remove = Du nimmst jemanden von der Mitgliederliste von „{ $title }“.
signs-mute = Du schaltest jemanden in „{ $title }“ stumm: Was die Person dort schreibt, wird verborgen.
signs-unmute = Du hebst die Stummschaltung einer Person in „{ $title }“ auf.
hide-message = Verbergen
hide-whose = Du verbirgst eine Nachricht von
hide-reason = Grund, den alle lesen können; er darf leer bleiben
signs-hide = Du verbirgst eine Nachricht im Chat von „{ $title }“.
signs-adopt =
    { $count ->
        [one] Du übernimmst { $shown } Vorschlag als Treffen von „{ $title }“.
       *[other] Du übernimmst { $shown } Vorschläge als Treffen von „{ $title }“.
    }
signs-release =
    { $count ->
        [one] Du nimmst { $shown } Treffen aus dem Kalender von „{ $title }“.
       *[other] Du nimmst { $shown } Treffen aus dem Kalender von „{ $title }“.
    }
admin-title = Dieses Relay verwalten
admin-lead = Für die Verwaltung: Jede Anfrage wird mit dem eigenen Schlüssel unterschrieben.
admin-off = Die Verwaltung über HTTP ist ausgeschaltet.
admin-enter = Verwalten
admin-events = Notizen
admin-about = Name und Beschreibung
admin-reports = Gemeldet
admin-keep = Behalten
admin-remove = Entfernen
admin-banned-people = Gesperrte Personen
admin-banned-events = Gesperrte Notizen
admin-allowed-people = Wer schreiben darf
admin-kinds = Arten, die angenommen werden
admin-addresses = Gesperrte Adressen
admin-event = Id einer Notiz
admin-kind = Nummer einer Art
admin-address = IP-Adresse
admin-ban = Sperren
admin-unban = Aufheben
admin-allow = Erlauben
admin-unallow = Wegnehmen
admin-empty = Hier ist nichts.
admin-failed = Das Relay sagt:
import-title = Übernehmen
import-lead = Treffen aus dem Kalender eines anderen Programms (.ics): Wähle, welche hier Treffen werden.
import-file = Datei
import-text = Oder ihr Text
import-read = Lesen
import-do = Diese veröffentlichen
import-known = Schon da
import-empty = Darin beginnt nichts innerhalb eines Jahres.
import-unread = Das ist kein Kalender, den man lesen kann (.ics).
signs-import =
    { $count ->
        [one] Du veröffentlichst { $shown } Treffen aus dem Kalender.
       *[other] Du veröffentlichst { $shown } Treffen aus dem Kalender, für jedes eine Notiz.
    }
admin-reason = Grund

# Coordinates that somebody pastes.
pin-coordinates = Koordinaten oder ein Link zu einer Karte
pin-coordinates-hint = Etwa 53.8655, 10.6866, geo:53.8655,10.6866 oder ein Link zu OpenStreetMap oder Google Maps.
pin-coordinates-wrong = Darin stehen keine Koordinaten.
