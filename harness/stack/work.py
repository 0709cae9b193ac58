"""The work folder of a run.

It holds what dies with the run (a database, sockets) and can be entered by an unprivileged user, as
PostgreSQL needs. Made by the stack, removed by the stack or, when that died, by the guardian.
"""

import os
import shutil
import tempfile
from pathlib import Path

from harness.errors import MachineError
from harness.stack.guardian import FOLDER_PREFIX

PASSABLE = 0o711


def make_work_folder() -> Path:
    """A new temporary folder that any local user can pass through, but not list."""
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if parent.is_dir() and os.access(parent, os.W_OK) and _passable(parent):
            folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=parent)).resolve()
            folder.chmod(PASSABLE)
            return folder
    raise MachineError(
        f"no temporary folder that other users can enter: {tempfile.gettempdir()} is not one; set TMPDIR to a folder "
        "whose parents all allow it (chmod o+x)"
    )


def remove(folder: Path) -> None:
    """Remove a work folder and all that is in it; what cannot be removed stays."""
    shutil.rmtree(folder, ignore_errors=True)


def _passable(folder: Path) -> bool:
    """Whether a process that gave up root could enter: only root's children ever do."""
    if os.geteuid() != 0:
        return True
    return all(step.stat().st_mode & 0o001 for step in (folder.resolve(), *folder.resolve().parents))
