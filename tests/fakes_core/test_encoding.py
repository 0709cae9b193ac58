"""JSON that is kept."""

import tracemalloc

import orjson

from fakes.encoding import trimmed


def test_what_is_kept_is_small() -> None:
    """A thousand kept texts take about as much memory as they have bytes; the encoder's own would take more."""
    thing = {"text": "x" * 900}
    tracemalloc.start()
    try:
        kept = [trimmed(orjson.dumps(thing)) for _ in range(1000)]
        now, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept[0] == orjson.dumps(thing)
    assert now < 1.5 * sum(map(len, kept))
