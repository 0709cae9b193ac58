"""The table `[app]` of a target file: the phone app's web export, and where a person finds things in it.

Only data, as in `parts`. What each control does on a page is the browser phone's business; a target without this
table has no app to drive, and says so.
"""

from typing import Annotated

from pydantic import Field

from harness.target.parts import Table, Texts

Address = Annotated[str, Field(pattern=r"^/")]


class Control(Table):
    """How one flow is taken in the app: the address it begins at, fields, a file, and the taps; all by testID."""

    open: str = Field(default="", pattern=r"^(/.*)?$")
    """An address within the app that the person opens first (a link, a notice); where the app is, if empty."""
    go: Texts = ()
    """Taps that lead there."""
    fill: dict[str, str] = Field(default_factory=dict)
    """Field -> what is typed; an optional placeholder that is blank leaves its field alone."""
    attach: dict[str, str] = Field(default_factory=dict)
    """File field -> the placeholder of an attachment (`name`, `content_type`, `content_base64`)."""
    tap: Texts = ()
    """Taps that say what is wanted; the last one is the button that a nervous finger taps twice."""


class Paying(Table):
    """The app's own payment sheet; without this table the wallet pays as a native sheet would."""

    sheet: str
    """There while something is to be paid."""
    tap: Texts = Field(min_length=1)
    declined: str = ""
    """There when the card was declined."""
    open: dict[str, str] = Field(default_factory=dict)
    """Flow -> the tap that opens the sheet again."""


class App(Table):
    """The phone app that belongs to this pipeline."""

    export: str
    """The folder of its web export: an `index.html` and all that it loads."""
    build: str = ""
    """The command that makes the export; only for messages."""
    test_export: str = ""
    """An export that can carry planted flaws, for our own tests of the promises."""
    flawed_at: str = Field(default="/?flaw={flaw}", pattern=r"^/")
    proxy: dict[Address, str] = Field(default_factory=dict)
    """Other servers that the export reaches through its own origin: path prefix -> their address."""
    controls: dict[str, Control] = Field(min_length=1)
    """Flow -> how it is taken."""
    pay: Paying | None = None
    ready: Texts = Field(default=("state",), min_length=1)
    """Something of which one is there as soon as the app has started."""
    close: Texts = ()
    """Taps that close what lies over a screen, where it is to be seen; in this order."""
    screens: Texts = ()
    """Taps that lead through every screen that shows something to compare, one after the other."""
    states: Texts = Field(default=("state",), min_length=1)
    """Where the app shows its words: each must be one that the server says, once all is quiet."""
    shows: dict[str, str] = Field(default_factory=dict)
    """testID -> the same value in the server's truth; `orders.*.state`, with the item's fields in the testID."""
    own_words: Texts = ()
    """Words that the app may show before any server said them."""
    shown_within_s: float = Field(default=2.0, gt=0)
    refresh_s: float = Field(default=8.0, gt=0)
    """How long after quiet the app may go on showing what was true before."""
