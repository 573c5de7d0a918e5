# Quem mantém a ordem: administração e membros do relay.
join-title = Tornar-se membro
join-lead = { $name } tem membros. Com um código de convite, você se torna um.
join-code = Código de convite
join-button = Entrar
join-done = Boas-vindas: agora você é membro.
signs-join = Você pede para se tornar membro deste relay, com um código de convite.
admin-connections = Conexões
admin-subscriptions = Assinaturas
admin-taken = Aceitas desde o início
admin-refused = Recusadas
admin-rate-limited = Rápidas demais
admin-since = Em execução desde
admin-invites = Convites
admin-invites-lead = Cada link deixa entrar uma pessoa. É mostrado uma vez: o relay guarda apenas a sua impressão digital.
admin-invite = Criar um convite
admin-invite-link = Link para uma pessoa
admin-invite-until = até
admin-invite-revoke = Revogar
admin-role = Papel
admin-role-give = Dar o papel
admin-member-remove = Encerrar a participação
admin-roles = Papéis
admin-roles-lead = Um papel diz o que alguém é e não dá direitos. Quem recebe um torna-se membro.
admin-role-id = Nome curto
admin-role-save = Salvar o papel
admin-role-delete = Apagar

# Denúncias, e o que está oculto.
report = Denunciar
report-whose = Você denuncia
report-lead = Qualquer pessoa pode ler uma denúncia, e ninguém é obrigado a agir. Quem conduz a comunidade a verá.
report-type = O que é?
report-nudity = Nudez
report-malware = Prejudica computadores
report-profanity = Ódio ou ofensas
report-illegal = Contra a lei
report-spam = Spam
report-impersonation = Finge ser outra pessoa
report-other = Outra coisa
report-text = Com as suas palavras (opcional)
report-done = Obrigado. A sua denúncia foi enviada.
signs-report = Você denuncia algo que foi escrito em “{ $title }”. Qualquer pessoa pode ler isso.
signs-report-meetup = Você denuncia o encontro “{ $title }”. Qualquer pessoa pode ler isso.
signs-report-community = Você denuncia a comunidade “{ $title }”. Qualquer pessoa pode ler isso.
reports-title = Denúncias
reports-lead = O que foi denunciado aqui sobre encontros, mensagens e pessoas. Nada acontece por si só: você decide.
reports-read = Mostrar as denúncias
reports-none = Nada foi denunciado.
reports-only-owner = Só quem conduz a comunidade lê aqui as denúncias dela.
reports-members =
    { $count ->
        [one] De { $shown } membro
       *[other] De { $shown } membros
    }
reports-others =
    { $count ->
        [one] De { $shown } outra pessoa
       *[other] De { $shown } outras pessoas
    }
reports-message = Mensagem
reports-comment = Comentário
reports-meetup = Encontro
reports-person = Pessoa
reports-hidden = Oculto
hide-person = Ocultar tudo desta pessoa
owner-mutes = Quem conduz a comunidade silencia pessoas na página de membros: vale para todos e pode ser desfeito.
signs-hide-person = Você oculta o que alguém escreve nos chats: só você percebe.
hidden-here = Algumas mensagens estão ocultas porque você as ocultou.

# Quem organiza um encontro em conjunto.
hosted-with = Organizado com
host-hint = Você consta aqui como quem também organiza, por isso vê quem vem. Só quem o publicou pode alterá-lo ou cancelá-lo.
host-own = Anunciar um encontro seu
