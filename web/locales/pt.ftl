# The pages in Portuguese. Ids are the same in every language; a test checks it.

skip = Ir para o conteúdo
nav-label = Principal
nav-home = Início
nav-search = Encontrar encontros
nav-about = Sobre este relay
languages-label = Idiomas
footer-nostr = Encontros abertos no Nostr. As comunidades pertencem às suas pessoas.
home-title = Encontre a sua gente, perto de casa
home-lead = Encontros e comunidades perto de você, abertos a todos.
home-next = Em breve
home-empty = Ainda não há nenhum encontro.
home-all = Todos os encontros
form-near = Onde
form-near-example = Cidade, ou latitude,longitude
form-when = Quando
form-words = O quê
form-words-example = xadrez, caminhada, Rust…
form-button = Procurar
when-any = A qualquer momento
when-today = Hoje
when-weekend = Este fim de semana
when-week = Próximos 7 dias
when-month = Próximos 30 dias
search-title = Encontros
search-near = Encontros perto de { $place }
search-for = Encontros sobre { $words }
search-empty = Nada foi encontrado. Tente outra data ou outro lugar.
unknown-place = Não é possível procurar “{ $place }”.
did-you-mean = Você quis dizer
meetups = Encontros
meetups-unit = encontros
communities = Comunidades
new-communities = Novas comunidades
cities = Cidades
topics = Temas
next-page = Mais
distance = { $shown } km
untitled = Sem título
no-time = Data desconhecida
cancelled = Cancelado
cancelled-notice = Este encontro foi cancelado.
over = Encerrado
over-notice = Este encontro já terminou.
proposal = Proposta
facts-label = Em resumo
when = Quando
where = Onde
who = Quem
add-to-calendar = Adicionar ao calendário:
map-app = Aplicativo de mapas
about-meetup = Sobre este encontro
about-community = Sobre
published-by = Publicado por
owned-by = Conduzida por
comments = Comentários
comments-empty = Ninguém disse nada ainda.
comments-more = Comentários mais antigos não são mostrados.
feeds = Feeds
subscribe-calendar = Assinar o calendário
people = Pessoas
upcoming-title = Próximos encontros
upcoming-empty = Nada está planejado no momento.
past-title = Encontros passados
agenda = Vai a
connect = Conectar
connect-advice = Este é um relay Nostr. Adicione este endereço no seu cliente Nostr:
speaks = O que ele fala
operator = Operador
contact = Contato
terms = Termos de serviço
problem-missing = Não há nada aqui
problem-missing-advice = Talvez tenha sido removido, ou o endereço está incompleto.
problem-closed = Este relay está fechado a visitantes
problem-closed-advice = Ele só responde a quem conhece, em um cliente Nostr.
problem-busy = Pedidos demais ao mesmo tempo
problem-broken = O relay não pode responder agora
problem-wait-advice = Tente de novo em um instante.

members =
    { $count ->
        [one] { $shown } membro
       *[other] { $shown } membros
    }
followers =
    { $count ->
        [one] { $shown } seguidor
       *[other] { $shown } seguidores
    }
going =
    { $count ->
        [one] { $shown } vai
       *[other] { $shown } vão
    }
maybe = { $shown } talvez
not-going =
    { $count ->
        [one] { $shown } não vai
       *[other] { $shown } não vão
    }
more-people = e mais { $shown }
upcoming =
    { $count ->
        [one] { $shown } próximo encontro
       *[other] { $shown } próximos encontros
    }
communities-count =
    { $count ->
        [one] { $shown } comunidade
       *[other] { $shown } comunidades
    }
events-count =
    { $count ->
        [one] { $shown } nota
       *[other] { $shown } notas
    }

# A month, an agenda, feeds and maps.
nav-calendar = Calendário
months-label = Meses
this-month = Este mês
month-empty = Não há nada para este mês.
agenda-of = Agenda de { $name }
agenda-lead = Aquilo a que respondeu publicamente sim ou talvez, e o que organiza.
agenda-link = Agenda
part-organizes = Organiza
part-comes = Vai
part-may-come = Talvez
invite = Convidar
invite-code = Mostrar um código QR
invite-code-label = Código QR com o endereço desta comunidade
your-time = A tua hora:
near-me = Perto de mim
near-me-how = O navegador pergunta-te primeiro. O lugar é arredondado ao quilómetro.
near-me-refused = O navegador não disse onde estás. Escreve um lugar.
map = Mapa
map-close = Fechar
preview-title-elsewhere = O título está na página

nav-account = Entrar
account-title = A sua conta
account-lead = Com a sessão iniciada pode responder a encontros, comentar e seguir comunidades. A sua chave secreta nunca sai do seu navegador ou assinador: este site nunca a vê.
needs-scripts = Responder e escrever precisam de JavaScript. Tudo se pode ler sem ele.
account-nobody = Ninguém entrou neste navegador.
account-in-extension = A sua chave está numa extensão do seu navegador.
account-in-signer = A sua chave está num assinador noutro lugar.
account-in-browser = A sua chave está cifrada neste navegador. A sessão continua iniciada aqui.
account-with-password = A sua chave está neste navegador, cifrada com a sua palavra-passe.
account-in-page = Este navegador não guarda nada, como as janelas privadas. A sessão dura enquanto esta página estiver aberta: guarde agora uma cópia da sua chave.
account-saved = Guardou uma cópia da sua chave.
account-unsaved = Ainda não há cópia da sua chave. Se este navegador a perder, ninguém a pode recuperar.
account-done = Feito.
account-save = Guardar uma cópia da minha chave
account-password = Definir uma palavra-passe
account-sign-out = Sair
sign-in-title = Quem é?
sign-what = Assina isto, que todos podem ler:
sign-in-name = O seu nome
sign-in-name-hint = Opcional. Todos o veem.
sign-in-new = Continuar sem outra conta
sign-in-new-hint = Cria uma chave neste navegador. Sem e-mail nem palavra-passe; amanhã continua com a sessão iniciada.
sign-in-extension = Usar a minha extensão
sign-in-known = Tenho uma chave
sign-in-key = A sua chave, ou o texto do ficheiro guardado
sign-in-password = Palavra-passe
sign-in-known-button = Usar esta chave
sign-in-remote = A minha chave está no telemóvel ou num assinador
sign-in-bunker = Endereço do assinador
sign-in-bunker-button = Ligar
sign-in-invite = Mostrar um código para o meu assinador
sign-in-invitation = Abrir num assinador neste dispositivo
sign-in-waiting = À espera do assinador…
sign-in-approve = O assinador pede que aceite na página dele
not-now = Agora não
close = Fechar
sign-as = Como
sign-details = A nota completa
sign-button = Assinar e enviar
unlock-title = A sua palavra-passe
unlock-button = Desbloquear
lost-title = Este navegador perdeu a sua chave
lost-advice = Apagou o que guarda. Saia na página da sua conta e entre com a cópia que guardou.
save-title = Guarde uma cópia da sua chave
save-lead = A sua chave é quem é aqui, como a chave de casa: com uma cópia entra noutro dispositivo, ou se este navegador a esquecer. Escolha uma palavra-passe que proteja a cópia.
save-password = Uma palavra-passe sua
save-password-hint = Pelo menos 8 caracteres. Ninguém a pode repor.
save-file = Guardar num ficheiro
save-print = Imprimir
save-plain = Mostrar a chave sem palavra-passe
save-plain-warning = Quem a vir pode agir como você, para sempre. Nunca a envie a ninguém.
save-plain-button = Mostrar
paper-title = Chave para encontros abertos
paper-advice = Para a usar: entre, escolha “Tenho uma chave”, cole a linha que começa por ncryptsec1 e escreva a sua palavra-passe.
password-lead = Com palavra-passe, este navegador pede-a antes da primeira assinatura numa página. Ninguém a pode repor.
password-set = Definir
sign-out-safe = Pode voltar a entrar quando quiser com a sua chave.
sign-out-unsafe = Não tem cópia da sua chave. Se sair agora, perde-se: ninguém, nem você, poderá voltar a agir com este nome.
problem-password = Não é a palavra-passe.
problem-key = Isso não é uma chave.
problem-bunker = Não é o endereço de um assinador: começa por bunker://.
problem-short = Pelo menos 8 caracteres.
problem-other = Não funcionou:
