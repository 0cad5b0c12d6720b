#!/bin/sh
# Makes .venv with exactly what requirements/<name>.txt pins, and the project itself, for make.
#
#   sh scripts/environment.sh run|test|bench|bulk|spark|postgres|learn|lock
#
# Nothing is fetched that has no hash in the tree, and nothing is built on this machine, since a
# build would fetch tools of its own without one; but for pyspark, which has no wheel and nothing to
# compile, and is packed with the pinned setuptools. A second call with nothing changed takes a blink.
set -eu

name=$1
requirements=requirements/$name.txt

fail() {
    printf '%s\n' "$@" >&2
    exit 1
}

# What .venv must agree with: the pins, the project's own commands, and the folder it was made in
# (a moved or copied .venv points at the old place).
wanted="$(cat "$requirements" requirements/pyspark.txt pyproject.toml | cksum) $PWD"
stamp=.venv/.installed-$name

if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if command -v "$candidate" >/dev/null 2>&1 && new_enough "$candidate"; then
            printf '%s' "$candidate"
            return
        fi
    done
}

made_here() {
    new_enough .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1 &&
        { [ ! -f .venv/.made-in ] || [ "$(cat .venv/.made-in)" = "$PWD" ]; }
}

if ! made_here; then
    python=$(find_python)
    [ -n "$python" ] || fail \
        "Alltid needs Python 3.11 or newer, and there is none on this machine under the names" \
        "python3, python3.14, python3.13, python3.12 or python3.11. Install one and try again, or name yours:" \
        "make run PYTHON=/where/it/is/python3"
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        fail "Python $version is here without its venv module; on Debian and Ubuntu, this brings it:" \
            "sudo apt install python$version-venv"
    fi
    "$python" -m venv --clear .venv ||
        fail "The folder .venv could not be made here; the lines above say why."
    printf '%s' "$PWD" >.venv/.made-in
fi

printf 'Fetching what %s pins. This happens once and takes a minute or two.\n' "$requirements"

# Settings of this machine's pip (an index, a certificate, a proxy) hold; its habits do not.
install() {
    PIP_USER=0 PIP_TARGET='' PIP_REQUIRE_VIRTUALENV=0 \
        .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check "$@"
}

install --require-hashes --only-binary :all: -r "$requirements" || fail \
    "What Alltid is built from could not be fetched; the lines above say why. It needs the network" \
    "once, and Linux with glibc (not Alpine) or macOS. Try again: what has come is kept."

case $name in
test | bench | spark)
    install --require-hashes --no-deps --no-build-isolation --no-binary pyspark \
        -r requirements/pyspark.txt ||
        fail "Spark's Python part could not be fetched or packed; the lines above say why. Try again."
    ;;
esac

if [ "$name" != lock ]; then
    install --no-build-isolation --no-deps --editable . ||
        fail "Alltid itself could not be installed into .venv; the lines above say why."
fi

printf '%s' "$wanted" >"$stamp"
