#!/usr/bin/env bash
# Makes the fonts that previews are drawn with: Noto Serif and Noto Sans with their letters for Latin, Greek and
# Cyrillic, without hints. Needs npm and Python; nothing else of Kith does.
set -euo pipefail
cd "$(dirname "$0")"

work=$(mktemp -d)
readonly work
trap 'rm -rf "$work"' EXIT

readonly LETTERS=U+20-7E,U+A0-24F,U+259,U+2B0-2FF,U+300-36F,U+370-3FF,U+400-52F,U+1E00-1EFF
readonly MARKS=U+2010-2027,U+2030-203A,U+20A0-20BF,U+2116,U+2122,U+2190-2193,U+2212

python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet fonttools==4.60.1

font() { # PACKAGE INTEGRITY FILE
    local archive found
    archive=$(cd "$work" && npm pack --silent "@expo-google-fonts/$1@0.4.2")
    found="sha512-$(openssl dgst -sha512 -binary "$work/$archive" | base64 --wrap=0)"
    [[ $found == "$2" ]] || { echo "$1 is not what it was: $found" >&2; exit 1; }
    rm -rf "$work/package"
    tar -xzf "$work/$archive" -C "$work"
    cp "$work/package/LICENSE_FONT" "$1.LICENSE"
    "$work/python/bin/pyftsubset" "$work/package/$3" --unicodes="$LETTERS,$MARKS" --no-hinting --desubroutinize \
        --layout-features='' --name-IDs='*' --output-file="$1.ttf"
}

font noto-serif \
    sha512-1xvAYegrtpCuPPunSyhvhV9FHWEzCWjikEoUJkvHt+WWvt+h7lKr+vkXNpqwFQM4W3KjXOccfLd5s04xLMjjDQ== \
    700Bold/NotoSerif_700Bold.ttf
font noto-sans \
    sha512-zYD8G2ijWLxqmquoQgghNh/x9p0yxWwArD0oxO1oXY1qx5vOd4t0Kbhnu/Cx8RTy08OgA8RtxuULZFaXwVPnPw== \
    400Regular/NotoSans_400Regular.ttf
