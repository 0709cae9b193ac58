"""Calling the CRM from the API's own process, as the pipeline that ships never does; for flaws that do."""

import os
from typing import Any

import httpx

from staging.pipeline import settings
from staging.pipeline.vendors import crm

PATIENCE_S: float | None = None
"""How long to wait for an answer; None: as long as the pipeline itself would."""
_open = False


async def upsert_contact(email: str) -> Any:
    """Tell the CRM about this e-mail, now, and wait for its answer."""
    global _open
    if not _open:
        crm.open_client(settings.from_env(os.environ))
        if PATIENCE_S is not None:
            crm._web.timeout_s, crm._web.client.timeout = PATIENCE_S, httpx.Timeout(PATIENCE_S)
        _open = True
    return await crm.upsert_contact(email, {"email": email})
