"""What the two examples in Python have in common: SQLite, and work that commits together with what it follows from.

One person's work is done in order, several people's at once; what fails is tried again, ever more slowly.
"""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

SCHEMA = """
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, taken INTEGER NOT NULL DEFAULT 0);
"""
WORKERS = 20
FOR_NOW = frozenset({408, 409, 423, 425, 429})
"""Refusals that a later attempt may well change, besides every 5xx."""
REFUSALS = 2
"""After so many refusals of another kind, a piece of work is given up."""
FIRST_WAIT_S, LONGEST_WAIT_S = 0.3, 3.0


class NotNow(Exception):
    """A vendor did not take it; may be tried again after `wait_s`, if it said so."""

    def __init__(self, wait_s: float = 0.0) -> None:
        super().__init__()
        self.wait_s = wait_s


class Refused(Exception):
    """A vendor will never take it."""


def trouble(status: int, retry_after: str | None) -> NotNow | Refused:
    """What a vendor's refusal with this status means for later."""
    if status >= 500 or status in FOR_NOW or status < 400:
        return NotNow(float(retry_after or 0))
    return Refused()


@contextmanager
def transaction(file: str) -> Iterator[sqlite3.Connection]:
    """All of it or nothing; one writer at a time, which is what SQLite can do."""
    db = sqlite3.connect(file, timeout=20, isolation_level=None)
    db.row_factory = sqlite3.Row
    try:
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")
    finally:
        db.close()


def prepare(file: str, schema: str) -> None:
    """Tables; and whatever was being done when the last process ended is to be done again."""
    with sqlite3.connect(file) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(schema + SCHEMA)
        db.execute("UPDATE outbox SET taken = 0")


def enqueue(db: sqlite3.Connection, person: int, kind: str, ref: str, wait_s: float = 0.0) -> None:
    """Something to be done after this transaction."""
    due = time.time() + wait_s
    db.execute("INSERT INTO outbox (person, kind, ref, due) VALUES (?, ?, ?, ?)", (person, kind, ref, due))


def take(file: str) -> sqlite3.Row | None:
    """The next piece of work of somebody for whom nothing else is being done: one person's calls never overtake."""
    with transaction(file) as db:
        row: sqlite3.Row | None = db.execute(
            "SELECT * FROM outbox o WHERE due <= ? AND NOT EXISTS "
            "(SELECT 1 FROM outbox x WHERE x.person = o.person AND (x.taken = 1 OR x.id < o.id)) ORDER BY id LIMIT 1",
            (time.time(),),
        ).fetchone()
        if row is not None:
            db.execute("UPDATE outbox SET taken = 1 WHERE id = ?", (row["id"],))
    return row


def patience(tries: int, asked_s: float) -> float:
    """How long to wait before the next attempt: longer each time, as long as the vendor asked, not with all others."""
    return max(asked_s, min(FIRST_WAIT_S * 2.0**tries, LONGEST_WAIT_S)) * random.uniform(1.0, 1.5)


def attempt(file: str, perform: Callable[[sqlite3.Row], None], work: sqlite3.Row) -> None:
    """Do one piece of work, or put it back; a mistake of ours is told in the log and tried again too."""
    wait_s = None
    try:
        perform(work)
    except NotNow as put_off:
        wait_s = patience(work["tries"], put_off.wait_s)
    except Refused:
        if work["tries"] + 1 < REFUSALS:
            wait_s = patience(work["tries"], 0)
        else:
            print(f"given up: {work['kind']} {work['ref']} of {work['person']}", flush=True)  # noqa: T201
    except Exception as mistake:  # noqa: BLE001 - whatever it is, the work may not be lost
        print(f"{work['kind']} {work['ref']}: {mistake!r}", flush=True)  # noqa: T201 - the log of an example
        wait_s = LONGEST_WAIT_S
    with transaction(file) as db:
        if wait_s is None:
            db.execute("DELETE FROM outbox WHERE id = ?", (work["id"],))
        else:
            again = (time.time() + wait_s, work["id"])
            db.execute("UPDATE outbox SET taken = 0, tries = tries + 1, due = ? WHERE id = ?", again)


def work_on(file: str, perform: Callable[[sqlite3.Row], None]) -> None:
    """Do what is to be done, for ever; several at once, so that nobody waits for a call about somebody else."""
    with ThreadPoolExecutor(WORKERS) as pool:
        while True:
            work = take(file)
            if work is None:
                time.sleep(0.1)
            else:
                pool.submit(attempt, file, perform, work)
