"""The signature scenarios name every way that the fakes can sign, and none that they cannot."""

import importlib

import pytest

from fakes.calls import Manifest
from scenarios import CATALOGUE
from scenarios.invalid_signatures import fake_of

ELSEWHERE = {"valid", "expired", "future"}
"""Told by `replayed_signatures`, by every true event, or not judged: clients differ about the future."""


def manifest(fake: str) -> Manifest:
    """What this fake offers."""
    found = importlib.import_module(f"fakes.{fake}.slice").MANIFEST
    assert isinstance(found, Manifest)
    return found


def tried(fake: str, scenario: str) -> set[str]:
    """The ways of this fake that a scenario has cells for."""
    (cells,) = (one.cells() for one in CATALOGUE if one.name == scenario)
    return {way for one, way in map(fake_of, cells) if one == fake}


@pytest.mark.parametrize("fake", ["payments", "crm", "helpdesk"])
def test_every_way_to_sign_is_tried(fake: str) -> None:
    """A new forgery of a fake that no cell tries fails here."""
    offered, genuine = set(manifest(fake).forgeries), set(manifest(fake).genuine)
    wrong = tried(fake, "invalid_signatures")
    assert wrong - offered == set()
    assert offered - genuine - wrong - ELSEWHERE == set()
    assert tried(fake, "odd_signatures") == genuine | set(manifest(fake).dresses)
