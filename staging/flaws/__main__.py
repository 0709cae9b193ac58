"""`python -m staging.flaws NAME serve|work|...`: the pipeline that ships, with one flaw planted."""

import sys

from staging.flaws.plant import flaw
from staging.pipeline.__main__ import main

if __name__ == "__main__":
    sys.exit(main(flaw.start(sys.argv[1:])))
