"""Named bugs for the pipeline that ships, one realistic mistake each, planted from outside its code.

`python -m staging.flaws NAME serve` starts the pipeline as `python -m staging.pipeline serve` does, after replacing one
or two of its decisions. `catalogue.toml` says who must catch which. Never part of a deployment; nobody imports this.
"""
