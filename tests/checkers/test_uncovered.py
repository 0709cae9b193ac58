"""What was not asked is listed with the reason, by scenario."""

from harness.checkers import uncovered


def test_cells_with_one_reason_share_a_line() -> None:
    """A long list is counted, not told."""
    left = [{"cell": f"a[buy-{n}]", "scenario": "a", "why": "no crm"} for n in range(5)]
    left.append({"cell": "b[cancel]", "scenario": "b", "why": "no flow cancel"})
    assert uncovered.cells(left) == [
        {"what": "a: buy-0, buy-1, buy-2 and 2 more cells", "why": "no crm"},
        {"what": "b: cancel", "why": "no flow cancel"},
    ]


def test_what_the_target_file_leaves_open_is_told() -> None:
    """Without words nobody can say what the app shows."""
    assert uncovered.promises({"words": ["Paid"]}) == []
    assert [one["what"] for one in uncovered.promises({})] == ["what the app can tell its user meanwhile"]
