"""The pipeline that ships made otherwise, and rightly: what correct products do differently, one choice each.

`python -m staging.controls NAME serve` starts the pipeline as `python -m staging.pipeline serve` does, after replacing
one of its choices. The gate must be green on each of them: an alarm here is an alarm about nothing. `catalogue.toml`
says what each does, and in which cells it shows. Never part of a deployment; nobody imports this.
"""
