"""Becomes an ordinary user and then another program: `lesser.py [--forbidden] PROGRAM WORDS...`.

A user namespace of its own, so that root's CI can see what others see; `--forbidden` also takes away the right to make
further ones, as hardened machines do.
"""

import ctypes
import os
import sys
from pathlib import Path

NEW_USER = 0x10000000
USER = 1000


def main() -> None:
    """Change, then become."""
    words = sys.argv[1:]
    forbidden = words[0] == "--forbidden"
    owner, group = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_USER):
        raise SystemExit(f"cannot make a user namespace: {os.strerror(ctypes.get_errno())}")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{USER} {owner} 1")
    Path("/proc/self/gid_map").write_text(f"{USER} {group} 1")
    if forbidden:
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
        words = words[1:]
    os.execv(words[0], words)


if __name__ == "__main__":
    main()
