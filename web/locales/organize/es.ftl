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
