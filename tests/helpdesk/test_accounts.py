"""Isolated accounts: the configured token with a name at its end opens one that shares nothing with the others."""

import asyncio
import base64
from urllib.parse import urlsplit

import pytest
import requests
from zenpy import Zenpy
from zenpy.lib.api_objects import Comment, Ticket, User
from zenpy.lib.exception import RecordNotFoundException

from fakes.plugin import Fakes
from tests.helpdesk.inside import EMAIL, TOKEN, Inside, Own

ANN = {"name": "Ann", "email": "ann@customers.example.com"}
TICKET = {"subject": "Help", "comment": {"body": "It broke"}, "requester": ANN, "external_id": "order-1"}
DAY_S = 86_400


@pytest.fixture
def three(inside: Inside) -> tuple[Own, Own, Own]:
    """The main account and two isolated ones of one helpdesk."""
    return Own(inside), Own(inside, "one"), Own(inside, "other-2")


def test_the_same_requester_and_external_ids_are_no_conflict(three: tuple[Own, Own, Own]) -> None:
    """Each account has a ticket, a user and a requester of its own, though all are called the same."""
    tickets = [each.made("ticket", **TICKET) for each in three]
    users = [each.made("user", name="Bo", email="bo@customers.example.com", external_id="bo") for each in three]
    assert len({each["id"] for each in tickets}) == len({each["requester_id"] for each in tickets}) == 3
    assert len({each["id"] for each in users}) == 3
    for own, ticket in zip(three, tickets, strict=True):
        assert own.tickets() == [ticket["id"]]
        assert own.ask("GET", "/tickets", external_id="order-1").body["count"] == 1


def test_ids_of_one_are_not_found_in_the_others(three: tuple[Own, Own, Own], inside: Inside) -> None:
    """Tickets, users, groups, jobs, triggers and webhooks of an account are a 404 everywhere else."""
    _, one, _ = three
    ticket = one.made("ticket", **TICKET)
    group = one.made("group", name="Night shift")
    trigger = one.made("trigger", title="t", conditions={"all": [{"field": "status", "value": "new"}]},
                       actions=[{"field": "priority", "value": "high"}])  # fmt: skip
    hook = {"name": "h", "endpoint": "https://hooks.example.com", "http_method": "POST", "request_format": "json",
            "status": "active", "subscriptions": ["conditional_ticket_events"]}  # fmt: skip
    webhook = one.made("webhook", **hook)
    job = one.ask("POST", "/tickets/create_many", {"tickets": [TICKET]}).body["job_status"]
    paths = [f"/tickets/{ticket['id']}", f"/users/{ticket['requester_id']}", f"/groups/{group['id']}",
             f"/triggers/{trigger['id']}", f"/webhooks/{webhook['id']}", f"/job_statuses/{job['id']}"]  # fmt: skip
    for path in paths:
        assert [each.ask("GET", path).status for each in three] == [404, 200, 404], path


def test_idempotency_keys_are_an_accounts_own(three: tuple[Own, Own, Own]) -> None:
    """The same key makes one ticket in each account, and a second call answers with that account's first."""
    first = [each.ask("POST", "/tickets", {"ticket": TICKET}, key="k") for each in three]
    again = [each.ask("POST", "/tickets", {"ticket": TICKET}, key="k") for each in three]
    assert [each.headers["x-idempotency-lookup"] for each in first] == ["miss"] * 3
    assert [each.headers["x-idempotency-lookup"] for each in again] == ["hit"] * 3
    assert [each.body["ticket"]["id"] for each in first] == [each.body["ticket"]["id"] for each in again]
    assert [len(each.tickets()) for each in three] == [1, 1, 1]


def test_the_search_finds_what_is_the_accounts(three: tuple[Own, Own, Own], inside: Inside) -> None:
    """A word that is in every account finds each account's own ticket alone."""
    wanted = [each.made("ticket", **TICKET)["id"] for each in three]
    inside.clock.advance(5)
    found = [each.ask("GET", "/search", query="type:ticket broke").body["results"] for each in three]
    assert [[one["id"] for one in each] for each in found] == [[each] for each in wanted]


def test_files_are_an_accounts_own_and_open_without_a_password(three: tuple[Own, Own, Own], inside: Inside) -> None:
    """An upload's token is good in its account only; the address of the file opens for everybody."""
    main, one, _ = three
    upload = one.ask("POST", "/uploads?filename=a.txt", content=b"abc").body["upload"]
    for own in (main, one):
        shown = own.made("ticket", subject="x", comment={"body": "x", "uploads": [upload["token"]]})
        comment = own.ask("GET", f"/tickets/{shown['id']}/comments").body["comments"][0]
        assert len(comment["attachments"]) == (1 if own is one else 0)
    opened = inside.ask("GET", urlsplit(upload["attachment"]["content_url"]).path, user=None)
    assert (opened.status, opened.raw, opened.call.account) == (200, b"abc", "one")


def test_limits_are_counted_for_each_account() -> None:
    """An account that has used up its calls of the minute leaves the others theirs."""
    inside = Inside(per_minute=2)
    main, one = Own(inside), Own(inside, "one")
    assert [one.ask("GET", "/tickets").status for _ in range(3)] == [200, 200, 429]
    assert main.ask("GET", "/tickets").status == 200


def test_rules_and_webhooks_hear_their_own_account(three: tuple[Own, Own, Own], inside: Inside) -> None:
    """A webhook that subscribes to new tickets is told of those of its account alone."""
    main, one, other = three
    hook = {"name": "h", "endpoint": "https://hooks.example.com", "http_method": "POST", "request_format": "json",
            "status": "active", "subscriptions": ["zen:event-type:ticket.created"]}  # fmt: skip
    one.made("webhook", **hook)
    main.made("ticket", **TICKET)
    other.made("ticket", **TICKET)
    assert not inside.ledger.told
    ticket = one.made("ticket", **TICKET)
    assert [each.object_id for each in inside.ledger.told] == [str(ticket["id"])]


@pytest.mark.parametrize(
    "token",
    ["", ".", ".Upper", ".a.b", ".a_b", ".account", f".{'a' * 41}", "x", "-a", ".a ", ".ä"],
)
def test_other_tokens_open_nothing(inside: Inside, token: str) -> None:
    """What is no token with a name at its end is a 401, by either scheme, and leaves no account behind."""
    whole = TOKEN + token if token else f"another.{TOKEN}"
    basic = base64.b64encode(f"{EMAIL}/token:{whole}".encode()).decode()
    for header in (f"Basic {basic}", f"Bearer {whole}"):
        answer = inside.ask("GET", "/tickets", user=None, headers={"authorization": header})
        assert answer.status == 401, header
    assert not inside.slice._offices._others


def test_a_name_may_have_forty_letters_and_a_bearer_too(inside: Inside) -> None:
    """The longest name opens an account, by either scheme the same, and the call says its name."""
    name = "a-" + "9" * 38
    made = Own(inside, name).made("ticket", **TICKET)
    bearer = {"authorization": f"Bearer {TOKEN}.{name}"}
    shown = inside.ask("GET", f"/tickets/{made['id']}", user=None, headers=bearer)
    assert (shown.status, shown.call.account) == (200, name)
    assert inside.ask("GET", "/tickets").call.account == "account"


def test_customers_are_known_in_their_account_only(three: tuple[Own, Own, Own], inside: Inside) -> None:
    """A customer's e-mail with the token opens what is theirs in the account that knows them."""
    _, one, _ = three
    one.made("ticket", **TICKET)
    assert Own(inside, "one", ANN["email"]).ask("GET", "/requests").body["count"] == 1
    assert Own(inside, "other-2", ANN["email"]).ask("GET", "/requests").status == 401
    assert Own(inside, "", ANN["email"]).ask("GET", "/requests").status == 401


def test_a_reset_clears_every_account(three: tuple[Own, Own, Own], inside: Inside) -> None:
    """Nothing is left in any account, and no id is given twice."""
    before = [each.made("ticket", **TICKET)["id"] for each in three]
    inside.slice.reset()
    assert [each.tickets() for each in three] == [[], [], []]
    after = [each.made("ticket", **TICKET)["id"] for each in three]
    assert not set(before) & set(after)


def test_time_moves_on_for_one_alone(three: tuple[Own, Own, Own], inside: Inside) -> None:
    """Named by its name or its token an account's time moves alone; without a name the main one's does."""

    def days() -> list[int]:
        seconds = [inside.slice._offices.of(name).desk.account.second() for name in ("account", "one", "other-2")]
        return [(each - start) // DAY_S for each in seconds]

    start = inside.slice._offices.main.desk.account.second()
    for account, wanted in (("one", [0, 1, 0]), (f"{TOKEN}.one", [0, 2, 0]), (None, [1, 2, 0])):
        now_s = asyncio.run(inside.slice.forward(DAY_S, account))
        assert days() == wanted
        assert (now_s - start) // DAY_S == (wanted[1] if account else wanted[0])


def test_the_main_account_is_as_if_alone() -> None:
    """What others do shifts no id of the main account; an isolated account's ids depend on its name and the seed."""
    alone, beside = Inside(), Inside()
    theirs = [Own(beside, "one").made("ticket", **TICKET)["id"] for _ in range(3)]
    assert alone.ticket() == beside.ticket()
    assert [Own(alone, "one").made("ticket", **TICKET)["id"] for _ in range(3)] == theirs


def _client(served: Fakes, session: requests.Session, name: str) -> Zenpy:
    subdomain, _, domain = urlsplit(served.key("helpdesk", "tls_url")).netloc.partition(".")
    session.trust_env, session.verify = False, str(served.public["ca_file"])
    return Zenpy(domain=domain, subdomain=subdomain, email=served.key("helpdesk", "email"), session=session,
                 token=f"{served.key('helpdesk', 'token')}.{name}", disable_cache=True)  # fmt: skip


def test_a_client_works_in_an_account_of_its_own(served: Fakes, client: Zenpy, marker: str) -> None:
    """The widespread client needs nothing but another token; its ticket and its moved time are nowhere else."""
    with requests.Session() as session:
        own = _client(served, session, "shop")
        wanted = Ticket(subject=marker, requester=User(name="Ann", email=f"{marker}@customers.example.com"),
                        comment=Comment(body="x"))  # fmt: skip
        made = own.tickets.create(wanted).ticket
        assert own.tickets(id=made.id).subject == marker
        with pytest.raises(RecordNotFoundException):
            client.tickets(id=made.id)
        moved = served.control("POST", "/time", fake="helpdesk", account="shop", seconds=DAY_S)["now_s"]
        here = served.control("POST", "/time", fake="helpdesk", seconds=0)["now_s"]
        assert DAY_S <= moved - here + 60 <= DAY_S + 120
