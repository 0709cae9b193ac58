#!/bin/sh
# The gate in any CI: installs the harness beside itself once, runs it where you are, keeps its exit code.
#
#   sh path/to/integrations/run.sh --target my-pipeline.toml --out harness-runs [what `harness run` takes]
#
# HARNESS_PYTHON names an interpreter that has everything already. HARNESS_OUT names where runs go (harness-runs).
# Exit codes: 0 pass or known, 1 a promise broken, 2 could not do its job, 3 not enough evidence, 4 a latency goal missed.
set -u
home=$(cd "$(dirname "$0")/.." && pwd)
python=${HARNESS_PYTHON:-$home/.venv/bin/python}
if [ ! -x "$python" ]; then
    (cd "$home" && sh requirements/install.sh .venv requirements/run.txt) || exit 2
fi
out=${HARNESS_OUT:-harness-runs}
PYTHONPATH="$home${PYTHONPATH:+:$PYTHONPATH}" "$python" -m harness run --out "$out" "$@"
code=$?
if [ -n "${GITHUB_STEP_SUMMARY:-}" ] && [ -e "$out/latest/verdict.json" ]; then
    PYTHONPATH="$home" "$python" -m harness report "$out/latest" --github || true
fi
exit "$code"
