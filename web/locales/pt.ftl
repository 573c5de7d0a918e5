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
month-day = Tudo nesse dia
agenda-of = Agenda de { $name }
agenda-lead = Aquilo a que respondeu publicamente sim ou talvez, e o que organiza.
agenda-link = Agenda
part-organizes = Organiza
part-comes = Vai
part-may-come = Talvez
invite = Convidar
invite-code = Mostrar um código QR
invite-code-label = Código QR com o endereço desta comunidade
your-time = No seu horário:
near-me = Perto de mim
near-me-how = O navegador pergunta antes a você. O lugar é arredondado para um quilômetro.
near-me-refused = O navegador não disse onde você está. Escreva um lugar.
map = Mapa
map-close = Fechar
preview-title-elsewhere = O título está na página

# People who follow a community.
followers-title = Seguidores
