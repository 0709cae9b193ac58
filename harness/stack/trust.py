"""Making what runs in a container believe the run's own authority: its lists of authorities are put there, longer.

The image is searched for such lists once, by its own `find`, or where systems keep them if it has none; each container
of it gets them before it starts. Nothing of the image is changed. Used by `harness.stack.containers`.
"""

import io
import tarfile
from pathlib import PurePosixPath
from typing import Any

from docker.errors import DockerException, NotFound

from harness.stack import bundles

CERTIFICATE = "/etc/harness-authority.pem"
BUNDLE = "/etc/harness-authorities.pem"
SEARCH = [
    "find", "/", "-xdev", "-type", "f", "(", "-name", "*.pem", "-o", "-name", "*.crt", ")",
    "-size", "+3k", "-size", "-2000k",
]  # fmt: skip


class Authority:
    """The run's own authority, and what an image's lists become with it."""

    def __init__(self, pem: str) -> None:
        self._pem = pem.encode()
        self._longer: dict[str, dict[str, bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """For programs that look there."""
        return bundles.environment(CERTIFICATE, BUNDLE)

    def put_into(self, client: Any, image: str, box: Any) -> None:
        """Put the lists into a container that was made and not yet started."""
        if image not in self._longer:
            self._longer[image] = self._lists(client, image, box)
        box.put_archive("/", _packed(self._longer[image]))

    def _lists(self, client: Any, image: str, box: Any) -> dict[str, bytes]:
        found = {path: held for path in _paths(client, image) if (held := _file(box, path)) and bundles.holds(held)}
        system = next((found[path] for path in bundles.SYSTEM if path in found), b"")
        longer = {path: held.rstrip() + b"\n" + self._pem for path, held in found.items()}
        return {**longer, CERTIFICATE: self._pem, BUNDLE: system.rstrip() + b"\n" + self._pem}


def _paths(client: Any, image: str) -> list[str]:
    how = {"entrypoint": SEARCH[:1], "remove": True, "user": "0", "network_mode": "none"}
    try:
        said = client.containers.run(image, SEARCH[1:], **how)
    except DockerException:
        return list(bundles.SYSTEM)
    return [line for line in said.decode(errors="replace").splitlines() if line.startswith("/")] or list(bundles.SYSTEM)


def _file(box: Any, path: str) -> bytes:
    """A file of a container; nothing for what is none."""
    try:
        pieces, _ = box.get_archive(path)
    except NotFound:
        return b""
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as packed:
        for member in packed:
            if member.isfile() and (file := packed.extractfile(member)):
                return file.read()
    return b""


def _packed(files: dict[str, bytes]) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as packed:
        for path, content in files.items():
            entry = tarfile.TarInfo(str(PurePosixPath(path).relative_to("/")))
            entry.size, entry.mode = len(content), 0o644
            packed.addfile(entry, io.BytesIO(content))
    return held.getvalue()
