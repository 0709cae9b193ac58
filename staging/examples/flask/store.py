"""What the shop remembers, in SQLite. A thing that happened and the work that follows from it commit together."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager

SCHEMA = """
CREATE TABLE IF NOT EXISTS people (
    id INTEGER PRIMARY KEY, email TEXT UNIQUE NOT NULL, password TEXT NOT NULL, name TEXT NOT NULL,
    phone TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, person INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY, person INTEGER NOT NULL, request TEXT NOT NULL, sku TEXT NOT NULL, cents INTEGER NOT NULL,
    currency TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'open', page TEXT, tries INTEGER NOT NULL DEFAULT 0,
    next_try REAL NOT NULL DEFAULT 0, UNIQUE (person, request));
CREATE TABLE IF NOT EXISTS heard (event TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS outbox (
    id INTEGER PRIMARY KEY, person INTEGER NOT NULL, kind TEXT NOT NULL, ref TEXT NOT NULL, due REAL NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, taken INTEGER NOT NULL DEFAULT 0);
"""


@contextmanager
def transaction() -> Iterator[sqlite3.Connection]:
    """All of it or nothing; one writer at a time, which is what SQLite can do."""
    db = sqlite3.connect(os.environ["SHOP_DB"], timeout=20, isolation_level=None)
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


def prepare() -> None:
    """Tables; and whatever was being done when the last process ended is to be done again."""
    with sqlite3.connect(os.environ["SHOP_DB"]) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(SCHEMA)
        db.execute("UPDATE outbox SET taken = 0")


def enqueue(db: sqlite3.Connection, person: int, kind: str, ref: str) -> None:
    """Something to be told to the CRM, after this transaction."""
    db.execute("INSERT INTO outbox (person, kind, ref, due) VALUES (?, ?, ?, ?)", (person, kind, ref, time.time()))


def take() -> sqlite3.Row | None:
    """The next piece of work of somebody for whom nothing else is being done: one person's calls never overtake."""
    with transaction() as db:
        row: sqlite3.Row | None = db.execute(
            "SELECT * FROM outbox o WHERE due <= ? AND NOT EXISTS "
            "(SELECT 1 FROM outbox x WHERE x.person = o.person AND (x.taken = 1 OR x.id < o.id)) ORDER BY id LIMIT 1",
            (time.time(),),
        ).fetchone()
        if row is not None:
            db.execute("UPDATE outbox SET taken = 1 WHERE id = ?", (row["id"],))
    return row


def done(work: sqlite3.Row) -> None:
    """It is done."""
    with transaction() as db:
        db.execute("DELETE FROM outbox WHERE id = ?", (work["id"],))


def later(work: sqlite3.Row, wait_s: float) -> None:
    """It failed, and will be tried again after this time."""
    with transaction() as db:
        sql = "UPDATE outbox SET taken = 0, tries = tries + 1, due = ? WHERE id = ?"
        db.execute(sql, (time.time() + wait_s, work["id"]))
