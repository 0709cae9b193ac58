"""Airplane mode, proven at the server's end: what of the request arrived, and what of the answer left."""

from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.model import Outcome
from harness.phone import Weather
from harness.rng import Rng
from tests.phone.bench import bench


async def test_offline_before_sending_waits_and_sends_once(tmp_path: Path) -> None:
    """A request queued without signal goes out on reconnect: one attempt, one whole request."""
    async with bench(tmp_path) as one:
        one.phone.bad_weather("offline")
        played = await one.phone.play("sign_up")
        assert played.outcome is Outcome.OK
        assert [len(one.server.seen), len(one.server.halves())] == [1, 0]
        assert [len(one.records("attempt")), one.records("weather")[0]["kind"]] == [1, "offline"]
        waited_s = (one.records("attempt")[0]["at"] - one.records("weather")[0]["at"]) / 1e9
        assert waited_s >= one.records("weather")[0]["detail"]["offline_s"] * 0.9


async def test_a_request_lost_on_the_way_never_arrives_whole(tmp_path: Path) -> None:
    """Half of the body arrives, then a reset; the phone does not know, and sends it again with the same key."""
    async with bench(tmp_path) as one:
        one.phone.bad_weather("request_lost")
        played = await one.phone.play("sign_up")
        assert played.outcome is Outcome.OK
        (half,) = one.server.halves()
        assert 0 < len(half.body) < int(half.headers["content-length"])
        (whole,) = one.server.whole()
        assert (half.key, one.shop.did["/v1/accounts"]) == (whole.key, 1)
        assert [record["outcome"] for record in one.records("outcome")] == ["unknown", "ok"]
        assert one.records("weather")[0]["detail"]["sent_bytes"] < one.records("weather")[0]["detail"]["of_bytes"]


async def test_a_lost_reply_leaves_the_work_done(tmp_path: Path) -> None:
    """The whole request arrives and is answered; the phone sees one byte, does not know, and asks again."""
    async with bench(tmp_path) as one:
        one.phone.bad_weather("reply_lost")
        played = await one.phone.play("help_text")
        assert played.outcome is Outcome.OK
        first, second = one.server.whole("/v1/tickets")
        assert first.key == second.key
        assert first.body == second.body
        assert one.shop.did["/v1/tickets"] == 1
        assert [record["error"] for record in one.records("outcome")] == ["reply_lost", None]
        assert one.records("weather")[0]["detail"]["first_byte"] is True


async def test_a_loss_that_did_not_happen_is_not_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens no reply can be lost: an error is journaled, a moment of weather is not."""
    monkeypatch.setattr("harness.phone.script.LONGEST_WAIT_S", 0.01)
    async with bench(tmp_path, base="http://127.0.0.1:9") as one:
        one.phone.bad_weather("reply_lost")
        played = await one.phone.play("sign_up")
        assert played.outcome is Outcome.FAILED
        assert one.records("weather") == []
        assert {record["error"] for record in one.records("outcome")} == {"refused"}


async def test_flapping_is_several_losses_with_one_key(tmp_path: Path) -> None:
    """The signal comes and goes: at least one request and one reply are lost, and one record comes of it."""
    async with bench(tmp_path) as one:
        one.phone.bad_weather("flap")
        played = await one.phone.play("sign_up")
        assert played.outcome is Outcome.OK
        assert {record["kind"] for record in one.records("weather")} == {"flap"}
        assert {"request_lost", "reply_lost"} <= {record["detail"].get("does") for record in one.records("weather")}
        assert len({seen.key for seen in one.server.seen}) == 1
        assert one.shop.did["/v1/accounts"] == 1


async def test_weather_spares_polls(tmp_path: Path) -> None:
    """Only requests that carry an intent meet the weather; the looks after them do not."""
    async with bench(tmp_path) as one:
        await one.phone.play("sign_up")
        one.phone.bad_weather("reply_lost")
        played = await one.phone.play("buy")
        assert played.outcome is Outcome.OK
        main = {record["attempt"] for record in one.records("attempt") if record["main"]}
        assert {record["attempt"] for record in one.records("weather")} <= main


def test_weather_follows_the_seed() -> None:
    """The same stream gives the same weather; another word for it is refused with the known ones."""
    one, two = (Weather.of("flap", Rng(3).stream("weather/x")) for _ in range(2))
    assert one.moments == two.moments
    with pytest.raises(UsageError, match="no weather is called 'storm'; there are offline, request_lost"):
        Weather.of("storm", Rng(3).stream("weather/x"))
