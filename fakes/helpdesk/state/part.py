"""What every part of an account says of itself: which of its attributes are kept when the account is copied.

A part is one object with state of its own; it copies nothing itself. Called by `fakes.helpdesk.keeping`, which gathers
all parts; a test turns red for an attribute that is neither declared here nor excused there.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from fakes.helpdesk.state.shelf import Index, Recency, Shelf


class Part:
    """A part of an account."""

    HOLDS: ClassVar[tuple[str, ...]] = ()
    """The attributes that are kept: plain values, and records without a way back to any part."""

    def contents(self) -> dict[str, Any]:
        """What is kept of it by name: the things themselves, no copies."""
        return {name: getattr(self, name) for name in self.HOLDS}

    def fits(self, contents: Any) -> bool:
        """Whether these are contents of such a part, by names and kinds; what lies deeper is not looked at."""
        return (
            isinstance(contents, dict)
            and contents.keys() == set(self.HOLDS)
            and all(type(contents[name]) is type(getattr(self, name)) for name in self.HOLDS)
        )

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold these things instead, which fit and are nobody else's."""
        for name in self.HOLDS:
            now, kept = getattr(self, name), contents[name]
            if isinstance(now, Shelf | Index | Recency):
                # Other parts look into shelves too, and go on with the shelf that they know.
                vars(now).update(vars(kept))
            else:
                setattr(self, name, kept)
