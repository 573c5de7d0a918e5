#!/usr/bin/env bash
# Clients that we did not write, against a real kith-relay and the command line `kith`.
#
#   bash tests/foreign/run.sh [-v]        -v prints the checks that hold, too
#
# Environment, all optional:
#   KITH_PROGRAMS   the folder with our programs; without it cargo builds them
#   NAK_BIN         nak, when it is installed; without it NAK_VERSION is installed
#   NAK_VERSION     version of nak
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
readonly here root
readonly start_seconds=15 install_seconds=600 client_seconds=120
# For the whole of the API, and requests for each of its routes.
readonly api_seconds=300 api_examples=30
readonly nak_version=${NAK_VERSION:-v0.13.2}
verbose=false
[[ ${1:-} != -v ]] || verbose=true

work=$(mktemp -d)
relay_pid=''
passed=0 failed=0
table=()

clean_up() {
    [[ -z $relay_pid ]] || kill "$relay_pid" 2>/dev/null || true
    rm -rf "$work"
}
trap clean_up EXIT

main() {
    programs=${KITH_PROGRAMS:-$(built)}
    KITH_BIN=$programs/kith
    start_relay
    part 'kith writes' write_with_kith
    nostr_tools
    go_nostr
    nak
    schemathesis
    part 'the relay stops' stop_relay
    icalendar
    report
}

# Runs one part: counts its lines "ok …" and "FAIL …". A part that fails without saying so, or that
# checks nothing, failed.
part() { # NAME COMMAND…
    local name=$1 began=$SECONDS status=0 good bad
    shift
    printf '\n== %s\n' "$name"
    "$@" >"$work/part.log" 2>&1 || status=$?
    if $verbose; then cat "$work/part.log"; else grep -v '^ok ' "$work/part.log" || true; fi
    good=$(grep -c '^ok ' "$work/part.log" || true)
    bad=$(grep -c '^FAIL ' "$work/part.log" || true)
    if [[ $bad -eq 0 && ($status -ne 0 || $good -eq 0) ]]; then
        printf 'FAIL %s: expected checks and status 0, saw %s checks and status %s\n' "$name" "$good" "$status"
        bad=1
    fi
    passed=$((passed + good)) failed=$((failed + bad))
    table+=("$(printf '%-26s %6s passed %4s failed %4ss' "$name" "$good" "$bad" $((SECONDS - began)))")
}

# Says that a client could not be run, here and in the table.
not_run() { # NAME WHY [LOG]
    printf '\n== %s\n' "$1"
    [[ -z ${3:-} ]] || tail -n 3 "$3"
    printf '%s: %s: NOT RUN\n' "$1" "$2"
    table+=("$(printf '%-26s NOT RUN: %s' "$1" "$2")")
}

# Builds our programs and says where they are.
built() {
    cd "$root" &&
        cargo build --quiet --locked --package kith-relay --package kith-cli --package kith-tests --bins --examples >&2 &&
        cd "${CARGO_TARGET_DIR:-target}" &&
        printf '%s/debug\n' "$PWD"
}

# On a free port; the relay says which. It takes every KITH_RELAY_… for configuration.
start_relay() {
    local variables=("${!KITH_RELAY_@}")
    [[ ${#variables[@]} -eq 0 ]] || unset "${variables[@]}"
    : >"$work/relay.log"
    KITH_LOG=info "$programs/kith-relay" --listen 127.0.0.1:0 --data "$work/data" >"$work/relay.log" 2>&1 &
    relay_pid=$!
    url=$(timeout "$start_seconds" sed -n '/listening on /{s/.*listening on //p;q}' \
        < <(tail -n +1 -f --pid="$relay_pid" "$work/relay.log") || true)
    if [[ -z $url ]]; then
        printf 'FAIL the relay did not say where it listens:\n'
        cat "$work/relay.log"
        exit 1
    fi
    export KITH_BIN KITH_RELAYS=$url KITH_CONFIG_DIR=$work/config NO_COLOR=1
    KITH_KEY=$(od -An -N32 -tx1 /dev/urandom | tr -d ' \n')
    export KITH_KEY
    printf 'relay at %s\n' "$url"
}

stop_relay() {
    local status=0
    kill "$relay_pid"
    wait "$relay_pid" || status=$?
    relay_pid=''
    if [[ $status -eq 0 ]]; then
        echo 'ok   stops on SIGTERM with status 0'
    else
        echo "FAIL stops on SIGTERM: expected status 0, saw $status"
        tail -n 20 "$work/relay.log"
    fi
}

# A community, a meetup over more than a day, and an answer, for the clients to find.
write_with_kith() {
    kith community community create 'Brighton Rust' --place 'Brighton, England, GB' --topic rust \
        --description 'Everybody is welcome.'
    kith meetup meetup create 'Brighton Rust' 'Rust and chips' --start +30d --duration 26h \
        --where 'The Hope, Queens Road' --place 50.8225,-0.1372 --summary 'Talks, then chips'
    kith answer rsvp 'Rust and chips' yes
    printf '{"community":%s,"meetup":%s,"answer":%s}\n' \
        "$(<"$work/community.json")" "$(<"$work/meetup.json")" "$(<"$work/answer.json")" >"$work/kith.json"
}

kith() { # FILE COMMAND…
    local file=$work/$1.json
    shift
    if "$KITH_BIN" --json "$@" >"$file"; then
        echo "ok   kith $1 ${2:-}"
    else
        echo "FAIL kith $*: expected status 0, saw another"
    fi
}

nostr_tools() {
    if ! (cd "$here/nostr-tools" && timeout "$install_seconds" npm ci --silent --no-audit --no-fund --ignore-scripts); then
        part 'nostr-tools' echo 'FAIL nostr-tools: expected npm to install it, saw the error above'
        return
    fi
    client nostr-tools node "$here/nostr-tools/main.mjs"
}

go_nostr() {
    if ! command -v go >/dev/null; then
        not_run go-nostr 'Go is not installed here'
    elif ! (cd "$here/go-nostr" && timeout "$install_seconds" go build -o "$work/go-nostr" .); then
        part 'go-nostr' echo 'FAIL go-nostr: expected Go to build it, saw the error above'
    else
        client go-nostr "$work/go-nostr"
    fi
}

nak() {
    local bin=${NAK_BIN:-$work/bin/nak}
    if [[ -z ${NAK_BIN:-} ]]; then
        if ! command -v go >/dev/null; then
            not_run nak 'Go is not installed here'
            return
        elif ! GOBIN=$work/bin timeout "$install_seconds" go install "github.com/fiatjaf/nak@$nak_version" >"$work/install.log" 2>&1; then
            not_run nak 'not available from the Go module proxy here' "$work/install.log"
            return
        fi
    fi
    NAK_BIN=$bin client nak bash "$here/nak.sh"
}

# The HTTP API, asked as its own description says, and otherwise: by schemathesis (PyPI).
schemathesis() {
    if ! python3 -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        not_run schemathesis 'Python 3.11 with venv is not installed here'
        return
    fi
    if ! install_schemathesis >"$work/install.log" 2>&1; then
        tail -n 3 "$work/install.log"
        part schemathesis echo 'FAIL schemathesis: expected pip to install it, saw the error above'
        return
    fi
    part schemathesis ask_api 'made-up values'
    known_values >"$work/schemathesis.toml"
    part 'schemathesis, known names' ask_api 'names of what is there' --config-file "$work/schemathesis.toml"
}

install_schemathesis() {
    python3 -m venv "$work/schemathesis" &&
        timeout "$install_seconds" "$work/schemathesis/bin/pip" install --quiet --disable-pip-version-check \
            --only-binary :all: --require-hashes --requirement "$here/schemathesis/requirements.txt"
}

# All checks but one: what a description allows is not always accepted, because it cannot say which cities
# there are, or that a radius needs a place.
ask_api() { # WHAT OPTION…
    local what=$1 log=$work/schemathesis.log
    local description=http://${url#ws://}/api/v1/openapi.json
    shift
    if (cd "$work" && timeout "$api_seconds" schemathesis/bin/schemathesis "${@}" run "$description" \
        --checks all --exclude-checks positive_data_acceptance --phases examples,coverage,fuzzing \
        --max-examples "$api_examples" --seed 1 --workers 1 --no-shrink --continue-on-failure) >"$log" 2>&1; then
        echo "ok   $what: $(sed -n 's/.* generated, \([0-9]* passed\).*/\1/p' "$log")"
    else
        sed -n '/ FAILURES \|ERRORS /,$p' "$log" | cut -c1-400 | head -n 60
        echo "FAIL $what: expected every answer to be as it is described, saw the above"
    fi
}

# The community, the meetup and the person that `kith` wrote, in place of made-up names.
known_values() {
    node -e '
        const written = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
        const [{ community }, { meetup }] = [written.community, written.meetup];
        const values = { id: community.id, naddr: meetup.address, npub: community.owner };
        console.log("[parameters]");
        for (const [name, value] of Object.entries(values)) console.log(`"path.${name}" = ${JSON.stringify(value)}`);
    ' "$work/kith.json"
}

# The calendars that the crate writes, read by the Python package icalendar.
icalendar() {
    local feeds=$work/feeds
    if ! python3 -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        not_run icalendar 'Python 3.10 with venv is not installed here'
        return
    fi
    if ! install_icalendar >"$work/install.log" 2>&1; then
        tail -n 3 "$work/install.log"
        part icalendar echo 'FAIL icalendar: expected pip to install it, saw the error above'
        return
    fi
    mkdir "$feeds"
    part icalendar check_feeds "$feeds"
}

install_icalendar() {
    python3 -m venv "$work/python" &&
        timeout "$install_seconds" "$work/python/bin/pip" install --quiet --disable-pip-version-check \
            --only-binary :all: --require-hashes --requirement "$here/icalendar/requirements.txt"
}

check_feeds() { # FOLDER
    "$programs/examples/icalendar_feeds" "$1" &&
        timeout "$client_seconds" "$work/python/bin/python" "$here/icalendar/check.py" "$1"
}

# A client, and then `kith` on what the client wrote. The rest runs whatever comes of it.
client() { # NAME COMMAND…
    local name=$1
    shift
    part "$name" timeout "$client_seconds" "$@" "$url" "$work/kith.json" "$work/$name.json" || true
    part "kith reads $name" timeout "$client_seconds" node "$here/agrees.mjs" "$work/$name.json"
}

report() {
    printf '\n'
    printf '%s\n' "${table[@]}"
    printf '%s passed, %s failed\n' "$passed" "$failed"
    [[ $failed -eq 0 ]]
}

main
