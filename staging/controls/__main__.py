"""`python -m staging.controls NAME serve|work|...`: the pipeline that ships, with one choice made otherwise."""

import sys

from staging.controls.plant import control
from staging.pipeline.__main__ import main

if __name__ == "__main__":
    sys.exit(main(control.start(sys.argv[1:])))
