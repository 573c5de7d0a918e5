# What is signed, and what is wrong with a form.
signs-going = Dice que irá a «{ $title }».
signs-going-with =
    { $count ->
        [one] Dice que irá a «{ $title }» con { $shown } acompañante.
       *[other] Dice que irá a «{ $title }» con { $shown } acompañantes.
    }
signs-maybe = Dice que quizá vaya a «{ $title }».
signs-not-going = Dice que no irá a «{ $title }».
signs-comment = Escribe un comentario sobre «{ $title }». Todo el mundo puede leerlo.
signs-message = Escribe en el chat de «{ $title }». Todo el mundo puede leerlo.
field-needed = Este dato es necesario.
field-choose = Elija una opción.
field-too-long = Es demasiado largo: como máximo { $shown } caracteres.
field-characters = Contiene caracteres que no son texto.
field-number = Se necesita un número entero de 0 a { $shown }.
answer-too-late = El plazo para apuntarse ha pasado.
answer-cancelled = Este encuentro se ha cancelado y no admite respuestas.
missing-meetup = Este encuentro ya no existe.
missing-community = Esta comunidad ya no existe.
missing-parent = Aquello a lo que responde ya no está.
missing-person = No es la clave de nadie: empieza por npub1.
no-chat = Esta comunidad no tiene chat.
muted-here = Lo que escriba aquí no se mostrará a nadie: esta comunidad le ha silenciado.
form-unread = El formulario no llegó como debía.

# Fields of forms.
field-city = No se conoce ese lugar. Pruebe con una ciudad mayor cercana o con coordenadas.
field-position = Latitud de −90 a 90 y longitud de −180 a 180, en grados.
field-date = Esta fecha u hora no se puede usar.
field-begins = Indique también cuándo empieza.
field-ends = Termina antes de empezar.
field-last-day = El último día es el primero o uno posterior, como máximo { $shown } días después.
field-zone = Indique un lugar o una zona horaria, como Europe/Madrid; si no, nadie sabe cuándo es.
field-topics = Como máximo { $shown } caracteres por tema, separados por comas.
field-image = La dirección de una imagen empieza por https://
field-link = Una dirección por línea, que empiece por https://
field-repeat = No existe una serie así.
field-repeat-end = Indique cuántos son o hasta cuándo.
field-repeat-many = Son demasiados: se crean como máximo { $shown } a la vez.
field-repeat-first = El primer día no es de los que se repiten.
field-kind-of-time = Un encuentro de días enteros no puede recibir una hora después, ni perderla. Cancélelo y cree otro.
nothing-changed = No se cambió nada.
sign-in-first = Inicie sesión primero: lo que se escribe depende de quién lo escribe.
not-yours = «{ $title }» es de otra persona; solo quien lo creó puede cambiarlo.
signs-community = Funda la comunidad «{ $title }» y la dirige: su descripción, su lista de miembros y su chat.
signs-description = Describe de nuevo la comunidad «{ $title }».
signs-meetup = Publica el encuentro «{ $title }».
signs-proposal = Propone el encuentro «{ $title }». Quien dirige la comunidad decide si lo adopta.
signs-series = Publica { $shown } encuentros «{ $title }», una nota para cada uno.
signs-edit =
    { $count ->
        [one] Cambia el encuentro «{ $title }».
       *[other] Cambia { $shown } encuentros de «{ $title }».
    }
signs-cancel =
    { $count ->
        [one] Cancela el encuentro «{ $title }». No se puede deshacer.
       *[other] Cancela { $shown } encuentros de «{ $title }». No se puede deshacer.
    }
