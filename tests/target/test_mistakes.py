"""Every kind of mistake in a target file, and the words it is told in."""

from pathlib import Path

import pytest

from harness.errors import RefusedError, TargetError, UsageError
from harness.target import load_target, target_of_text

GOOD = """\
name = "ours"
base_url = "http://127.0.0.1:{port:api}"

[operations.sign_up]
method = "POST"
path = "/v1/accounts"
key = "header:Idempotency-Key"
body = { email = "{person.email}" }

[operations.me]
method = "GET"
path = "/v1/me"

[flows.sign_up]
request = "sign_up"

[truth]
read = "me"

[[process]]
name = "api"
command = ["{python}", "-m", "ours"]
ready = "tcp:127.0.0.1:{port:api}"
"""
END = "\nmend it, then look again with `harness doctor --target ours.toml`"

MISTAKES = [
    (
        "[[process]]",
        '[policies]\nplus_adresses = "apart"\n\n[[process]]',
        "ours.toml:21: policies.plus_adresses: is no policy; there are past_due_access, plus_addresses, "
        f'refund_effects, other_account_events, other_mode_events; did you mean "plus_addresses"?{END}',
    ),
    (
        "[[process]]",
        '[policies]\npast_due_access = "keep"\n\n[[process]]',
        'ours.toml:21: policies.past_due_access: found "keep", expected "kept" or "ended" or "not judged"; '
        f'did you mean "kept"?{END}',
    ),
    (
        'method = "POST"',
        'metod = "POST"',
        'ours.toml:4: operations.sign_up.method: is missing; add it, for example method = "POST"\n'
        'ours.toml:5: operations.sign_up.metod: is not a key of this table; did you mean "method"?\n'
        "mend them, then look again with `harness doctor --target ours.toml`",
    ),
    (
        'method = "POST"',
        'method = "post"',
        "ours.toml:5: operations.sign_up.method: found \"post\", expected 'GET', 'POST', 'PUT', 'PATCH' or 'DELETE'; "
        f'did you mean "POST"?{END}',
    ),
    (
        'path = "/v1/accounts"',
        'path = "v1/accounts"',
        f'ours.toml:6: operations.sign_up.path: found "v1/accounts", expected a path that begins with "/"{END}',
    ),
    (
        'path = "/v1/accounts"',
        "path = 7",
        f"ours.toml:6: operations.sign_up.path: found 7, expected a text{END}",
    ),
    (
        'path = "/v1/accounts"',
        'path = "/v1/accounts"\naccept = 202',
        f"ours.toml:7: operations.sign_up.accept: found 202, expected a list{END}",
    ),
    (
        'path = "/v1/accounts"',
        'path = "/v1/accounts"\naccept = ["202"]',
        f'ours.toml:7: operations.sign_up.accept[1]: found "202", expected a whole number{END}',
    ),
    (
        '"header:Idempotency-Key"',
        '"Idempotency-Key"',
        'ours.toml:7: operations.sign_up.key: found "Idempotency-Key", expected "header:NAME", "body:field", '
        '"query:NAME", "natural:{...}" or "none"'
        f"{END}",
    ),
    (
        'request = "sign_up"',
        'request = "signup"',
        'ours.toml:15: flows.sign_up.request: found "signup", expected an operation of this file (sign_up, me); '
        f'did you mean "sign_up"?{END}',
    ),
    (
        'read = "me"',
        "",
        'ours.toml:17: truth.read: is missing; add it, for example read = "read_state", the operation that reads the '
        f"app's state{END}",
    ),
    (
        "{person.email}",
        "{persn.email}",
        "ours.toml:8: operations.sign_up.body: the placeholder {persn.email} stands for nothing; did you mean "
        '"{person}"?; there are {person}, {product}, {plan}, {ticket}, {notice}, {payment}, {attachment}, {account}, '
        f"{{chance}}, {{key}}, {{token}}{END}",
    ),
    (
        'ready = "tcp:127.0.0.1:{port:api}"',
        'ready = "soon"',
        'ours.toml:23: process[api].ready: found "soon", expected "tcp:HOST:PORT", a URL, "exit", "line" or "started"'
        f"{END}",
    ),
    (
        '["{python}", "-m", "ours"]',
        '["{launcher}"]',
        "ours.toml:22: process[api].command: uses {launcher}, but there is no [launcher] table; add one with "
        f'normal = ["..."]{END}',
    ),
    (
        'request = "sign_up"',
        'request = "sign_up"\ndone = { field = "status", ok = ["paid"] }',
        f"ours.toml:14: flows.sign_up: has `done` but no `poll`; name the operation whose answer holds it{END}",
    ),
    (
        "{person.email}",
        "{person.emial}",
        "ours.toml:8: operations.sign_up.body: the placeholder {person.emial} stands for nothing; did you mean "
        '"{person.email}"?; there are {person.marker}, {person.first_name}, {person.last_name}, {person.name}, '
        "{person.given}, {person.family}, {person.source}, {person.email}, {person.email_lower}, {person.password}, "
        f"{{person.phone}}, {{person.company}}, {{person.lead}}, {{person.device}}{END}",
    ),
    (
        'body = { email = "{person.email}" }',
        'body = {}\ngraphql = "mutation { signUp }"',
        "ours.toml:8: operations.sign_up.body: is there beside `graphql`; what the document takes goes into "
        f"`variables`{END}",
    ),
    (
        'body = { email = "{person.email}" }',
        'variables = { email = "{person.email}" }',
        'ours.toml:8: operations.sign_up.variables: is there without `graphql`; add graphql = "query ..." or use '
        f"`body`{END}",
    ),
    (
        'path = "/v1/me"',
        'path = "/v1/me"\nbody = {}',
        'ours.toml:13: operations.me.body: cannot go with method = "GET", which sends no body; use `query`, or method '
        f'= "POST"{END}',
    ),
    (
        'path = "/v1/me"',
        'path = "/v1/me"\nkey = "body:key"',
        f'ours.toml:13: operations.me.key: "body:key" cannot go with method = "GET", which sends no body{END}',
    ),
    (
        'path = "/v1/me"',
        'path = "/v1/me"\nquery = { of = "{accuont_id}" }',
        "ours.toml:13: operations.me.query: the placeholder {accuont_id} stands for nothing; did you mean "
        '"{account}"?; there are {person}, {product}, {plan}, {ticket}, {notice}, {payment}, {attachment}, {account}, '
        f"{{chance}}, {{key}}, {{token}}{END}",
    ),
    (
        "[flows.sign_up]",
        "[flows.signup]",
        f'ours.toml:14: flows.signup: is no flow that people take; did you mean "sign_up"?{END}',
    ),
    (
        "[flows.sign_up]",
        "[flows.buy]",
        'ours.toml:14: flows.buy: nobody knows how it is paid; add [payment] with default = "card" and '
        '[payment.methods] card = { wallet = "good_card", result = "paid" }\n'
        "ours.toml:14: flows.buy: there is nothing to choose from; add [[products]]\n"
        "mend them, then look again with `harness doctor --target ours.toml`",
    ),
    (
        'request = "sign_up"',
        'request = "sign_up"\n[[flows.sign_up.effects]]\nsink = "crm.contact"\nwhen = { "payment.reslt" = "paid" }',
        "ours.toml:18: flows.sign_up.effects[1].when: the placeholder {payment.reslt} stands for nothing; did you mean "
        '"{payment.result}"?; there are {payment.method}, {payment.wallet}, {payment.token}, {payment.result}, '
        f"{{payment.tries}}{END}",
    ),
    (
        'name = "ours"',
        'name = "ours"\nadapter = "signing"',
        'ours.toml:2: adapter: found "signing", expected "module:Class", a class in a Python file beside this one'
        f"{END}",
    ),
    (
        'name = "ours"',
        'name = "ours"\nauth = { token = "cookies:sid" }',
        'ours.toml:2: auth.token: found "cookies:sid", expected "bearer", "header:NAME", "cookie:NAME", "query:NAME" '
        f'or "body:field"{END}',
    ),
    (
        'name = "ours"',
        'name = "ours"\npromises = { not_judged = ["exactly_once"] }',
        "ours.toml:2: promises.not_judged[1]: found \"exactly_once\", expected 'acknowledged', 'synced', 'shown', "
        f"'polite' or 'converges'{END}",
    ),
    (
        'name = "ours"',
        'name = "ours"\nerrors = { statuses = { GONE = 200 } }',
        f"ours.toml:2: errors.statuses.GONE: found 200, expected greater than or equal to 400{END}",
    ),
    (
        "[[process]]",
        '[[process]]\nname = "api"\ncommand = ["x"]\n\n[[process]]',
        f'ours.toml:24: process[api]: "api" is there twice; each needs a name of its own{END}',
    ),
    (
        'name = "ours"',
        'name = "ours"\nlimits = { cells_at_once = 0 }',
        f"ours.toml:2: limits.cells_at_once: found 0, expected greater than or equal to 1{END}",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "message"), MISTAKES, ids=[wrong for _, wrong, _ in MISTAKES])
def test_a_mistake_is_told_exactly(right: str, wrong: str, message: str) -> None:
    """File, line, key, what was found, what was expected, the nearest known word, the next step."""
    with pytest.raises(TargetError) as told:
        target_of_text(GOOD.replace(right, wrong, 1), "ours.toml")
    assert str(told.value) == message


def test_the_file_before_the_mistakes_is_good() -> None:
    """What the table above alters can be used as it stands."""
    assert target_of_text(GOOD, "ours.toml").name == "ours"


def test_a_torn_file_is_no_toml() -> None:
    """Syntax comes first, with the line that TOML's reader names."""
    with pytest.raises(TargetError, match=r"^ours\.toml: is not TOML: .*line 1.*mend that line first$"):
        target_of_text("name = ours\n", "ours.toml")


def test_an_empty_file_lacks_everything_it_must_have() -> None:
    """All that is missing is told at once."""
    with pytest.raises(TargetError) as told:
        target_of_text("", "ours.toml")
    assert [line.partition(" is missing")[0] for line in str(told.value).splitlines()[:-1]] == [
        "ours.toml: name:",
        "ours.toml: base_url:",
        "ours.toml: operations:",
        "ours.toml: truth:",
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path and the system's reason."""
    with pytest.raises(TargetError, match=r"cannot read the target file .*none\.toml: No such file or directory"):
        load_target(tmp_path / "none.toml")


def test_a_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are told as such."""
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "café"'.encode("latin-1"))
    with pytest.raises(TargetError, match=r"latin\.toml: is not UTF-8 text .* save it as UTF-8"):
        load_target(path)


@pytest.mark.parametrize("host", ["staging.example.com", "10.0.0.7", "[2001:db8::1]", "127.0.0.1.example.com"])
def test_a_foreign_host_is_refused_unless_named(host: str) -> None:
    """A harness makes people and charges: not on a host that nobody named."""
    text = GOOD.replace("http://127.0.0.1:{port:api}", f"https://{host}/app", 1)
    with pytest.raises(RefusedError, match=r"base_url: .* is not this machine.*allow_hosts = "):
        target_of_text(text, "ours.toml")
    named = host.strip("[]")
    assert target_of_text(f'allow_hosts = ["{named}"]\n{text}', "ours.toml").base_url == f"https://{host}/app"


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "127.9.9.9"])
def test_this_machine_needs_no_permission(host: str) -> None:
    """Loopback by default."""
    text = GOOD.replace("127.0.0.1:{port:api}", host, 1)
    assert target_of_text(text, "ours.toml").base_url == f"http://{host}"


def test_a_base_url_that_is_none_is_told() -> None:
    """Without a scheme and a host there is nowhere to go."""
    with pytest.raises(TargetError, match=r'ours\.toml: base_url: found "nowhere", expected a URL'):
        target_of_text(GOOD.replace("http://127.0.0.1:{port:api}", "nowhere", 1), "ours.toml")


@pytest.mark.parametrize("key", ["sk_live_abc123", "rk_live_abc123", "prefix sk_live_abc123", "SK_LIVE_abc123"])
def test_a_live_key_anywhere_is_refused_and_not_repeated(key: str) -> None:
    """The message names file, line and key path, and shows no more than the key's beginning."""
    text = GOOD + f'env = {{ PAYMENTS_KEY = "{key}" }}\n'
    with pytest.raises(
        RefusedError, match=r"ours.toml:24: process\[api\]\.env\.PAYMENTS_KEY: .* is a live key"
    ) as told:
        target_of_text(text, "ours.toml")
    assert key not in str(told.value)


def test_patterns_of_the_file_are_live_keys_too() -> None:
    """A vendor's own form of key is data of the target file."""
    text = f'{GOOD}\n[safety]\nlive_keys = ["^pat-eu1-[0-9a-f]{{8}}"]\n'
    with pytest.raises(RefusedError, match="is a live key"):
        target_of_text(text.replace('"ours"', '"pat-eu1-0123abcd"', 1), "ours.toml")
    assert target_of_text(text, "ours.toml").safety.live_keys


def test_a_flaw_needs_a_launcher_for_it() -> None:
    """A pipeline of somebody else's has no planted flaws."""
    with pytest.raises(UsageError, match=r"ours has no `launcher\.flawed`"):
        target_of_text(GOOD, "ours.toml").with_flaw("no_dedupe")
