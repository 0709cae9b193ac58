#!/bin/sh
# The Node packages of one folder, from its lock, and a Node to run them. Usage: node.sh VENV LOCK FOLDER
# Called by `make node` (the vendors' clients for our own tests) and `make app` (the mobile app).
# Takes the machine's Node if it is new enough, else one from a Python package; installs nothing on
# the system.
set -eu
venv=$1
lock=$2
folder=$3

say() { echo "make: Node: $*" >&2; }

usable() { "$1" -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' 2>/dev/null; }

if command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1 && usable node; then
    ln -sf "$(command -v node)" "$venv/bin/node"
    npm=npm
else
    say "no Node 20.19 or newer with npm on the PATH; installing one into $venv"
    if [ -L "$venv/bin/node" ]; then rm "$venv/bin/node"; fi
    if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"; then
        say "pip could not install $lock; its own words are above. Or install Node 20.19 or newer with npm yourself"
        say "(Debian 13 or newer: apt-get install nodejs npm; macOS: brew install node) and run make again."
        exit 2
    fi
    npm=$venv/bin/npm
fi
PATH=$(cd "$venv/bin" && pwd):$PATH "$npm" ci --prefix "$folder" --ignore-scripts --no-audit --no-fund --silent || {
    say "npm could not install what $folder needs; without --silent it says why: $npm ci --prefix $folder"
    exit 2
}
