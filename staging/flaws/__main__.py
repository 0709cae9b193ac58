"""`python -m staging.flaws NAME serve|work|...`: the pipeline that ships, with one flaw planted."""

import sys

from staging.flaws import (
    api,
    doors,
    exposing,
    inbox,
    ingress,
    intents,
    messages,
    ordering,
    payments,
    queues,
    records,
    retries,
    sinks,
    truths,
)
from staging.flaws.plant import flaw
from staging.pipeline.__main__ import main

FAMILIES = (
    api,
    doors,
    exposing,
    inbox,
    ingress,
    intents,
    messages,
    ordering,
    payments,
    queues,
    records,
    retries,
    sinks,
    truths,
)

if __name__ == "__main__":
    sys.exit(main(flaw.start(sys.argv[1:])))
