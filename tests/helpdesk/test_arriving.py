"""Tickets that customers make themselves: requests, mail, the widget, chats; by whom and where they end."""

import smtplib
from email.message import EmailMessage
from typing import Any

import pytest

from fakes.plugin import Fakes
from tests.helpdesk.inside import Answer, Inside

ANN = "ann@customers.example.com"


def _mail(inside: Inside, sender: str = ANN, subject: str = "Help", body: str = "It broke", **headers: str) -> Answer:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"Ann <{sender}>", "support@helpdesk.example.com", subject
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(body)
    return inside.ask("POST", "/inbound_email", content=message.as_bytes(), user=None)


def test_a_customer_writes_reads_answers_and_solves(inside: Inside) -> None:
    """Their own requests only, public comments only; an answer opens what was pending."""
    ann, bob = inside.user("Ann"), inside.user("Bob")
    asked = {"request": {"subject": "Help", "comment": {"body": "It broke", "public": False}, "priority": "high"}}
    made = inside.ask("POST", "/requests", asked, user=ann["email"])
    request = made.body["request"]
    path = f"/requests/{request['id']}"
    assert (made.status, request["requester_id"], request["is_public"]) == (201, ann["id"], True)
    ticket = f"/tickets/{request['id']}"
    inside.ask("PUT", ticket, {"ticket": {"comment": {"body": "note", "public": False}, "status": "pending"}})
    inside.ask("PUT", path, {"request": {"comment": {"body": "Well?"}}}, user=ann["email"])
    said = inside.ask("GET", f"{path}/comments", user=ann["email"]).body["comments"]
    assert [each["body"] for each in said] == ["It broke", "Well?"]
    assert inside.ask("GET", ticket).body["ticket"]["status"] == "open"
    assert inside.ask("GET", path, user=bob["email"]).status == 404
    assert inside.ask("GET", "/requests", user=bob["email"]).body["requests"] == []
    inside.clock.advance(1)
    assert inside.ask("GET", "/requests/search", query="broke", user=ann["email"]).body["count"] == 1
    inside.ask("PUT", path, {"request": {"solved": True}}, user=ann["email"])
    solved = inside.ask("GET", "/requests/solved", user=ann["email"]).body["requests"]
    assert [(each["id"], each["solved"]) for each in solved] == [(request["id"], True)]
    assert inside.ask("GET", "/requests/open", user=ann["email"]).body["requests"] == []


def test_anybody_may_write_and_must_say_who_they_are(inside: Inside) -> None:
    """Without a password a requester is needed; files uploaded without one too are kept."""
    token = inside.ask("POST", "/uploads", filename="a.txt", content=b"a", user=None).body["upload"]["token"]
    asked: dict[str, Any] = {"comment": {"body": "It broke", "uploads": [token]}, "subject": "Help"}
    assert inside.ask("POST", "/requests", {"request": asked}, user=None).status == 422
    named = {**asked, "requester": {"name": "Ann", "email": ANN}}
    made = inside.ask("POST", "/requests", {"request": named}, user=None)
    assert made.status == 201
    ticket = inside.ask("GET", f"/tickets/{made.body['request']['id']}/comments").body["comments"]
    assert [each["file_name"] for each in ticket[0]["attachments"]] == ["a.txt"]
    assert inside.ask("GET", "/requests", user=None).status == 401
    assert [(op, values["requester_email"]) for op, _, _, values in inside.effects] == [("create", ANN)]


def test_what_suspended_people_write_waits_for_an_agent(inside: Inside) -> None:
    """By request and by mail; recovered it becomes a ticket, and its author may write again."""
    ann = inside.user("Ann", suspended=True)
    by_request = inside.ask("POST", "/requests", {"request": {"comment": {"body": "a"}}}, user=ann["email"])
    by_mail = _mail(inside)
    assert (by_request.status, by_mail.body["cause"]) == (201, "Submitted by suspended user")
    assert not inside.effects
    listed = inside.ask("GET", "/suspended_tickets").body["suspended_tickets"]
    assert [each["id"] for each in listed] == [
        by_request.body["suspended_ticket"]["id"],
        by_mail.body["suspended_ticket_id"],
    ]
    ticket = inside.ask("PUT", f"/suspended_tickets/{listed[1]['id']}/recover").body["ticket"]
    assert (ticket["requester_id"], ticket["description"], ticket["via"]["channel"]) == (ann["id"], "It broke", "email")
    assert inside.ask("GET", f"/users/{ann['id']}").body["user"]["suspended"] is False
    assert inside.ask("DELETE", f"/suspended_tickets/{listed[0]['id']}").status == 204
    assert inside.ask("GET", "/suspended_tickets").body["count"] == 0
    assert [op for op, *_ in inside.effects] == ["create"]


def test_a_mail_becomes_a_ticket_and_its_answer_a_comment(inside: Inside) -> None:
    """Threads by the customer's own message, by ours, and by the plus address; the same mail counts once."""
    first = _mail(inside, Message_ID="<m1@x>")
    number = first.body["ticket_id"]
    assert first.body == {"ticket_id": number, "new": True, "status": "new"}
    inside.ask("PUT", f"/tickets/{number}", {"ticket": {"comment": {"body": "Try again"}, "status": "pending"}})
    again = _mail(inside, body="Same", Message_ID="<m1@x>")
    assert (again.body["ticket_id"], again.body.get("known")) == (number, True)
    for body, headers in (
        ("No", {"In_Reply_To": "<m1@x>", "Message_ID": "<m2@x>"}),
        ("Nope", {"In_Reply_To": f"<{number}_sent@helpdesk.example.com>"}),
        ("Never", {"References": "<m0@x> <m2@x>"}),
    ):
        assert _mail(inside, body=body, subject="Re: Help", **headers).body == {
            "ticket_id": number,
            "new": False,
            "status": "open",
        }
    ticket = inside.ask("GET", f"/tickets/{number}").body["ticket"]
    assert (ticket["via"]["channel"], ticket["recipient"]) == ("email", "support@helpdesk.example.com")
    said = [each["body"] for each in inside.ask("GET", f"/tickets/{number}/comments").body["comments"]]
    assert said == ["It broke", "Try again", "No", "Nope", "Never"]
    assert [op for op, *_ in inside.effects] == ["create", "update", "update", "update", "update"]


def test_a_recovered_mail_brings_its_files_and_is_found_by_them(inside: Inside) -> None:
    """The search learns of files that came with a suspended mail, as of those of every other one."""
    inside.user("Ann", suspended=True)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = ANN, "support@helpdesk.example.com", "Help"
    message.set_content("It broke")
    message.add_attachment(b"a", maintype="image", subtype="png", filename="shot.png")
    kept = inside.ask("POST", "/inbound_email", content=message.as_bytes(), user=None).body["suspended_ticket_id"]
    ticket = inside.ask("PUT", f"/suspended_tickets/{kept}/recover").body["ticket"]
    inside.clock.advance(5)
    found = inside.ask("GET", "/search", query="type:ticket has_attachment:true").body["results"]
    assert [each["id"] for each in found] == [ticket["id"]]


def test_an_answer_to_a_closed_ticket_follows_it_up(inside: Inside) -> None:
    """A new ticket that names the old one; both know of each other."""
    number = _mail(inside, Message_ID="<m1@x>").body["ticket_id"]
    inside.ask("PUT", f"/tickets/{number}", {"ticket": {"status": "closed", "tags": ["a"]}})
    new = _mail(inside, In_Reply_To="<m1@x>").body
    assert new["new"] is True
    ticket = inside.ask("GET", f"/tickets/{new['ticket_id']}").body["ticket"]
    assert (ticket["via"]["source"]["rel"], ticket["via"]["source"]["from"]["ticket_id"]) == ("follow_up", number)
    assert ticket["tags"] == ["a"]
    assert inside.ask("GET", f"/tickets/{number}").body["ticket"]["followup_ids"] == [new["ticket_id"]]


def test_strangers_machines_and_agents_by_mail(inside: Inside) -> None:
    """Who is not part of a ticket is heard by agents only; machines are suspended; agents answer publicly."""
    number = _mail(inside).body["ticket_id"]
    ours = f"<{number}@helpdesk>"
    _mail(inside, sender="stranger@x.example.com", body="Me too", In_Reply_To=ours)
    _mail(inside, sender="agent@helpdesk.example.com", body="Solved?", In_Reply_To=ours)
    loop = _mail(inside, body="I am away", In_Reply_To=ours, Auto_Submitted="auto-replied")
    assert loop.body["cause"].startswith("Automated response")
    said = inside.ask("GET", f"/tickets/{number}/comments").body["comments"]
    assert [(each["body"], each["public"]) for each in said] == [
        ("It broke", True),
        ("Me too", False),
        ("Solved?", True),
    ]


def test_a_mail_with_files_and_html(inside: Inside) -> None:
    """Files are kept byte for byte; text is read from HTML where there is no plain text."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = ANN, "support@helpdesk.example.com", "Grüße"
    message.set_content("<p>It <b>broke</b></p>", subtype="html")
    message.add_attachment(b"\x00\xff", maintype="image", subtype="png", filename="shot.png")
    made = inside.ask("POST", "/inbound_email", content=message.as_bytes(), user=None).body
    (comment,) = inside.ask("GET", f"/tickets/{made['ticket_id']}/comments").body["comments"]
    assert (comment["body"], comment["attachments"][0]["content_type"]) == ("It broke", "image/png")
    path = comment["attachments"][0]["content_url"].removeprefix("http://helpdesk.example.com")
    assert inside.ask("GET", path, user=None).raw == b"\x00\xff"
    assert inside.ask("GET", f"/tickets/{made['ticket_id']}").body["ticket"]["subject"] == "Grüße"


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"From: nobody\n\nx", b"Subject: x\n\nx"])
def test_broken_mail_is_refused(inside: Inside, raw: bytes) -> None:
    """Nobody sent it, so nothing is made."""
    assert inside.ask("POST", "/inbound_email", content=raw, user=None).status == 422
    assert not inside.effects


def test_the_widget_and_chats(inside: Inside) -> None:
    """Each has its own channel; a chat's lines are one comment with the vendor's tag."""
    form = inside.slice.act("hxabcabcabcabc", "widget", {"subject": "Form", "name": "Ann"})
    chat = inside.slice.act("hxabcabcabcabc", "chat", {"lines": ["Hello?", "Anybody?"]})
    shown = [inside.ask("GET", f"/tickets/{each}").body["ticket"] for each in (form, chat)]
    assert [(each["via"]["channel"], each["via"]["source"]["rel"]) for each in shown] == [
        ("web", "web_widget"),
        ("chat", None),
    ]
    assert (shown[0]["subject"], shown[1]["tags"]) == ("Form", ["zopim_chat"])
    assert shown[1]["description"].count("\n") == 1
    assert [person for _, _, person, _ in inside.effects] == ["hxabcabcabcabc"] * 2


def test_an_act_writes_and_answers_by_mail(inside: Inside) -> None:
    """The person's newest ticket, or the one that is named."""
    first = inside.slice.act("hxabcabcabcabc", "mail", {"message_id": "<a@x>"})
    assert inside.slice.act("hxabcabcabcabc", "mail", {"message_id": "<a@x>"}) == first
    assert inside.slice.act("hxabcabcabcabc", "mail", {"answers": True, "body": "And?"}) == first
    assert inside.slice.act("hxabcabcabcabc", "mail", {"answers": int(first)}) == first
    assert [op for op, *_ in inside.effects] == ["create", "update", "update"]


def test_mail_comes_in_over_smtp(served: Fakes, marker: str) -> None:
    """The helpdesk's own mail server: a ticket of the person, and faults that meet it like any other call."""
    smtp: Any = served.public["helpdesk"]["smtp"]
    message = EmailMessage()
    message["From"], message["To"] = f"{marker}@customers.example.com", smtp["address"]
    message["Subject"], message["Message-ID"] = "Help", f"<{marker}@x>"
    message.set_content("It broke")
    served.fault("helpdesk", "server_error", marker)
    with smtplib.SMTP(smtp["host"], smtp["port"], timeout=10) as server:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            server.send_message(message)
        assert refused.value.smtp_code == 451
        server.send_message(message)
        server.send_message(message)
    assert [each["op"] for each in served.effects("helpdesk.ticket", person=marker)] == ["create"]
