"""A widespread Python client, unmodified, with every kind of record; its own exceptions for the documented errors."""

from typing import Any

import pytest
from zenpy import Zenpy
from zenpy.lib.api_objects import (
    Group,
    GroupMembership,
    Identity,
    Organization,
    OrganizationMembership,
    Ticket,
    TicketField,
    TicketForm,
    User,
)  # fmt: skip
from zenpy.lib.cache import ZenpyCache
from zenpy.lib.exception import (
    APIException,
    RecordNotFoundException,
    SearchResponseLimitExceeded,
    TooManyValuesException,
    ZenpyCacheException,
)  # fmt: skip

from fakes.plugin import Fakes
from harness.clock import block
from tests.helpdesk.conftest import LAG_S


def _done(client: Zenpy, job: Any) -> list[dict[str, Any]]:
    """The results of a job, polled as a client does it."""
    for _ in range(100):
        status = client.job_status(id=job.id)
        if status.status == "completed":
            return [each.to_dict() for each in status.results]
        block(0.02)
    raise AssertionError("the job was not done in two seconds")


def test_tickets_in_bulk_merged_deleted_and_restored(client: Zenpy, marker: str) -> None:
    """Jobs are polled until completed; merging and deletion go through the client's own verbs."""
    job = client.tickets.create([Ticket(subject=f"{marker} {n}", description="x") for n in range(3)])
    first, second, third = (client.tickets(id=each["id"]) for each in _done(client, job))
    first.priority, second.priority = "low", "high"
    assert [each["status"] for each in _done(client, client.tickets.update([first, second]))] == ["Updated", "Updated"]
    _done(client, client.tickets.merge(target=first, source=second, target_comment="in", source_comment="out"))
    assert client.tickets(id=second.id).status == "closed"
    assert [each.body for each in client.tickets.comments(first.id)][-1] == "in"
    assert len(list(client.tickets.audits(first.id))) == 3
    client.tickets.delete(third)
    assert third.id in [each.id for each in client.tickets.deleted()]
    client.tickets.restore(third.id)
    assert client.tickets(id=third.id).subject == f"{marker} 2"
    assert client.tickets.metrics(first.id).replies == 0
    client.tickets.add_tags(first.id, ["seen"])
    assert list(client.tickets.tags(first.id)) == ["seen"]


def test_a_list_is_walked_by_the_clients_generators(client: Zenpy, marker: str) -> None:
    """By number and by cursor, each ticket once."""
    made = [
        client.tickets.create(Ticket(subject=marker, description="x", external_id=marker)).ticket.id for _ in range(5)
    ]
    by_cursor = [each.id for each in client.tickets(cursor_pagination=2)]
    by_number = [each.id for each in client.tickets()]
    assert [each for each in by_cursor if each in made] == made == [each for each in by_number if each in made]


def test_people_organizations_and_groups(client: Zenpy, marker: str) -> None:
    """Made, changed, searched, merged and deleted."""
    organization = client.organizations.create(Organization(name=f"Org {marker}", tags=["a"]))
    ann = client.users.create(User(name="Ann", email=f"{marker}@x.example.com", organization_id=organization.id))
    assert client.users(id=ann.id).organization_id == organization.id
    client.users.identities.create(ann, Identity(type="email", value=f"{marker}.2@x.example.com"))
    assert len(list(client.users.identities(id=ann.id))) == 2
    bob = client.users.create(User(name=f"Bob {marker}", email=f"bob.{marker}@x.example.com"))
    merged = client.users.merge(source_user=bob, dest_user=ann)
    assert merged.id == ann.id
    agent = client.users.create(User(name="Agent", email=f"agent.{marker}@x.example.com", role="agent"))
    group = client.groups.create(Group(name=f"Group {marker}"))
    client.group_memberships.create(GroupMembership(user_id=agent.id, group_id=group.id))
    assert [each.id for each in client.groups.users(group)] == [agent.id]
    other = client.organizations.create(Organization(name=f"Other {marker}"))
    client.organization_memberships.create(OrganizationMembership(user_id=ann.id, organization_id=other.id))
    assert len(list(client.users.organizations(ann))) == 2
    block(LAG_S)
    assert [each.id for each in client.search(type="user", email=f"{marker}.2@x.example.com")] == [ann.id]
    assert [each.id for each in client.search(f"Other {marker}", type="organization")] == [other.id]
    client.organizations.delete(other)
    client.users.delete(ann)
    client.groups.delete(group)
    assert client.users(id=ann.id).active is False


def test_fields_and_forms(client: Zenpy, marker: str) -> None:
    """A field that was made takes values, a form that was made is named by a ticket."""
    field = client.ticket_fields.create(TicketField(type="text", title=f"Order {marker}"))
    form = client.ticket_forms.create(TicketForm(name=f"Form {marker}", ticket_field_ids=[field.id]))
    given = Ticket(subject=marker, description="x", ticket_form_id=form.id,
                   custom_fields=[{"id": field.id, "value": "o-1"}, {"id": 4711, "value": "lost"}])  # fmt: skip
    made = client.tickets.create(given).ticket
    assert (made.ticket_form_id, {each["id"]: each["value"] for each in made.custom_fields}[field.id]) == (
        form.id,
        "o-1",
    )
    assert 4711 not in [each["id"] for each in made.custom_fields]
    client.ticket_fields.delete(field)


def test_the_documented_errors_are_the_clients_own(client: Zenpy, marker: str) -> None:
    """404, too many values, too deep a search, a closed ticket, and a conflict."""
    with pytest.raises(RecordNotFoundException):
        client.users(id=4)
    with pytest.raises(TooManyValuesException):
        client.tickets.create([Ticket(description="x")] * 101)
    with pytest.raises(SearchResponseLimitExceeded):
        list(client.search(""))
    made = client.tickets.create(Ticket(subject=marker, description="x")).ticket
    made.status = "closed"
    client.tickets.update(made)
    made.priority = "low"
    with pytest.raises(APIException, match="closed prevents ticket update"):
        client.tickets.update(made)


def test_the_clients_cache_refuses_what_it_cannot_hold() -> None:
    """Its own exception for its own mistake: no call is made."""
    with pytest.raises(ZenpyCacheException):
        ZenpyCache("LRUCache", maxsize=10).set_cache_impl("no such cache", maxsize=10)


def test_two_agents_do_not_overwrite_each_other(client: Zenpy, marker: str) -> None:
    """A safe update with an outdated stamp is a 409 and changes nothing."""
    made = client.tickets.create(Ticket(subject=marker, description="x")).ticket
    made.priority, made.safe_update, made.updated_stamp = "high", True, "2020-01-01T00:00:00Z"
    with pytest.raises(APIException) as refused:
        client.tickets.update(made)
    assert (refused.value.response.status_code, refused.value.response.json()["error"]) == (409, "UpdateConflict")
    assert client.tickets(id=made.id).priority is None


def test_exports_are_walked_to_their_end(served: Fakes, client: Zenpy, marker: str) -> None:
    """By cursor, by time and by the search; limits are set over the control channel and obeyed by the client."""
    served.tune("helpdesk", export_delay_s=0)
    made = [client.tickets.create(Ticket(subject=marker, description=marker)).ticket.id for _ in range(3)]
    by_cursor = [each.id for each in client.tickets.incremental(start_time=1, paginate_by_time=False, per_page=2)]
    by_time = [each.id for each in client.tickets.incremental(start_time=1)]
    assert [each for each in by_cursor if each in made] == made == [each for each in by_time if each in made]
    users = [each.id for each in client.users.incremental(start_time=1)]
    assert client.users.me().id in users
    events = [each.ticket_id for each in client.tickets.events(start_time=1)]
    assert [each for each in events if each in made] == made
    block(LAG_S)
    assert sorted(each.id for each in client.search_export(marker, type="ticket")) == made


def test_the_client_waits_as_long_as_it_is_told(served: Fakes, client: Zenpy, marker: str) -> None:
    """A 429 with Retry-After is waited for and tried again by the client itself."""
    made = client.tickets.create(Ticket(subject=marker, description=marker)).ticket
    fault = {"person": marker, "fake": "helpdesk", "kind": "rate_limited", "retry_after_s": 1, "calls": "all"}
    served.control("POST", "/faults", faults=[fault])
    assert client.tickets(id=made.id).id == made.id
    assert [each["status"] for each in served.records("answered")][-2:] == [429, 200]
