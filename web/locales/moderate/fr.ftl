# Qui veille à l’ordre : administration et membres du relais.
join-title = Devenir membre
join-lead = { $name } a des membres. Avec un code d’invitation, vous en devenez un.
join-code = Code d’invitation
join-button = Rejoindre
join-done = Bienvenue : vous êtes maintenant membre.
signs-join = Vous demandez à devenir membre de ce relais, avec un code d’invitation.
admin-connections = Connexions
admin-subscriptions = Abonnements
admin-taken = Acceptées depuis le démarrage
admin-refused = Refusées
admin-rate-limited = Trop rapides
admin-since = En marche depuis
admin-invites = Invitations
admin-invites-lead = Chaque lien fait entrer une personne. Il n’est montré qu’une fois : le relais n’en garde que l’empreinte.
admin-invite = Créer une invitation
admin-invite-link = Lien pour une personne
admin-invite-until = jusqu’au
admin-invite-revoke = Révoquer
admin-role = Rôle
admin-role-give = Donner le rôle
admin-member-remove = Mettre fin à l’adhésion
admin-roles = Rôles
admin-roles-lead = Un rôle dit ce que quelqu’un est et ne donne aucun droit. Qui en reçoit un devient membre.
admin-role-id = Nom court
admin-role-save = Enregistrer le rôle
admin-role-delete = Supprimer

# Signalements, et ce qui est masqué.
report = Signaler
report-whose = Vous signalez
report-lead = Tout le monde peut lire un signalement, et personne n’est tenu d’agir. Qui anime la communauté le regarde.
report-type = De quoi s’agit-il ?
report-nudity = Nudité
report-malware = Nuit aux ordinateurs
report-profanity = Haineux ou injurieux
report-illegal = Contraire à la loi
report-spam = Spam
report-impersonation = Se fait passer pour quelqu’un d’autre
report-other = Autre chose
report-text = Avec vos mots (facultatif)
report-done = Merci. Votre signalement est envoyé.
signs-report = Vous signalez quelque chose qui a été écrit dans « { $title } ». Tout le monde peut le lire.
signs-report-meetup = Vous signalez la rencontre « { $title } ». Tout le monde peut le lire.
signs-report-community = Vous signalez la communauté « { $title } ». Tout le monde peut le lire.
reports-title = Signalements
reports-lead = Ce qui a été signalé ici sur des rencontres, des messages et des personnes. Rien ne se fait tout seul : c’est vous qui décidez.
reports-read = Montrer les signalements
reports-none = Rien n’a été signalé.
reports-only-owner = Seule la personne qui anime la communauté lit ici ses signalements.
reports-members =
    { $count ->
        [one] Par { $shown } membre
       *[other] Par { $shown } membres
    }
reports-others =
    { $count ->
        [one] Par { $shown } autre personne
       *[other] Par { $shown } autres personnes
    }
reports-message = Message
reports-comment = Commentaire
reports-meetup = Rencontre
reports-person = Personne
reports-hidden = Masqué
hide-person = Masquer tout de cette personne
owner-mutes = Qui anime la communauté rend muettes des personnes sur la page des membres : cela vaut pour tous et peut être annulé.
signs-hide-person = Vous masquez ce que quelqu’un écrit dans les discussions : vous seul le remarquez.
hidden-here = Certains messages sont masqués parce que vous les avez masqués.

# Qui organise une rencontre ensemble.
hosted-with = Organisé avec
host-hint = Vous êtes nommé ici parmi les organisateurs, donc vous voyez qui vient. Seul l’auteur peut la modifier ou l’annuler.
host-own = Annoncer votre propre rencontre
