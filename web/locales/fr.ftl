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

nav-account = Se connecter
account-title = Votre compte
account-lead = Une fois connecté, vous pouvez répondre aux rencontres, commenter et suivre des communautés. Votre clé secrète ne quitte jamais votre navigateur ou votre signataire : ce site ne la voit jamais.
needs-scripts = Répondre et écrire nécessitent JavaScript. Tout se lit sans.
account-nobody = Personne n’est connecté sur ce navigateur.
account-in-extension = Votre clé est dans une extension de votre navigateur.
account-in-signer = Votre clé est dans un signataire ailleurs.
account-in-browser = Votre clé est dans ce navigateur, chiffrée. Vous y restez connecté.
account-with-password = Votre clé est dans ce navigateur, chiffrée avec votre mot de passe.
account-in-page = Ce navigateur ne garde rien, comme en navigation privée. Vous n’êtes connecté que tant que cette page est ouverte : enregistrez maintenant une copie de votre clé.
account-saved = Vous avez enregistré une copie de votre clé.
account-unsaved = Il n’y a pas encore de copie de votre clé. Si ce navigateur la perd, personne ne pourra la retrouver.
account-done = C’est fait.
account-save = Enregistrer une copie de ma clé
account-password = Définir un mot de passe
account-sign-out = Se déconnecter
sign-in-title = Qui êtes-vous ?
sign-what = Vous signez ceci, lisible par tous :
sign-in-name = Votre nom
sign-in-name-hint = Facultatif. Tout le monde le voit.
sign-in-new = Continuer sans autre compte
sign-in-new-hint = Crée une clé dans ce navigateur. Ni e-mail, ni mot de passe ; demain vous serez encore connecté ici.
sign-in-extension = Utiliser mon extension
sign-in-known = J’ai une clé
sign-in-key = Votre clé, ou le texte du fichier enregistré
sign-in-password = Mot de passe
sign-in-known-button = Utiliser cette clé
sign-in-remote = Ma clé est sur mon téléphone ou dans un signataire
sign-in-bunker = Adresse du signataire
sign-in-bunker-button = Connecter
sign-in-invite = Afficher un code pour mon signataire
sign-in-invitation = Ouvrir dans un signataire sur cet appareil
sign-in-waiting = En attente du signataire…
sign-in-approve = Le signataire vous demande votre accord sur sa page
not-now = Pas maintenant
close = Fermer
sign-as = En tant que
sign-details = La note entière
sign-button = Signer et envoyer
unlock-title = Votre mot de passe
unlock-button = Déverrouiller
lost-title = Ce navigateur a perdu votre clé
lost-advice = Il a effacé ce qu’il garde. Déconnectez-vous sur la page de votre compte, puis reconnectez-vous avec votre copie.
save-title = Enregistrez une copie de votre clé
save-lead = Votre clé est votre identité ici, comme une clé de maison : avec une copie, vous entrez depuis un autre appareil, ou si ce navigateur l’oublie. Choisissez un mot de passe qui protège la copie.
save-password = Un mot de passe à vous
save-password-hint = Au moins 8 caractères. Personne ne peut le réinitialiser.
save-file = Enregistrer un fichier
save-print = Imprimer
save-plain = Afficher la clé sans mot de passe
save-plain-warning = Quiconque la voit peut agir à votre place, pour toujours. Ne l’envoyez jamais à personne.
save-plain-button = Afficher
paper-title = Clé pour les rencontres ouvertes
paper-advice = Pour l’utiliser : connectez-vous, choisissez « J’ai une clé », collez la ligne qui commence par ncryptsec1 et tapez votre mot de passe.
password-lead = Avec un mot de passe, ce navigateur le demande avant votre première signature sur une page. Personne ne peut le réinitialiser.
password-set = Définir
sign-out-safe = Vous pouvez vous reconnecter à tout moment avec votre clé.
sign-out-unsafe = Vous n’avez pas de copie de votre clé. Si vous vous déconnectez, elle est perdue : personne, pas même vous, ne pourra plus agir sous ce nom.
problem-password = Ce n’est pas le mot de passe.
problem-key = Ce n’est pas une clé.
problem-bunker = Ce n’est pas l’adresse d’un signataire : elle commence par bunker://.
problem-short = Au moins 8 caractères.
problem-other = Cela n’a pas marché :
