"""The properties that every portal has from the start; data, no behaviour.

Read by `records.Portal` when it is made. Only the properties a payments pipeline is likely to use; the real CRM has
some hundreds more, and refuses none of those here.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fakes.crm.state.forms import (
    HTML,
    LONG,
    MOMENT,
    NUMBER,
    PHONE,
    RADIO,
    SELECT,
    TEXT,
    Fields,
)
from fakes.crm.state.further import FURTHER, STATUSES
from fakes.crm.state.kinds import Kind
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
DEAL_TYPES = (("newbusiness", "New Business"), ("existingbusiness", "Existing Business"))
CURRENCIES = ("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "SEK", "NOK", "DKK", "PLN", "KWD", "KRW", "INR", "BRL")
PRIORITIES = (("low", "Low"), ("medium", "Medium"), ("high", "High"))
OWNERS = (("Ada", "Rivers"), ("Ben", "Okafor"), ("Cleo", "Marsh"))
LIVE_OWNERS = 2

CONTACT_FIELDS: Fields = {
    "email": TEXT, "hs_additional_emails": TEXT, "firstname": TEXT, "lastname": TEXT, "phone": PHONE,
    "mobilephone": PHONE, "company": TEXT, "jobtitle": TEXT, "website": TEXT, "address": TEXT, "city": TEXT,
    "state": TEXT, "zip": TEXT, "country": TEXT, "message": LONG, "lifecyclestage": RADIO, "hs_lead_status": RADIO,
    "hubspot_owner_id": SELECT, "closedate": MOMENT, "annualrevenue": TEXT, "numemployees": TEXT, "hs_language": TEXT,
    "date_of_birth": TEXT, "salutation": TEXT,
}  # fmt: skip
COMPANY_FIELDS: Fields = {
    "name": TEXT, "domain": TEXT, "phone": PHONE, "website": TEXT, "description": LONG, "address": TEXT, "city": TEXT,
    "state": TEXT, "zip": TEXT, "country": TEXT, "annualrevenue": NUMBER, "numberofemployees": NUMBER,
    "lifecyclestage": RADIO, "hubspot_owner_id": SELECT,
}  # fmt: skip
DEAL_FIELDS: Fields = {
    "dealname": TEXT, "amount": NUMBER, "dealstage": RADIO, "pipeline": SELECT, "deal_currency_code": SELECT,
    "closedate": MOMENT, "dealtype": RADIO, "description": LONG, "hubspot_owner_id": SELECT, "hs_priority": SELECT,
    "closed_won_reason": LONG, "closed_lost_reason": LONG,
}  # fmt: skip
TICKET_FIELDS: Fields = {
    "subject": TEXT, "content": LONG, "hs_pipeline": SELECT, "hs_pipeline_stage": RADIO, "hs_ticket_priority": SELECT,
    "hs_ticket_category": ("enumeration", "checkbox"), "source_type": SELECT, "hubspot_owner_id": SELECT,
    "hs_resolution": TEXT, "closed_date": MOMENT,
}  # fmt: skip
PRODUCT_FIELDS: Fields = {
    "name": TEXT, "description": LONG, "price": NUMBER, "hs_sku": TEXT, "hs_cost_of_goods_sold": NUMBER,
    "recurringbillingfrequency": SELECT, "hs_recurring_billing_period": TEXT, "hs_images": TEXT, "hs_url": TEXT,
    "hs_folder": TEXT, "tax": NUMBER, "hubspot_owner_id": SELECT,
}  # fmt: skip
LINE_ITEM_FIELDS: Fields = {
    "name": TEXT, "description": LONG, "quantity": NUMBER, "price": NUMBER, "amount": NUMBER, "discount": NUMBER,
    "hs_discount_percentage": NUMBER, "hs_sku": TEXT, "hs_product_id": NUMBER, "tax": NUMBER,
    "recurringbillingfrequency": SELECT, "hs_recurring_billing_period": TEXT, "hs_line_item_currency_code": SELECT,
    "hs_position_on_quote": NUMBER,
}  # fmt: skip
ACTIVITY: Fields = {"hs_timestamp": MOMENT, "hubspot_owner_id": SELECT, "hs_attachment_ids": TEXT}
NOTE_FIELDS: Fields = {**ACTIVITY, "hs_note_body": HTML}
TASK_FIELDS: Fields = {
    **ACTIVITY, "hs_task_subject": TEXT, "hs_task_body": HTML, "hs_task_status": SELECT, "hs_task_priority": SELECT,
    "hs_task_type": SELECT, "hs_task_reminders": TEXT,
}  # fmt: skip
CALL_FIELDS: Fields = {
    **ACTIVITY, "hs_call_title": TEXT, "hs_call_body": HTML, "hs_call_duration": NUMBER, "hs_call_direction": SELECT,
    "hs_call_status": SELECT, "hs_call_from_number": TEXT, "hs_call_to_number": TEXT,
}  # fmt: skip
EMAIL_FIELDS: Fields = {
    **ACTIVITY, "hs_email_subject": TEXT, "hs_email_text": LONG, "hs_email_html": HTML, "hs_email_direction": SELECT,
    "hs_email_status": SELECT, "hs_email_headers": TEXT,
}  # fmt: skip
MEETING_FIELDS: Fields = {
    **ACTIVITY, "hs_meeting_title": TEXT, "hs_meeting_body": HTML, "hs_meeting_start_time": MOMENT,
    "hs_meeting_end_time": MOMENT, "hs_meeting_location": TEXT, "hs_meeting_outcome": SELECT,
    "hs_internal_meeting_notes": LONG,
}  # fmt: skip
FIELDS: Mapping[str, Fields] = {
    "contacts": CONTACT_FIELDS, "companies": COMPANY_FIELDS, "deals": DEAL_FIELDS, "tickets": TICKET_FIELDS,
    "products": PRODUCT_FIELDS, "line_items": LINE_ITEM_FIELDS, "notes": NOTE_FIELDS, "tasks": TASK_FIELDS,
    "calls": CALL_FIELDS, "emails": EMAIL_FIELDS, "meetings": MEETING_FIELDS, **FURTHER,
}  # fmt: skip


def _named(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name.replace("_", " ").capitalize()) for name in names)


CHOICES: Mapping[str, Iterable[tuple[str, str]]] = {
    "lifecyclestage": LIFECYCLE,
    "hs_lead_status": _named(*LEAD_STATUS),
    "deal_currency_code": tuple((each, each) for each in CURRENCIES),
    "hs_line_item_currency_code": tuple((each, each) for each in CURRENCIES),
    "dealtype": DEAL_TYPES,
    "hs_priority": PRIORITIES,
    "hs_ticket_priority": _named("LOW", "MEDIUM", "HIGH", "URGENT"),
    "hs_ticket_category": _named("PRODUCT_ISSUE", "BILLING_ISSUE", "FEATURE_REQUEST", "GENERAL_INQUIRY"),
    "source_type": _named("CHAT", "EMAIL", "FORM", "PHONE"),
    "recurringbillingfrequency": _named("weekly", "biweekly", "monthly", "quarterly", "per_six_months", "annually"),
    "hs_task_status": _named("NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"),
    "hs_task_priority": _named("NONE", "LOW", "MEDIUM", "HIGH"),
    "hs_task_type": _named("TO" + "DO", "CALL", "EMAIL"),
    "hs_call_direction": _named("INBOUND", "OUTBOUND"),
    "hs_call_status": _named("BUSY", "CALLING_CRM_USER", "CANCELED", "COMPLETED", "CONNECTING", "FAILED", "NO_ANSWER"),
    "hs_email_direction": _named("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL", "DRAFT_EMAIL"),
    "hs_email_status": _named("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"),
    **{name: _named(*values) for name, values in STATUSES.items()},
    **{name: tuple((each, each) for each in CURRENCIES) for name in ("hs_currency", "hs_currency_code")},
    "hs_meeting_outcome": _named("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"),
}


def options(choices: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Options of an enumeration, as the CRM shows them, from (value, label)."""
    return [
        {"label": label, "value": value, "displayOrder": number, "hidden": False, "description": ""}
        for number, (value, label) in enumerate(choices)
    ]


def field_of(name: str, type_: str, field_type: str, group: str, moment: str, **more: Any) -> Property:
    """A property that the CRM itself defines."""
    return Property(
        name=name, label=name.replace("_", " ").capitalize(), type=type_, field_type=field_type, group=group,
        created=moment, updated=moment, **more,
    )  # fmt: skip


def standard_schema(kind: Kind, owners: list[tuple[str, str]], moment: str) -> Schema:
    """A fresh schema of this type of record; a custom type has only what the CRM computes."""
    group = f"{kind.singular.replace('_', '')}information"
    fields = FIELDS.get(kind.name, {"hubspot_owner_id": SELECT})
    known = {**CHOICES, "hubspot_owner_id": tuple(owners)}
    properties = [
        field_of(
            name, type_, field_type, group, moment, options=options(known.get(name, ())),
            unique=kind.name == "contacts" and name == "email",
        )
        for name, (type_, field_type) in fields.items()
    ]  # fmt: skip
    computed = (("hs_object_id", NUMBER), (kind.made, MOMENT), (kind.modified, MOMENT), ("hs_merged_object_ids", TEXT))
    properties += [
        field_of(name, type_, field_type, group, moment, read_only=True)
        for name, (type_, field_type) in computed
    ]  # fmt: skip
    return Schema(kind.title, {group: f"{kind.title.replace('_', ' ').capitalize()} information"}, properties)
