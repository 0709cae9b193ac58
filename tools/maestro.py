"""`make app-flows`: what people do in the app, as Maestro flows for an iOS simulator or an Android emulator.

Made from the target file's `[app]`, the same lines by which the browser phone finds things: a flow for each control,
and for each that wants something also one with a nervous finger and one in airplane mode. No device is here to play
them: they are written, read by a YAML parser in a test, and not run. Maestro looks at the screen; whether there is one
record downstream is for `harness` to say.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from harness.target import App, Control, Target, load_target
from harness.target.words import PLACEHOLDER

ROOT = Path(__file__).parent.parent
INTO = ROOT / "staging" / "app" / "maestro"
APP_ID, SCHEME = "com.example.tern", "tern://open"
LONG_MS = 30_000
NEEDS_NO_ACCOUNT = ("sign_up", "sign_in")
AFTER_SUBSCRIBING = ("change_plan", "cancel")
FROM_PLAN, TO_PLAN = "starter", "pro"
EXAMPLES = {
    "PERSON_NAME": "Ada Fox",
    "PERSON_EMAIL": "ada.fox@people.example.com",
    "PERSON_PASSWORD": "Kiwi-0123456789",
    "PRODUCT_ID": "credits_10",
    "PLAN_ID": FROM_PLAN,
    "TICKET_SUBJECT": "Cannot export",
    "TICKET_MESSAGE": "It stops half way.",
    "TICKET_CATEGORY": "technical",
    "NOTICE_KIND": "order",
    "NOTICE_ID": "ord_0123456789",
    "NOTICE_STATE": "paid",
    "PAYMENT_WALLET": "good_card",
}
Step = str | dict[str, Any]


def main(words: list[str] | None = None) -> int:
    """Write every flow of a target file into a folder; the command line."""
    parser = argparse.ArgumentParser(prog="make app-flows", description=__doc__)
    parser.add_argument("--target", type=Path, default=ROOT / "staging" / "target.toml")
    parser.add_argument("--into", type=Path, default=INTO)
    asked = parser.parse_args(words)
    made = flows(load_target(asked.target))
    asked.into.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (asked.into / f"{name}.yaml").write_text(text)
    sys.stdout.write(f"{len(made)} flows in {asked.into}\n")
    return 0


def flows(target: Target) -> dict[str, str]:
    """Name to text of every flow; none for a target without an app."""
    if target.app is None:
        return {}
    made = {}
    for name, control in target.app.controls.items():
        steps = _Steps(target, target.app, name, control)
        made[name] = _text(steps.variables, steps.plain())
        if control.tap and name not in (*NEEDS_NO_ACCOUNT, "read_state"):
            made[f"{name}_twice"] = _text(steps.variables, steps.twice())
            made[f"{name}_airplane"] = _text(steps.variables, steps.airplane())
    return made


class _Steps:
    """The steps of one control."""

    def __init__(self, target: Target, app: App, name: str, control: Control) -> None:
        self._target, self._app, self._name, self._control = target, app, name, control
        self.variables: dict[str, str] = {}

    def plain(self) -> list[Step]:
        """As a calm person does it."""
        return [*self._until_the_last_tap(), *self._taps(self._control.tap[-1:]), *self._seen(), *self._paid()]

    def twice(self) -> list[Step]:
        """With a nervous finger on the last button."""
        last = self._id(self._control.tap[-1])
        return [*self._until_the_last_tap(), {"doubleTapOn": {"id": last, "delay": 50}}, *self._seen(), *self._paid()]

    def airplane(self) -> list[Step]:
        """Without a network, killed and opened again, and then with one; Maestro can do this on Android only."""
        return [
            *self._until_the_last_tap(),
            {"setAirplaneMode": "enabled"},
            *self._taps(self._control.tap[-1:]),
            *self._seen(),
            "killApp",
            {"launchApp": {"clearState": False}},
            {"setAirplaneMode": "disabled"},
            *self._seen(),
            *self._paid(),
        ]

    def _until_the_last_tap(self) -> Iterator[Step]:
        if self._name in NEEDS_NO_ACCOUNT:
            yield {"launchApp": {"clearState": True}}
        elif self._name in AFTER_SUBSCRIBING:
            yield {"runFlow": {"file": "subscribe.yaml", "env": {"PLAN_ID": FROM_PLAN}}}
        else:
            yield {"runFlow": "sign_up.yaml"}
        if self._control.open and self._control.open != "/":
            yield {"openLink": SCHEME + self._id(self._control.open).removeprefix("/")}
        yield from self._taps(self._control.go)
        for field, value in self._control.fill.items():
            if "?}" not in value:
                yield from self._taps([field])
                yield {"inputText": self._id(value)}
                yield "hideKeyboard"
        for field in self._control.attach:
            yield {
                "tapOn": {"id": self._id(field), "label": "A file is chosen by hand: each phone has its own chooser"}
            }
        yield from self._taps(self._control.tap[:-1])

    def _taps(self, names: Any) -> Iterator[Step]:
        for name in names:
            yield {"scrollUntilVisible": {"element": {"id": self._id(name)}}}
            yield {"tapOn": {"id": self._id(name)}}

    def _seen(self) -> Iterator[Step]:
        words = sorted({*self._target.words, *self._app.own_words})
        seen = {"id": self._app.states[0], "text": "|".join(re.escape(word).replace("\\ ", " ") for word in words)}
        within_ms = int(self._app.shown_within_s * 1000)
        yield {"extendedWaitUntil": {"visible": seen, "timeout": within_ms}}

    def _paid(self) -> Iterator[Step]:
        pay = self._app.pay
        if pay is None or self._name not in pay.open:
            return
        yield {"extendedWaitUntil": {"visible": {"id": pay.sheet}, "timeout": LONG_MS}}
        yield from self._taps(pay.tap)
        yield {"extendedWaitUntil": {"notVisible": {"id": pay.sheet}, "timeout": LONG_MS}}

    def _id(self, text: str) -> str:
        """The text with Maestro's variables in the place of the target's placeholders; notes what they are."""

        def variable(found: re.Match[str]) -> str:
            name = re.sub(r"\W+", "_", found[0].strip("{}?")).upper()
            example = EXAMPLES.get(name, "")
            self.variables[name] = TO_PLAN if (self._name, name) == ("change_plan", "PLAN_ID") else example
            return f"${{{name}}}"

        return PLACEHOLDER.sub(variable, text)


def _text(variables: Mapping[str, str], steps: list[Step]) -> str:
    head: dict[str, Any] = {"appId": APP_ID}
    if variables:
        head["env"] = dict(variables)
    return "---\n".join(yaml.safe_dump(part, sort_keys=False, allow_unicode=True) for part in (head, steps))


if __name__ == "__main__":
    sys.exit(main())
