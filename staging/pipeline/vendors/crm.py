"""The CRM: contacts by e-mail, deals by our reference. Upserts only, so that a repeat changes nothing."""

from typing import Any
from urllib.parse import quote

from staging.pipeline.settings import Settings
from staging.pipeline.vendors import failures
from staging.pipeline.vendors.web import Web

VENDOR = "crm"
_web: Web
_owners: tuple[str, ...] | None = None


def open_client(settings: Settings) -> None:
    """Make the client; once per process."""
    global _web, _owners
    headers = {"Authorization": f"Bearer {settings.crm_token}"}
    _web = Web(VENDOR, settings.crm_base_url, settings.delays.vendor_timeout_s, headers=headers)
    _owners = None


async def close_client() -> None:
    """Close the client."""
    await _web.close()


def _first(answer: dict[str, Any]) -> dict[str, Any]:
    """The one result of a batch of one; a batch that failed in part is refused as invalid."""
    results = answer.get("results")
    if isinstance(results, list) and results and isinstance(results[0], dict) and results[0].get("id"):
        return results[0]
    if answer.get("errors"):
        raise failures.Invalid(VENDOR, "refused the batch")
    raise failures.Transient(VENDOR, "answered without a result")


async def owners() -> tuple[str, ...]:
    """The ids of those who may own an account; looked up once."""
    global _owners
    if _owners is None:
        answer = await _web.call("GET", "/crm/v3/owners", params={"limit": 100})
        _owners = tuple(sorted(str(owner["id"]) for owner in answer.get("results", []) if not owner.get("archived")))
    return _owners


async def contact_stage(email: str) -> str | None:
    """The lifecycle stage the CRM has for somebody; nothing when it does not know them."""
    path = f"/crm/v3/objects/contacts/{quote(email, safe='')}"
    params = {"idProperty": "email", "properties": "lifecyclestage"}
    answer = await _web.call("GET", path, params=params, allow=(404,))
    return None if answer is None else (answer.get("properties") or {}).get("lifecyclestage")


async def upsert_contact(email: str, properties: dict[str, str]) -> str:
    """The contact with this e-mail has these properties; returns its id."""
    inputs = {"inputs": [{"idProperty": "email", "id": email, "properties": properties}]}
    return str(_first(await _web.call("POST", "/crm/v3/objects/contacts/batch/upsert", json=inputs))["id"])


async def upsert_deal(ref: str, properties: dict[str, str]) -> str:
    """The deal with this reference has these properties; returns its id."""
    inputs = {"inputs": [{"idProperty": "order_ref", "id": ref, "properties": properties}]}
    return str(_first(await _web.call("POST", "/crm/v3/objects/deals/batch/upsert", json=inputs))["id"])


async def associate(deal_id: str, contact_id: str) -> None:
    """The deal belongs to the contact."""
    await _web.call("PUT", f"/crm/v4/objects/deals/{deal_id}/associations/default/contacts/{contact_id}")


async def ensure_property(kind: str, name: str, label: str, unique: bool) -> bool:
    """The custom property exists; says whether it had to be made."""
    if await _web.call("GET", f"/crm/v3/properties/{kind}/{name}", allow=(404,)) is not None:
        return False
    group = "contactinformation" if kind == "contacts" else "dealinformation"
    body = {"name": name, "label": label, "type": "string", "fieldType": "text", "groupName": group}
    await _web.call("POST", f"/crm/v3/properties/{kind}", json=body | {"hasUniqueValue": unique}, allow=(409,))
    return True
