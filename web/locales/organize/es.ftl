# What is signed, and what is wrong with a form.
signs-going = Dices que irás a «{ $title }».
signs-going-with =
    { $count ->
        [one] Dices que irás a «{ $title }» con { $shown } acompañante.
       *[other] Dices que irás a «{ $title }» con { $shown } acompañantes.
    }
signs-maybe = Dices que quizá vayas a «{ $title }».
signs-not-going = Dices que no irás a «{ $title }».
signs-comment = Escribes un comentario sobre «{ $title }». Todo el mundo puede leerlo.
signs-message = Escribes en el chat de «{ $title }». Todo el mundo puede leerlo.
field-needed = Este dato es necesario.
field-choose = Elige una opción.
field-too-long = Es demasiado largo: como máximo { $shown } caracteres.
field-characters = Contiene caracteres que no son texto.
field-number = Se necesita un número entero de 0 a { $shown }.
answer-too-late = El plazo para apuntarse ha pasado.
answer-cancelled = Este encuentro se ha cancelado y no admite respuestas.
missing-meetup = Este encuentro ya no existe.
missing-community = Esta comunidad ya no existe.
missing-parent = Aquello a lo que respondes ya no está.
missing-person = No es la clave de nadie: empieza por npub1.
no-chat = Esta comunidad no tiene chat.
muted-here = Lo que escribas aquí no se mostrará a nadie: esta comunidad te ha silenciado.
form-unread = El formulario no llegó como debía.

# Fields of forms.
field-city = No se conoce ese lugar. Prueba con una ciudad mayor cercana o con coordenadas.
field-position = Latitud de −90 a 90 y longitud de −180 a 180, en grados.
field-date = Esta fecha u hora no se puede usar.
field-begins = Indica también cuándo empieza.
field-ends = Termina antes de empezar.
field-last-day = El último día es el primero o uno posterior, como máximo { $shown } días después.
field-zone = Indica un lugar o una zona horaria, como Europe/Madrid; si no, nadie sabe cuándo es.
field-topics = Como máximo { $shown } caracteres por tema, separados por comas.
field-image = La dirección de una imagen empieza por https://
field-link = Una dirección por línea, que empiece por https://
field-website = La dirección de una página empieza por https:// o http://
field-identifier = Eso no es un nombre así: se parece a anna@example.com, con letras de la a a la z y cifras antes de la @.
field-repeat = No existe una serie así.
field-repeat-end = Indica cuántos son o hasta cuándo.
field-repeat-many = Son demasiados: se crean como máximo { $shown } a la vez.
field-repeat-first = El primer día no es de los que se repiten.
field-kind-of-time = Un encuentro de días enteros no puede recibir una hora después, ni perderla. Cancélalo y crea otro.
nothing-changed = No se cambió nada.
sign-in-first = Inicia sesión primero: lo que se escribe depende de quién lo escribe.
not-yours = «{ $title }» es de otra persona; solo quien lo creó puede cambiarlo.
signs-community = Fundas la comunidad «{ $title }» y la diriges: su descripción, su lista de miembros y su chat.
signs-description = Describes de nuevo la comunidad «{ $title }».
signs-profile = Publicas tu perfil. En él te llamas «{ $title }».
signs-profile-unnamed = Publicas tu perfil. En él no hay ningún nombre.
signs-meetup = Publicas el encuentro «{ $title }».
signs-proposal = Propones el encuentro «{ $title }». Quien dirige la comunidad decide si lo adopta.
signs-series = Publicas { $shown } encuentros «{ $title }», una nota para cada uno.
signs-edit =
    { $count ->
        [one] Cambias el encuentro «{ $title }».
       *[other] Cambias { $shown } encuentros de «{ $title }».
    }
signs-cancel =
    { $count ->
        [one] Cancelas el encuentro «{ $title }». No se puede deshacer.
       *[other] Cancelas { $shown } encuentros de «{ $title }». No se puede deshacer.
    }

# Pages of organizers.
organize = Organizar
organize-not-yours = Esto es de otra persona. Puedes verlo; el relay solo acepta cambios de quien lo posee.
new-community = Fundar una comunidad
new-community-lead = Un lugar para gente que se reúne: con encuentros, miembros y chat, y es tuyo.
found-community = Fundar
edit-community = Describir
new-meetup = Nuevo encuentro
edit-meetup = Cambiar el encuentro
save-changes = Guardar cambios
publish-meetup = Publicar
preview = Vista previa
proposal-hint = No diriges esta comunidad, así que será una propuesta que puede adoptar.
field-label-name = Nombre
field-label-title = Título
field-label-summary = En breve
field-hint-summary = Una frase para las listas.
field-label-description = Descripción
field-hint-markdown = Puedes usar Markdown: *cursiva*, **negrita**, listas y enlaces.
field-label-city = Ciudad
field-hint-city = El nombre de una ciudad o coordenadas.
field-label-position = El lugar exacto
field-label-latitude = Latitud
field-label-longitude = Longitud
pin-choose = Elegir en un mapa
pin-hint = Haz clic en el lugar, o mueve el mapa con las flechas y pulsa Intro para su centro.
field-hint-topics = Separados por comas: ajedrez, aire libre.
field-label-image = Imagen
field-hint-image = La dirección de una imagen en la web.
field-label-links = Enlaces
field-hint-links = Una dirección por línea.
field-label-hosts = Quién lo organiza contigo
field-hint-hosts = Una clave por línea; cada una empieza por npub1 o nprofile1.
field-hosts = Una clave por línea, que empiece por npub1 o nprofile1; como máximo { $count }.
field-label-day = Día
field-label-begins = Empieza a las
field-label-ends = Termina a las
field-hint-time = En la hora del lugar. Sin hora es todo el día.
field-more-time = Varios días u otra zona horaria
field-label-last-day = Último día
field-label-zone = Zona horaria
field-hint-zone = Como Europe/Madrid. Vacío: la del lugar.
field-label-repeat = Se repite
repeat-never = No se repite
repeat-weekly = Cada semana
repeat-monthly-day = Cada mes, en la misma fecha
repeat-monthly-weekday = Cada mes, el mismo día de la semana (p. ej. el primer martes)
repeat-monthly-last = Cada mes, el último de esos días de la semana
field-label-every = Cada … semanas o meses
field-label-count = Cuántos
field-label-until = O hasta
field-label-place = Lugar
field-hint-place = Nombre y dirección, como se dicen.
field-label-capacity = Plazas
field-label-guests = Acompañantes por persona
field-label-answer-by = Responder antes de
scope-legend = ¿Qué se cambia?
scope-only = Solo este
scope-following = Este y los siguientes
scope-all = Toda la serie
cancel-meetup = Cancelar el encuentro
cancel-lead = Sigue visible como cancelado y nadie puede responder ya.
cancel-note = Unas palabras al respecto
preview-problems = Falta algo

# Announcements.
announce-title = Anunciar
announce-lead = Un mensaje privado a cada persona. Nadie ve quién más lo recibió.
announce-needs-scripts = Enviar necesita JavaScript y una clave para firmar: los mensajes se sellan en tu navegador, para que nadie más pueda leerlos. A quién van se ve también sin él.
announce-to = A quién
announce-members = Miembros
announce-followers = Todos los que siguen
announce-going = Encuentro: quién viene
announce-maybe = Encuentro: quién quizá venga
announce-declined = Encuentro: quién no viene
announce-answered = Encuentro: todos los que respondieron
announce-silent = Encuentro: miembros que no han respondido
announce-meetup = Qué encuentro
announce-meetup-hint = Hace falta cuando se trata de las respuestas a uno.
announce-no-meetup = Ninguno
announce-which = Elige el encuentro.
announce-people =
    { $count ->
        [one] Va a { $shown } persona.
       *[other] Va a { $shown } personas.
    }
announce-without =
    { $count ->
        [one] { $shown } de ellas no dice aquí dónde recibe mensajes privados, y se queda fuera.
       *[other] { $shown } de ellas no dicen aquí dónde reciben mensajes privados, y se quedan fuera.
    }
announce-cut = Hay más de las que cuenta este relay; faltan algunas.
announce-count = ¿Cuántas son?
announce-nobody = No hay nadie.
announce-text = Lo que dices
announce-text-hint = Texto simple. Una dirección web se convierte en enlace en la mayoría de los programas.
announce-send = Enviar a todas
announce-one = Anuncio
announce-progress = Enviado
announce-reached = Alcanzadas
announce-left = Por hacer
announce-failed = No alcanzadas
announce-refused = Rechazadas por sus relays
announce-no-inbox = No reciben mensajes
announce-others = Quién no lo tiene
announce-running = Se está enviando. Puedes cerrar esta página y seguir más tarde.
announce-finished = Está enviado.
announce-stopped = No está terminado. Sigue cuando quieras: nadie lo recibe dos veces.
announce-missed = No se pudo llegar a todas. Puedes intentarlo otra vez: nadie lo recibe dos veces.
announce-unsigned = Tu firmador se negó o no sabe cifrar. Quien fue alcanzado antes lo tiene; puedes seguir más tarde.
announce-unkept = Este navegador no puede anotar quién fue alcanzado; lo que no se anota no se envía.
announce-elsewhere = Se está enviando en otra ventana.
announce-stop = Parar
announce-go-on = Seguir
announce-forget = Olvidar
signs-announce =
    { $count ->
        [one] Escribes un mensaje privado sobre «{ $title }» a { $shown } persona.
       *[other] Escribes un mensaje privado sobre «{ $title }» a cada una de { $shown } personas.
    }

# Running a community.
members-title = Miembros
members-add = Añadir a alguien
members-person = Clave de una persona
members-reason = Motivo, que todos pueden leer
members-approve = Hacer miembro
members-mute = Silenciar
members-remove = Quitar de la lista
members-unmute = Dejar de silenciar
members-listed = En la lista
members-none = Todavía no hay nadie en la lista salvo quien la dirige.
members-muted = Silenciados
members-nobody-muted = Nadie está silenciado.
proposals-title = Propuestas
proposals-lead = Encuentros que otros planearon aquí. Los que adoptes pasan a ser de la comunidad.
proposals-none = Nadie ha propuesto nada.
proposals-look = Ver
proposals-adopt = Adoptar
proposals-adopted = Adoptados
proposals-release = Retirar
attendees-title = Quién viene
attendees-csv = Tabla para hojas de cálculo (CSV)
attendees-none = Nadie ha respondido todavía.
attendees-who = Quién
attendees-answer = Respuesta
attendees-guests = Acompañantes
attendees-note = Nota
attendees-member = Miembro
attendees-waiting = En espera
answer-yes = Viene
answer-maybe = Quizá venga
answer-no = No viene
owner-stays = Quien dirige la comunidad sigue siendo miembro y no puede ser silenciado.
signs-approve = Haces a alguien miembro de «{ $title }».
signs-remove = Quitas a alguien de la lista de miembros de «{ $title }».
signs-mute = Silencias a alguien en «{ $title }»: lo que escriba allí se oculta.
signs-unmute = Dejas de silenciar a alguien en «{ $title }».
hide-message = Ocultar
hide-whose = Ocultas un mensaje de
hide-reason = Motivo, que todos pueden leer; puede quedar vacío
signs-hide = Ocultas un mensaje en el chat de «{ $title }».
signs-adopt =
    { $count ->
        [one] Adoptas { $shown } propuesta para «{ $title }».
       *[other] Adoptas { $shown } propuestas para «{ $title }».
    }
signs-release =
    { $count ->
        [one] Retiras { $shown } encuentro del calendario de «{ $title }».
       *[other] Retiras { $shown } encuentros del calendario de «{ $title }».
    }
admin-title = Administrar este relay
admin-lead = Para administradores: cada petición se firma con su clave.
admin-off = El operador ha desactivado la administración por HTTP.
admin-enter = Administrar
admin-events = Notas
admin-about = Nombre y descripción
admin-reports = Denunciado
admin-keep = Conservar
admin-remove = Eliminar
admin-banned-people = Personas vetadas
admin-banned-events = Notas vetadas
admin-allowed-people = Quién puede escribir
admin-kinds = Tipos que se aceptan
admin-addresses = Direcciones bloqueadas
admin-event = Id de una nota
admin-kind = Número de un tipo
admin-address = Dirección IP
admin-ban = Vetar
admin-unban = Levantar
admin-allow = Permitir
admin-unallow = Quitar
admin-empty = Nada aquí.
admin-failed = El relay dice:
import-title = Importar
import-lead = Encuentros de un calendario de otro programa (.ics): elige cuáles pasan a estar aquí.
import-file = Archivo
import-text = O su texto
import-read = Leer
import-do = Publicar estos
import-known = Ya está
import-empty = No hay nada que empiece en un año.
import-unread = No es un calendario legible (.ics).
signs-import =
    { $count ->
        [one] Publicas { $shown } encuentro del calendario.
       *[other] Publicas { $shown } encuentros del calendario, una nota para cada uno.
    }
admin-reason = Motivo

# Coordinates that somebody pastes.
pin-coordinates = Coordenadas, o un enlace a un mapa
pin-coordinates-hint = Por ejemplo 53.8655, 10.6866, geo:53.8655,10.6866, o un enlace a OpenStreetMap o Google Maps.
pin-coordinates-wrong = Ahí no hay coordenadas.
