# The pages in French. Ids are the same in every language; a test checks it.

skip = Aller au contenu
nav-label = Navigation principale
nav-home = Accueil
nav-search = Trouver des rencontres
nav-about = À propos de ce relais
languages-label = Langues
footer-nostr = Des rencontres ouvertes sur Nostr. Les communautés appartiennent à leurs membres.
home-title = Trouvez les vôtres, près de chez vous
home-lead = Des rencontres et des communautés près de chez vous, ouvertes à tous.
home-next = À venir
home-empty = Il n’y a pas encore de rencontre.
home-all = Toutes les rencontres
form-near = Où
form-near-example = Ville, ou latitude,longitude
form-when = Quand
form-words = Quoi
form-words-example = échecs, randonnée, Rust…
form-button = Rechercher
when-any = N’importe quand
when-today = Aujourd’hui
when-weekend = Ce week-end
when-week = 7 prochains jours
when-month = 30 prochains jours
search-title = Rencontres
search-near = Rencontres près de { $place }
search-for = Rencontres sur { $words }
search-empty = Aucun résultat. Essayez une autre date ou un autre lieu.
unknown-place = « { $place } » ne peut pas être recherché.
did-you-mean = Vouliez-vous dire
meetups = Rencontres
meetups-unit = rencontres
communities = Communautés
new-communities = Nouvelles communautés
cities = Villes
topics = Sujets
next-page = Suite
distance = { $shown } km
untitled = Sans titre
no-time = Date inconnue
cancelled = Annulé
cancelled-notice = Cette rencontre a été annulée.
over = Terminé
over-notice = Cette rencontre est terminée.
proposal = Proposition
facts-label = En bref
when = Quand
where = Où
who = Qui
add-to-calendar = Ajouter au calendrier :
map-app = Application de cartes
about-meetup = À propos de cette rencontre
about-community = À propos
published-by = Publié par
owned-by = Animée par
comments = Commentaires
comments-empty = Personne n’a encore rien dit.
comments-more = Les commentaires plus anciens ne sont pas affichés.
feeds = Flux
subscribe-calendar = S’abonner au calendrier
people = Membres
upcoming-title = Rencontres à venir
upcoming-empty = Rien n’est prévu pour le moment.
past-title = Rencontres passées
agenda = Participe à
connect = Se connecter
connect-advice = Ceci est un relais Nostr. Ajoutez cette adresse dans votre client Nostr :
speaks = Ce qu’il parle
operator = Exploitant
contact = Contact
terms = Conditions d’utilisation
problem-missing = Il n’y a rien ici
problem-missing-advice = La page a peut-être été supprimée, ou l’adresse est incomplète.
problem-closed = Ce relais est fermé aux visiteurs
problem-closed-advice = Il ne répond qu’aux personnes qu’il connaît, dans un client Nostr.
problem-busy = Trop de demandes à la fois
problem-broken = Le relais ne peut pas répondre
problem-wait-advice = Réessayez dans un instant.

members =
    { $count ->
        [one] { $shown } membre
       *[other] { $shown } membres
    }
followers =
    { $count ->
        [one] { $shown } abonné
       *[other] { $shown } abonnés
    }
going =
    { $count ->
        [one] { $shown } participe
       *[other] { $shown } participent
    }
maybe = { $shown } peut-être
not-going =
    { $count ->
        [one] { $shown } ne vient pas
       *[other] { $shown } ne viennent pas
    }
more-people =
    { $count ->
        [one] et { $shown } autre
       *[other] et { $shown } autres
    }
upcoming =
    { $count ->
        [one] { $shown } rencontre à venir
       *[other] { $shown } rencontres à venir
    }
communities-count =
    { $count ->
        [one] { $shown } communauté
       *[other] { $shown } communautés
    }
events-count =
    { $count ->
        [one] { $shown } note
       *[other] { $shown } notes
    }

# A month, an agenda, feeds and maps.
nav-calendar = Calendrier
months-label = Mois
this-month = Ce mois-ci
month-empty = Rien n’est prévu pour ce mois.
month-day = Tout ce jour-là
agenda-of = Agenda de { $name }
agenda-lead = Ce à quoi cette personne a répondu publiquement oui ou peut-être, et ce qu’elle organise.
agenda-link = Agenda
part-organizes = Organise
part-comes = Participe
part-may-come = Peut-être
invite = Inviter
invite-code = Afficher un code QR
invite-code-label = Code QR avec l’adresse de cette communauté
your-time = Votre heure :
near-me = Près de moi
near-me-how = Votre navigateur vous demande d’abord. Le lieu est arrondi au kilomètre.
near-me-refused = Votre navigateur n’a pas dit où vous êtes. Saisissez plutôt un lieu.
map = Carte
map-close = Fermer
preview-title-elsewhere = Le titre est sur la page

# People who follow a community.
followers-title = Abonnés
