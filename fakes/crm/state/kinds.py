"""The types of record that a portal has: their names, their numbers and what they show; data, and finding one by name.

`standard.py` says which properties each of them begins with. Custom types are added by `custom.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fakes.contents import Part
from fakes.crm.problems import Problem
from fakes.crm.state.further import FURTHER, TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One type of record, standard or custom."""

    name: str
    """The plural that paths carry: `contacts`; for a custom type its fully qualified name."""
    type_id: str
    title: str
    """How the CRM calls it in sentences: `CONTACT`."""
    singular: str
    sink: str
    prefix: int
    """The first digits of its ids; no two types share them."""
    shown: tuple[str, ...]
    """What a record shows when a call names no properties."""
    searched: tuple[str, ...]
    """What a search's free text looks into."""
    made: str = "createdate"
    modified: str = "hs_lastmodifieddate"
    required: tuple[str, ...] = ()
    own_routes: bool = True
    """Whether its routes say its name; the others share theirs with the custom types."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name a path may carry."""
        return tuple(dict.fromkeys((self.name, self.singular, self.type_id)))


CONTACT_NAMES = ("email", "firstname", "lastname")
PEOPLE = ("firstname", "lastname", "email", "phone", "mobilephone", "company")
DEAL = ("dealname", "amount", "closedate", "pipeline", "dealstage")
TICKET = ("content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_category", "hs_ticket_priority", "subject")


def _kind(name: str, type_id: str, singular: str, sink: str, prefix: int, shown: tuple[str, ...]) -> Kind:
    return Kind(
        name=name, type_id=type_id, title=singular.upper(), singular=singular, sink=f"crm.{sink}", prefix=prefix,
        shown=shown, searched=shown,
    )  # fmt: skip


def _activity(name: str, type_id: str, singular: str, prefix: int, searched: tuple[str, ...]) -> Kind:
    """A note, a task or the like: it has a moment of its own, and shows nothing but its dates unless asked."""
    return Kind(
        name=name, type_id=type_id, title=singular.upper(), singular=singular, sink="crm.activity", prefix=prefix,
        shown=(), searched=searched, made="hs_createdate", required=("hs_timestamp",),
    )  # fmt: skip


STANDARD: tuple[Kind, ...] = (
    Kind(
        name="contacts", type_id="0-1", title="CONTACT", singular="contact", sink="crm.contact", prefix=51,
        shown=CONTACT_NAMES, searched=PEOPLE, modified="lastmodifieddate",
    ),
    Kind(
        name="companies", type_id="0-2", title="COMPANY", singular="company", sink="crm.company", prefix=52,
        shown=("name", "domain"), searched=("name", "domain", "phone", "website"),
    ),
    Kind(
        name="deals", type_id="0-3", title="DEAL", singular="deal", sink="crm.deal", prefix=53, shown=DEAL,
        searched=("dealname", "description"),
    ),
    Kind(
        name="tickets", type_id="0-5", title="TICKET", singular="ticket", sink="crm.ticket", prefix=55, shown=TICKET,
        searched=("subject", "content", "hs_ticket_category"), required=("hs_pipeline_stage",),
    ),
    _kind("products", "0-7", "product", "product", 58, ("name", "description", "price", "hs_sku")),
    _kind("line_items", "0-8", "line_item", "line_item", 59, ("name", "quantity", "price", "amount")),
    _activity("notes", "0-46", "note", 56, ("hs_note_body",)),
    _activity("tasks", "0-27", "task", 57, ("hs_task_subject", "hs_task_body")),
    _activity("calls", "0-48", "call", 61, ("hs_call_title", "hs_call_body")),
    _activity("emails", "0-49", "email", 62, ("hs_email_subject", "hs_email_text")),
    _activity("meetings", "0-47", "meeting", 63, ("hs_meeting_title", "hs_meeting_body")),
)  # fmt: skip
STANDARD += tuple(
    Kind(
        name=name, type_id=type_id, title=singular.upper(), singular=singular, sink="crm.object", prefix=prefix,
        shown=(), searched=(searched,), made="hs_createdate", own_routes=False,
        required=("hs_timestamp",) if "hs_timestamp" in FURTHER[name] else (),
    )
    for name, type_id, singular, prefix, searched in TYPES
)  # fmt: skip
ACTIVITIES = tuple(each.name for each in STANDARD if "hs_timestamp" in each.required)
OWNERS_PREFIX, PIPELINES_PREFIX = 54, 64
CUSTOM_PREFIX = 200
CUSTOM_SINK = "crm.object"


class Kinds(Part):
    """The types of one portal, found by any of their names."""

    KEPT = ("_all", "_by_name")

    def __init__(self) -> None:
        self._all: dict[str, Kind] = {}
        self._by_name: dict[str, Kind] = {}
        for each in STANDARD:
            self.add(each)

    def __iter__(self) -> Iterator[Kind]:
        """Every live type, standard ones first."""
        return iter(tuple(self._all.values()))

    def add(self, kind: Kind) -> None:
        """Make a type known by its names that are free, or put a changed one in its place."""
        self._all[kind.name] = kind
        for name in kind.names:
            if self._by_name.get(name.lower(), kind).name == kind.name:
                self._by_name[name.lower()] = kind

    def drop(self, kind: Kind) -> None:
        """Forget a type, if it was known."""
        self._all.pop(kind.name, None)
        self._by_name = {name: each for name, each in self._by_name.items() if each.name != kind.name}

    def find(self, name: str) -> Kind | None:
        """The type that goes by this name, or None."""
        return self._by_name.get(name.lower())

    def get(self, name: str) -> Kind:
        """The type that goes by this name; refused as the CRM does when there is none."""
        found = self.find(name)
        if found is None:
            raise Problem("VALIDATION_ERROR", f"Unable to infer object type from: {name}")
        return found
