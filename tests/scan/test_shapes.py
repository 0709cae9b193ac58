"""Keys by their looks: each shape is found, its neighbours and what clients may have are left alone."""

import base64
import json

import pytest

from harness.errors import TargetError
from harness.rng import fresh_token
from harness.scan.needles import Secret
from harness.scan.shapes import Shapes, entropy, shapes_of, shipped
from tests.scan.planting import PUBLISHABLE_KEY, SECRET_KEY, bytecode, looked

TOKEN = fresh_token
LETTERS = "".join(dict.fromkeys(base64.b32encode(TOKEN().encode()).decode())) * 3


def signed(**claims: object) -> str:
    parts = [
        base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in ({"alg": "HS256"}, claims)
    ]
    return ".".join([*parts, TOKEN()])


KEYS = {
    "stripe-secret-key": SECRET_KEY + TOKEN(),
    "stripe-webhook-secret": "wh" + "sec_" + TOKEN(),
    "hubspot-private-app-token": "pat" + "-na1-" + "-".join(TOKEN()[:size] for size in (8, 4, 4, 4, 12)),
    "zendesk-api-token": "agent@example.com" + "/token:" + TOKEN() + TOKEN()[:8],
    "zendesk-named-token": f'ZENDESK_API_TOKEN="{TOKEN() + TOKEN()[:8]}"',
    "slack-token": "xo" + "xb-" + TOKEN(),
    "slack-webhook": "https://hooks.example.com/" + "services/T" + LETTERS[:9] + "/B" + LETTERS[2:11] + "/" + TOKEN(),
    "expo-access-token": f"EXPO_TOKEN={TOKEN() + TOKEN()}",
    "aws-access-key-id": "AK" + "IA" + (LETTERS * 2)[:16],
    "aws-secret-access-key": f'secretAccessKey: "{base64.b64encode(TOKEN().encode()).decode()[:40]}"',
    "google-service-account": json.dumps({"type": "service_" + "account", "private_key": "x"}),
    "google-oauth-secret": "GOC" + "SPX-" + TOKEN(),
    "private-key": "-----BEGIN " + "RSA PRIVATE KEY-----\n" + TOKEN() * 3,
    "service-role-token": signed(role="service_role", iss="x"),
    "supabase-secret-key": "sb_" + "secret_" + TOKEN(),
    "github-token": "gh" + "p_" + TOKEN() + TOKEN()[:4],
    "openai-or-anthropic-key": "sk-" + "ant-" + "api03-" + TOKEN(),
    "sendgrid-key": "S" + "G." + TOKEN()[:22] + "." + TOKEN() + TOKEN()[:11],
    "database-address": f"postgresql://app:{TOKEN()}@db.example.com/app",
    "basic-credentials": f'Authorization: "Basic {base64.b64encode(TOKEN().encode()).decode()}"',
}  # fmt: skip


def ids(name: str, data: bytes | str) -> set[str]:
    result = looked([], name, data)
    assert result.unreadable == []
    return {one.secret for one in result.findings}


@pytest.mark.parametrize("shape", [one.id for one in shipped() if not one.allowed])
def test_each_shape_is_found(shape: str) -> None:
    """In a script, in bytecode between letters, in base64, and put together from two literals; never shown whole."""
    key = KEYS[shape]
    assert shape in ids("a.js", f"const a=1;x({json.dumps(key)})")
    assert shape in ids("a.hbc", bytecode(["HeadlessTask", f"Task{key}", key, f"{key}ABC"], packed=False))
    assert shape in ids("a.js", f'atob("{base64.b64encode(key.encode()).decode()}")')
    for one in looked([], "a.js", key).findings:
        assert key not in one.shown
        assert key not in str(one.as_data())


def test_what_only_stands_side_by_side_in_bytecode_is_no_key() -> None:
    """Bytecode keeps strings without an end: a beginning with another string behind it is not a key of anybody's."""
    beginning, other = SECRET_KEY, LETTERS[:20].lower()
    assert ids("a.hbc", bytecode(["x", beginning, other, "y"], packed=False)) == set()
    assert "stripe-secret-key" in ids("a.hbc", bytecode(["x", beginning + other, "y"], packed=False))


def test_a_key_in_two_literals_is_found() -> None:
    """Nobody splits a key by accident, but bundlers do not join what a person split."""
    key = KEYS["stripe-secret-key"]
    assert "stripe-secret-key" in ids("a.js", f'x("{key[:8]}" + "{key[8:]}")')


def test_what_clients_may_have_is_counted_and_allowed() -> None:
    """A publishable key is made for apps; that it was seen shows that the search was not blind."""
    result = looked([], "a.js", f'k("{PUBLISHABLE_KEY}{TOKEN()}"); j("{signed(role="anon")}")')
    assert result.findings == []
    assert result.allowed == {"stripe-publishable-key": 1}


@pytest.mark.parametrize(
    "text",
    [
        f'integrity: "sha256-{base64.b64encode(TOKEN().encode()).decode()}"',
        f"commit {TOKEN()}{TOKEN()[:8]}",
        "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
        "-----BEGIN PRIVATE KEY----- is what a private key begins with",
        "ask_test_questions_for_the_survey_of_users",
        "authorization: Bearer ${token}",
        "postgres://user:${password}@host",
        "Authorization: 'Bearer aaaaaaaaaaaaaaaaaaaaaaaa'",
        "zendesk_token_description_text = 'how to make a token in the settings of your account'",
        f"AK{'IA'}{'A' * 16}",
        "task-ant-colony-optimisation-with-many-letters",
        *(
            f"{kind}_{(TOKEN() + TOKEN())[:size]}sb_secret_{TOKEN()[:25]}"
            for kind in ("pi", "seti")
            for size in (22, 25)
        ),
    ],
    ids=[
        "integrity",
        "commit",
        "public",
        "begins",
        "prose",
        "bearer",
        "address",
        "dull",
        "description",
        "letters",
        "ant",
        "pi22",
        "pi25",
        "seti22",
        "seti25",
    ],
)
def test_what_only_resembles_a_key_is_left_alone(text: str) -> None:
    """Hashes, public keys, placeholders and prose."""
    assert ids("a.js", text) == set()


def test_a_known_secret_is_not_told_twice() -> None:
    """By its value it has a name; the shape adds nothing."""
    secret = Secret("PAYMENTS_KEY", KEYS["stripe-secret-key"], random=True)
    assert [one.kind for one in looked(secret, "a.js", f'"{secret.value}"').findings] == ["secret"]


def test_a_target_can_allow_and_add() -> None:
    """What looks like a key and may be there; what only this company's keys look like."""
    import re

    added = list(shapes_of([{"id": "ours", "starts": ["acme_"], "pattern": "acme_[0-9a-f]{32}"}], "target.toml"))
    shapes = Shapes([*shipped(), *added], [re.compile("acme_0")])
    assert [match.shape.id for match in shapes.find(f"acme_1{TOKEN()[1:]} acme_0{TOKEN()[1:]}".encode())] == ["ours"]


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"id": "x", "pattern": "a("  , "starts": ["a"]}, "is not a regular expression"),
        ({"id": "x", "pattern": "a"}, "in `starts` the letters"),
        ({"id": "x", "pattern": "a", "starts": ["a"], "entropie": 3}, "found entropie, expected id"),
    ],
)  # fmt: skip
def test_a_shape_that_cannot_be_is_refused(table: dict[str, object], said: str) -> None:
    """With the file, the shape and what is wrong with it."""
    with pytest.raises(TargetError, match=r"target\.toml: shape 1") as refused:
        list(shapes_of([table], "target.toml"))
    assert said in str(refused.value)


def test_entropy_tells_keys_from_words() -> None:
    """By letters alone: none for one letter, four bits for sixteen."""
    assert entropy(b"aaaa") == 0
    assert entropy(b"0123456789abcdef") == 4
    assert entropy(b"") == 0
