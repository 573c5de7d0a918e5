# Quien mantiene el orden: administración y miembros del relay.
join-title = Hacerse miembro
join-lead = { $name } tiene miembros. Con un código de invitación te haces uno.
join-code = Código de invitación
join-button = Unirse
join-done = Te damos la bienvenida: ya eres miembro.
signs-join = Pides ser miembro de este relay, con un código de invitación.
admin-connections = Conexiones
admin-subscriptions = Suscripciones
admin-taken = Aceptadas desde el inicio
admin-refused = Rechazadas
admin-rate-limited = Demasiado rápidas
admin-since = En marcha desde
admin-invites = Invitaciones
admin-invites-lead = Cada enlace deja entrar a una persona. Se muestra una vez: el relay solo guarda su huella.
admin-invite = Crear una invitación
admin-invite-link = Enlace para una persona
admin-invite-until = hasta
admin-invite-revoke = Revocar
admin-role = Rol
admin-role-give = Dar el rol
admin-member-remove = Terminar la membresía
admin-roles = Roles
admin-roles-lead = Un rol dice qué es alguien y no da derechos. Quien recibe uno se hace miembro.
admin-role-id = Nombre corto
admin-role-save = Guardar el rol
admin-role-delete = Borrar

# Denuncias, y lo que está oculto.
report = Denunciar
report-whose = Denuncias
report-lead = Cualquiera puede leer una denuncia, y nadie está obligado a actuar. Quien dirige la comunidad la mira.
report-type = ¿Qué es?
report-nudity = Desnudez
report-malware = Daña ordenadores
report-profanity = Odio o insultos
report-illegal = Contra la ley
report-spam = Spam
report-impersonation = Se hace pasar por otra persona
report-other = Otra cosa
report-text = Con tus palabras (opcional)
report-done = Gracias. Tu denuncia se ha enviado.
signs-report = Denuncias algo que se escribió en «{ $title }». Cualquiera puede leerlo.
signs-report-meetup = Denuncias el encuentro «{ $title }». Cualquiera puede leerlo.
signs-report-community = Denuncias la comunidad «{ $title }». Cualquiera puede leerlo.
reports-title = Denuncias
reports-lead = Lo que se denunció aquí sobre encuentros, mensajes y personas. Nada ocurre por sí solo: tú decides.
reports-read = Mostrar las denuncias
reports-none = No se ha denunciado nada.
reports-only-owner = Solo quien dirige la comunidad lee aquí sus denuncias.
reports-members =
    { $count ->
        [one] De { $shown } miembro
       *[other] De { $shown } miembros
    }
reports-others =
    { $count ->
        [one] De { $shown } persona más
       *[other] De { $shown } personas más
    }
reports-message = Mensaje
reports-comment = Comentario
reports-meetup = Encuentro
reports-person = Persona
reports-hidden = Oculto
hide-person = Ocultar todo lo de esta persona
owner-mutes = Quien dirige la comunidad silencia a personas en la página de miembros: vale para todos y se puede deshacer.
signs-hide-person = Ocultas lo que alguien escribe en los chats: nadie más lo nota.
hidden-here = Algunos mensajes están ocultos porque tú los ocultaste.

# Quienes organizan un encuentro juntos.
hosted-with = Organizado junto con
host-hint = Aquí constas entre quienes lo organizan, por eso ves quién viene. Solo quien lo publicó puede cambiarlo o cancelarlo.
host-own = Anunciar un encuentro propio
