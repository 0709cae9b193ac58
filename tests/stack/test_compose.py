"""Compose files: what a run understands, and what it refuses by name."""

from pathlib import Path

import pytest

from harness.errors import TargetError
from harness.stack.compose import filled_in, read
from tests.gate.conftest import ROOT

GOOD = """
x-shared: &shared
  image: shop:1
  environment: {PORT: 8000, DEBUG: true, KEY: "${KEY}"}
services:
  web:
    <<: *shared
    command: serve --port 8000
    depends_on: {setup: {condition: service_completed_successfully}, cache: {condition: service_started}}
    healthcheck: {test: "curl localhost", interval: 1m30s, retries: 5}
    ports: ["8000:8000"]
    restart: always
    volumes: ["./code:/code:ro", "data:/data", "/scratch"]
  setup:
    <<: *shared
    environment: ["KEY=${KEY:-none}", EMPTY=]
    depends_on: [cache]
  cache:
    build: {context: ., dockerfile: Cache.Dockerfile, args: {BASE: "${BASE:-debian}"}}
    entrypoint: [cache]
"""


def written(folder: Path, text: str) -> Path:
    """A compose file with this text."""
    path = folder / "compose.yaml"
    path.write_text(text)
    return path


def test_services_come_after_those_they_wait_for(tmp_path: Path) -> None:
    """Whatever the order of the file; each with its own words, values as text, times as the engine takes them."""
    cache, setup, web = read(written(tmp_path, GOOD), {"KEY": "k1"})
    assert [cache.name, setup.name, web.name] == ["cache", "setup", "web"]
    assert web.environment == {"PORT": "8000", "DEBUG": "true", "KEY": "k1"}
    assert setup.environment == {"KEY": "k1", "EMPTY": ""}
    assert web.command == ("serve", "--port", "8000")
    assert web.after == {"setup": "service_completed_successfully", "cache": "service_started"}
    assert setup.after == {"cache": "service_started"}
    assert web.healthcheck == {"test": ["CMD-SHELL", "curl localhost"], "interval": 90_000_000_000, "retries": 5}
    assert web.binds == (f"{tmp_path}/code:/code:ro",)
    assert web.volumes == ("/data", "/scratch")
    assert cache.build
    assert (cache.build.context, cache.build.args) == (tmp_path, {"BASE": "debian"})
    assert cache.entrypoint == ("cache",)


def test_variables_are_filled_in_as_compose_does() -> None:
    """Defaults for what is not there, or empty; a dollar for two."""
    known = {"A": "1", "EMPTY": ""}
    assert filled_in("$A ${A} ${B:-two} ${EMPTY:-e} ${EMPTY-e} ${B} $$A ${A:+yes}", known, "x") == "1 1 two e   $A yes"
    with pytest.raises(TargetError, match=r"x: \$\{B\} is not set: the key; put it into \[env\]"):
        filled_in("${B:?the key}", known, "x")


WRONG = [
    ("services: {a: {image: x, gpus: all}}", r"services\.a: `gpus` is not understood; a run understands build"),
    ("services: {a: {}}", r"services\.a: needs `image` or `build`"),
    ("services: {a: {image: x, depends_on: [b]}}", r"services\.a\.depends_on: there is no service 'b'"),
    (
        "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}",
        "services wait for each other: a -> b -> a",
    ),
    ("services: {a: {image: x, depends_on: {a: {condition: soon}}}}", "found 'soon', expected one of service_started"),
    ("services: {a: {image: x, healthcheck: {test: [curl]}}}", "found .'curl'., expected a command"),
    ("services: {a: {image: x, healthcheck: {test: x, interval: soon}}}", "found 'soon', expected a time as in 2s"),
    ("services: {a: {image: x, volumes: [data]}}", "found 'data', expected SOURCE:TARGET"),
    ("services: {a: {build: ./nowhere}}", "nowhere is no folder"),
    ("services: {a: {image: x, env_file: none.env}}", "cannot read env_file none.env"),
    ("a: [", "is not YAML"),
    ("name: x", "has no `services`"),
]


@pytest.mark.parametrize(("text", "said"), WRONG, ids=[said for _, said in WRONG])
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    """The file, the service, what was found and what was expected."""
    with pytest.raises(TargetError, match=said):
        read(written(tmp_path, text), {})


def test_the_file_that_ships_asks_for_nothing_that_the_target_does_not_give() -> None:
    """Its variables are those of [env]; the database comes first."""
    from harness.target import load_target

    target = load_target(ROOT / "staging" / "target.toml")
    services = read(ROOT / "staging" / "compose.yaml", dict.fromkeys(target.env, "given"))
    assert services[0].name == "database"
    assert {one.name for one in services} == {"database", "provision", "api", "worker"}
    assert {one.name for one in target.processes if one.may_crash} <= {one.name for one in services}
    api = next(one for one in services if one.name == "api")
    assert set(target.env) - set(api.environment) == set(), "what [env] sets reaches the containers too"
