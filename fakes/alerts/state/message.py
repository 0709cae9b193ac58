"""What a message may hold and what of it is shown, the same for the webhook and for the API.

Blocks are judged in `blocks`. Lengths are the vendor's documented ones; a longer text is cut, not refused.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from fakes.alerts.state.blocks import mistakes
from fakes.alerts.state.refused import Refused

ATTACHMENTS_MAX = 100
TEXT_MAX = 40_000
NESTED_MAX = 40
SHOWN_FIRST = ("text", "fallback", "pretext", "title")


def checked(payload: Mapping[str, Any]) -> str:
    """The text that a reader sees; `Refused` when there is nothing to see or something is malformed."""
    text, blocks, attachments = payload.get("text"), payload.get("blocks"), payload.get("attachments")
    if blocks is not None:
        found = mistakes(blocks)
        if found:
            raise Refused("invalid_blocks", tuple(found))
    if attachments is not None:
        _check_attachments(attachments)
    shown = str(text or "") or "\n".join(texts(blocks)) or "\n".join(texts(attachments))
    if not shown and not blocks:
        raise Refused("no_text")
    return shown[:TEXT_MAX]


def _check_attachments(attachments: Any) -> None:
    if not isinstance(attachments, list) or not all(isinstance(each, Mapping) for each in attachments):
        raise Refused("invalid_attachments")
    if len(attachments) > ATTACHMENTS_MAX:
        raise Refused("too_many_attachments")
    for place, each in enumerate(attachments):
        inner = each.get("blocks")
        if inner is not None:
            found = mistakes(inner, f"/attachments/{place}/blocks")
            if found:
                raise Refused("invalid_attachments", tuple(found))


def texts(value: Any, depth: int = 0) -> Iterator[str]:
    """Every text in blocks or attachments, in order; what is nested deeper than anybody writes is left out."""
    if depth > NESTED_MAX:
        return
    if isinstance(value, Mapping):
        own = (value[name] for name in SHOWN_FIRST if isinstance(value.get(name), str))
        yield from (text for text in [next(own, "")] if text)
        for inner in value.values():
            if isinstance(inner, Mapping | list):
                yield from texts(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner, depth + 1)
