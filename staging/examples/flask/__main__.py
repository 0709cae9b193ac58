"""Starts the shop: tables, the CRM's property, the workers, and a server of threads."""

import os
import threading
import time

from werkzeug.serving import WSGIRequestHandler, run_simple

from staging.examples import outbox
from staging.examples.flask import vendors
from staging.examples.flask.shop import DB, SCHEMA, app


class Persistent(WSGIRequestHandler):
    """Keeps connections, as servers in production do."""

    protocol_version = "HTTP/1.1"


def main() -> None:
    """Serve until ended."""
    outbox.prepare(DB, SCHEMA)
    for _ in range(20):
        try:
            vendors.prepare_crm()
            break
        except outbox.NotNow:
            time.sleep(0.5)
    threading.Thread(target=outbox.work_on, args=(DB, vendors.perform), daemon=True).start()
    run_simple("127.0.0.1", int(os.environ["SHOP_PORT"]), app, threaded=True, request_handler=Persistent)


if __name__ == "__main__":
    main()
