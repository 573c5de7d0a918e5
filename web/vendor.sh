#!/usr/bin/env bash
# Fetches the browser libraries of others again: exactly these versions, whole, checked against the hashes
# that npm published for them. Needs npm; nothing else of Kith does. To update one, change its line (the hash:
# `npm view NAME@VERSION dist.integrity`), run this, and look at the difference.
#
# Two things are changed in the files, and nothing else: imports of packages become relative paths, since pages
# may have no inline import map, and a first line tells the type checker that they are not ours.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT

vendor() { # FOLDER NAME VERSION INTEGRITY LICENCE FILE…
    local folder=$1 name=$2 version=$3 integrity=$4 licence=$5 file archive found
    shift 5
    archive=$(cd "$work" && npm pack --silent "$name@$version")
    found="sha512-$(openssl dgst -sha512 -binary "$work/$archive" | base64 --wrap=0)"
    [[ $found == "$integrity" ]] || { echo "$name@$version is not what it was: $found" >&2; exit 1; }
    rm -rf "vendor/$folder" "$work/package"
    mkdir -p "vendor/$folder"
    tar -xzf "$work/$archive" -C "$work"
    cp "$work/package/$licence" "vendor/$folder/LICENSE"
    printf '%s %s\nhttps://www.npmjs.com/package/%s\n' "$name" "$version" "$name" >"vendor/$folder/VERSION"
    for file in "$@"; do
        { echo '// @ts-nocheck'
          sed -E -e "/^(import|export) /s#(from ')@noble/([a-z0-9]+)/#\1../noble-\2/#" -e '/^\/\/# sourceMappingURL=/d' \
              "$work/package/$file"
        } >"vendor/$folder/$file"
        if grep -qE "^(import|export) .*from ['\"][^.]" "vendor/$folder/$file"; then
            echo "$folder/$file imports what is not here" >&2
            exit 1
        fi
    done
}

# Signatures (BIP-340) and shared secrets.
vendor noble-secp256k1 @noble/secp256k1 3.2.0 \
    sha512-Z3ZAWOTxJ0EuTuZTi7Y69iK7GgrLHh8sgm45lVDhg/b3Nk1TpAiKhick2KkZisHuupeepSkyIydN/J459SdX1w== \
    LICENSE index.js
# Hashes of notes, and keys from passwords and from shared secrets.
vendor noble-hashes @noble/hashes 2.4.0 \
    sha512-X5XaVWZIBCT7HHZGm5I7ZQXDwLG+bGXuSrMQAW+7Zvl87h1kmc1ZB1VSRJcpUfoUrGQp4Fkoxm5kZ+Ms+aW+eA== \
    LICENSE sha2.js _md.js _u64.js utils.js hmac.js hkdf.js pbkdf2.js scrypt.js
# Encryption of messages to signers (NIP-44) and of kept keys (NIP-49).
vendor noble-ciphers @noble/ciphers 2.4.0 \
    sha512-AnjFn0Jv92laAkvMrghlFZq4qQCIN/4DxFV/eooqtC2YTjB7kBeLMS2T9KJX4Dn+ZVXLOwK0lSgqDtx9gvxtiw== \
    LICENSE chacha.js _arx.js _poly1305.js utils.js
# bech32: how people see keys (NIP-19).
vendor scure-base @scure/base 2.4.0 \
    sha512-thZ1TuJwFwBblOhgsjDKvvGirBxNp+wSvY/DR6tJBJOTDhdAAcHJ8Vbr2eFnqaxeca4+t0i9KBf+uHYGWwZORg== \
    LICENSE index.js
# The picture that a phone reads to become the signer (NIP-46).
vendor qr qr 0.7.0 \
    sha512-/VrrACmOAwZVipuRITwfEwOL5oAMEHH5PTmBWaGtlTom2Thxaa+rhmna4zU9PRN2uLw2wdccbkHOLGZb1Q9SdA== \
    LICENSE-MIT index.js
