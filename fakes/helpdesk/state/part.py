"""A part of a helpdesk account: it keeps what it names, and its shelves stay the objects that other parts know.

Gathered by `fakes.helpdesk.keeping`; a test turns red for an attribute that is neither kept nor excused there.
"""

from collections.abc import Mapping
from typing import Any

from fakes import contents as kept
from fakes.helpdesk.state.shelf import Index, Recency, Shelf


class Part(kept.Part):
    """A part of an account; what it keeps are plain values, and records without a way back to any part."""

    def become(self, contents: Mapping[str, Any]) -> None:
        """Hold these things instead, which fit and are nobody else's."""
        own = {name: getattr(self, name) for name in self.KEPT}
        super().become(contents)
        for name, shelf in own.items():
            if isinstance(shelf, Shelf | Index | Recency):
                vars(shelf).update(vars(contents[name]))
                setattr(self, name, shelf)
