"""The phone on a good line: the ledger, retries, taps, probes, reads."""

import base64
import json
from pathlib import Path

import jwt
import pytest

from harness.clock import unix_s
from harness.errors import UsageError
from harness.model import Outcome
from harness.phone.tokens import spoiled
from harness.rng import Rng
from harness.target.words import MISSING
from tests.phone.bench import bench


async def test_the_intent_is_written_before_the_request_leaves(tmp_path: Path) -> None:
    """Person, intent, attempt, outcome, shown, concluded: in this order, whatever comes back."""
    async with bench(tmp_path) as one:
        played = await one.phone.play("sign_up")
        kinds = ["journal", "person", "intent", "attempt", "outcome", "shown", "concluded"]
        assert one.kinds() == kinds
        assert one.records("intent")[0]["expects"][0]["sink"] == "crm.contact"
        assert one.records("concluded")[0]["intent"] == played.intent
        assert one.phone.token
        assert one.phone.things == {"account_id": "acc_1"}
        assert one.phone.shows == "Account syncing"


async def test_no_secret_reaches_the_journal(tmp_path: Path) -> None:
    """Neither a password, nor a token, nor what the wallet pays with is written down."""
    async with bench(tmp_path) as one:
        await one.phone.play("sign_up")
        await one.phone.play("buy")
        await one.phone.read("final")
        text = one.journal.read_text()
        assert one.phone.person.password not in text
        assert str(one.phone.token) not in text
        assert "_secret_2" not in text


async def test_buying_is_paid_by_the_wallet(tmp_path: Path) -> None:
    """The phone waits for what is to be paid, pays it once, and waits until the app says so."""
    async with bench(tmp_path) as one:
        await one.phone.play("sign_up")
        played = await one.phone.play("buy", product="credits_jp")
        assert played.outcome is Outcome.OK
        assert one.shop.did["paid"] == 1
        (pay,) = one.records("pay")
        how = one.phone.target.payment
        assert how
        assert (pay["result"], pay["method"]) == ("paid", how.methods[how.default].wallet)
        assert len(pay["handle_sha"]) == 16
        deal = next(e for e in one.records("intent")[-1]["expects"] if e["sink"] == "crm.deal")
        assert deal["match"] == {"amount": "1200", "deal_currency_code": "JPY"}
        assert one.phone.shows == "Paid"


async def test_a_server_error_is_unknown_and_tried_again_with_the_same_key(tmp_path: Path) -> None:
    """After a 503 and a web page nobody knows; the third request has the same key and is answered."""
    async with bench(tmp_path) as one:
        one.shop.troubles = [(503, {}), (202, b"<html>")]
        played = await one.phone.play("sign_up")
        assert played.outcome is Outcome.OK
        assert len({seen.key for seen in one.server.seen}) == 1
        assert [record["outcome"] for record in one.records("outcome")] == ["unknown", "unknown", "ok"]
        assert [record["error"] for record in one.records("outcome")] == [None, "not_json", None]


async def test_a_refusal_is_final(tmp_path: Path) -> None:
    """A 422 says that certainly nothing was done: one attempt, and the intent has failed."""
    async with bench(tmp_path) as one:
        one.shop.troubles = [(422, {"error": {"code": "invalid"}})]
        played = await one.phone.play("sign_up")
        assert played.outcome is Outcome.FAILED
        assert len(one.server.seen) == 1


async def test_a_refusal_after_an_unknown_answer_leaves_it_unknown(tmp_path: Path) -> None:
    """Who was told 500 and then 409 cannot know whether the first request did it."""
    async with bench(tmp_path) as one:
        one.shop.troubles = [(500, {}), (409, {"error": {"code": "taken"}})]
        played = await one.phone.play("sign_up")
        assert played.outcome is Outcome.UNKNOWN


async def test_still_in_progress_is_asked_again(tmp_path: Path) -> None:
    """A 409 that says the same request is being served is no refusal."""
    async with bench(tmp_path) as one:
        one.shop.troubles = [(409, {"error": {"code": "in_progress"}})]
        played = await one.phone.play("sign_up")
        assert played.outcome is Outcome.OK
        assert [record["outcome"] for record in one.records("outcome")] == ["unknown", "ok"]


async def test_an_unguarded_double_tap_overlaps(tmp_path: Path) -> None:
    """Two requests with one key are under way at the same moment: neither is answered before both have arrived."""
    async with bench(tmp_path, rivals=2) as one:
        played = await one.phone.double_tap("sign_up", gap_ms=50, guarded=False)
        assert played.outcome is Outcome.OK
        first, second = one.server.seen
        assert (one.server.most_under_way, first.key) == (2, second.key)
        assert first.connection != second.connection
        assert [record["sent"] for record in one.records("tap")] == [True, True]
        gap_ms = (one.records("attempt")[1]["at"] - one.records("attempt")[0]["at"]) / 1e6
        assert gap_ms >= 49


async def test_a_guarded_double_tap_sends_one_request(tmp_path: Path) -> None:
    """The app's own guard swallows the second tap, which is written down as not sent."""
    async with bench(tmp_path) as one:
        played = await one.phone.double_tap("sign_up", gap_ms=0, guarded=True)
        assert played.outcome is Outcome.OK
        assert len(one.server.seen) == 1
        assert [record["sent"] for record in one.records("tap")] == [True, False]


async def test_each_intent_has_a_key_of_its_own(tmp_path: Path) -> None:
    """Asking twice is two wishes: two keys, two subjects, two tickets."""
    async with bench(tmp_path) as one:
        await one.phone.play("help_text")
        await one.phone.play("help_text")
        first, second = one.server.whole("/v1/tickets")
        assert first.key != second.key
        assert first.json["subject"] != second.json["subject"]


async def test_blanks_are_not_sent(tmp_path: Path) -> None:
    """Somebody without a company sends no company, and expects none."""
    async with bench(tmp_path) as one:
        object.__setattr__(one.phone.person, "company", "")
        await one.phone.play("sign_up")
        assert "company" not in one.server.seen[0].json
        assert "company" not in one.records("intent")[0]["expects"][0]["values"]


async def test_reading_is_no_intent(tmp_path: Path) -> None:
    """A look at the state is one record with the whole answer; what it shows is remembered."""
    async with bench(tmp_path) as one:
        await one.phone.play("sign_up")
        values = await one.phone.read("settled")
        assert values is not None
        (record,) = one.records("read")
        assert (record["phase"], record["status"], record["values"]["plan"]) == ("settled", 200, "free")
        assert one.records("shown")[-1]["state"] == "Up to date"


async def test_a_probe_declares_nothing(tmp_path: Path) -> None:
    """A request meant to be refused leaves a probe with its status, and no intent."""
    async with bench(tmp_path) as one:
        await one.phone.play("sign_up")
        one.shop.troubles = [(422, {"error": {"code": "invalid"}})]
        await one.phone.probe_flow("buy", "a number for a product", fields={"product.id": 1}, expect=(400, 422))
        (probe,) = one.records("probe")
        assert (probe["status"], probe["expect"]) == (422, {"statuses": [400, 422]})
        assert probe["name"] == "buy: a number for a product"
        assert one.server.seen[-1].json == {"product_id": 1}
        assert len(one.records("intent")) == 1


async def test_a_probe_can_leave_a_field_out_or_send_any_bytes(tmp_path: Path) -> None:
    """MISSING takes a field away, content is sent as it is; what the target has no place for is not asked."""
    async with bench(tmp_path) as one:
        await one.phone.probe_flow("sign_up", "no e-mail", fields={"person.email": MISSING}, expect=(422,))
        await one.phone.probe_flow("help_text", "no JSON", content=b'{"x": ', expect=(400,))
        assert "email" not in one.server.seen[0].json
        assert await one.phone.probe_flow("sign_up", "a plan", fields={"plan.id": "x"}, expect=(422,)) is None
        assert len(one.server.seen) == 2
        assert one.server.seen[1].body == b'{"x": '


async def test_a_probe_differs_from_the_real_request_in_nothing_but_the_wrong_field(tmp_path: Path) -> None:
    """Else it could be refused for another reason than the one it names: an optional field stays out."""
    async with bench(tmp_path) as one:
        await one.phone.play("sign_up")
        await one.phone.probe_flow("help_text", "a category", fields={"ticket.category": "urgent"}, expect=(422,))
        assert set(one.server.seen[-1].json) == {"subject", "message", "category"}


async def test_a_tampered_request_is_the_real_one_with_more_in_it(tmp_path: Path) -> None:
    """It carries its intent and its key; the ledger says what was too much."""
    async with bench(tmp_path) as one:
        await one.phone.play("sign_up", extra={"plan": "pro"})
        sent = one.server.seen[0].json
        assert (sent["plan"], sent["email"]) == ("pro", one.phone.person.email)
        assert one.records("attempt")[0]["extra"] == ["plan"]
        await one.phone.play("sign_in")
        assert all("extra" not in record for record in one.records("attempt")[1:])


async def test_an_impossible_id_is_sent_as_it_is(tmp_path: Path) -> None:
    """Not encoded once more."""
    async with bench(tmp_path) as one:
        await one.phone.probe_path("order", "%00", "a NUL", expect=(404,))
        assert one.server.seen[0].path == "/v1/orders/%00"


async def test_probing_somebody_elses_things(tmp_path: Path) -> None:
    """The path names the other's order, the token is the one that was given, what is missing is nobody's."""
    async with bench(tmp_path) as one:
        await one.phone.probe_operation("order", things={"order_id": "ord_7"}, token="mine", expect=(404,))
        await one.phone.probe_operation("ticket", things={}, token=None, expect=(401,))
        first, second = one.server.seen
        assert (first.path, first.headers["authorization"]) == ("/v1/orders/ord_7", "Bearer mine")
        assert "authorization" not in second.headers
        assert second.path.startswith("/v1/tickets/0000")


async def test_spoiled_tokens(tmp_path: Path) -> None:
    """An altered token differs in its signature only; an unsigned one says so and keeps its claims."""
    async with bench(tmp_path) as one:
        await one.phone.play("sign_up")
        token = str(one.phone.token)
        altered = str(one.phone.spoiled_token("altered"))
        assert altered != token
        assert altered.split(".")[:2] == token.split(".")[:2]
        header, claims, signature = str(one.phone.spoiled_token("unsigned")).split(".")
        assert json.loads(base64.urlsafe_b64decode(header + "==")) == {"alg": "none", "typ": "JWT"}
        assert (claims, signature) == (token.split(".")[1], "")
        assert one.phone.spoiled_token("no_token") is None


def test_a_token_signed_by_somebody_else_and_an_expired_one() -> None:
    """Both say who it is about; only the expired one is signed with the right key, an hour too late."""
    key = "k" * 32
    token = jwt.encode({"sub": "acc_1", "aud": "app", "exp": unix_s() + 60}, key)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(str(spoiled(token, "other_key")), key, algorithms=["HS256"], audience="app")
    late = str(spoiled(token, "expired", key))
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(late, key, algorithms=["HS256"], audience="app", leeway=120)
    past = jwt.decode(late, key, algorithms=["HS256"], audience="app", options={"verify_exp": False})
    assert (past["sub"], past["aud"]) == ("acc_1", "app")
    assert spoiled("opaque", "other_key") != "opaque"
    with pytest.raises(UsageError, match=r"auth\.jwt_secret"):
        spoiled(token, "expired")
    with pytest.raises(UsageError, match="no JWT"):
        spoiled("opaque", "expired", key)
    with pytest.raises(UsageError, match="there are no_token"):
        spoiled(token, "eaten")


async def test_the_same_seed_gives_the_same_keys(tmp_path: Path) -> None:
    """Two phones of one seed send the same bytes under the same keys."""
    async with bench(tmp_path / "a", seed=5) as one, bench(tmp_path / "b", seed=5) as two:
        await one.phone.play("sign_up")
        await two.phone.play("sign_up")
        assert one.server.seen[0].key == two.server.seen[0].key
        assert one.server.seen[0].body == two.server.seen[0].body


async def test_an_unknown_flow_is_named_with_the_known_ones(tmp_path: Path) -> None:
    """A wrong word is a usage error that lists what there is."""
    async with bench(tmp_path) as one:
        with pytest.raises(UsageError, match="no flow is called 'bye'; there are buy, cancel"):
            await one.phone.play("bye")


def test_streams_are_independent() -> None:
    """The weather's draws do not shift the phone's."""
    assert Rng(1).stream("weather/x").random() != Rng(1).stream("phone/x").random()
