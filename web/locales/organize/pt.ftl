# What is signed, and what is wrong with a form.
signs-going = Você diz que vai a “{ $title }”.
signs-going-with =
    { $count ->
        [one] Você diz que vai a “{ $title }” e leva { $shown } pessoa.
       *[other] Você diz que vai a “{ $title }” e leva { $shown } pessoas.
    }
signs-maybe = Você diz que talvez vá a “{ $title }”.
signs-not-going = Você diz que não vai a “{ $title }”.
signs-comment = Você escreve um comentário sobre “{ $title }”. Todos podem ler.
signs-message = Você escreve no chat de “{ $title }”. Todos podem ler.
field-needed = Este campo é necessário.
field-choose = Escolha uma opção.
field-too-long = É longo demais: no máximo { $shown } caracteres.
field-characters = Contém caracteres que não são texto.
field-number = É preciso um número inteiro de 0 a { $shown }.
answer-too-late = O prazo para confirmar já passou.
answer-cancelled = Este encontro foi cancelado e não aceita respostas.
missing-meetup = Este encontro não existe mais.
missing-community = Esta comunidade não existe mais.
missing-parent = Aquilo a que você responde não está mais lá.
missing-person = Não é a chave de ninguém: ela começa com npub1.
no-chat = Esta comunidade não tem chat.
muted-here = O que você escreve aqui não é mostrado a ninguém: esta comunidade silenciou você.
form-unread = O formulário não chegou como deveria.
