"""The grammar of a run: people, intents, faults, journals, verdicts.

Knows no vendor and no web framework; the folders beside it do. Read `ARCHITECTURE.md` first, then `harness/run.py`.
"""
