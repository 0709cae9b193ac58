"""A process that behaves as its first argument says; for the tests of the stack, which start it as a file."""

# ruff: noqa: T201 - what it prints is how the tests hear of it
import os
import signal
import socket
import subprocess
import sys


def listen(port: str) -> None:
    """Accept connections until stopped."""
    with socket.create_server(("127.0.0.1", int(port))) as server:
        while True:
            server.accept()[0].close()


def serve(port: str, status: str) -> None:
    """Answer every request with this status, until stopped."""
    with socket.create_server(("127.0.0.1", int(port))) as server:
        while True:
            connection = server.accept()[0]
            connection.recv(4096)
            connection.sendall(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            connection.close()


def say(*lines: str) -> None:
    """Print lines, then wait."""
    print(*lines, sep="\n", flush=True)
    signal.pause()


def die(code: str, *lines: str) -> None:
    """Write lines to stderr, then end with this code."""
    print(*lines, sep="\n", file=sys.stderr, flush=True)
    raise SystemExit(int(code))


def stubborn(*_: str) -> None:
    """Ignore SIGTERM; what else is said makes it recognisable among processes."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    say("stubborn")


def estranged(token: str) -> None:
    """Start a grandchild in a session of its own, with an empty environment, that ignores SIGTERM."""
    grandchild = subprocess.Popen([sys.executable, __file__, "stubborn", token], env={}, start_new_session=True)
    say(f"{os.getpid()} {grandchild.pid}")


def orphan(token: str) -> None:
    """Leave a marked grandchild in a session of its own behind and end well."""
    subprocess.Popen([sys.executable, __file__, "stubborn", token], start_new_session=True)


if __name__ == "__main__":
    {f.__name__: f for f in (listen, serve, say, die, stubborn, estranged, orphan)}[sys.argv[1]](*sys.argv[2:])
