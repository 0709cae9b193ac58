"""A network of the run's own: this process and all it starts, with a loopback and nothing else.

There, every address of the internet is this machine, so that whatever a pipeline calls reaches the fakes or nothing:
the name server and the listener are theirs (`fakes.vendor_hosts`). Linux only; needs root or the right to make user
namespaces. Not a sandbox: files and processes are shared with the machine. Entered by the roof before anything is
started, left by ending; `trusting` makes programs believe the run's own authority.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.errors import MachineError
from harness.stack import bundles

ADDRESS = "192.0.2.1"
"""What every name resolves to: set aside for documents, so that it is nobody's."""
NEW_MOUNTS, NEW_USER, NEW_NETWORK = 0x20000, 0x10000000, 0x40000000
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000
GET_FLAGS, SET_FLAGS, UP = 0x8913, 0x8914, 0x1
REQUEST_NEW_ROUTE, ROUTE_MESSAGE, IS_ERROR = 0x1 | 0x4 | 0x400, 24, 2
LOCAL_TABLE, BY_BOOT, HOST_SCOPE, LOCAL_ROUTE, VIA_INTERFACE = 255, 3, 254, 2, 4
UNPRIVILEGED_PORTS = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
FILES = {
    "/etc/resolv.conf": f"nameserver {ADDRESS}\noptions timeout:2 attempts:2\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\n",
}
HELP = {
    errno.EPERM: "this user may not make one: run as root, or allow user namespaces (sysctl "
    "kernel.unprivileged_userns_clone=1; on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0)",
    errno.EACCES: "this user may not: run as root (on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0)",
    errno.ENOSPC: "none is left for this user: sysctl user.max_user_namespaces says how many there may be",
    errno.EINVAL: "this kernel has none, or this process has threads already",
}

_entered = False


def is_entered() -> bool:
    """Whether this process is in a network of its own."""
    return _entered


def enter() -> None:
    """Move this process there for good; raises `MachineError` that says what is missing. A second time is nothing."""
    global _entered
    if _entered:
        return
    if sys.platform != "linux":
        raise _impossible("network namespaces are Linux's", f"this is {sys.platform}")
    step = "making it"
    try:
        _unshare()
        step = "setting up its loopback"
        _loopback_up()
        _everything_is_here()
        UNPRIVILEGED_PORTS.write_text("0")
        step = "replacing the machine's name service in it"
        _own_name_service()
    except OSError as problem:
        raise _impossible(f"{step}: {problem.strerror}", HELP.get(problem.errno or 0, "see `man unshare`")) from problem
    _entered = True


def trusting(authority: str, work: Path, places: Sequence[Path], more: Sequence[str]) -> Mapping[str, str]:
    """Make programs in this network believe an authority; answers the environment that those need who look there.

    Bundles of authorities that the machine and the pipeline have (below `places`, and what `more` names) are covered by
    longer ones, here only. Java's key stores and pinned certificates are not.
    """
    certificate = work / "authority.pem"
    certificate.write_text(authority)
    bundle = work / "authorities.pem"
    bundle.write_text(bundles.system() + authority)
    for path in (certificate, bundle):
        path.chmod(0o644)
    for found in bundles.find(places, more):
        longer = found.read_text(errors="replace").rstrip() + "\n" + authority
        try:
            _cover(found, longer)
        except OSError as problem:
            raise MachineError(
                f"cannot make {found} know the run's own authority: {problem.strerror}; TLS to the fakes would fail"
            ) from problem
    return bundles.environment(certificate, bundle)


def _impossible(what: str, hint: str) -> MachineError:
    return MachineError(
        f'vendor_hosts = "intercept" needs a network of its own for the run, and that is not possible here ({what}): '
        f"{hint}. Or run the pipeline in containers: harness run --stack docker"
    )


def _unshare() -> None:
    user, group = os.geteuid(), os.getegid()
    own = NEW_MOUNTS | NEW_NETWORK
    _call("unshare", own if user == 0 else own | NEW_USER)
    if user != 0:
        # Everybody stays who they are: a pipeline must not notice that it is in a namespace.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    _call("mount", b"none", b"/", None, RECURSIVE | PRIVATE, None)


def _call(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        asked = struct.pack("16sh14x", b"lo", 0)
        flags = struct.unpack("16sh14x", fcntl.ioctl(any_socket, GET_FLAGS, asked))[1]
        fcntl.ioctl(any_socket, SET_FLAGS, struct.pack("16sh14x", b"lo", flags | UP))


def _everything_is_here() -> None:
    """`ip route add local default dev lo`, for machines without iproute2."""
    route = struct.pack(
        "=BBBBBBBBI", socket.AF_INET, 0, 0, 0, LOCAL_TABLE, BY_BOOT, HOST_SCOPE, LOCAL_ROUTE, 0
    ) + struct.pack("=HHI", 8, VIA_INTERFACE, socket.if_nametoindex("lo"))
    head = struct.pack("=IHHII", 16 + len(route), ROUTE_MESSAGE, REQUEST_NEW_ROUTE, 1, 0)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(head + route)
        said = kernel.recv(4096)
    if struct.unpack_from("=H", said, 4)[0] == IS_ERROR and (number := struct.unpack_from("=i", said, 16)[0]):
        raise OSError(-number, os.strerror(-number))


def _own_name_service() -> None:
    for name, text in FILES.items():
        if Path(name).exists():
            _cover(Path(name), text)
    hosts = Path("/etc/hosts")
    if hosts.exists():
        local = [line for line in hosts.read_text(errors="replace").splitlines() if line.startswith(("127.", "::1"))]
        _cover(hosts, "\n".join([*local, "127.0.0.1 localhost", ""]))


def _cover(path: Path, text: str) -> None:
    """Show this text in place of a file, to this process and to what it starts, as long as they live."""
    descriptor, name = tempfile.mkstemp(prefix="harness-cover-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
        Path(name).chmod(0o644)
        _call("mount", name.encode(), str(path.resolve()).encode(), None, BIND, None)
    finally:
        Path(name).unlink()  # What is mounted stays.
