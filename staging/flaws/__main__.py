"""`python -m staging.flaws NAME serve|work|...`: the pipeline that ships, with one flaw planted."""

import sys

from staging.flaws import api, exposing, ingress, ordering, payments, retries, sinks
from staging.flaws.plant import FLAWS, named
from staging.pipeline.__main__ import main

FAMILIES = (api, exposing, ingress, ordering, payments, retries, sinks)

if __name__ == "__main__":
    if len(sys.argv) < 3:
        raise SystemExit(f"usage: python -m staging.flaws NAME COMMAND ...; flaws: {', '.join(sorted(FLAWS))}")
    named(sys.argv[1])()
    sys.exit(main(sys.argv[2:]))
