"""`python -m staging.controls NAME serve|work|...`: the pipeline that ships, with one choice made otherwise."""

import sys

from staging.controls import app, inbox, vendors
from staging.controls.plant import control
from staging.pipeline.__main__ import main

FAMILIES = (app, inbox, vendors)

if __name__ == "__main__":
    sys.exit(main(control.start(sys.argv[1:])))
