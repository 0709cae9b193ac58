"""The matrices on the page and in the summary."""

from reports import matrices

SIGNED = {"vendor": "payments", "way": "only_v0", "text": "An old scheme.", "must": "leave nothing",
          "seen": {"400": 2, "200": 1}, "result": "fail", "cells": ["x"]}  # fmt: skip
ODD = {**SIGNED, "vendor": "crm", "way": "charset", "must": "be taken", "seen": {"200": 1}, "result": "pass"}
ASKED = {"what": "GET /me", "how": "no token", "seen": {"401": 1}, "result": "pass", "cells": ["x"]}


def test_a_matrix_is_a_table_of_boxes() -> None:
    """Vendors beside one another; what was answered, how often, and what came of it."""
    (table, access) = matrices.shown({"signatures": [ODD, SIGNED], "access": [ASKED]})
    assert table["columns"] == ["must", "crm", "payments"]
    assert [line["head"] for line in table["lines"]] == ["only v0", "charset"]
    assert table["lines"][0]["boxes"]["payments"]["text"] == "✕ 400 × 2, 200"
    assert access["lines"][0]["boxes"]["no token"] == {"text": "✓ 401", "tone": "pass", "said": "kept"}


def test_nothing_tried_is_no_table() -> None:
    """An old verdict has none."""
    assert matrices.shown({}) == []


def test_the_summary_counts_cases() -> None:
    """One line for each matrix."""
    assert matrices.in_short({"signatures": [ODD, SIGNED]}) == [("signatures", "2 cases, 1 kept, 1 broken")]
