#!/bin/sh
# The vendors' Node clients for our own tests, and a Node to run them. Usage: node.sh VENV LOCK
# Called by `make node`. Takes the machine's Node if it is new enough, else one from a Python package; installs nothing on
# the system.
set -eu
venv=$1
lock=$2

say() { echo "make node: $*" >&2; }

usable() { "$1" -e 'process.exit(process.versions.node.split(".")[0] < 20)' 2>/dev/null; }

if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 && usable node; then
    ln -sf "$(command -v node)" "$venv/bin/node"
    npm=npm
else
    say "no Node 20 or newer with npm on the PATH; installing one into $venv"
    rm -f "$venv/bin/node"
    if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"; then
        say "pip could not install $lock; its own words are above. Or install Node 20 or newer with npm yourself"
        say "(Debian 13 or newer: apt-get install nodejs npm; macOS: brew install node) and run make node again."
        exit 2
    fi
    npm=$venv/bin/npm
fi
PATH=$(cd "$venv/bin" && pwd):$PATH "$npm" ci --prefix tests/node --ignore-scripts --no-audit --no-fund --silent || {
    say "npm could not install the clients of tests/node; without --silent it says why: $npm ci --prefix tests/node"
    exit 2
}
