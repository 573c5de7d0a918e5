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
month-day = Todo ese día
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

# People who follow a community.
followers-title = Seguidores
