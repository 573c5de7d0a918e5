#!/usr/bin/env bash
# Installs relays that a package registry carries, with settings to compare them on this machine, and
# writes FOLDER/relays.toml for `kith-bench compare`, which starts and ends them itself.
#
#   bench/peers.sh FOLDER [RELAY…]      RELAY: rnostr, nostr-rs-relay, khatru; all of them by default
#
# STRFRY=/path/to/strfry adds a strfry that you built, as the first: the one that others are compared
# with. KITH_RELAY=/path/to/kith-relay is the relay of this project (target/release/kith-relay).
#
# All listen on loopback only and store as durably as their settings allow. strfry and khatru flush each
# commit to the disk. nostr-rs-relay does not (SQLite with synchronous=NORMAL), and rnostr answers before
# it commits; neither has a setting for it.
set -euo pipefail

readonly RNOSTR_VERSION=0.4.8
readonly NOSTR_RS_RELAY_VERSION=0.8.12
readonly KHATRU_VERSION=v0.19.1
readonly EVENTSTORE_VERSION=v0.17.2

if [[ $# -lt 1 ]]; then
    sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "$0"
    exit 2
fi
repository=$(cd "$(dirname "$0")/.." && pwd)
readonly repository
mkdir -p "$1"
folder=$(cd "$1" && pwd)
readonly folder
shift
peers=("$@")
[[ ${#peers[@]} -gt 0 ]] || peers=(rnostr nostr-rs-relay khatru)
mkdir -p "$folder/bin" "$folder/data"

# start NAME: writes the script that becomes the relay; its first argument is the data folder.
start() {
    {
        printf '#!/bin/sh\nset -e\nmkdir -p "$1"\ndata=$(cd "$1" && pwd)\n'
        cat
    } >"$folder/start-$1.sh"
    chmod +x "$folder/start-$1.sh"
}

# entry NAME PORT: names the relay for the comparison.
entry() {
    cat >>"$folder/relays.toml" <<TOML
[[relay]]
name = "$1"
url = "ws://127.0.0.1:$2"
data = "$folder/data/$1"
start = ["$folder/start-$1.sh", "{data}"]

TOML
}

from_crates() {
    [[ -x $folder/bin/$1 ]] || cargo install --root "$folder" --version "$2" "${@:3}" "$1"
}

peer_strfry() {
    start strfry <<SH
printf 'db = "%s/"\nrelay {\n  bind = "127.0.0.1"\n  port = 7777\n  nofiles = 0\n}\n' "\$data" >"\$data.conf"
exec "$STRFRY" --config="\$data.conf" relay
SH
    entry strfry 7777
}

peer_rnostr() {
    from_crates rnostr "$RNOSTR_VERSION" --locked
    printf '[network]\nhost = "127.0.0.1"\nport = 7779\n' >"$folder/rnostr.toml"
    start rnostr <<SH
export RNOSTR_DATA__PATH="\$data"
exec "$folder/bin/rnostr" relay -c "$folder/rnostr.toml"
SH
    entry rnostr 7779
}

# Without --locked: the versions that it was published with do not compile any more.
peer_nostr-rs-relay() {
    from_crates nostr-rs-relay "$NOSTR_RS_RELAY_VERSION"
    printf '[network]\naddress = "127.0.0.1"\nport = 7778\n' >"$folder/nostr-rs-relay.toml"
    start nostr-rs-relay <<SH
export RUST_LOG=warn
exec "$folder/bin/nostr-rs-relay" --config "$folder/nostr-rs-relay.toml" --db "\$data"
SH
    entry nostr-rs-relay 7778
}

# khatru is a library: a relay is a few lines around it. LMDB is what its authors recommend.
peer_khatru() {
    [[ -x $folder/bin/khatru ]] || install_khatru
    start khatru <<SH
exec "$folder/bin/khatru" "\$data" 127.0.0.1:7780
SH
    entry khatru 7780
}

install_khatru() {
    mkdir -p "$folder/khatru"
    cat >"$folder/khatru/main.go" <<'GO'
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/fiatjaf/eventstore/lmdb"
	"github.com/fiatjaf/khatru"
)

func main() {
	store := &lmdb.LMDBBackend{Path: os.Args[1]}
	if err := store.Init(); err != nil {
		log.Fatal(err)
	}
	relay := khatru.NewRelay()
	relay.StoreEvent = append(relay.StoreEvent, store.SaveEvent)
	relay.ReplaceEvent = append(relay.ReplaceEvent, store.ReplaceEvent)
	relay.DeleteEvent = append(relay.DeleteEvent, store.DeleteEvent)
	relay.QueryEvents = append(relay.QueryEvents, store.QueryEvents)
	log.Fatal(http.ListenAndServe(os.Args[2], relay))
}
GO
    (
        cd "$folder/khatru"
        [[ -f go.mod ]] || go mod init khatru-relay
        go get "github.com/fiatjaf/khatru@$KHATRU_VERSION" \
            "github.com/fiatjaf/eventstore@$EVENTSTORE_VERSION"
        go mod tidy
        go build -o "$folder/bin/khatru" .
    )
}

# More idle connections than a relay has by default.
peer_kith() {
    start kith <<SH
export KITH_RELAY_LIMITS_CONNECTIONS_MAX=20000
exec "${KITH_RELAY:-$repository/target/release/kith-relay}" --listen 127.0.0.1:7781 --data "\$data"
SH
    entry kith 7781
}

printf '# The first relay is the one that the others are compared with.\n\n' >"$folder/relays.toml"
[[ -z ${STRFRY:-} ]] || peer_strfry
for peer in "${peers[@]}"; do
    "peer_$peer"
done
peer_kith
echo "now: kith-bench compare $folder/relays.toml"
