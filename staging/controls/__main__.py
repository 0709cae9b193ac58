"""`python -m staging.controls NAME serve|work|...`: the pipeline that ships, with one choice made otherwise."""

import sys

import staging.controls.app
import staging.controls.inbox
import staging.controls.plant
import staging.controls.vendors
from staging.pipeline.__main__ import main

PLANTS = staging.controls.plant.control

if __name__ == "__main__":
    sys.exit(main(PLANTS.start(sys.argv[1:])))
