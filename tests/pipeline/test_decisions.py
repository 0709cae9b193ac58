"""The small decisions, one by one."""

import pytest

from staging.pipeline import catalogue, mapping, money, scale, settings
from staging.pipeline.jobs import retry
from staging.pipeline.ordering import Judgement, judge
from staging.pipeline.vendors import failures


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(900, "usd", "9.00"), (1200, "jpy", "1200"), (3900, "EUR", "39.00"), (1234, "kwd", "1.234"), (5, "usd", "0.05")],
)
def test_major_units(amount: int, currency: str, text: str) -> None:
    """Each currency has its own digits."""
    assert money.major(amount, currency) == text


def test_the_price_is_the_catalogues() -> None:
    """An order costs what the catalogue says, times its quantity."""
    assert catalogue.price_of("credits_50", 3) == (11_700, "eur")
    assert catalogue.plan_of_price({"lookup_key": "gold"}) is None


@pytest.mark.parametrize(
    ("created", "known", "by_reading", "judgement"),
    [
        (5, None, False, Judgement.APPLY),
        (5, 4, False, Judgement.APPLY),
        (5, 5, False, Judgement.READ_AGAIN),
        (5, 6, False, Judgement.IGNORE),
        (5, 6, True, Judgement.IGNORE),
        (5, 4, True, Judgement.READ_AGAIN),
        (5, None, True, Judgement.READ_AGAIN),
    ],
)
def test_which_news_is_newer(created: int, known: int | None, by_reading: bool, judgement: Judgement) -> None:
    """Newer applies, older is ignored, doubt is read."""
    assert judge(created, known, by_reading) is judgement


def test_stages_move_forward_only() -> None:
    """A customer is no lead again; an unknown stage is left alone."""
    assert mapping.further("lead", "customer")
    assert mapping.further(None, "lead")
    assert not mapping.further("customer", "lead")
    assert not mapping.further("customer", "customer")
    assert not mapping.further("9731", "customer")


def test_blanks_are_not_sent() -> None:
    """Nothing, an empty text and spaces are all blank."""
    assert mapping.without_blanks({"a": "x", "b": "", "c": " ", "d": None}) == {"a": "x"}


def test_the_owner_is_the_same_every_time() -> None:
    """The rule spreads people over owners, and depends on the e-mail alone."""
    owners = ("1", "2", "3")
    assert mapping.owner_for("a@b.c", owners) == mapping.owner_for("a@b.c", owners)
    assert {mapping.owner_for(f"{n}@b.c", owners) for n in range(50)} == set(owners)
    assert mapping.owner_for("a@b.c", ()) == ""


def test_delays_grow_and_are_never_shorter_than_asked() -> None:
    """Doubling with jitter up to a bound; a vendor's word counts for more."""
    retry.open_delays(scale.scaled(0.05))
    for attempt in range(1, 9):
        longest = min(0.075 * 2 ** (attempt - 1), 1.5)
        assert all(longest / 2 <= retry.delay(attempt) <= longest for _ in range(20))
    assert len({retry.delay(4) for _ in range(20)}) > 10
    told = {retry.delay(1, 7.0) for _ in range(20)}
    assert min(told) >= 7.0
    assert max(told) - min(told) > 0.5, "whoever was told the same time comes back at another"


@pytest.mark.parametrize(
    ("status", "permanent"),
    [
        (400, True),
        (401, True),
        (404, True),
        (422, True),
        (402, True),
        (408, False),
        (409, False),
        (423, False),
        (429, False),
        (500, False),
        (502, False),
        (503, False),
        (504, False),
        (477, False),
    ],
)
def test_what_is_tried_again(status: int, permanent: bool) -> None:
    """Statuses that pass are tried up to eight times, the others three times."""
    failure = failures.of_status("crm", status, None)
    assert retry.is_permanent(failure) is permanent
    assert retry.gives_up(failure, 3) is permanent
    assert retry.gives_up(failure, 8)


def test_retry_after_as_number_date_and_nonsense() -> None:
    """Seconds, a date, and something that is neither."""
    assert failures.retry_after("2.5") == 2.5
    assert failures.retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert failures.retry_after("soon") is None
    assert failures.retry_after("inf") == failures.LONGEST_WAIT_S


ENV = dict.fromkeys(settings.REQUIRED, "x") | {"PIPELINE_JWT_SECRET": "x" * 32, "SMTP_PORT": "25"}


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({"CRM_TOKEN": ""}, "CRM_TOKEN"),
        ({"STRIPE_SECRET_KEY": "sk_live_1"}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_SECRET_KEY": "rk_live_1"}, "STRIPE_SECRET_KEY"),
        ({"PIPELINE_TIME_SCALE": "fast"}, "PIPELINE_TIME_SCALE"),
        ({"PIPELINE_TIME_SCALE": "0"}, "PIPELINE_TIME_SCALE"),
        ({"PIPELINE_JWT_SECRET": "short"}, "PIPELINE_JWT_SECRET"),
    ],
)
def test_an_environment_that_does_not_allow_a_start(change: dict[str, str], names: str) -> None:
    """The message names the variable."""
    with pytest.raises(settings.Misconfigured, match=names):
        settings.from_env(ENV | change)


def test_one_number_scales_every_delay() -> None:
    """The table is printed, and a delay of one's own is taken as it is."""
    found = settings.from_env(ENV | {"PIPELINE_TIME_SCALE": "0.1", "GUARDRAIL_SYNC_P95_S": "7"})
    assert found.delays.vendor_timeout_s == pytest.approx(3.0)
    assert found.delays.sync_p95_limit_s == 7.0
    assert all(name in scale.table(0.1, found.delays) for name in scale.BASE)


def test_secrets_are_not_shown() -> None:
    """The settings can be printed."""
    shown = repr(settings.from_env(ENV | {"CRM_TOKEN": "canary-token"}))
    assert "canary-token" not in shown
