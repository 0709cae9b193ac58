"""Starts the shop: tables, the CRM's property, the workers, and a server of threads."""

import os
import threading
import time

from werkzeug.serving import WSGIRequestHandler, run_simple

from staging.examples.flask import store, vendors
from staging.examples.flask.shop import app


class Persistent(WSGIRequestHandler):
    """Keeps connections, as servers in production do."""

    protocol_version = "HTTP/1.1"


def main() -> None:
    """Serve until ended."""
    store.prepare()
    for _ in range(20):
        try:
            vendors.prepare_crm()
            break
        except vendors.NotNow:
            time.sleep(0.5)
    threading.Thread(target=vendors.work_on, daemon=True).start()
    run_simple("127.0.0.1", int(os.environ["SHOP_PORT"]), app, threaded=True, request_handler=Persistent)


if __name__ == "__main__":
    main()
