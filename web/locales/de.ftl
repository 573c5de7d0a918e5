# The pages in German. Ids are the same in every language; a test checks it.

skip = Zum Inhalt springen
nav-label = Hauptmenü
nav-home = Startseite
nav-search = Treffen finden
nav-about = Über dieses Relay
languages-label = Sprachen
footer-nostr = Offene Treffen auf Nostr. Gemeinschaften gehören ihren Menschen.
home-title = Finde Menschen in deiner Nähe
home-lead = Treffen und Gemeinschaften in deiner Nähe, offen für alle.
home-next = Demnächst
home-empty = Noch gibt es kein Treffen.
home-all = Alle Treffen
form-near = Wo
form-near-example = Stadt, oder Breite,Länge
form-when = Wann
form-words = Was
form-words-example = Schach, Wandern, Rust …
form-button = Suchen
when-any = Jederzeit
when-today = Heute
when-weekend = Dieses Wochenende
when-week = Nächste 7 Tage
when-month = Nächste 30 Tage
search-title = Treffen
search-near = Treffen bei { $place }
search-for = Treffen zu { $words }
search-empty = Nichts gefunden. Versuche eine andere Zeit oder einen größeren Ort.
unknown-place = Nach „{ $place }“ kann nicht gesucht werden.
did-you-mean = Meintest du
meetups = Treffen
meetups-unit = Treffen
communities = Gemeinschaften
new-communities = Neue Gemeinschaften
cities = Städte
topics = Themen
next-page = Mehr
distance = { $shown } km
untitled = Ohne Titel
no-time = Zeit nicht bekannt
cancelled = Abgesagt
cancelled-notice = Dieses Treffen wurde abgesagt.
over = Vorbei
over-notice = Dieses Treffen ist vorbei.
proposal = Vorschlag
facts-label = Kurz gesagt
when = Wann
where = Wo
who = Wer
add-to-calendar = In den Kalender:
map-app = Karten-App
about-meetup = Über dieses Treffen
about-community = Über uns
published-by = Veröffentlicht von
owned-by = Geleitet von
comments = Kommentare
comments-empty = Noch hat niemand etwas gesagt.
comments-more = Ältere Kommentare werden nicht gezeigt.
feeds = Feeds
subscribe-calendar = Kalender abonnieren
people = Menschen
upcoming-title = Kommende Treffen
upcoming-empty = Zurzeit ist nichts geplant.
past-title = Vergangene Treffen
agenda = Nimmt teil an
connect = Verbinden
connect-advice = Dies ist ein Nostr-Relay. Trage diese Adresse in dein Nostr-Programm ein:
speaks = Was es spricht
operator = Betreiber
contact = Kontakt
terms = Nutzungsbedingungen
problem-missing = Hier ist nichts
problem-missing-advice = Vielleicht wurde es entfernt, oder die Adresse ist unvollständig.
problem-closed = Dieses Relay ist für Besucher geschlossen
problem-closed-advice = Es antwortet nur Menschen, die es kennt, in einem Nostr-Programm.
problem-busy = Zu viele Anfragen auf einmal
problem-broken = Das Relay kann gerade nicht antworten
problem-wait-advice = Versuche es gleich noch einmal.

members =
    { $count ->
        [one] { $shown } Mitglied
       *[other] { $shown } Mitglieder
    }
followers =
    { $count ->
        [one] { $shown } folgt
       *[other] { $shown } folgen
    }
going =
    { $count ->
        [one] { $shown } kommt
       *[other] { $shown } kommen
    }
maybe = { $shown } vielleicht
not-going =
    { $count ->
        [one] { $shown } kommt nicht
       *[other] { $shown } kommen nicht
    }
more-people =
    { $count ->
        [one] und { $shown } weitere Person
       *[other] und { $shown } weitere
    }
upcoming =
    { $count ->
        [one] { $shown } kommendes Treffen
       *[other] { $shown } kommende Treffen
    }
communities-count =
    { $count ->
        [one] { $shown } Gemeinschaft
       *[other] { $shown } Gemeinschaften
    }
events-count =
    { $count ->
        [one] { $shown } Notiz
       *[other] { $shown } Notizen
    }

# A month, an agenda, feeds and maps.
nav-calendar = Kalender
months-label = Monate
this-month = Dieser Monat
month-empty = Für diesen Monat ist nichts bekannt.
month-day = Alles an diesem Tag
agenda-of = Termine von { $name }
agenda-lead = Was sie öffentlich zugesagt oder für möglich erklärt haben, und was sie selbst veranstalten.
agenda-link = Termine
part-organizes = Veranstaltet
part-comes = Dabei
part-may-come = Vielleicht
invite = Einladen
invite-code = QR-Code zeigen
invite-code-label = QR-Code mit der Adresse dieser Gemeinschaft
your-time = Deine Zeit:
near-me = In meiner Nähe
near-me-how = Dein Browser fragt dich vorher. Der Ort wird auf einen Kilometer gerundet.
near-me-refused = Dein Browser hat nicht verraten, wo du bist. Gib stattdessen einen Ort ein.
map = Karte
map-close = Schließen
preview-title-elsewhere = Der Titel steht auf der Seite

# People who follow a community.
followers-title = Wer außerdem folgt
