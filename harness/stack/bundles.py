"""Where programs keep the authorities that they trust for TLS: files of many certificates, found by what is in them.

Reads only. The system's own, those of Python's packages (several clients bring one and look at no setting), and those
below a pipeline's folder. Used by `harness.stack.seclusion` and by containers.
"""

import os
import shutil
import ssl
from collections.abc import Iterator, Sequence
from pathlib import Path

BEGIN = b"-----BEGIN CERTIFICATE-----"
ENDINGS = (".pem", ".crt")
SMALLEST, LARGEST = 4_000, 2_000_000
"""Some clients bring a dozen authorities, systems all of the internet's."""
MANY = 5
KEY = b"PRIVATE KEY-----"
PASSED_OVER = frozenset({".git", "__pycache__", ".mypy_cache", ".tox", "runs"})
SYSTEM = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/cert.pem",
)
VARIABLES = (
    "SSL_CERT_FILE",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "AWS_CA_BUNDLE",
    "GIT_SSL_CAINFO",
    "HTTPLIB2_CA_CERTS",
)
ADDING = ("NODE_EXTRA_CA_CERTS", "DENO_CERT")
"""These add one certificate to what the program brings along."""


def environment(certificate: Path | str, bundle: Path | str) -> dict[str, str]:
    """The variables by which programs are told whom to trust."""
    return {**dict.fromkeys(VARIABLES, str(bundle)), **dict.fromkeys(ADDING, str(certificate))}


def system() -> str:
    """The machine's own authorities, or nothing where it has none."""
    for name in (ssl.get_default_verify_paths().cafile, *SYSTEM):
        if name and Path(name).is_file():
            return Path(name).read_text(errors="replace").rstrip() + "\n"
    return ""


def places_of(commands: Sequence[Sequence[str]], folders: Sequence[Path]) -> list[Path]:
    """Where the programs of these commands, started in these folders, may have bundles of their own."""
    found = [*folders]
    for command in commands:
        program = shutil.which(command[0]) or command[0]
        # Both as it is written and where it leads: a virtual environment's Python is a link out of it.
        for path in (Path(program).absolute(), Path(program).resolve()):
            found += (path.parent.parent / "lib").glob("python3*/*-packages")
    return list(dict.fromkeys(found))


def find(places: Sequence[Path], more: Sequence[str] = ()) -> list[Path]:
    """Every bundle of the system, below these places, and of what `more` names (paths or shell patterns)."""
    wide = [hit for one in more for hit in _matching(Path(one).expanduser().absolute())]
    files = [Path(name) for name in SYSTEM] + [one for one in wide if one.is_file()]
    for folder in [*places, *(one for one in wide if one.is_dir())]:
        files += _below(folder)
    return list(dict.fromkeys(one.resolve() for one in files if is_bundle(one)))


def is_bundle(path: Path) -> bool:
    """Whether a file holds as many certificates as a list of authorities does, and no key."""
    try:
        if not SMALLEST <= path.stat().st_size <= LARGEST:
            return False
        return holds(path.read_bytes())
    except OSError:
        return False


def holds(held: bytes) -> bool:
    """Whether this is a list of authorities."""
    return held.count(BEGIN) >= MANY and KEY not in held


def _matching(pattern: Path) -> Iterator[Path]:
    yield from Path(pattern.anchor).glob(str(pattern.relative_to(pattern.anchor)))


def _below(folder: Path) -> Iterator[Path]:
    for where, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if one not in PASSED_OVER]
        for name in files:
            if name.endswith(ENDINGS):
                yield Path(where, name)
