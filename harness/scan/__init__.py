"""Looks for server secrets in what clients and the public can see: builds, logs, answers, reports.

Secrets that are known (canaries made for this build or run, or values that somebody names) are looked for in many
forms; key shapes are looked for by rules that are data. It can say that none of these was found in these places, never
that there is no secret. Called by `harness scan` and, for each run's own secrets, by the stage.
"""
