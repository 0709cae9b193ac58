"""`python -m staging.pipeline COMMAND`: database, provision, serve, work, all-in-one. Each is one process."""

import argparse
import asyncio
import sys
from pathlib import Path

from staging.pipeline import embedded


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 2 when the environment does not allow it."""
    parser = argparse.ArgumentParser(prog="python -m staging.pipeline", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    embedded_database = commands.add_parser("database", help="PostgreSQL from the wheel, in the foreground")
    embedded_database.add_argument("--port", type=int, required=True)
    embedded_database.add_argument("--data", type=Path, required=True)
    embedded_database.add_argument("--listen", default=embedded.LOOPBACK, help="in a container: 0.0.0.0")
    commands.add_parser("provision", help="tables, prices, custom properties; then exit")
    commands.add_parser("serve", help="the API")
    commands.add_parser("work", help="the jobs")
    commands.add_parser("all-in-one", help="provision, API and jobs in one process")
    chosen = parser.parse_args(arguments)
    if chosen.command == "database":
        embedded.become_postgres(chosen.port, chosen.data, chosen.listen)
    return _run(chosen.command)


def _run(command: str) -> int:
    # Imported late: the database command must not wait for libraries it does not use.
    import psycopg
    import uvloop

    from staging.pipeline import logs, processes, scale
    from staging.pipeline.settings import Misconfigured, from_env
    from staging.pipeline.vendors.failures import VendorFailure

    try:
        settings = from_env()
    except Misconfigured as error:
        print(f"pipeline {command}: {error}", file=sys.stderr)
        return 2
    logs.set_up()
    print(scale.table(settings.time_scale, settings.delays), flush=True)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as loop:
            loop.run(processes.COMMANDS[command](settings))
    except (VendorFailure, psycopg.OperationalError) as error:
        print(f"pipeline {command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
