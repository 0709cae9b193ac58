#!/bin/sh
# Exports the app, or checks it. Usage: build.sh NODE dist|dist-test|dist-native|check
# Called by `make app`, `make app-native` and `make app-check`; asks nothing of a network.
set -eu
node=$1
what=$2
cd "$(dirname "$0")"

export EXPO_OFFLINE=1 EXPO_NO_TELEMETRY=1 EXPO_NO_DEPENDENCY_VALIDATION=1 EXPO_NO_GIT_STATUS=1 EXPO_NO_TYPESCRIPT_SETUP=1
export EXPO_NO_DOTENV=1 DO_NOT_TRACK=1 CI=1
PATH=$(dirname "$node"):$PATH

# --clear always: Metro's cache, which all apps of a machine share, would keep the values of an earlier export.
expo() {
    log=$(mktemp)
    rm -rf "$what"
    if ! "$node" node_modules/expo/bin/cli export --clear --output-dir "$what" "$@" >"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        echo "staging/app: Expo could not export the app; its own words are above" >&2
        exit 2
    fi
    rm -f "$log"
    echo "staging/app/$what: made"
}

case $what in
    dist) expo --platform web ;;
    dist-test) APP_TEST_BUILD=1 expo --platform web ;;
    dist-native)
        # A phone has no origin: an app for phones is told where its servers are.
        export EXPO_PUBLIC_API_URL="${EXPO_PUBLIC_API_URL:-http://127.0.0.1:8080}"
        export EXPO_PUBLIC_PROVIDER_URL="${EXPO_PUBLIC_PROVIDER_URL:-http://127.0.0.1:8081}"
        expo --platform android --platform ios --source-maps --dump-assetmap
        ;;
    check)
        "$node" node_modules/typescript/bin/tsc --noEmit
        "$node" node_modules/tsx/dist/cli.mjs --test tests/*.test.ts
        ;;
    *) echo "staging/app/build.sh: no such thing to make: $what" >&2; exit 2 ;;
esac
