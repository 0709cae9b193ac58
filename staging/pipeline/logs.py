"""JSON log lines with request ids; no bodies, no headers, no secrets. Set up once per process by `__main__`."""

import contextvars
import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The id of the request, or the job, that the present task serves."""

FIELDS = ("event", "method", "route", "status", "ms", "job", "job_id", "attempt", "reason", "vendor")


class Lines(logging.Formatter):
    """One JSON object a line: only the fields named above, so that nothing slips in with a record."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request_id"] = request_id.get()
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["where"] = _place(record)
        return orjson.dumps(line, default=str).decode()


def _place(record: logging.LogRecord) -> str:
    """Where it was raised; messages of exceptions stay out, they may quote a payload."""
    trace = record.exc_info[2] if record.exc_info else None
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""


def set_up(level: int = logging.INFO) -> None:
    """Send everything to stderr as JSON lines; quiet the libraries that log every call."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("httpx", "httpcore", "stripe", "uvicorn.access", "procrastinate", "psycopg.pool"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # The job runner logs every outcome itself; the library's lines would repeat the job's arguments.
    logging.getLogger("procrastinate.worker").setLevel(logging.CRITICAL)
