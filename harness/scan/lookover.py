"""A run looks after its own secrets: at each answer as it comes, and over logs and journals when all has ended.

Writes each leak it finds, and what it looked at, into the run's journal, which the judge reads; values are never
written. Called by the stage, which hands over who was given which secret.
"""

import json
from typing import TYPE_CHECKING, Any

from harness.clock import SYSTEM
from harness.folder import RunFolder
from harness.journal import Journal
from harness.scan.canaries import names_of, server_secrets
from harness.scan.engine import Scanner, control, files_in
from harness.scan.fingerprints import of_secrets
from harness.scan.shapes import shapes_for
from harness.scan.watch import Watch

if TYPE_CHECKING:
    from harness.target.model import Target
    from harness.target.resolve import Resolved

KEPT = "secrets.json"


class RunScan:
    """The secrets of one started pipeline, and everything of a run that is searched for them."""

    def __init__(self, target: "Target", resolved: "Resolved", folder: RunFolder, journal: Journal) -> None:
        shapes = shapes_for(target)
        self.scanner = Scanner(server_secrets(target, resolved, shapes), shapes)
        self.watch = Watch(self.scanner, resolved.base_url, journal)
        self._folder = folder
        self._journal = journal

    def hide(self, text: str) -> str:
        """A text as a journal may hold it: with this pipeline's secrets, where it tells any, by name only."""
        for secret in self.scanner.secrets:
            text = text.replace(secret.value, f"(hidden: {secret.name})")
        return text

    def look_over(self) -> None:
        """Search everything the run left (logs, journals, recordings), and journal what was found and looked at."""
        began = SYSTEM.at_ns()
        looked_at: list[dict[str, Any]] = []
        unreadable: list[str] = []
        folder = self._folder.path
        for path in files_in(folder):
            name = str(path.relative_to(folder))
            if name == KEPT:
                continue
            looked = self.scanner.scan_file(path, name, deep=False)
            for found in looked.findings:
                self._journal.write("leak", **found.as_data(), where=_where(name))
            looked_at.append({"file": name, "bytes": looked.bytes})
            unreadable += looked.unreadable
        self._keep()
        self._journal.write(
            "scanned",
            secrets=names_of(self.scanner.secrets),
            shapes=len(self.scanner.shapes.wanted),
            files=looked_at,
            answers=self.watch.answers,
            answer_bytes=self.watch.bytes,
            unreadable=unreadable,
            blind=control(self.scanner.shapes),
            ms=(SYSTEM.at_ns() - began) / 1e6,
        )

    def _keep(self) -> None:
        """Beside those of an earlier start in the same run, whose secrets were others."""
        path = self._folder.path / KEPT
        earlier = json.loads(path.read_text()) if path.exists() else []
        self._folder.save(KEPT, earlier + of_secrets(self.scanner.secrets))


def _where(name: str) -> str:
    if name.startswith("logs/"):
        return "log"
    return "journal" if name.endswith(".jsonl") else "file"
