# Wer für Ordnung sorgt: Verwaltung und Mitglieder des Relays.
join-title = Mitglied werden
join-lead = { $name } hat Mitglieder. Mit einem Einladungscode wirst du eines.
join-code = Einladungscode
join-button = Beitreten
join-done = Willkommen: Du bist jetzt Mitglied.
signs-join = Du bittest mit einem Einladungscode darum, Mitglied dieses Relays zu werden.
admin-connections = Verbindungen
admin-subscriptions = Abonnements
admin-taken = Angenommen seit dem Start
admin-refused = Abgelehnt
admin-rate-limited = Zu schnell
admin-since = Läuft seit
admin-invites = Einladungen
admin-invites-lead = Jeder Link lässt eine Person herein. Er wird einmal gezeigt: Das Relay behält nur seinen Fingerabdruck.
admin-invite = Einladung erstellen
admin-invite-link = Link für eine Person
admin-invite-until = bis
admin-invite-revoke = Zurückziehen
admin-role = Rolle
admin-role-give = Rolle geben
admin-member-remove = Mitgliedschaft beenden
admin-roles = Rollen
admin-roles-lead = Eine Rolle sagt, was jemand ist, und gibt keine Rechte. Wer eine bekommt, wird Mitglied.
admin-role-id = Kurzname
admin-role-save = Rolle speichern
admin-role-delete = Löschen

# Meldungen, und was verborgen ist.
report = Melden
report-whose = Du meldest
report-lead = Eine Meldung kann jeder lesen, und niemand muss ihr folgen. Wer die Gemeinschaft leitet, sieht sie sich an.
report-type = Was ist es?
report-nudity = Nacktheit
report-malware = Schadet Computern
report-profanity = Hass oder Beleidigung
report-illegal = Gegen das Gesetz
report-spam = Spam
report-impersonation = Gibt sich als jemand anderes aus
report-other = Etwas anderes
report-text = In eigenen Worten (freiwillig)
report-done = Danke. Deine Meldung ist verschickt.
signs-report = Du meldest etwas, das in „{ $title }“ geschrieben wurde. Das kann jeder lesen.
signs-report-meetup = Du meldest das Treffen „{ $title }“. Das kann jeder lesen.
signs-report-community = Du meldest die Gemeinschaft „{ $title }“. Das kann jeder lesen.
reports-title = Meldungen
reports-lead = Was über Treffen, Nachrichten und Menschen hier gemeldet wurde. Von selbst geschieht nichts: Du entscheidest.
reports-read = Meldungen zeigen
reports-none = Nichts wurde gemeldet.
reports-only-owner = Nur wer die Gemeinschaft leitet, liest hier ihre Meldungen.
reports-members =
    { $count ->
        [one] Von { $shown } Mitglied
       *[other] Von { $shown } Mitgliedern
    }
reports-others =
    { $count ->
        [one] Von { $shown } anderen Person
       *[other] Von { $shown } anderen
    }
reports-message = Nachricht
reports-comment = Kommentar
reports-meetup = Treffen
reports-person = Person
reports-hidden = Verborgen
hide-person = Alles von dieser Person verbergen
owner-mutes = Wer die Gemeinschaft leitet, schaltet Menschen auf ihrer Mitgliederseite stumm: Das gilt für alle und lässt sich zurücknehmen.
signs-hide-person = Du verbirgst, was jemand in Chats schreibt: Niemand außer dir merkt es.
hidden-here = Einige Nachrichten sind verborgen, weil du sie verborgen hast.

# Wer ein Treffen gemeinsam ausrichtet.
hosted-with = Ausgerichtet gemeinsam mit
host-hint = Du bist hier unter denen genannt, die es ausrichten, und siehst darum, wer kommt. Nur wer es veröffentlicht hat, kann es ändern oder absagen.
host-own = Ein eigenes Treffen ankündigen
