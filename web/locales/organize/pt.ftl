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

# Fields of forms.
field-city = Esse lugar não é conhecido. Tente uma cidade maior próxima, ou coordenadas.
field-position = Latitude de −90 a 90 e longitude de −180 a 180, em graus.
field-date = Esta data ou hora não pode ser usada.
field-begins = Diga também quando começa.
field-ends = Termina antes de começar.
field-last-day = O último dia é o primeiro ou um posterior, no máximo { $shown } dias depois.
field-zone = Indique um lugar ou um fuso horário, como America/Sao_Paulo; senão ninguém sabe quando é.
field-topics = No máximo { $shown } caracteres por tema, separados por vírgulas.
field-image = O endereço de uma imagem começa com https://
field-link = Um endereço por linha, começando com https://
field-repeat = Não existe uma série assim.
field-repeat-end = Diga quantos são, ou até quando.
field-repeat-many = São demais: no máximo { $shown } de uma vez.
field-repeat-first = O primeiro dia não é um dos dias em que se repete.
field-kind-of-time = Um encontro de dias inteiros não pode receber uma hora depois, nem perdê-la. Cancele-o e crie outro.
nothing-changed = Nada foi alterado.
sign-in-first = Entre primeiro: o que é escrito depende de quem escreve.
not-yours = “{ $title }” é de outra pessoa; só quem o criou pode mudá-lo.
signs-community = Você funda a comunidade “{ $title }” e a dirige: descrição, lista de membros e chat.
signs-description = Você descreve de novo a comunidade “{ $title }”.
signs-meetup = Você publica o encontro “{ $title }”.
signs-proposal = Você propõe o encontro “{ $title }”. Quem dirige a comunidade decide se o adota.
signs-series = Você publica { $shown } encontros “{ $title }”, uma nota para cada um.
signs-edit =
    { $count ->
        [one] Você muda o encontro “{ $title }”.
       *[other] Você muda { $shown } encontros de “{ $title }”.
    }
signs-cancel =
    { $count ->
        [one] Você cancela o encontro “{ $title }”. Isso não pode ser desfeito.
       *[other] Você cancela { $shown } encontros de “{ $title }”. Isso não pode ser desfeito.
    }
