"""The properties that every portal has from the start; data, no behaviour.

Read by `records.Portal` when it is made. Only the properties a payments pipeline is likely to use; the real CRM has
some hundreds more, and refuses none of those here.
"""

from typing import Any

from fakes.crm.state.schema import Property, Schema

LIFECYCLE = (
    ("subscriber", "Subscriber"),
    ("lead", "Lead"),
    ("marketingqualifiedlead", "Marketing Qualified Lead"),
    ("salesqualifiedlead", "Sales Qualified Lead"),
    ("opportunity", "Opportunity"),
    ("customer", "Customer"),
    ("evangelist", "Evangelist"),
    ("other", "Other"),
)
LEAD_STATUS = (
    "NEW",
    "OPEN",
    "IN_PROGRESS",
    "OPEN_DEAL",
    "UNQUALIFIED",
    "ATTEMPTED_TO_CONTACT",
    "CONNECTED",
    "BAD_TIMING",
)
DEAL_STAGES = (
    ("appointmentscheduled", "Appointment Scheduled"),
    ("qualifiedtobuy", "Qualified To Buy"),
    ("presentationscheduled", "Presentation Scheduled"),
    ("decisionmakerboughtin", "Decision Maker Bought-In"),
    ("contractsent", "Contract Sent"),
    ("closedwon", "Closed Won"),
    ("closedlost", "Closed Lost"),
)
DEAL_TYPES = (("newbusiness", "New Business"), ("existingbusiness", "Existing Business"))
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "KWD", "KRW", "INR", "BRL")
PRIORITIES = (("low", "Low"), ("medium", "Medium"), ("high", "High"))
OWNERS = (("Ada", "Rivers"), ("Ben", "Okafor"))

TEXT = ("string", "text")
NUMBER = ("number", "number")
MOMENT = ("datetime", "date")
SELECT = ("enumeration", "select")
PHONE = ("string", "phonenumber")

CONTACT_FIELDS: dict[str, tuple[str, str]] = {
    "email": TEXT, "firstname": TEXT, "lastname": TEXT, "phone": PHONE, "mobilephone": PHONE, "company": TEXT,
    "jobtitle": TEXT, "website": TEXT, "address": TEXT, "city": TEXT, "state": TEXT, "zip": TEXT, "country": TEXT,
    "message": ("string", "textarea"), "lifecyclestage": ("enumeration", "radio"),
    "hs_lead_status": ("enumeration", "radio"), "hubspot_owner_id": SELECT, "closedate": MOMENT,
    "annualrevenue": TEXT, "numemployees": TEXT, "hs_language": TEXT, "date_of_birth": TEXT, "salutation": TEXT,
}  # fmt: skip
COMPANY_FIELDS: dict[str, tuple[str, str]] = {
    "name": TEXT, "domain": TEXT, "phone": PHONE, "website": TEXT, "description": ("string", "textarea"),
    "address": TEXT, "city": TEXT, "state": TEXT, "zip": TEXT, "country": TEXT, "annualrevenue": NUMBER,
    "numberofemployees": NUMBER, "lifecyclestage": ("enumeration", "radio"), "hubspot_owner_id": SELECT,
}  # fmt: skip
DEAL_FIELDS: dict[str, tuple[str, str]] = {
    "dealname": TEXT, "amount": NUMBER, "dealstage": ("enumeration", "radio"), "pipeline": SELECT,
    "deal_currency_code": SELECT, "closedate": MOMENT, "dealtype": ("enumeration", "radio"),
    "description": ("string", "textarea"), "hubspot_owner_id": SELECT, "hs_priority": SELECT,
    "closed_won_reason": ("string", "textarea"), "closed_lost_reason": ("string", "textarea"),
}  # fmt: skip
SHOWN = {
    "contacts": ("email", "firstname", "lastname"),
    "companies": ("name", "domain"),
    "deals": ("dealname", "amount", "closedate", "pipeline", "dealstage"),
}
"""What a record shows when a call names no properties."""
SEARCHED = {
    "contacts": ("firstname", "lastname", "email", "phone", "mobilephone", "company"),
    "companies": ("name", "domain", "phone", "website"),
    "deals": ("dealname", "description"),
}
"""What a search's free text looks into."""
MODIFIED = {"contacts": "lastmodifieddate", "companies": "hs_lastmodifieddate", "deals": "hs_lastmodifieddate"}
KINDS = {
    "contacts": ("CONTACT", "contactinformation", "Contact information", CONTACT_FIELDS),
    "companies": ("COMPANY", "companyinformation", "Company information", COMPANY_FIELDS),
    "deals": ("DEAL", "dealinformation", "Deal information", DEAL_FIELDS),
}


def options_of(name: str, owners: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """The options a standard enumeration has from the start."""
    choices: dict[str, tuple[tuple[str, str], ...]] = {
        "lifecyclestage": LIFECYCLE,
        "hs_lead_status": tuple((each, each.replace("_", " ").title()) for each in LEAD_STATUS),
        "dealstage": DEAL_STAGES,
        "pipeline": (("default", "Sales Pipeline"),),
        "deal_currency_code": tuple((each, each) for each in CURRENCIES),
        "dealtype": DEAL_TYPES,
        "hs_priority": PRIORITIES,
        "hubspot_owner_id": tuple(owners),
    }
    return [
        {"label": label, "value": value, "displayOrder": number, "hidden": False, "description": ""}
        for number, (value, label) in enumerate(choices.get(name, ()))
    ]


def standard_schema(kind: str, owners: list[tuple[str, str]], moment: str) -> Schema:
    """A fresh schema of this type of record."""
    title, group, label, fields = KINDS[kind]
    properties = [
        Property(
            name=name, label=name.replace("_", " ").capitalize(), type=type_, field_type=field_type, group=group,
            options=options_of(name, owners), unique=kind == "contacts" and name == "email",
            created=moment, updated=moment,
        )
        for name, (type_, field_type) in fields.items()
    ]  # fmt: skip
    computed = (("hs_object_id", NUMBER), ("createdate", MOMENT), (MODIFIED[kind], MOMENT))
    properties += [
        Property(
            name=name, label=name, type=type_, field_type=field_type, group=group, read_only=True, created=moment,
            updated=moment,
        )
        for name, (type_, field_type) in computed
    ]  # fmt: skip
    return Schema(title, {group: label}, properties)
