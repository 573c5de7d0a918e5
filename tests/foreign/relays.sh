#!/usr/bin/env bash
# Relays that we did not write, as programs for the tests: each is built once, into the target folder.
#
#   bash tests/foreign/relays.sh
#   cargo test --package kith-tests --features foreign-relays --test end_to_end foreign_relays
#
# nostr-rs-relay is from crates.io, with the versions of its own lock file; khatru is from the Go
# module proxy. What is missing to build them, but for Go, is installed from Debian, which needs root.
set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "$0")" && pwd)
target=$(cd "$here/../.." && mkdir -p "${CARGO_TARGET_DIR:-target}" && cd "${CARGO_TARGET_DIR:-target}" && pwd)
readonly here target
readonly programs=$target/foreign-relays
readonly nostr_rs_relay_version=0.8.12
# The lock file of nostr-rs-relay names 0.3.25, which compilers from 1.80 on refuse.
readonly time_locked=0.3.25 time_version=0.3.36

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

main() {
    mkdir -p "$programs"
    once "nostr-rs-relay-$nostr_rs_relay_version" build_nostr_rs_relay
    # Built anew when it changes; Go keeps what it has built.
    command -v go >/dev/null || { echo 'relays.sh: Go 1.24 or later is needed' >&2; exit 1; }
    (cd "$here/khatru" && go build -o "$programs/khatru" .)
    printf '%s\n' "$programs"/*
}

# Runs the builder unless the program is there.
once() { # PROGRAM BUILDER
    [[ -x $programs/$1 ]] || "$2" "$programs/$1"
}

# In debug mode, because what takes time in the tests is not the relay; without the checks of that
# mode, because nobody runs it with them.
build_nostr_rs_relay() { # PROGRAM
    local name=nostr-rs-relay-$nostr_rs_relay_version crates
    need protoc protobuf-compiler
    need pkg-config pkg-config
    pkg-config --exists openssl || install libssl-dev
    # Asking cargo for what is known of a crate brings it into cargo's cache.
    cargo info --quiet "nostr-rs-relay@$nostr_rs_relay_version" >/dev/null
    crates=("${CARGO_HOME:-$HOME/.cargo}"/registry/cache/*/"$name.crate")
    tar --extract --gzip --directory "$work" --file "${crates[0]}"
    (
        cd "$work/$name"
        cargo update --quiet --package "time@$time_locked" --precise "$time_version"
        CARGO_TARGET_DIR=$work/build CARGO_INCREMENTAL=0 \
            CARGO_PROFILE_DEV_DEBUG=false CARGO_PROFILE_DEV_DEBUG_ASSERTIONS=false CARGO_PROFILE_DEV_OVERFLOW_CHECKS=false \
            cargo build --quiet --locked --bin nostr-rs-relay
    )
    # Under its name only when it is whole.
    cp "$work/build/debug/nostr-rs-relay" "$1.new"
    mv "$1.new" "$1"
}

# Installs what a program is in, unless it is there.
need() { # PROGRAM PACKAGE
    command -v "$1" >/dev/null || install "$2"
}

install() { # PACKAGE
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq --yes --no-install-recommends "$1" >/dev/null
}

main
