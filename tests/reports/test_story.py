"""A broken promise is told in a few lines: the wish, the mischief nearest before what came of it, the evidence."""

from dataclasses import replace

from reports.material import Material
from reports.story import shortest


def _of(material: Material, cell: int) -> list[str]:
    only = replace(material, verdict={**material.verdict, "cells": [material.cells[cell]]})
    told = shortest(only)
    assert told
    return [entry.text for entry in told.lines.entries]


def test_a_second_charge_stands_right_after_what_caused_it(material: Material) -> None:
    """The lost answer is the nearest mischief before the charge that is one too many."""
    told = _of(material, 1)
    assert told[0] == "wants: buy"
    assert told[-3:] == ["+ charge 3900 eur", "fault: lost reply", "+ charge 3900 eur"]
    assert len(told) <= 8


def test_what_is_lost_is_told_by_what_was_done(material: Material) -> None:
    """There is no record to show; the wish and the bad signal are."""
    told = _of(material, 2)
    assert told[0].startswith("wants: help")
    assert len(told) > 1


def test_the_simplest_cell_is_told_and_no_cell_when_all_is_well(material: Material, green_material: Material) -> None:
    """Where nothing was done on purpose but to let events arrive in another order, these are told."""
    told = shortest(material)
    assert told
    assert told.cell["scenario"] == "overtaken"
    assert [entry.text for entry in told.lines.entries if entry.kind == "delivery"] == [
        "⚑ subscription.updated → 200", "⚑ subscription.created → 200",
    ]  # fmt: skip
    assert shortest(green_material) is None
