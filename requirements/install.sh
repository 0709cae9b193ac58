#!/bin/sh
# Make a virtual environment and install exactly what a lock file names. Usage: install.sh FOLDER LOCK
# Called by `make install`; installs nothing on the system, says what to install when something is missing.
set -eu
venv=$1
lock=$2

say() { echo "make install: $*" >&2; }

usable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$name" >/dev/null 2>&1 && usable "$name"; then
            echo "$name"
            return
        fi
    done
    found=$(python3 --version 2>/dev/null || echo "no python3")
    say "found $found, but Python 3.11 or newer is needed."
    say "Debian 12 or newer: apt-get install python3 python3-venv; macOS: brew install python@3.12 (or python.org)."
    say "One that is not on the PATH: make install PYTHON=/path/to/python3"
    exit 2
}

if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        say "$("$python" --version) is there, but its venv module is not."
        say "Debian: apt-get install python3-venv; then run make install again."
        exit 2
    fi
    "$python" -m venv --clear "$venv"
fi
echo "make install: $("$venv/bin/python" --version), $(grep -c == "$lock") pinned packages into $venv" >&2
if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"; then
    say "pip could not install $lock; its own words are above. Without a network, give it a folder of wheels:"
    say "PIP_NO_INDEX=1 PIP_FIND_LINKS=/path/to/wheels make install"
    exit 2
fi
