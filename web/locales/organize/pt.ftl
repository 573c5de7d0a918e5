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
field-website = O endereço de uma página começa com https:// ou http://
field-identifier = Isso não é um nome assim: ele se parece com anna@example.com, com letras de a a z e algarismos antes do @.
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
signs-profile = Você publica seu perfil. Nele você se chama “{ $title }”.
signs-profile-unnamed = Você publica seu perfil. Não há nome nele.
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

# Pages of organizers.
organize = Organizar
organize-not-yours = Isto é de outra pessoa. Você pode ver; o relay só aceita mudanças de quem o possui.
new-community = Fundar uma comunidade
new-community-lead = Um lugar para pessoas que se encontram: com encontros, membros e chat, e é seu.
found-community = Fundar
edit-community = Descrever
new-meetup = Novo encontro
edit-meetup = Mudar o encontro
save-changes = Salvar mudanças
publish-meetup = Publicar
preview = Prévia
proposal-hint = Você não dirige esta comunidade, então será uma proposta que ela pode adotar.
field-label-name = Nome
field-label-title = Título
field-label-summary = Em resumo
field-hint-summary = Uma frase para as listas.
field-label-description = Descrição
field-hint-markdown = Pode usar Markdown: *itálico*, **negrito**, listas e links.
field-label-city = Cidade
field-hint-city = O nome de uma cidade, ou coordenadas.
field-label-position = O lugar exato
field-label-latitude = Latitude
field-label-longitude = Longitude
pin-choose = Escolher num mapa
pin-hint = Clique no lugar, ou mova o mapa com as setas e pressione Enter para o seu centro.
field-hint-topics = Separados por vírgulas: xadrez, ar livre.
field-label-image = Imagem
field-hint-image = O endereço de uma imagem na web.
field-label-links = Links
field-hint-links = Um endereço por linha.
field-label-hosts = Quem organiza com você
field-hint-hosts = Uma chave por linha; cada uma começa com npub1 ou nprofile1.
field-hosts = Uma chave por linha, que comece com npub1 ou nprofile1; no máximo { $count }.
field-label-day = Dia
field-label-begins = Começa às
field-label-ends = Termina às
field-hint-time = No horário do lugar. Sem hora é o dia inteiro.
field-more-time = Vários dias, ou outro fuso
field-label-last-day = Último dia
field-label-zone = Fuso horário
field-hint-zone = Como America/Sao_Paulo. Vazio: o do lugar.
field-label-repeat = Repete-se
repeat-never = Não se repete
repeat-weekly = Semanalmente
repeat-monthly-day = Mensalmente, na mesma data
repeat-monthly-weekday = Mensalmente, no mesmo dia da semana (p. ex. a primeira terça)
repeat-monthly-last = Mensalmente, no último desses dias da semana
field-label-every = A cada … semanas ou meses
field-label-count = Quantos
field-label-until = Ou até
field-label-place = Lugar
field-hint-place = Nome e endereço, como se dizem.
field-label-capacity = Vagas
field-label-guests = Convidados por pessoa
field-label-answer-by = Responder até
scope-legend = O que é mudado?
scope-only = Só este
scope-following = Este e os seguintes
scope-all = Toda a série
cancel-meetup = Cancelar o encontro
cancel-lead = Continua visível como cancelado, e ninguém mais pode responder.
cancel-note = Uma palavra sobre isso
preview-problems = Falta algo

# Announcements.
announce-title = Anunciar
announce-lead = Uma mensagem privada para cada pessoa. Ninguém vê quem mais a recebeu.
announce-needs-scripts = Enviar precisa de JavaScript e de uma chave para assinar: as mensagens são seladas no seu navegador, para que ninguém mais possa lê-las. Para quem vão se vê também sem ele.
announce-to = Para quem
announce-members = Membros
announce-followers = Todos que seguem
announce-going = Encontro: quem vem
announce-maybe = Encontro: quem talvez venha
announce-declined = Encontro: quem não vem
announce-answered = Encontro: todos que responderam
announce-silent = Encontro: membros que não responderam
announce-meetup = Qual encontro
announce-meetup-hint = Necessário quando se trata das respostas a um deles.
announce-no-meetup = Nenhum
announce-which = Escolha o encontro.
announce-people =
    { $count ->
        [one] Vai para { $shown } pessoa.
       *[other] Vai para { $shown } pessoas.
    }
announce-without =
    { $count ->
        [one] { $shown } delas não diz aqui onde recebe mensagens privadas e fica de fora.
       *[other] { $shown } delas não dizem aqui onde recebem mensagens privadas e ficam de fora.
    }
announce-cut = Há mais do que este relay conta; faltam algumas.
announce-count = Quantas são?
announce-nobody = Não há ninguém.
announce-text = O que você diz
announce-text-hint = Texto simples. Um endereço da web vira link na maioria dos programas.
announce-send = Enviar a todas
announce-one = Anúncio
announce-progress = Enviado
announce-reached = Alcançadas
announce-left = Ainda faltam
announce-failed = Não alcançadas
announce-refused = Recusadas por seus relays
announce-no-inbox = Não recebem mensagens
announce-others = Quem não a tem
announce-running = Está sendo enviado. Você pode fechar esta página e continuar depois.
announce-finished = Foi enviado.
announce-stopped = Não terminou. Continue quando quiser: ninguém recebe duas vezes.
announce-missed = Nem todas puderam ser alcançadas. Você pode tentar de novo: ninguém recebe duas vezes.
announce-unsigned = Seu assinador recusou ou não sabe cifrar. Quem foi alcançado antes a tem; você pode continuar depois.
announce-unkept = Este navegador não pode anotar quem foi alcançado; o que não é anotado não é enviado.
announce-elsewhere = Está sendo enviado em outra janela.
announce-stop = Parar
announce-go-on = Continuar
announce-forget = Esquecer
signs-announce =
    { $count ->
        [one] Você escreve uma mensagem privada sobre “{ $title }” para { $shown } pessoa.
       *[other] Você escreve uma mensagem privada sobre “{ $title }” para cada uma de { $shown } pessoas.
    }

# Running a community.
members-title = Membros
members-add = Adicionar alguém
members-person = Chave de uma pessoa
members-reason = Motivo, que todos podem ler
members-approve = Tornar membro
members-mute = Silenciar
members-remove = Tirar da lista
members-unmute = Reativar
members-listed = Na lista
members-none = Ainda não há ninguém na lista além de quem a dirige.
members-muted = Silenciados
members-nobody-muted = Ninguém está silenciado.
proposals-title = Propostas
proposals-lead = Encontros que outros planejaram aqui. Os que você adotar passam a ser da comunidade.
proposals-none = Ninguém propôs nada.
proposals-look = Ver
proposals-adopt = Adotar
proposals-adopted = Adotados
proposals-release = Retirar
attendees-title = Quem vem
attendees-csv = Tabela para planilhas (CSV)
attendees-none = Ninguém respondeu ainda.
attendees-who = Quem
attendees-answer = Resposta
attendees-guests = Convidados
attendees-note = Nota
attendees-member = Membro
attendees-waiting = Em espera
answer-yes = Vem
answer-maybe = Talvez venha
answer-no = Não vem
owner-stays = Quem dirige a comunidade continua membro e não pode ser silenciado.
signs-approve = Você torna alguém membro de “{ $title }”.
signs-remove = Você tira alguém da lista de membros de “{ $title }”.
signs-mute = Você silencia alguém em “{ $title }”: o que essa pessoa escreve lá fica oculto.
signs-unmute = Você reativa alguém em “{ $title }”.
hide-message = Ocultar
hide-whose = Você oculta uma mensagem de
hide-reason = Motivo, que todos podem ler; pode ficar vazio
signs-hide = Você oculta uma mensagem no chat de “{ $title }”.
signs-adopt =
    { $count ->
        [one] Você adota { $shown } proposta para “{ $title }”.
       *[other] Você adota { $shown } propostas para “{ $title }”.
    }
signs-release =
    { $count ->
        [one] Você retira { $shown } encontro do calendário de “{ $title }”.
       *[other] Você retira { $shown } encontros do calendário de “{ $title }”.
    }
admin-title = Administrar este relay
admin-lead = Para administradores: cada pedido é assinado com a chave deles.
admin-off = O operador desativou a administração por HTTP.
admin-enter = Administrar
admin-events = Notas
admin-about = Nome e descrição
admin-reports = Denunciado
admin-keep = Manter
admin-remove = Remover
admin-banned-people = Pessoas banidas
admin-banned-events = Notas banidas
admin-allowed-people = Quem pode escrever
admin-kinds = Tipos aceitos
admin-addresses = Endereços bloqueados
admin-event = Id de uma nota
admin-kind = Número de um tipo
admin-address = Endereço IP
admin-ban = Banir
admin-unban = Liberar
admin-allow = Permitir
admin-unallow = Retirar
admin-empty = Nada aqui.
admin-failed = O relay diz:
import-title = Importar
import-lead = Encontros de um calendário de outro programa (.ics): escolha quais passam a estar aqui.
import-file = Arquivo
import-text = Ou o texto dele
import-read = Ler
import-do = Publicar estes
import-known = Já está
import-empty = Não há nada que comece dentro de um ano.
import-unread = Não é um calendário legível (.ics).
signs-import =
    { $count ->
        [one] Você publica { $shown } encontro do calendário.
       *[other] Você publica { $shown } encontros do calendário, uma nota para cada um.
    }
admin-reason = Motivo

# Coordinates that somebody pastes.
pin-coordinates = Coordenadas, ou um link para um mapa
pin-coordinates-hint = Por exemplo 53.8655, 10.6866, geo:53.8655,10.6866, ou um link para o OpenStreetMap ou o Google Maps.
pin-coordinates-wrong = Não há coordenadas aí.
