"""Which account a key opens, and that looking makes none."""

import pytest

from fakes.isolated import Accounts, chance_of, named_by
from harness.rng import Rng


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("key.shop-2", "shop-2"),
        ("key", None),
        ("key.", None),
        ("key.Shop", None),
        ("other.shop", None),
        ("a.key.shop", None),
        (f"key.{'x' * 40}", "x" * 40),
        (f"key.{'x' * 41}", None),
        ("", None),
    ],
)
def test_the_name_at_the_end_of_a_key(shown: str, name: str | None) -> None:
    """The rest must be the key, and the end a name."""
    assert named_by(shown, "key") == name


def test_a_key_may_hold_dots() -> None:
    """Only its last part can be a name."""
    assert named_by("v1.key.shop", "v1.key") == "shop"


def test_an_account_is_made_when_it_is_first_used() -> None:
    """A key that opens it makes it, once; looking does not, and the main one has no second name."""
    made: list[str] = []

    def make(name: str) -> str:
        made.append(name)
        return f"of {name}"

    accounts = Accounts("main", "the main one", make)
    assert (accounts.known("shop"), made) == (None, [])
    assert [accounts.opened(shown, "key") for shown in ("key", "key.shop", "key.shop", "key.main", "no")] == [
        "main", "shop", "shop", None, None,
    ]  # fmt: skip
    assert (accounts.known("shop"), accounts.named(None), made) == ("of shop", "the main one", ["shop"])
    assert list(accounts) == ["the main one", "of shop"]
    with pytest.raises(ValueError, match="1 to 40 of a-z"):
        accounts.named("A shop")


def test_ids_of_an_account_follow_from_its_name() -> None:
    """The same for the same seed and name, and others for another name."""
    one, again, other = (chance_of(Rng(7), "tests", name).ident("x", "a") for name in ("one", "one", "other"))
    assert one == again != other
