"""The matrices say what was tried and what was seen, and take their verdicts from the cells."""

from typing import Any

from harness.checkers import decide
from harness.checkers.history import History
from harness.checkers.matrices import Matrices
from tests.checkers.story import ANN, CELL, Story

MANIFEST = {
    "payments": {"forgeries": {"garbage": "No signature.", "second": "Two."}, "genuine": ["second"],
                 "dresses": {"charset": "A charset."}}
}  # fmt: skip


def tried(history: History, manifest: dict[str, Any]) -> dict[str, Any]:
    """The matrices of a story with one cell."""
    matrices = Matrices()
    matrices.add(history, [decide(history, history.cells[CELL])])
    return matrices.as_data(manifest)


def test_each_way_to_sign_is_a_row() -> None:
    """What it is, what must come of it, what was answered, and how its cells were judged."""
    story = Story(ANN)
    story.cell({"promise": "unmoved"})
    story.news(ANN, "e")
    story.deliver(ANN, "e", 400, fake="payments", forgery="garbage", lie=True)
    story.deliver(ANN, "e", 200, fake="payments", dress="charset")
    story.deliver(ANN, "e", 200, fake="payments")
    history = story.history()
    rows = tried(history, MANIFEST)["signatures"]
    assert [(row["way"], row["text"], row["must"], row["seen"], row["result"]) for row in rows] == [
        ("charset", "A charset.", "be taken", {"200": 1}, "pass"),
        ("garbage", "No signature.", "leave nothing", {"400": 1}, "pass"),
    ]


def test_each_route_and_case_is_a_row() -> None:
    """A broken cell breaks the rows that it tried."""
    story = Story(ANN)
    story.cell({"promise": "refused"})
    for status in (401, 200):
        story.add("probe", cell=CELL, person=ANN, name="x", method="GET", path="/me", status=status, body="",
                  expect={"statuses": [401]}, matrix="access", what="GET /me", how="no token")  # fmt: skip
    history = story.history()
    found = tried(history, {})
    assert found == {
        "access": [
            {"what": "GET /me", "how": "no token", "seen": {"401": 1, "200": 1}, "result": "fail", "cells": [CELL]}
        ]
    }
