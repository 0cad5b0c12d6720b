#!/bin/sh
# Writes requirements/*.txt from pyproject.toml, for `make lock`: one version of everything, with
# the hash of every file that may be fetched for it, for every system and Python from 3.11.
set -eu

compile() {
    output=requirements/$1.txt
    shift
    .venv/bin/uv pip compile "$@" --quiet --upgrade --universal --python-version 3.11 \
        --generate-hashes --custom-compile-command 'make lock' \
        --output-file "$output"
}

compile run pyproject.toml --group build
compile test pyproject.toml --extra postgres --group build --group test --group bench \
    -c requirements/run.txt
compile postgres pyproject.toml --extra postgres --group build -c requirements/run.txt
compile lock --group lock
