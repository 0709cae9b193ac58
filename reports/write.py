"""From a run folder to its reports: `summary.txt`, `summary.md`, `report.html` and `junit.xml`.

Reads the verdict and the journals, judges nothing, and may be called again at any time. Called by the run, the command
line and pytest.
"""

from pathlib import Path

from harness.errors import MachineError
from reports import html, junit, markdown, summary
from reports.material import load


def write_all(folder: Path) -> list[Path]:
    """Write all of them into `folder` and name them; raises `HarnessError` for a folder that is no judged run."""
    material = load(folder)
    contents = {
        "summary.txt": summary.text_of(material).encode(),
        "summary.md": markdown.text_of(material).encode(),
        "report.html": html.render(material).encode(),
        "junit.xml": junit.render(material),
    }
    for name, content in contents.items():
        # Whole or not at all: a reader may be looking while an old run is reported again.
        partial = folder / f".{name}.partial"
        try:
            partial.write_bytes(content)
            partial.replace(folder / name)
        except OSError as problem:
            raise MachineError(f"cannot write {folder / name}: {problem.strerror}") from problem
    return [folder / name for name in contents]
