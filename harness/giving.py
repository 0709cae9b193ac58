"""`harness env`: what a pipeline is given, written before anything of it is started.

The fakes are started for a moment, as a run would start them, and asked what they are. Called by the command line.
"""

import asyncio
import shlex
import sys
import tempfile
from pathlib import Path

from harness.attaching import PORT, Attach, attached, keep
from harness.errors import UsageError
from harness.rng import fresh_token
from harness.stack import ports
from harness.standing import offered
from harness.target import Target, load_target


def give(file: Path, out: Path, to: str | None, fakes_port: int | None, advertise: str | None, bind: str | None) -> str:
    """Write `out` for the pipeline of this target file; answers the command that goes to it."""
    if out.exists():
        raise UsageError(f"{out} is there already and is never written over; remove it, or name another file")
    target = load_target(file)
    before = ports.held()
    attach = Attach(to=to or _somewhere(target), env_file=out, fakes_port=fakes_port, advertise=advertise, bind=bind)
    try:
        asyncio.run(_written(attached(target, attach.checked())))
    finally:
        # Held until now, so that no fake and no other process was given the pipeline's own port.
        for port in ports.held() - before:
            ports.hand_over(port)
    return shlex.join(["harness", "run", "--target", str(file), *attach.words])


async def _written(target: Target) -> None:
    assert target.reached is not None
    assert target.reached.env_file is not None
    with tempfile.TemporaryDirectory(prefix="harness-env-") as folder:
        async with offered(target, Path(folder)) as fakes:
            work = target.reached.env_file.resolve().parent
            resolved = target.resolve(fakes=fakes, work=work, python=sys.executable, secret=fresh_token)
            keep(target.reached, resolved)


def _somewhere(target: Target) -> str:
    """The target's own address, on a free port where it leaves that open."""
    own = PORT.search(target.base_url)
    if not own:
        return target.base_url
    (port,) = ports.free()
    return PORT.sub(f":{port}", target.base_url)
