# The pages in Spanish. Ids are the same in every language; a test checks it.

skip = Ir al contenido
nav-label = Principal
nav-home = Inicio
nav-search = Buscar encuentros
nav-about = Sobre este relay
languages-label = Idiomas
footer-nostr = Encuentros abiertos en Nostr. Las comunidades pertenecen a su gente.
home-title = Encuentra a tu gente, cerca de casa
home-lead = Encuentros y comunidades cerca de ti, abiertos a todo el mundo.
home-next = Próximamente
home-empty = Todavía no hay ningún encuentro.
home-all = Todos los encuentros
form-near = Dónde
form-near-example = Ciudad, o latitud,longitud
form-when = Cuándo
form-words = Qué
form-words-example = ajedrez, senderismo, Rust…
form-button = Buscar
when-any = En cualquier momento
when-today = Hoy
when-weekend = Este fin de semana
when-week = Próximos 7 días
when-month = Próximos 30 días
search-title = Encuentros
search-near = Encuentros cerca de { $place }
search-for = Encuentros sobre { $words }
search-empty = No se encontró nada. Prueba con otra fecha u otro lugar.
unknown-place = No se puede buscar «{ $place }».
did-you-mean = Quizás quisiste decir
meetups = Encuentros
meetups-unit = encuentros
communities = Comunidades
new-communities = Comunidades nuevas
cities = Ciudades
topics = Temas
next-page = Más
distance = { $shown } km
untitled = Sin título
no-time = Fecha desconocida
cancelled = Cancelado
cancelled-notice = Este encuentro se ha cancelado.
over = Terminado
over-notice = Este encuentro ya terminó.
proposal = Propuesta
facts-label = En breve
when = Cuándo
where = Dónde
who = Quién
add-to-calendar = Añadir al calendario:
map-app = Aplicación de mapas
about-meetup = Sobre este encuentro
about-community = Acerca de
published-by = Publicado por
owned-by = Dirigida por
comments = Comentarios
comments-empty = Nadie ha dicho nada todavía.
comments-more = No se muestran los comentarios anteriores.
feeds = Canales
subscribe-calendar = Suscribirse al calendario
people = Gente
upcoming-title = Próximos encuentros
upcoming-empty = Por ahora no hay nada previsto.
past-title = Encuentros pasados
agenda = Asistirá a
connect = Conectar
connect-advice = Este es un relay de Nostr. Añade esta dirección en tu cliente de Nostr:
speaks = Lo que habla
operator = Operador
contact = Contacto
terms = Condiciones de uso
problem-missing = Aquí no hay nada
problem-missing-advice = Quizás se eliminó o la dirección está incompleta.
problem-closed = Este relay está cerrado a las visitas
problem-closed-advice = Solo responde a quienes conoce, en un cliente de Nostr.
problem-busy = Demasiadas peticiones a la vez
problem-broken = El relay no puede responder ahora
problem-wait-advice = Inténtalo de nuevo en un momento.

members =
    { $count ->
        [one] { $shown } miembro
       *[other] { $shown } miembros
    }
followers =
    { $count ->
        [one] { $shown } seguidor
       *[other] { $shown } seguidores
    }
going =
    { $count ->
        [one] { $shown } asistirá
       *[other] { $shown } asistirán
    }
maybe = { $shown } quizás
not-going =
    { $count ->
        [one] { $shown } no asistirá
       *[other] { $shown } no asistirán
    }
more-people = y { $shown } más
upcoming =
    { $count ->
        [one] { $shown } próximo encuentro
       *[other] { $shown } próximos encuentros
    }
communities-count =
    { $count ->
        [one] { $shown } comunidad
       *[other] { $shown } comunidades
    }
events-count =
    { $count ->
        [one] { $shown } nota
       *[other] { $shown } notas
    }

# A month, an agenda, feeds and maps.
nav-calendar = Calendario
months-label = Meses
this-month = Este mes
month-empty = No hay nada para este mes.
agenda-of = Agenda de { $name }
agenda-lead = A lo que ha respondido públicamente sí o quizás, y lo que organiza.
agenda-link = Agenda
part-organizes = Organiza
part-comes = Asiste
part-may-come = Quizás
invite = Invitar
invite-code = Mostrar un código QR
invite-code-label = Código QR con la dirección de esta comunidad
your-time = Tu hora:
near-me = Cerca de mí
near-me-how = Tu navegador te pregunta antes. El lugar se redondea a un kilómetro.
near-me-refused = Tu navegador no dijo dónde estás. Escribe un lugar.
map = Mapa
map-close = Cerrar
preview-title-elsewhere = El título está en la página

nav-account = Entrar
account-title = Tu cuenta
account-lead = Con la sesión iniciada puedes responder a encuentros, comentar y seguir comunidades. Tu clave secreta nunca sale de tu navegador o firmador: este sitio no llega a verla.
needs-scripts = Responder y escribir necesitan JavaScript. Todo se puede leer sin él.
account-nobody = Nadie ha entrado en este navegador.
account-in-extension = Tu clave está en una extensión de tu navegador.
account-in-signer = Tu clave está en un firmador en otro lugar.
account-in-browser = Tu clave está cifrada en este navegador. Aquí sigues con la sesión iniciada.
account-with-password = Tu clave está en este navegador, cifrada con tu contraseña.
account-in-page = Este navegador no guarda nada, como las ventanas privadas. La sesión dura lo que esta página abierta: guarda ahora una copia de tu clave.
account-saved = Guardaste una copia de tu clave.
account-unsaved = Aún no hay copia de tu clave. Si este navegador la pierde, nadie puede recuperarla.
account-done = Hecho.
account-save = Guardar una copia de mi clave
account-password = Poner una contraseña
account-sign-out = Salir
sign-in-title = ¿Quién eres?
sign-what = Firmas esto, que todos pueden leer:
sign-in-name = Tu nombre
sign-in-name-hint = Opcional. Todos lo ven.
sign-in-new = Continuar sin otra cuenta
sign-in-new-hint = Crea una clave en este navegador. Sin correo ni contraseña; mañana seguirás aquí.
sign-in-extension = Usar mi extensión
sign-in-known = Tengo una clave
sign-in-key = Tu clave, o el texto del archivo guardado
sign-in-password = Contraseña
sign-in-known-button = Usar esta clave
sign-in-remote = Mi clave está en mi teléfono o en un firmador
sign-in-bunker = Dirección del firmador
sign-in-bunker-button = Conectar
sign-in-invite = Mostrar un código para mi firmador
sign-in-invitation = Abrir en un firmador de este dispositivo
sign-in-waiting = Esperando al firmador…
sign-in-approve = El firmador te pide aceptar en su página
not-now = Ahora no
close = Cerrar
sign-as = Como
sign-details = La nota completa
sign-button = Firmar y enviar
unlock-title = Tu contraseña, por favor
unlock-button = Desbloquear
lost-title = Este navegador perdió tu clave
lost-advice = Borró lo que guarda. Sal en la página de tu cuenta y entra con la copia que guardaste.
save-title = Guarda una copia de tu clave
save-lead = Tu clave es quien eres aquí, como la llave de casa: con una copia entras desde otro dispositivo, o si este navegador la olvida. Elige una contraseña que proteja la copia.
save-password = Una contraseña tuya
save-password-hint = Al menos 8 caracteres. Nadie puede restablecerla.
save-file = Guardar en un archivo
save-print = Imprimir
save-plain = Mostrar la clave sin contraseña
save-plain-warning = Quien la vea puede actuar como tú, para siempre. No la envíes nunca a nadie.
save-plain-button = Mostrarla
paper-title = Clave para encuentros abiertos
paper-advice = Para usarla: entra, elige «Tengo una clave», pega la línea que empieza por ncryptsec1 y escribe tu contraseña.
password-lead = Con contraseña, este navegador la pide antes de tu primera firma en una página. Nadie puede restablecerla.
password-set = Poner
sign-out-safe = Puedes volver a entrar cuando quieras con tu clave.
sign-out-unsafe = No tienes copia de tu clave. Si sales ahora, se pierde: nadie, ni siquiera tú, podrá volver a actuar con este nombre.
problem-password = No es la contraseña.
problem-key = Eso no es una clave.
problem-bunker = No es la dirección de un firmador: empieza por bunker://.
problem-short = Al menos 8 caracteres.
problem-other = No funcionó:
