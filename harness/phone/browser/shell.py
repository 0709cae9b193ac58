"""The app's web export as a server of files would give it out: a path in, bytes and a type out.

Reads one folder and nothing beside it. Any address that is no file is the app itself, as for a page with its own
routes. Called by the relay, and by the page while it is offline (an installed app needs no network to start).
"""

import mimetypes
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from harness.errors import MachineError

INDEX = "index.html"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file of the export."""

    content: bytes
    kind: str


class Shell:
    """The files of one export; raises `MachineError`, with the command that makes one, when there is none."""

    def __init__(self, folder: Path, build: str = "") -> None:
        if not (folder / INDEX).is_file():
            raise MachineError(
                f"there is no web export of the app at {folder} (no {INDEX}), so no page can be opened; "
                + (f"make one with `{build}`" if build else "make one, or name its folder as `app.export`")
            )
        self._folder = folder.resolve()

    def find(self, path: str) -> Asset | None:
        """The file of this path; the app's first page for a path that names no file; None for a file that is not."""
        wanted = unquote(urlsplit(path).path).lstrip("/") or INDEX
        file = (self._folder / wanted).resolve()
        if not file.is_relative_to(self._folder):
            return None
        if not file.is_file():
            if "." in file.name:
                return None
            file = self._folder / INDEX
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        return Asset(file.read_bytes(), f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
