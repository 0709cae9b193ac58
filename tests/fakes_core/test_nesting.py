"""Nesting without end is noticed in JSON, and a file is no JSON."""

from fakes.nesting import too_deep
from harness.rng import Rng


def test_nesting_is_counted_in_json_alone() -> None:
    """Brackets in texts do not count; neither do those of a picture, however many it has."""
    deep = b"[" * 100_000
    assert too_deep(deep)
    assert too_deep(b'  {"a": ' + deep)
    assert not too_deep(b'{"a": "' + deep + b'"}')
    assert not too_deep(b"\x89PNG" + Rng(1).stream("file").randbytes(4_500_000))
    assert not too_deep(b"")
