"""A base image for `staging/Dockerfile`, made where no image can be pulled: `python -m tools.base_image`.

Debian by debootstrap with its own Python, and the packages of requirements/image.txt as they are installed beside the
Python that runs this, so that building on it downloads nothing. Wants root, debootstrap and a container engine; the two
Pythons must be of the same minor version. For CI and for machines behind a wall: everybody else builds from any Python
image. Prints the image's name; ends with 2 when something is missing.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

IMAGE = "harness-base:local"
LOCK = Path(__file__).resolve().parents[1] / "requirements" / "image.txt"
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==", re.MULTILINE)
NEEDED = ("python3", "ca-certificates")
ALSO = ("pip",)
ROOM = "1500m"
NOT_IN_IT = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale", "dev")


class Lacking(Exception):
    """Something this machine lacks; the message says what, and what to do."""


def suite() -> str:
    """The name of this Debian's release."""
    text = Path("/etc/os-release").read_text() if Path("/etc/os-release").exists() else ""
    found = re.search(r"^VERSION_CODENAME=(\w+)", text, re.MULTILINE)
    if found is None or "ID=debian" not in text.splitlines():
        raise Lacking(
            "this is no Debian; name a Python image instead: BASE=python:3.13-slim harness run --stack docker"
        )
    return found[1]


def check() -> None:
    """Raise `Lacking` for the first thing that is missing."""
    if os.geteuid() != 0:
        raise Lacking("debootstrap wants root; run this with sudo")
    if shutil.which("debootstrap") is None:
        raise Lacking("debootstrap is not installed: apt-get install debootstrap")
    if shutil.which("docker") is None:
        raise Lacking("docker is not installed: apt-get install docker.io, then start dockerd")
    words = ["docker", "info", "--format", "{{json .ServerErrors}}"]
    asked = subprocess.run(words, capture_output=True, text=True, check=False)
    if asked.returncode or json.loads(asked.stdout or "null"):
        raise Lacking(f"no container engine answers: {(asked.stderr or asked.stdout).strip()}; start dockerd")


def files_of(name: str) -> Iterator[tuple[Path, str]]:
    """Each installed file of a package, and its place below site-packages."""
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return  # For another platform.
    for file in found.files or ():
        place = str(file)
        if not place.startswith("..") and "__pycache__" not in place:
            yield Path(str(found.locate_file(file))), place


def packages_into(root: Path) -> None:
    """Copy the packages to where Debian's own Python looks for what was installed beside it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if not (root / "usr" / "lib" / version).is_dir():
        there = sorted(path.name for path in (root / "usr" / "lib").glob("python3.*"))
        raise Lacking(f"this Python is {version}, Debian's is {', '.join(there)}: packages of one do not fit the other")
    folder = root / "usr" / "local" / "lib" / version / "dist-packages"
    for name in (*PINNED.findall(LOCK.read_text()), *ALSO):
        for source, place in files_of(name):
            target = folder / place
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.exists():
                shutil.copyfile(source, target)
                shutil.copymode(source, target)
    (root / "usr" / "lib" / version / "EXTERNALLY-MANAGED").unlink(missing_ok=True)


def make(image: str) -> None:
    """Make the image; raises `Lacking`."""
    check()
    with memory_folder() as root:
        command = ["debootstrap", "--variant=minbase", f"--include={','.join(NEEDED)}", suite(), str(root)]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise Lacking(f"debootstrap ended with {done.returncode}:\n{done.stdout[-2000:]}")
        packages_into(root)
        left_out = [word for place in NOT_IN_IT for word in ("--exclude", f"./{place}")]
        importing = ["docker", "import", "-", image]
        with subprocess.Popen(["tar", "-C", str(root), *left_out, "-c", "."], stdout=subprocess.PIPE) as packing:
            subprocess.run(importing, stdin=packing.stdout, stdout=subprocess.DEVNULL, check=True)


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder in memory, where installing does not wait for a disk at each package; on disk where that is refused."""
    with tempfile.TemporaryDirectory(prefix="base-image-") as name:
        root = Path(name) / "root"
        root.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM},mode=755", "tmpfs", str(root)]
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        try:
            yield root
        finally:
            if mounted:
                subprocess.run(["umount", "--lazy", str(root)], check=True)


def main() -> int:
    """Make it and print its name."""
    parser = argparse.ArgumentParser(prog="python -m tools.base_image", description=__doc__)
    parser.add_argument("--image", default=IMAGE, help="its name (%(default)s)")
    chosen = parser.parse_args()
    try:
        make(chosen.image)
    except Lacking as problem:
        sys.stderr.write(f"base image: {problem}\n")
        return 2
    sys.stdout.write(f"{chosen.image}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
