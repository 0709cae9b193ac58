"""The chat API with the official client: `ok` or a word, always 200 but for limits; threads, changes, pages."""

from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from fakes.alerts.state.settings import Settings
from fakes.alerts.state.workspace import Workspace
from fakes.plugin import Fakes, running
from fakes.serve import Options
from harness.clock import ManualClock
from harness.rng import Rng


@pytest.fixture
def client(served: Fakes) -> WebClient:
    """The official client."""
    place = served.public["alerts"]
    return WebClient(place["slack_token"], base_url=place["slack_api_url"])


@pytest.fixture
def channel(served: Fakes) -> str:
    """The channel of the webhook, which the bot is in."""
    return served.key("alerts", "slack_channel")


def post(served: Fakes, method: str, token: str | None = "right", **how: Any) -> httpx.Response:
    """A bare request."""
    place = served.public["alerts"]
    headers = how.pop("headers", {})
    if token is not None:
        headers["Authorization"] = f"Bearer {place['slack_token'] if token == 'right' else token}"
    return httpx.post(place["slack_api_url"] + method, headers=headers, trust_env=False, **how)


def test_whose_token_it_is(client: WebClient) -> None:
    """auth.test tells the team and the bot."""
    me = client.auth_test()
    assert (me["team_id"], me["user"]) == ("T0FAKE001", "staging-bot")
    assert (me["user_id"][0], me["bot_id"][0]) == ("U", "B")


def test_a_message_and_its_repeat(client: WebClient, served: Fakes, channel: str, marker: str) -> None:
    """Each is a message of its own with a `ts` of its own, and an effect of its own."""
    first, second = (client.chat_postMessage(channel=channel, text=f"Paid {marker}") for _ in range(2))
    assert first["channel"] == channel
    assert first["ts"] < second["ts"]
    message = first["message"]
    assert (message["type"], message["text"], message["ts"]) == ("message", f"Paid {marker}", first["ts"])
    assert [each["object"] for each in served.effects("alerts.chat", person=marker)] == [first["ts"], second["ts"]]


def test_a_thread(client: WebClient, served: Fakes, channel: str, marker: str) -> None:
    """Answers belong to the person whose message began the thread, although they name nobody."""
    parent = client.chat_postMessage(channel="#alerts", text=marker)["ts"]
    answer = client.chat_postMessage(channel=channel, text="looking into it", thread_ts=parent)
    deeper = client.chat_postMessage(channel=channel, text="solved", thread_ts=answer["ts"])
    assert answer["message"]["thread_ts"] == deeper["message"]["thread_ts"] == parent
    shown = client.conversations_replies(channel=channel, ts=parent)["messages"]
    assert [each["text"] for each in shown] == [marker, "looking into it", "solved"]
    assert (shown[0]["reply_count"], shown[0]["latest_reply"]) == (2, deeper["ts"])
    assert [each["values"].get("thread_ts") for each in served.effects("alerts.chat", person=marker)] == [
        None, parent, parent
    ]  # fmt: skip
    page = client.conversations_replies(channel=channel, ts=parent, limit=2)
    rest = client.conversations_replies(
        channel=channel, ts=parent, limit=2, cursor=page["response_metadata"]["next_cursor"]
    )
    assert [each["text"] for each in rest["messages"]] == ["solved"]


def test_change_and_removal(client: WebClient, served: Fakes, channel: str, marker: str) -> None:
    """A changed message says so; a removed one is gone, and each is told as an effect."""
    ts = client.chat_postMessage(channel=channel, text=marker)["ts"]
    changed = client.chat_update(channel=channel, ts=ts, text="closed")
    assert (changed["text"], changed["message"]["edited"]["ts"] > ts) == ("closed", True)
    assert client.chat_delete(channel=channel, ts=ts)["ts"] == ts
    with pytest.raises(SlackApiError, match="message_not_found"):
        client.chat_update(channel=channel, ts=ts, text="again")
    assert [each["op"] for each in served.effects("alerts.chat", person=marker)] == ["create", "update", "delete"]


def test_history_shows_the_webhooks_messages_too(client: WebClient, served: Fakes, channel: str, marker: str) -> None:
    """Newest first, page by page, without deleted ones and answers."""
    httpx.post(served.key("alerts", "slack_url"), json={"text": f"0 {marker}"}, trust_env=False)
    (hooked,) = served.effects("alerts.chat", person=marker)
    made = [client.chat_postMessage(channel=channel, text=f"{n} {marker}")["ts"] for n in (1, 2, 3)]
    client.chat_postMessage(channel=channel, text="an answer", thread_ts=made[0])
    client.chat_delete(channel=channel, ts=made[1])
    seen: list[str] = []
    for page in client.conversations_history(channel=channel, oldest=f"{float(hooked['object']) - 1:.6f}", limit=2):
        seen += [each["text"] for each in page["messages"] if marker in each["text"]]
    assert seen == [f"3 {marker}", f"1 {marker}", f"0 {marker}"]
    newest = client.conversations_history(channel=channel, latest=made[2], limit=1)["messages"]
    assert [each["ts"] for each in newest] == [made[0]]


def test_channels_page_by_page(client: WebClient) -> None:
    """Public ones, archived too unless excluded; private ones only where the bot is in."""
    pages = [[each["name"] for each in page["channels"]] for page in client.conversations_list(limit=3)]
    assert pages == [["general", "alerts", "random"], ["old-alerts"]]
    live = client.conversations_list(exclude_archived=True, types="public_channel,private_channel")["channels"]
    assert [each["name"] for each in live] == ["general", "alerts", "random"]
    assert client.conversations_info(channel="#general")["channel"]["is_general"] is True


def test_joining(client: WebClient, served: Fakes) -> None:
    """A bot posts where it is in; going in twice is only warned of."""
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.chat_postMessage(channel="#random", text="x")
    room = next(each["id"] for each in client.conversations_list()["channels"] if each["name"] == "random")
    assert client.conversations_join(channel=room)["channel"]["is_member"] is True
    assert client.conversations_join(channel=room)["warning"] == "already_in_channel"
    assert client.chat_postMessage(channel="random", text="x")["ok"]


BLOCK = {"type": "section", "text": {"type": "mrkdwn", "text": "from blocks"}}


def test_blocks_in_json_and_in_a_form(client: WebClient, served: Fakes, channel: str) -> None:
    """A form carries them as JSON text; each block gets an id."""
    one = client.chat_postMessage(channel=channel, blocks=[BLOCK], text="fallback")["message"]
    form = {"channel": channel, "blocks": '[{"type": "divider"}'}
    assert one["blocks"][0]["block_id"]
    assert post(served, "chat.postMessage", data=form).json()["error"] == "invalid_blocks_format"
    form["blocks"] = '[{"type": "divider"}]'
    assert post(served, "chat.postMessage", data=form).json()["ok"] is True


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "CNOBODY", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "finance", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "old-alerts", "text": "x"}, "is_archived"),
    ("chat.postMessage", {"channel": "alerts"}, "no_text"),
    ("chat.postMessage", {"channel": "alerts", "text": "x", "thread_ts": "1.000000"}, "thread_not_found"),
    ("chat.postMessage", {"channel": "alerts", "attachments": [{}] * 101}, "too_many_attachments"),
    ("chat.update", {"channel": "alerts", "ts": "1.000000", "text": "x"}, "message_not_found"),
    ("chat.delete", {"channel": "alerts"}, "invalid_arguments"),
    ("conversations.info", {"channel": "CNOBODY"}, "channel_not_found"),
    ("conversations.list", {"cursor": "nonsense"}, "invalid_cursor"),
    ("conversations.list", {"limit": "many"}, "invalid_limit"),
    ("conversations.list", {"types": "secret"}, "invalid_types"),
    ("conversations.history", {"channel": "alerts", "cursor": "bmV4"}, "invalid_cursor"),
    ("conversations.replies", {"channel": "alerts", "ts": "1.000000"}, "thread_not_found"),
    ("api.test", {"error": "my_error"}, "my_error"),
    ("chat.postNonsense", {}, "unknown_method"),
]


@pytest.mark.parametrize(("method", "asked", "error"), WRONG, ids=[f"{n}-{m}-{e}" for n, (m, _, e) in enumerate(WRONG)])
def test_a_mistake_is_a_word_with_200(client: WebClient, method: str, asked: dict[str, Any], error: str) -> None:
    """The client raises its own exception with the word in it."""
    with pytest.raises(SlackApiError) as refused:
        client.api_call(method, json=asked)
    assert (refused.value.response.status_code, refused.value.response["error"]) == (200, error)


def test_blocks_are_refused_with_what_is_wrong(client: WebClient, channel: str) -> None:
    """Unlike the webhook, the API says where."""
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=channel, text="x", blocks=[{"type": "section"}])
    said = refused.value.response
    assert said["error"] == "invalid_blocks"
    assert said["response_metadata"]["messages"] == [f"[ERROR] {said['errors'][0]}"]
    assert said["errors"][0].endswith("[json-pointer:/blocks/0]")


def test_a_changed_text_has_a_smaller_limit(client: WebClient, channel: str) -> None:
    """4,000 characters, where a new message is cut after 40,000."""
    ts = client.chat_postMessage(channel=channel, text="x" * 40_001)["ts"]
    with pytest.raises(SlackApiError, match="msg_too_long"):
        client.chat_update(channel=channel, ts=ts, text="x" * 4_001)


def test_tokens(tuned: Fakes, channel: str) -> None:
    """In the header or in a form, not in JSON; wrong, missing, revoked, or without the scope."""
    good = tuned.key("alerts", "slack_token")
    asked = {"channel": channel, "text": "x"}
    assert post(tuned, "chat.postMessage", None, data={**asked, "token": good}).json()["ok"] is True
    assert post(tuned, "chat.postMessage", None, json={**asked, "token": good}).json()["error"] == "not_authed"
    assert post(tuned, "chat.postMessage", "xoxb-wrong", json=asked).json()["error"] == "invalid_auth"
    tuned.control("PUT", "/settings/alerts", settings={"scopes": "channels:read"})
    lacking = post(tuned, "chat.postMessage", json=asked).json()
    assert lacking == {"ok": False, "error": "missing_scope", "needed": "chat:write", "provided": "channels:read"}
    tuned.control("PUT", "/settings/alerts", settings={"refuse_api_with": "token_revoked"})
    assert post(tuned, "auth.test").json()["error"] == "token_revoked"


def test_what_a_body_may_be(served: Fakes) -> None:
    """The API tells each wrong kind of body by its word, and complains mildly about charsets."""
    json_type, form_type = "application/json", "application/x-www-form-urlencoded"

    def said(content: bytes, kind: str) -> dict[str, Any]:
        answer: dict[str, Any] = post(served, "api.test", content=content, headers={"content-type": kind}).json()
        return answer

    assert said(b"{", json_type)["error"] == "invalid_json"
    assert said(b"[]", json_type)["error"] == "json_not_object"
    assert said(b"a=%ff\xff", form_type)["error"] == "invalid_form_data"
    assert said(b"<a/>", "text/xml")["error"] == "invalid_post_type"
    assert said(b"{}", json_type)["warning"] == "missing_charset"
    assert said(b"a=b", f"{form_type}; charset=utf-8")["warning"] == "superfluous_charset"
    assert said(b'{"a": 1}', f"{json_type}; charset=utf-8") == {"ok": True, "args": {"a": 1}}


def test_the_channels_limit(tuned: Fakes, client: WebClient, channel: str, marker: str) -> None:
    """429 with Retry-After, of which the client's own handler makes a wait."""
    tuned.control("PUT", "/settings/alerts", settings={"per_second": 1})
    client.chat_postMessage(channel=channel, text=marker)
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=channel, text=marker)
    answer = refused.value.response
    assert (answer.status_code, answer["error"], answer.headers["retry-after"]) == (429, "ratelimited", "1")
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=2))
    assert client.chat_postMessage(channel=channel, text=marker)["ok"]
    tuned.control("PUT", "/settings/alerts", settings={"per_second": 0, "per_minute": 1})
    assert post(tuned, "conversations.list").status_code == 200
    assert post(tuned, "conversations.list").status_code == 429
    assert post(tuned, "auth.test").status_code == 200


@pytest.mark.parametrize(
    ("kind", "status", "error"),
    [
        ("server_error", 500, "internal_error"),
        ("invalid", 200, "invalid_arguments"),
        ("rate_limited", 429, "ratelimited"),
    ],
)
def test_planned_failures(
    client: WebClient, served: Fakes, channel: str, marker: str, kind: str, status: int, error: str
) -> None:
    """In the API's own shape, and nothing is posted."""
    served.control("POST", "/faults", faults=[{"person": marker, "fake": "alerts", "kind": kind}])
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel=channel, text=marker)
    assert (refused.value.response.status_code, refused.value.response["error"]) == (status, error)
    assert not served.effects("alerts.chat", person=marker)


def test_a_lost_reply_of_a_refusal_claims_no_commit(served: Fakes, marker: str) -> None:
    """Although the API refuses with 200; of a message that was posted it does claim one."""
    for channel, committed in (("CNOBODY", False), ("alerts", True)):
        served.control("POST", "/faults", faults=[{"person": marker, "fake": "alerts", "kind": "lost_reply"}])
        with pytest.raises(httpx.ReadError):
            post(served, "chat.postMessage", json={"channel": channel, "text": marker})
        assert served.records("fault", person=marker)[-1]["committed"] is committed


def test_the_clients_own_retry_makes_a_second_message(client: WebClient, served: Fakes, marker: str) -> None:
    """It tries again by itself when the connection breaks, and there is no key that could prevent the repeat."""
    served.control("POST", "/faults", faults=[{"person": marker, "fake": "alerts", "kind": "lost_reply"}])
    assert client.chat_postMessage(channel="alerts", text=marker)["ok"]
    assert len(served.effects("alerts.chat", person=marker)) == 2


def test_a_reset_forgets_how_often_methods_were_called(tuned: Fakes) -> None:
    """As it forgets messages: what was used up before is there again."""
    tuned.control("PUT", "/settings/alerts", settings={"per_minute": 1})
    for _ in range(2):
        tuned.control("POST", "/reset")
        assert [post(tuned, "conversations.list").status_code for _ in range(2)] == [200, 429]


def test_the_team_is_the_one_of_the_webhooks_address() -> None:
    """Also where a setting calls it otherwise."""
    with running(Options(only=["alerts"], seed=5, settings={"alerts": {"team": "T0OTHER"}})) as fakes:
        assert "/services/T0OTHER/" in fakes.key("alerts", "slack_url")
        place = fakes.public["alerts"]
        client = WebClient(place["slack_token"], base_url=place["slack_api_url"])
        assert client.auth_test()["team_id"] == "T0OTHER"
        assert client.chat_postMessage(channel="alerts", text="x")["message"]["team"] == "T0OTHER"


@pytest.mark.parametrize(("wait_s", "said"), [(0.4, "1"), (1.4, "2"), (2, "2")])
@pytest.mark.parametrize("kind", ["server_error", "locked", "rate_limited"])
def test_a_wait_is_never_told_too_short(
    client: WebClient, served: Fakes, marker: str, kind: str, wait_s: float, said: str
) -> None:
    """A plan may say a fraction; the header knows whole seconds, and fewer would bring the client back too early."""
    fault = {"person": marker, "fake": "alerts", "kind": kind, "retry_after_s": wait_s}
    served.control("POST", "/faults", faults=[fault])
    with pytest.raises(SlackApiError) as refused:
        client.chat_postMessage(channel="alerts", text=marker)
    assert refused.value.response.headers["retry-after"] == said


def test_settings_are_checked(tuned: Fakes) -> None:
    """A wrong name or kind of value changes nothing and says what would be right."""
    where = tuned.public["control"]
    for settings, said in (({"per_secnd": 1}, "there are per_second"), ({"per_second": "1"}, "must be int, found str")):
        answer = httpx.put(
            f"{where['url']}/settings/alerts",
            json={"settings": {"per_minute": 5, **settings}},
            headers={"Authorization": f"Bearer {where['token']}"},
            trust_env=False,
        )
        assert answer.status_code == 422
        assert said in answer.json()["error"]
    assert tuned.control("PUT", "/settings/alerts", settings={})["settings"]["per_minute"] == 0


def test_a_reset_keeps_channels_and_goes_on_with_times() -> None:
    """The same ids, no messages, and no `ts` twice although the clock stands."""
    place = Workspace(ManualClock(), Rng(1), Settings())
    channel = place.named("alerts")
    first = place.post(channel, {"text": "x"})
    place.clear()
    again = place.named("alerts")
    assert (again.id, again.messages) == (channel.id, {})
    assert place.post(again, {"text": "x"}).ts > first.ts
