"""`python -m staging.flaws NAME serve|work|...`: the pipeline that ships, with one flaw planted."""

import sys

import staging.flaws.api
import staging.flaws.doors
import staging.flaws.exposing
import staging.flaws.inbox
import staging.flaws.ingress
import staging.flaws.intents
import staging.flaws.messages
import staging.flaws.ordering
import staging.flaws.payments
import staging.flaws.plant
import staging.flaws.queues
import staging.flaws.records
import staging.flaws.retries
import staging.flaws.sinks
import staging.flaws.truths
from staging.pipeline.__main__ import main

PLANTS = staging.flaws.plant.flaw

if __name__ == "__main__":
    sys.exit(main(PLANTS.start(sys.argv[1:])))
