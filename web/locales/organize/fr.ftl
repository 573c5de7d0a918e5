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
