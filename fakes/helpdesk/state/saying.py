"""What a call says on a ticket: text, whether customers see it, by whom, with which files.

Called by `checking`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fakes.helpdesk.problems import bad_parameter
from fakes.helpdesk.state.account import whole

BODIES = ("body", "html_body", "value")


@dataclass(frozen=True, slots=True)
class Said:
    """A comment as it was given."""

    body: str
    html: bool = False
    public: bool | None = None
    author_id: int | None = None
    tokens: tuple[str, ...] = ()


def said(given: Any) -> Said | None:
    """The comment that was given, None if it says nothing; files alone say nothing."""
    if given is None:
        return None
    if isinstance(given, str):
        given = {"body": given}
    if not isinstance(given, Mapping):
        raise bad_parameter("comment", "Invalid parameter: comment must be an object")
    body = next((given[name] for name in BODIES if given.get(name)), None)
    if body is None or not str(body).strip():
        return None
    if isinstance(body, dict | list):
        raise bad_parameter("comment", "Invalid parameter: body must be a string")
    author = given.get("author_id")
    return Said(
        body=str(body), html="html_body" in given and not given.get("body"),
        public=None if given.get("public") is None else given["public"] not in (False, "false", 0),
        author_id=None if author is None else whole(author, "author_id"), tokens=_tokens(given.get("uploads")),
    )  # fmt: skip


def _tokens(given: Any) -> tuple[str, ...]:
    if isinstance(given, str):
        return (given,)
    if given is None:
        return ()
    if not isinstance(given, list):
        raise bad_parameter("uploads", "must be a list of tokens")
    return tuple(str(each) for each in given)
