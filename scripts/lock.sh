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
# pyspark has no wheel: it stands alone, and environment.sh builds it (plain Python and jars) with
# the setuptools that is pinned beside it.
compile pyspark --group spark --no-deps
compile test pyproject.toml --extra postgres --extra spark --group build --group test --group bench \
    -c requirements/run.txt -c requirements/pyspark.txt --no-emit-package pyspark
compile postgres pyproject.toml --extra postgres --group build -c requirements/run.txt
compile bulk pyproject.toml --extra bulk --group build -c requirements/test.txt
compile spark pyproject.toml --extra spark --group build -c requirements/test.txt \
    -c requirements/pyspark.txt --no-emit-package pyspark
compile bench pyproject.toml --extra postgres --extra spark --group build --group test \
    --group bench --group peers -c requirements/test.txt -c requirements/pyspark.txt \
    --no-emit-package pyspark
compile learn pyproject.toml --group build --group learn -c requirements/test.txt
compile lock --group lock
