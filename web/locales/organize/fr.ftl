# What is signed, and what is wrong with a form.
signs-going = Vous annoncez que vous venez à « { $title } ».
signs-going-with =
    { $count ->
        [one] Vous annoncez que vous venez à « { $title } » avec { $shown } personne.
       *[other] Vous annoncez que vous venez à « { $title } » avec { $shown } personnes.
    }
signs-maybe = Vous annoncez que vous viendrez peut-être à « { $title } ».
signs-not-going = Vous annoncez que vous ne venez pas à « { $title } ».
signs-comment = Vous écrivez un commentaire sur « { $title } ». Tout le monde peut le lire.
signs-message = Vous écrivez dans la discussion de « { $title } ». Tout le monde peut la lire.
field-needed = Ce champ est nécessaire.
field-choose = Choisissez une réponse.
field-too-long = C’est trop long : { $shown } caractères au maximum.
field-characters = Il y a des caractères qui ne sont pas du texte.
field-number = Il faut un nombre entier de 0 à { $shown }.
answer-too-late = Le délai pour s’inscrire est dépassé.
answer-cancelled = Cette rencontre est annulée et n’accepte plus de réponses.
missing-meetup = Cette rencontre n’existe plus.
missing-community = Cette communauté n’existe plus.
missing-parent = Ce à quoi vous répondez n’est plus là.
missing-person = Ce n’est la clé de personne : elle commence par npub1.
no-chat = Cette communauté n’a pas de discussion.
muted-here = Ce que vous écrivez ici n’est montré à personne : cette communauté vous a mis en sourdine.
form-unread = Le formulaire n’est pas bien arrivé.

# Fields of forms.
field-city = Ce lieu est inconnu. Essayez une plus grande ville voisine, ou des coordonnées.
field-position = Latitude de −90 à 90 et longitude de −180 à 180, en degrés.
field-date = Cette date ou cette heure n’est pas utilisable.
field-begins = Indiquez aussi l’heure du début.
field-ends = La fin précède le début.
field-last-day = Le dernier jour est le premier ou un jour suivant, { $shown } jours plus tard au maximum.
field-zone = Indiquez un lieu ou un fuseau horaire, comme Europe/Paris : sinon personne ne sait quand c’est.
field-topics = { $shown } caractères au maximum par thème, séparés par des virgules.
field-image = L’adresse d’une image commence par https://
field-link = Une adresse par ligne, commençant par https://
field-website = L’adresse d’une page commence par https:// ou http://
field-identifier = Ce n’est pas un tel nom : il ressemble à anna@example.com, avec des lettres de a à z et des chiffres avant le @.
field-repeat = Une telle série n’existe pas.
field-repeat-end = Indiquez combien, ou jusqu’à quand.
field-repeat-many = C’est trop : { $shown } au maximum en une fois.
field-repeat-first = Le premier jour ne fait pas partie des jours de répétition.
field-kind-of-time = Une rencontre de journées entières ne peut pas recevoir d’heure après coup, ni en perdre. Annulez-la et créez-en une autre.
nothing-changed = Rien n’a été modifié.
sign-in-first = Connectez-vous d’abord : ce qui est écrit dépend de qui écrit.
not-yours = « { $title } » appartient à quelqu’un d’autre ; seul son auteur peut le modifier.
signs-community = Vous fondez la communauté « { $title } » et la dirigez : sa description, sa liste de membres et sa discussion.
signs-description = Vous décrivez de nouveau la communauté « { $title } ».
signs-profile = Vous publiez votre profil. Vous vous y appelez « { $title } ».
signs-profile-unnamed = Vous publiez votre profil. Il ne contient pas de nom.
signs-meetup = Vous publiez la rencontre « { $title } ».
signs-proposal = Vous proposez la rencontre « { $title } ». La personne qui dirige la communauté décide de l’adopter.
signs-series = Vous publiez { $shown } rencontres « { $title } », une note pour chacune.
signs-edit =
    { $count ->
        [one] Vous modifiez la rencontre « { $title } ».
       *[other] Vous modifiez { $shown } rencontres de « { $title } ».
    }
signs-cancel =
    { $count ->
        [one] Vous annulez la rencontre « { $title } ». C’est définitif.
       *[other] Vous annulez { $shown } rencontres de « { $title } ». C’est définitif.
    }

# Pages of organizers.
organize = Organiser
organize-not-yours = Ceci appartient à quelqu’un d’autre. Vous pouvez regarder ; le relais n’accepte de changements que de son propriétaire.
new-community = Fonder une communauté
new-community-lead = Un lieu pour des gens qui se rencontrent : avec rencontres, membres et discussion, et il est à vous.
found-community = Fonder
edit-community = Décrire
new-meetup = Nouvelle rencontre
edit-meetup = Modifier la rencontre
save-changes = Enregistrer les modifications
publish-meetup = Publier
preview = Aperçu
proposal-hint = Vous ne dirigez pas cette communauté : ce sera une proposition qu’elle peut adopter.
field-label-name = Nom
field-label-title = Titre
field-label-summary = En bref
field-hint-summary = Une phrase pour les listes.
field-label-description = Description
field-hint-markdown = Vous pouvez utiliser Markdown : *italique*, **gras**, listes et liens.
field-label-city = Ville
field-hint-city = Le nom d’une ville, ou des coordonnées.
field-label-position = Le lieu exact
field-label-latitude = Latitude
field-label-longitude = Longitude
pin-choose = Choisir sur une carte
pin-hint = Cliquez sur le lieu, ou déplacez la carte avec les flèches et appuyez sur Entrée pour son centre.
field-hint-topics = Séparés par des virgules : échecs, plein air.
field-label-image = Image
field-hint-image = L’adresse d’une image sur le web.
field-label-links = Liens
field-hint-links = Une adresse par ligne.
field-label-hosts = Qui l’organise avec vous
field-hint-hosts = Une clé par ligne ; chacune commence par npub1 ou nprofile1.
field-hosts = Une clé par ligne, qui commence par npub1 ou nprofile1 ; { $count } au plus.
field-label-day = Jour
field-label-begins = Commence à
field-label-ends = Finit à
field-hint-time = À l’heure du lieu. Sans heure, c’est toute la journée.
field-more-time = Plusieurs jours, ou un autre fuseau
field-label-last-day = Dernier jour
field-label-zone = Fuseau horaire
field-hint-zone = Comme Europe/Paris. Si vide, celui du lieu.
field-label-repeat = Répétition
repeat-never = Jamais
repeat-weekly = Chaque semaine
repeat-monthly-day = Chaque mois, à la même date
repeat-monthly-weekday = Chaque mois, le même jour de semaine (par ex. le premier mardi)
repeat-monthly-last = Chaque mois, le dernier de ces jours de semaine
field-label-every = Toutes les … semaines ou mois
field-label-count = Combien
field-label-until = Ou jusqu’au
field-label-place = Lieu
field-hint-place = Nom et adresse, comme on les dit.
field-label-capacity = Places
field-label-guests = Invités par personne
field-label-answer-by = Répondre avant
scope-legend = Que modifier ?
scope-only = Seulement celle-ci
scope-following = Celle-ci et les suivantes
scope-all = Toute la série
cancel-meetup = Annuler la rencontre
cancel-lead = Elle reste visible comme annulée, et plus personne ne peut répondre.
cancel-note = Un mot à ce sujet
preview-problems = Il manque quelque chose

# Announcements.
announce-title = Annoncer
announce-lead = Un message privé à chacun. Personne ne voit qui d’autre l’a reçu.
announce-needs-scripts = L’envoi nécessite JavaScript et une clé pour signer : les messages sont scellés dans votre navigateur, pour que personne d’autre ne puisse les lire. À qui ils vont se voit aussi sans.
announce-to = À qui
announce-members = Membres
announce-followers = Tous ceux qui suivent
announce-going = Rencontre : qui vient
announce-maybe = Rencontre : qui vient peut-être
announce-declined = Rencontre : qui ne vient pas
announce-answered = Rencontre : tous ceux qui ont répondu
announce-silent = Rencontre : membres qui n’ont pas répondu
announce-meetup = Quelle rencontre
announce-meetup-hint = Nécessaire quand il s’agit des réponses à l’une d’elles.
announce-no-meetup = Aucune
announce-which = Choisissez la rencontre.
announce-people =
    { $count ->
        [one] Cela va à { $shown } personne.
       *[other] Cela va à { $shown } personnes.
    }
announce-without =
    { $count ->
        [one] { $shown } d’entre elles ne dit pas ici où elle reçoit des messages privés, et est laissée de côté.
       *[other] { $shown } d’entre elles ne disent pas ici où elles reçoivent des messages privés, et sont laissées de côté.
    }
announce-cut = Il y en a plus que ce relais n’en compte ; certaines manquent.
announce-count = Combien sont-ils ?
announce-nobody = Cela ne fait personne.
announce-text = Ce que vous dites
announce-text-hint = Du texte simple. Une adresse web devient un lien dans la plupart des programmes.
announce-send = Envoyer à tous
announce-one = Annonce
announce-progress = Envoyé
announce-reached = Atteints
announce-left = Restent à faire
announce-failed = Pas atteints
announce-refused = Refusés par leurs relais
announce-no-inbox = Ne reçoivent pas de messages
announce-others = Qui ne l’a pas
announce-running = Envoi en cours. Vous pouvez fermer cette page et continuer plus tard.
announce-finished = C’est envoyé.
announce-stopped = Ce n’est pas fini. Continuez quand vous voulez : personne ne le reçoit deux fois.
announce-missed = Tout le monde n’a pas pu être atteint. Vous pouvez réessayer : personne ne le reçoit deux fois.
announce-unsigned = Votre signataire a refusé, ou ne sait pas chiffrer. Ceux qui ont été atteints l’ont ; vous pouvez continuer plus tard.
announce-unkept = Ce navigateur ne peut pas noter qui a été atteint ; rien n’est envoyé sans être noté.
announce-elsewhere = L’envoi se fait dans une autre fenêtre.
announce-stop = Arrêter
announce-go-on = Continuer
announce-forget = Oublier
signs-announce =
    { $count ->
        [one] Vous écrivez un message privé au sujet de « { $title } » à { $shown } personne.
       *[other] Vous écrivez un message privé au sujet de « { $title } » à chacune de { $shown } personnes.
    }

# Running a community.
members-title = Membres
members-add = Ajouter quelqu’un
members-person = Clé d’une personne
members-reason = Raison, que tout le monde peut lire
members-approve = Accepter comme membre
members-mute = Mettre en sourdine
members-remove = Retirer de la liste
members-unmute = Rétablir
members-listed = Sur la liste
members-none = Personne d’autre que le propriétaire n’est encore sur la liste.
members-muted = En sourdine
members-nobody-muted = Personne n’est en sourdine.
proposals-title = Propositions
proposals-lead = Des rencontres prévues ici par d’autres. Celles que vous adoptez deviennent celles de la communauté.
proposals-none = Personne n’a rien proposé.
proposals-look = Voir
proposals-adopt = Adopter
proposals-adopted = Adoptées
proposals-release = Retirer
attendees-title = Qui vient
attendees-csv = Tableau pour tableurs (CSV)
attendees-none = Personne n’a encore répondu.
attendees-who = Qui
attendees-answer = Réponse
attendees-guests = Invités
attendees-note = Note
attendees-member = Membre
attendees-waiting = En attente
answer-yes = Vient
answer-maybe = Viendra peut-être
answer-no = Ne vient pas
owner-stays = La personne qui dirige la communauté en reste membre et ne peut être mise en sourdine.
signs-approve = Vous acceptez quelqu’un dans « { $title } ».
signs-remove = Vous retirez quelqu’un de la liste des membres de « { $title } ».
signs-mute = Vous mettez quelqu’un en sourdine dans « { $title } » : ses écrits y sont cachés.
signs-unmute = Vous rétablissez quelqu’un dans « { $title } ».
hide-message = Cacher
hide-whose = Vous cachez un message de
hide-reason = Raison, que tout le monde peut lire ; elle peut rester vide
signs-hide = Vous cachez un message dans la discussion de « { $title } ».
signs-adopt =
    { $count ->
        [one] Vous adoptez { $shown } proposition pour « { $title } ».
       *[other] Vous adoptez { $shown } propositions pour « { $title } ».
    }
signs-release =
    { $count ->
        [one] Vous retirez { $shown } rencontre du calendrier de « { $title } ».
       *[other] Vous retirez { $shown } rencontres du calendrier de « { $title } ».
    }
admin-title = Gérer ce relais
admin-lead = Pour les administrateurs : chaque demande est signée avec leur clé.
admin-off = L’exploitant a désactivé la gestion par HTTP.
admin-enter = Gérer
admin-events = Notes
admin-about = Nom et description
admin-reports = Signalé
admin-keep = Garder
admin-remove = Retirer
admin-banned-people = Personnes bannies
admin-banned-events = Notes bannies
admin-allowed-people = Qui peut écrire
admin-kinds = Types acceptés
admin-addresses = Adresses bloquées
admin-event = Identifiant d’une note
admin-kind = Numéro d’un type
admin-address = Adresse IP
admin-ban = Bannir
admin-unban = Lever
admin-allow = Autoriser
admin-unallow = Retirer
admin-empty = Rien ici.
admin-failed = Le relais dit :
import-title = Importer
import-lead = Des rencontres d’un calendrier d’un autre programme (.ics) : choisissez lesquelles reprendre ici.
import-file = Fichier
import-text = Ou son texte
import-read = Lire
import-do = Publier celles-ci
import-known = Déjà là
import-empty = Rien n’y commence dans l’année.
import-unread = Ce n’est pas un calendrier lisible (.ics).
signs-import =
    { $count ->
        [one] Vous publiez { $shown } rencontre du calendrier.
       *[other] Vous publiez { $shown } rencontres du calendrier, une note pour chacune.
    }
admin-reason = Raison

# Coordinates that somebody pastes.
pin-coordinates = Coordonnées, ou un lien vers une carte
pin-coordinates-hint = Par exemple 53.8655, 10.6866, geo:53.8655,10.6866, ou un lien vers OpenStreetMap ou Google Maps.
pin-coordinates-wrong = Il n’y a pas de coordonnées là-dedans.
