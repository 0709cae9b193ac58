"""`python -m fakes`: serve the fakes alone; prints where they are as one JSON line, then serves until told to stop."""

import argparse
import asyncio
import gc
import signal
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
import uvloop

from fakes.schedules import SCHEDULES
from fakes.serve import HOST, NAMES, Options, served
from harness.clock import pause
from harness.errors import HarnessError, UsageError
from harness.target.declared import read_declared

TIDY_S = 0.5
IN_A_ROW = ("control", *NAMES)
MAILING = ("alerts.smtp_port", "helpdesk.smtp_port")
FLOOD = 20_000
"""So many new objects within `TIDY_S` are kept unseen: ordinary calls leave no garbage that would have to be found."""


def setting(text: str) -> tuple[str, str, Any]:
    """`crm.search_lag_s=5` as fake, name and value; numbers are numbers."""
    place, equals, value = text.partition("=")
    fake, dot, name = place.partition(".")
    if not (equals and dot and name):
        raise argparse.ArgumentTypeError(f"{text!r} is not FAKE.NAME=VALUE")
    try:
        return fake, name, float(value)
    except ValueError:
        return fake, name, value


def advertised(text: str) -> str:
    """`scheme://host` without a port, which each fake adds; for the command line."""
    url = urlsplit(text.rstrip("/"))
    try:
        well = url.scheme in ("http", "https") and bool(url.hostname) and url.port is None
    except ValueError:
        well = False
    if not well or url.path or url.query or url.fragment or url.username:
        raise argparse.ArgumentTypeError(f"{text!r} is not http://HOST; each fake adds its own port")
    return f"{url.scheme}://{url.netloc}"


def grouped(settings: Sequence[tuple[str, str, Any]], known: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The settings of each fake; `UsageError` for a fake that there is not."""
    if unknown := {fake for fake, _, _ in settings} - set(known):
        raise UsageError(f"--set: no fake is called {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    return {fake: {name: value for of, name, value in settings if of == fake} for fake, _, _ in settings}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fakes", description="Stateful stand-ins for a pipeline's vendors.")
    parser.add_argument("--json", action="store_true", help="print one line of JSON instead of an indented object")
    parser.add_argument("--journal", type=Path, metavar="FILE", help="where the record goes (default: a new folder)")
    parser.add_argument(
        "--only", metavar="A,B", help=f"serve these alone, of {', '.join(NAMES)}, or a module of your own with make()"
    )
    parser.add_argument(
        "--declare", action="append", default=[], type=Path, metavar="FILE",
        help="serve the vendors that a TOML file declares as well: [fake.NAME.collections.KIND]",
    )  # fmt: skip
    parser.add_argument("--seed", type=int, metavar="N", help="what ids depend on (default: drawn)")
    parser.add_argument("--retries", choices=sorted(SCHEDULES), default="fast", help="when webhooks are tried again")
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help="go on from this file, and keep what the fakes hold there at the end"
    )
    parser.add_argument("--fault-tokens", action="store_true", help="let calls ask for faults by words in their data")
    parser.add_argument("--tls", action="store_true", help="serve over TLS as well, with a throwaway authority")
    parser.add_argument("--tls-host", action="append", default=[], metavar="NAME", help="a further name to certify")
    parser.add_argument("--host", default=HOST, metavar="ADDRESS", help="where to listen (default: %(default)s)")
    parser.add_argument("--control-host", metavar="ADDRESS", help="where the control channel listens, if elsewhere")
    parser.add_argument(
        "--advertise", metavar="URL", type=advertised,
        help="scheme://HOST by which clients find the fakes, where that is not ADDRESS; ports stay the same",
    )  # fmt: skip
    parser.add_argument("--keys", metavar="WORD", help="keys and secrets that follow from this word (default: fresh)")
    parser.add_argument(
        "--ports-from", type=int, metavar="PORT",
        help="ports in a row from here: control, each fake, the two mail servers, then what --declare names",
    )  # fmt: skip
    parser.add_argument(
        "--stand-in", metavar="ADDRESS",
        help="in a network of your own: answer there for the vendors' own hosts over TLS, and block all others",
    )  # fmt: skip
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="FAKE.NAME=VALUE",
        type=setting,
        help="a setting named in a fake's README",
    )
    for name in (*NAMES, "control"):
        parser.add_argument(f"--port-{name}", type=int, default=0, metavar="PORT", help="0 is any free port")
    return parser


def options(arguments: Sequence[str] | None = None) -> tuple[Options, bool]:
    """What the command line asks for, and whether for one JSON line."""
    given = _parser().parse_args(arguments)
    ports = {name: getattr(given, f"port_{name}") for name in (*NAMES, "control")}
    in_a_row: list[tuple[str, str, Any]] = []
    declared = {name: one for file in given.declare for name, one in read_declared(file).items()}
    if given.ports_from is not None:
        row, more = (*IN_A_ROW, *MAILING), [name for name in declared if name not in NAMES]
        place = {name: given.ports_from + number for number, name in enumerate((*row, *more))}
        ports = {name: port or place[name] for name, port in ports.items()} | {name: place[name] for name in more}
        in_a_row = [(fake, "smtp_port", place[f"{fake}.smtp_port"]) for fake in ("alerts", "helpdesk")]
    only = [name.strip() for name in given.only.split(",") if name.strip()] if given.only else NAMES
    return (
        Options(
            journal=given.journal, only=only, seed=given.seed, ports=ports, tls=given.tls, tls_hosts=given.tls_host,
            retries=given.retries, fault_tokens=given.fault_tokens,
            settings=grouped([*in_a_row, *given.set], (*NAMES, *declared)), state=given.state, declared=declared,
            host=given.host, stand_in=given.stand_in, control_host=given.control_host, advertise=given.advertise,
            keys=given.keys,
        ),
        given.json,
    )  # fmt: skip


async def _tidy() -> None:
    """Let the search for garbage pass over what is stored, which is none and grows; looking at it all takes long."""
    gc.disable()
    while True:
        await pause(TIDY_S)
        if gc.get_count()[0] < FLOOD:
            gc.collect(1)
        gc.freeze()


async def _serve(wanted: Options, one_line: bool) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with served(wanted) as running:
        layout = 0 if one_line else orjson.OPT_INDENT_2
        print(orjson.dumps(running.public, option=layout).decode(), flush=True)
        tidying = asyncio.create_task(_tidy())
        await stop.wait()
        tidying.cancel()
        for line in running.core.lacking.lines():
            print(line, file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 2 with one line on stderr when that is impossible."""
    try:
        wanted, one_line = options(arguments)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(wanted, one_line))
    except HarnessError as problem:
        print(f"fakes: {problem}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
