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

nav-account = Anmelden
account-title = Dein Konto
account-lead = Wer angemeldet ist, kann zusagen, kommentieren und Gemeinschaften folgen. Dein geheimer Schlüssel bleibt in deinem Browser oder Signierprogramm: Diese Seite bekommt ihn nie zu sehen.
needs-scripts = Antworten und Schreiben brauchen JavaScript. Lesen geht auch ohne.
account-nobody = In diesem Browser ist niemand angemeldet.
account-in-extension = Dein Schlüssel ist in einer Erweiterung deines Browsers.
account-in-signer = Dein Schlüssel ist in einem Signierprogramm anderswo.
account-in-browser = Dein Schlüssel ist verschlüsselt in diesem Browser. Du bleibst hier angemeldet.
account-with-password = Dein Schlüssel ist in diesem Browser, mit deinem Passwort verschlüsselt.
account-in-page = Dieser Browser merkt sich nichts, wie es private Fenster tun. Du bist nur angemeldet, solange diese Seite offen ist: Sichere jetzt deinen Schlüssel.
account-saved = Du hast eine Kopie deines Schlüssels gesichert.
account-unsaved = Es gibt noch keine Kopie deines Schlüssels. Verliert ihn dieser Browser, kann ihn niemand zurückholen.
account-done = Erledigt.
account-save = Kopie meines Schlüssels sichern
account-password = Passwort festlegen
account-sign-out = Abmelden
sign-in-title = Wer bist du?
sign-what = Das unterschreibst du, für alle lesbar:
sign-in-name = Dein Name
sign-in-name-hint = Freiwillig. Alle können ihn sehen.
sign-in-new = Ohne anderes Konto weiter
sign-in-new-hint = Macht einen Schlüssel in diesem Browser. Keine E-Mail, kein Passwort; morgen bist du hier noch angemeldet.
sign-in-extension = Meine Browser-Erweiterung nutzen
sign-in-known = Ich habe einen Schlüssel
sign-in-key = Dein Schlüssel, oder der Text der gesicherten Datei
sign-in-password = Passwort
sign-in-known-button = Diesen Schlüssel nutzen
sign-in-remote = Mein Schlüssel ist auf dem Telefon oder in einem Signierprogramm
sign-in-bunker = Adresse des Signierprogramms
sign-in-bunker-button = Verbinden
sign-in-invite = Code für mein Signierprogramm zeigen
sign-in-invitation = In einem Signierprogramm auf diesem Gerät öffnen
sign-in-waiting = Warte auf das Signierprogramm …
sign-in-approve = Das Signierprogramm bittet dich, auf seiner Seite zuzustimmen
not-now = Jetzt nicht
close = Schließen
sign-as = Als
sign-details = Die ganze Notiz
sign-button = Unterschreiben und senden
unlock-title = Bitte dein Passwort
unlock-button = Entsperren
lost-title = Dieser Browser hat deinen Schlüssel verloren
lost-advice = Er hat gelöscht, was er sich merkt. Melde dich auf der Seite deines Kontos ab, dann mit deiner Kopie wieder an.
save-title = Sichere eine Kopie deines Schlüssels
save-lead = Dein Schlüssel ist hier, wer du bist, wie ein Hausschlüssel: Mit einer Kopie kommst du auf einem anderen Gerät wieder hinein, oder wenn dieser Browser ihn vergisst. Wähle ein Passwort, das die Kopie schützt.
save-password = Ein eigenes Passwort
save-password-hint = Mindestens 8 Zeichen. Niemand kann es zurücksetzen.
save-file = Als Datei sichern
save-print = Drucken
save-plain = Schlüssel ohne Passwort zeigen
save-plain-warning = Wer ihn sieht, kann für immer in deinem Namen handeln. Schicke ihn nie jemandem.
save-plain-button = Zeigen
paper-title = Schlüssel für offene Treffen
paper-advice = So benutzt du ihn: anmelden, „Ich habe einen Schlüssel“ wählen, die Zeile einfügen, die mit ncryptsec1 beginnt, und dein Passwort eingeben.
password-lead = Mit Passwort fragt dieser Browser danach, bevor du auf einer Seite zum ersten Mal unterschreibst. Niemand kann es zurücksetzen.
password-set = Festlegen
sign-out-safe = Du kannst dich mit deinem Schlüssel jederzeit wieder anmelden.
sign-out-unsafe = Du hast keine Kopie deines Schlüssels. Meldest du dich jetzt ab, ist er weg: Niemand, auch du nicht, kann je wieder unter diesem Namen handeln.
problem-password = Das ist nicht das Passwort.
problem-key = Das ist kein Schlüssel.
problem-bunker = Das ist keine Adresse eines Signierprogramms: Sie beginnt mit bunker://.
problem-short = Bitte mindestens 8 Zeichen.
problem-other = Das hat nicht geklappt:
