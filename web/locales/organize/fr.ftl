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
