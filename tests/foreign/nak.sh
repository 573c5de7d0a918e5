#!/usr/bin/env bash
# nak against kith-relay, on one relay that the command line `kith` uses too.
#
#   NAK_BIN=… bash nak.sh RELAY_URL KITH_NOTES WRITTEN
#
# KITH_NOTES is what `kith --json` said about a community, a meetup and an answer that it wrote:
# they are looked for here. WRITTEN is where this script says what it wrote itself; agrees.mjs then
# asks `kith` for it. The checks, in this order, are the same in nostr-tools/ and go-nostr/, but
# for what nak does not show.
set -euo pipefail
shopt -s inherit_errexit

readonly url=$1 kith_notes=$2 written=$3
readonly wait_seconds=10 day_seconds=86400
failures=0

# With a home of its own, because nak keeps a folder there.
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
readonly nak_command=(
    env "HOME=$home" "XDG_CONFIG_HOME=$home" NO_COLOR=1 timeout "$((2 * wait_seconds))" "${NAK_BIN:-nak}"
)

# What fails prints nothing that a check expects, so that the check says what is missing.
nak() {
    "${nak_command[@]}" "$@" || true
}

equal() { # WHAT SEEN EXPECTED
    if [[ $2 == "$3" ]]; then
        printf 'ok   %s\n' "$1"
    else
        failures=$((failures + 1))
        printf 'FAIL %s: expected %s, saw %s\n' "$1" "$3" "${2:-nothing}"
    fi
}

contains() { # WHAT TEXT PART
    if [[ $2 == *"$3"* ]]; then
        equal "$1" "$3" "$3"
    else
        equal "$1" "$2" "… $3 …"
    fi
}

main() {
    owner=$(nak key generate) guest=$(nak key generate) stranger=$(nak key generate)
    now=$(date +%s)
    information
    publish
    read_back
    answers
    refusals
    read_kith
    [[ $failures -eq 0 ]]
}

information() {
    local document
    document=$(nak relay "$url" </dev/null)
    equal 'NIP-11: 1, 9, 11, 40, 45 are supported, 73 is not (LBC-01)' \
        "$(json "[1, 9, 11, 40, 45, 73].filter((nip) => value.supported_nips.includes(nip)).join()" <<<"$document")" \
        '1,9,11,40,45'
}

# A community with its metadata, and a meetup of it.
publish() {
    local tags
    community=$(sign "$owner" 1037 '[]' 'Chess by the sea')
    community_id=$(field id "$community") owner_key=$(field pubkey "$community")
    association="[\"e\",\"$community_id\",\"$url\",\"$owner_key\"]"
    place='["g","gcpchgune","geohash"],["g","gcp","geohash"],["g","gcpc","geohash"],["g","gcpch","geohash"],["g","gcpchg","geohash"],["g","GB:Brighton","city"]'
    metadata=$(sign "$owner" 30037 "[[\"d\",\"$community_id\"],[\"title\",\"Foreign Chess (nak)\"],$association,$place,[\"t\",\"chess\"]]" 'We play **every** week.')

    start=$((now / 3600 * 3600 + 30 * day_seconds)) end=$((now / 3600 * 3600 + 30 * day_seconds + 7200))
    tags="[\"d\",\"$community_id:blitz-evening\"],[\"title\",\"Blitz evening (nak)\"],[\"name\",\"Blitz evening (nak)\"]"
    tags+=",[\"summary\",\"Five minutes each\"],[\"brief\",\"Five minutes each\"],$association"
    tags+=",[\"L\",\"kind\"],[\"l\",\"meetup\",\"kind\"],[\"start\",\"$start\"],[\"end\",\"$end\"]"
    for day in $(days "$start" "$end"); do tags+=",[\"D\",\"$day\"]"; done
    tags+=",[\"start_tzid\",\"Europe/London\"],[\"location\",\"The Hope, Queens Road\"],$place,[\"t\",\"chess\"]"
    meetup=$(sign "$owner" 31923 "[$tags]" 'Bring a clock.')
    address="31923:$owner_key:$community_id:blitz-evening"

    contains 'publish: kind 1037 is accepted' "$(send "$community")" success
    contains 'publish: kind 30037 is accepted' "$(send "$metadata")" success
    contains 'publish: kind 31923 is accepted' "$(send "$meetup")" success
}

read_back() {
    finds 'kind 1037 by id' "$community" -k 1037 -i "$community_id"
    finds 'kind 30037 by #d and author' "$metadata" -k 30037 -a "$owner_key" -t "d=$community_id"
    finds 'kind 30037 by #e' "$metadata" -k 30037 -t "e=$community_id"
    finds 'kind 31923 by #e and author' "$meetup" -k 31923 -a "$owner_key" -t "e=$community_id"
    finds 'kind 31923 by #d and author' "$meetup" -k 31923 -a "$owner_key" -t "d=$community_id:blitz-evening"
    finds 'kind 30037 by #g city' "$metadata" -k 30037 -t g=GB:Brighton
    finds 'kind 30037 by #g cell' "$metadata" -k 30037 -t g=gcpch
    finds 'kind 31923 by #g city' "$meetup" -k 31923 -t g=GB:Brighton
    finds 'kind 31923 by #g cell' "$meetup" -k 31923 -t g=gcpch
    finds 'kind 31923 by #t' "$meetup" -k 31923 -t t=chess -a "$owner_key"
    finds 'kind 31923 by #l' "$meetup" -k 31923 -t l=meetup
    finds 'kind 31923 by #D' "$meetup" -k 31923 -t "D=$((start / day_seconds))"
    equal '#g gb:brighton finds nothing' "$(query -t g=gb:brighton)" ''
    equal '#g gcpchgun, a cell that was not written, finds nothing' "$(query -t g=gcpchgun)" ''
}

# Two people answer, one live; one changes the answer, the other takes it back.
answers() {
    local first changed other deletion line
    first=$(answer "$guest" tentative $((now - 10)))
    contains 'RSVP: accepted by the relay' "$(send "$first")" success
    finds 'kind 31925 by #e' "$first" -k 31925 -t "e=$(field id "$meetup")"
    finds 'kind 31925 by #p' "$first" -k 31925 -t "p=$owner_key"

    # What is stored comes first; what is published after that can only come live.
    exec 3< <(exec "${nak_command[@]}" req --stream -k 31925 -t "a=$address" "$url" </dev/null 2>/dev/null)
    local stream=$!
    line='' && read -r -t "$wait_seconds" -u 3 line || true
    equal 'RSVP: found by #a' "$(field id "$line")" "$(field id "$first")"
    changed=$(answer "$guest" accepted $((now - 5))) other=$(answer "$stranger" declined $((now - 5)))
    for event in "$changed" "$other"; do
        contains 'RSVP: another is accepted by the relay' "$(send "$event")" success
        line='' && read -r -t "$wait_seconds" -u 3 line || true
        equal 'RSVP: another arrives live' "$(field id "$line")" "$(field id "$event")"
        equal 'RSVP: another has a good signature' "$(verify "$line")" good
    done
    exec 3<&-
    kill "$stream" 2>/dev/null || true

    equal 'RSVP: the newest answer replaces the older one' \
        "$(query -k 31925 -t "a=$address" -a "$(field pubkey "$changed")" | ids)" "$(field id "$changed")"
    contains 'COUNT: two people answered' "$(nak count -k 31925 -t "a=$address" "$url" 2>&1 </dev/null)" ': 2'
    deletion=$(sign "$stranger" 5 "[[\"e\",\"$(field id "$other")\"],[\"k\",\"31925\"]]" '')
    contains 'NIP-09: the deletion is accepted' "$(send "$deletion")" success
    equal 'NIP-09: the deleted answer is gone' "$(query -k 31925 -t "a=$address" | ids)" "$(field id "$changed")"

    local where='"topics":["chess"],"city":"GB:Brighton","geohash":"gcpchgune"'
    cat >"$written" <<JSON
{"community":{"id":"$community_id","owner":"$owner_key","title":"Foreign Chess (nak)",
  "description":"We play **every** week.",$where},
 "meetup":{"id":"$(field id "$meetup")","address":"$address","title":"Blitz evening (nak)",
  "summary":"Five minutes each","description":"Bring a clock.","start":$start,"end":$end,
  "timezone":"Europe/London","where":["The Hope, Queens Road"],$where},
 "answers":[{"author":"$(field pubkey "$changed")","status":"accepted"}]}
JSON
}

refusals() {
    local other takeover
    other=$(sign "$owner" 1037 '[]' 'one text')
    contains 'a changed content is refused' "$(send "${other/one text/another}")" 'invalid:'
    equal 'what was refused is not stored' "$(query -i "$(field id "$other")")" ''
    takeover=$(sign "$stranger" 30037 "[[\"d\",\"$community_id\"],[\"title\",\"Mine now\"]]" '')
    contains 'metadata by somebody else is refused (LBC-09)' "$(send "$takeover")" 'restricted:'
    contains 'the same note again is no error' "$(send "$meetup")" success
    equal 'after all that the metadata is unchanged' "$(query -k 30037 -t "d=$community_id" | ids)" "$(field id "$metadata")"
}

# What the command line wrote, by filters that any client would use.
read_kith() {
    local id owner_key event part city geohash
    id=$(kith community.community.id) owner_key=$(kith community.community.owner_public_key)
    event=$(query -k 1037 -i "$id")
    contains 'kith: the community has no tags (LBC-03)' "$event" '"tags":[]'
    equal 'kith: the community is its owner'\''s' "$(field pubkey "$event")" "$owner_key"
    event=$(query -k 30037 -t "e=$id")
    for part in "[\"title\",\"$(kith community.community.title)\"]" "[\"d\",\"$id\"]"; do
        contains "kith: the metadata by #e has ${part%%,*}" "$event" "$part"
    done
    city=$(kith community.community.place.city)
    contains 'kith: #g city finds the community' "$(query -k 30037 -t "g=$city" | ids)" "$(field id "$event")"

    event=$(query -k 31923 -a "$owner_key" -t "e=$id")
    equal 'kith: the meetup by #e' "$(field id "$event")" "$(kith meetup.meetup.id)"
    equal 'kith: the meetup has a good signature' "$(verify "$event")" good
    geohash=$(kith meetup.meetup.place.geohash)
    for part in "\"title\",\"$(kith meetup.meetup.title)\"" "\"name\",\"$(kith meetup.meetup.title)\"" \
        "\"summary\",\"$(kith meetup.meetup.summary)\"" "\"brief\",\"$(kith meetup.meetup.summary)\"" \
        "\"start\",\"$(kith meetup.meetup.start_unix)\"" "\"end\",\"$(kith meetup.meetup.end_unix)\"" \
        "\"start_tzid\",\"$(kith meetup.meetup.timezone)\"" "\"location\",\"$(kith meetup.meetup.where)\"" \
        '"L","kind"' '"l","meetup","kind"' "\"g\",\"$city\",\"city\"" "\"g\",\"$geohash\",\"geohash\""; do
        contains "kith: ${part%%,*} of the meetup" "$event" "[$part]"
    done
    for day in $(days "$(kith meetup.meetup.start_unix)" "$(kith meetup.meetup.end_unix)"); do
        contains "kith: day $day has its D (NIP-52)" "$event" "[\"D\",\"$day\"]"
    done
    for length in 3 4 5 6; do
        contains "kith: #g of $length characters finds the meetup (LBC-39)" \
            "$(query -k 31923 -t "g=${geohash:0:length}" | ids)" "$(field id "$event")"
    done

    event=$(query -k 31925 -t "a=$(kith meetup.meetup.address)")
    for part in "\"status\",\"$(kith answer.status)\"" "\"d\",\"$(sha256 "$(kith meetup.meetup.address)")\""; do
        contains "kith: ${part%%,*} of the answer, found by #a" "$event" "[$part]"
    done
}

# A signed event. Without one the script ends: nothing compared with nothing would hold.
sign() { # SECRET KIND TAGS CONTENT [CREATED_AT]
    local event
    event=$(printf '{"kind":%s,"tags":%s,"content":"%s","created_at":%s}\n' "$2" "$3" "$4" "${5:-$now}" |
        nak event --sec "$1" 2>/dev/null)
    if [[ -z $(field id "$event") ]]; then
        echo "FAIL could not go on: expected a signed event of kind $2, saw ${event:-nothing}" >&2
        return 1
    fi
    printf '%s\n' "$event"
}

answer() { # SECRET STATUS CREATED_AT
    sign "$1" 31925 "[[\"a\",\"$address\",\"$url\"],[\"e\",\"$(field id "$meetup")\",\"$url\"],[\"d\",\"$(sha256 "$address")\"],[\"status\",\"$2\"],[\"p\",\"$owner_key\"]]" '' "$3"
}

# Publishes an event as it is, and gives what nak says of it.
send() { # EVENT
    printf '%s\n' "$1" | nak event "$url" 2>&1 >/dev/null
}

# Stored events, one a line.
query() { # FILTER…
    nak req "$@" "$url" </dev/null 2>/dev/null
}

# Asserts that a filter finds a note. Id and signature stand for all of it.
finds() { # WHAT EVENT FILTER…
    local what=$1 id line found=''
    id=$(field id "$2")
    shift 2
    while read -r line; do
        if [[ $(field id "$line") == "$id" ]]; then found=$line; fi
    done < <(query "$@")
    equal "read: $what" "$(field id "$found")" "$id"
    equal "read: $what has a good signature" "$(verify "$found")" good
}

verify() { # EVENT
    local complaint
    complaint=$(printf '%s\n' "$1" | nak verify 2>&1)
    if [[ -n $1 && -z $complaint ]]; then echo good; else echo "${complaint:-nothing to verify}"; fi
}

# The hexadecimal digits of a field of an event.
field() { # NAME EVENT
    if [[ $2 =~ \"$1\":\"([0-9a-f]+)\" ]]; then echo "${BASH_REMATCH[1]}"; fi
}

ids() {
    local line
    while read -r line; do field id "$line"; done
}

# The days (UTC, counted from 1970) that [START, END) touches.
days() { # START END
    seq $(($1 / day_seconds)) $((($2 - 1) / day_seconds))
}

sha256() { # TEXT
    printf '%s' "$1" | sha256sum | cut -d' ' -f1
}

# A JavaScript expression over the JSON on standard input, called `value`.
json() { # EXPRESSION
    node -e "const value = JSON.parse(require('node:fs').readFileSync(0, 'utf8')); console.log(String($1));"
}

kith() { # PATH
    json "value.$1" <"$kith_notes"
}

main
