"""What erasing people does at the vendors is no part of what is judged; what a search found is, whenever that was."""

from pathlib import Path

import pytest

from harness.journal import Journal
from harness.shares import shares

ANN = "hxabcdefghijkm"


@pytest.mark.parametrize("most", [100_000, 1])
def test_what_comes_after_erasure_begins_is_not_judged(tmp_path: Path, most: int) -> None:
    """In one share or in many: the effect before counts, the one after does not, the leak does."""
    fakes, stack = Journal(tmp_path / "fakes.jsonl", "fakes"), Journal(tmp_path / "stack.jsonl", "stack")
    stack.write("person", person=ANN, cell=None, origin="control", email=f"a.{ANN}@people.example.com", lead={})
    what = {"call": None, "fake": "crm", "sink": "crm.contact", "person": None, "markers": [ANN], "ids": ["1"]}
    fakes.write("effect", op="create", object="1", values={}, **what)
    stack.write("phase", name="erasure", event="begin")
    fakes.write("effect", op="delete", object="1", values={}, **what)
    stack.write("phase", name="erasure", event="end")
    stack.write("leak", name="x", where="log")
    records = [record for share in shares(tmp_path, most) for record in share.records]
    assert [record["op"] for record in records if record["k"] == "effect"] == ["create"]
    assert [record["name"] for record in records if record["k"] == "leak"] == ["x"]
