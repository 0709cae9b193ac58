"""Fields and their owners: what of an account goes to which property of the CRM, and by whose word.

| field | owner |
|---|---|
| e-mail, name, phone, company | the account's own profile |
| plan, plan_status | the payment provider, as last told |
| lead_source | the first touch: UTM, else the referral |
| hubspot_owner_id | the assignment rule, once; later the CRM's own |
| lifecyclestage | moves forward only |
| support priority | what the person does in the app, and their tier |
"""

import hashlib
from typing import Any

STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist")
QUEUES = {"billing": "Billing", "technical": "Technical", "account_access": "Account access", "other": "General"}
PRIORITIES = {
    # (category, tier): priority
    ("account_access", "free"): "urgent",
    ("account_access", "starter"): "urgent",
    ("account_access", "pro"): "urgent",
    ("billing", "free"): "low",
    ("billing", "starter"): "normal",
    ("billing", "pro"): "high",
    ("technical", "free"): "normal",
    ("technical", "starter"): "normal",
    ("technical", "pro"): "high",
    ("other", "free"): "low",
    ("other", "starter"): "normal",
    ("other", "pro"): "high",
}


def without_blanks(properties: dict[str, str | None]) -> dict[str, str]:
    """Only what we know: a blank would overwrite what somebody else knows."""
    return {name: value for name, value in properties.items() if value and value.strip()}


def email_identity(email: str) -> str:
    """One person, one e-mail: case does not matter, a plus-address is somebody else."""
    return email.strip().lower()


def split_name(name: str) -> tuple[str, str]:
    """First word, and the rest."""
    first, _, last = name.strip().partition(" ")
    return first, last.strip()


def lead_source(lead: dict[str, Any]) -> str:
    """Where somebody came from: the campaign's word before the friend's."""
    return str(lead.get("utm_source") or lead.get("referral") or "")


def owner_for(email: str, owners: tuple[str, ...]) -> str:
    """Who looks after this account: evenly spread, and the same every time it is asked; nobody when there is nobody."""
    if not owners:
        return ""
    return owners[int.from_bytes(hashlib.sha256(email.encode()).digest()[:4], "big") % len(owners)]


def further(present: str | None, wanted: str) -> bool:
    """Whether a stage lies ahead of the present one; a stage we do not know is left alone."""
    if not present:
        return True
    return present in STAGES and STAGES.index(wanted) > STAGES.index(present)


def contact_properties(account: dict[str, Any]) -> dict[str, str | None]:
    """What we say about a person at every sync; blanks are filtered by the caller."""
    first, last = split_name(account["name"])
    return {
        "email": account["email"],
        "firstname": first,
        "lastname": last,
        "phone": account["phone"],
        "company": account["company"],
        "lead_source": lead_source(account["lead"]),
        "plan": account["plan"],
        "plan_status": account["plan_status"],
    }


def deal_properties(payment: dict[str, Any], amount: str) -> dict[str, str | None]:
    """What we say about money taken; `amount` in major units."""
    return {
        "dealname": f"{payment['title']} ({payment['ref']})",
        "amount": amount,
        "deal_currency_code": payment["currency"].upper(),
        "order_ref": payment["ref"],
        "dealstage": "closedwon",
    }


def queue_for(category: str) -> str:
    """Which team answers."""
    return QUEUES[category]


def priority_for(category: str, tier: str, failed_payment: bool) -> str:
    """How soon: the category and the tier, and a payment that failed lately makes a billing question urgent to us."""
    if category == "billing" and failed_payment:
        return "high"
    return PRIORITIES[category, tier]
