"""What a cell needs of a target, in words that scenarios use; and which cells of a run a target cannot be asked.

A cell that cannot be asked is left out with the reason, and listed in the report as not covered; it never counts as
passed. Nothing is started here. Called by the run, the scenarios and the generated sweeps.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.scenario import matches
from harness.target.policies import NOT_JUDGED, POLICIES
from harness.target.words import names_in

if TYPE_CHECKING:
    from harness.scenario import Case
    from harness.target import Product, Target

Words = dict[str, Any]
Need = Callable[["Target"], str | None]
"""Why this target cannot be asked; None when it can."""

NEEDS_ACCOUNT = frozenset({"sign_in", "buy", "subscribe", "help_text", "help_attachment", "read_state", "open_notice"})
NEEDS_SUBSCRIPTION = frozenset({"change_plan", "cancel"})
REPEATED = frozenset({"request_lost", "reply_lost", "flapped"})
"""Facts of a request that is sent again."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A cell that is not played, and why."""

    cell: str
    scenario: str
    why: str


def flow(*names: str) -> Need:
    """These flows, and what people must have done before them."""

    def need(target: "Target") -> str | None:
        wanted = [one for name in names for one in (*_before(name), name)]
        lacks = next((one for one in wanted if one not in target.flows), None)
        return f"the target has no flow {lacks}" if lacks else None

    return need


def _before(name: str) -> tuple[str, ...]:
    if name in NEEDS_SUBSCRIPTION:
        return ("sign_up", "subscribe")
    return ("sign_up",) if name in NEEDS_ACCOUNT else ()


def vendor(fake: str) -> Need:
    """That the pipeline works with this vendor at all."""
    return lambda target: None if fake in vendors_of(target) else f"the target does not use {fake}"


def news(fake: str = "payments") -> Need:
    """That this vendor tells the pipeline what happens there."""
    return lambda target: None if fake in target.webhooks else f"the target takes no webhooks of {fake}"


def forgery(fake: str, name: str) -> Need:
    """That a declared vendor's signature can be wrong in this way; those that come along can be in all of theirs."""

    def need(target: "Target") -> str | None:
        declared = target.fake.get(fake)
        hooks = declared.webhooks if declared else None
        if declared is None or (hooks and name in hooks.forgeries):
            return None
        return f"{fake} is declared, and its signature ({hooks.scheme if hooks else 'none'}) cannot be wrong like this"

    return need


def means(method: str) -> Need:
    """A way to pay."""

    def need(target: "Target") -> str | None:
        known = target.payment.methods if target.payment else {}
        return None if method in known else f"the target has no payment method {method}"

    return need


def crashable() -> Need:
    """A process that may be hit."""
    return lambda target: None if target.crashable else target.why_not_crashable


def several_crashable() -> Need:
    """More than one process that may be hit, so that one can be hit alone."""
    why = "the target has no two processes that say `may_crash`, so none can be hit alone"

    def need(target: "Target") -> str | None:
        if len(target.crashable) > 1:
            return None
        return why if target.crashable or target.reached is None else target.why_not_crashable

    return need


def boxes() -> Need:
    """Processes with a network and a processor of their own."""

    def need(target: "Target") -> str | None:
        if target.in_containers:
            return None
        if target.reached:
            return "networks and limits of what was up before are left alone: run with --stack docker"
        return "processes share their network: run with --stack docker"

    return need


def at_home() -> Need:
    """A pipeline that is the run's own: elsewhere, what no app would send is not sent."""
    why = "broken and oversized requests are not sent to a pipeline on another machine, which others use too"
    return lambda target: why if target.shared else None


def category(name: str) -> Need:
    """A kind of question."""
    return lambda target: None if name in target.tickets else f"the target has no category of questions {name}"


def policy(name: str, *words: str) -> Need:
    """That the target file decides this question of policy, in one of these words; `KeyError` for no policy."""
    unknown = set(words) - set(POLICIES[name])
    assert not unknown, f"{name} is never answered by {unknown}"

    def need(target: "Target") -> str | None:
        found = target.policies.get(name, NOT_JUDGED)
        if found in words:
            return None
        decided = "leaves" if found == NOT_JUDGED else f"says {found!r} of"
        return f"the target file {decided} the policy {name}{' open' if found == NOT_JUDGED else ''}"

    return need


def operators() -> Need:
    """Routes that only those who run the pipeline may ask."""

    def need(target: "Target") -> str | None:
        ops = target.ops
        named = ops.token and (ops.metrics or ops.dead_letters or ops.retry)
        told = named or (target.pending and target.pending.token)
        return None if told else "the target names no routes of operators with a token of their own"

    return need


def operators_can(*routes: str) -> Need:
    """That the target names these routes of its operators, and their token."""

    def need(target: "Target") -> str | None:
        lacks = [name for name in routes if not getattr(target.ops, name)]
        if lacks or not target.ops.token:
            return f"the target names no {' and '.join(f'ops.{name}' for name in lacks or ['token'])}"
        return None

    return need


def minted_tokens() -> Need:
    """That tokens can be made which are signed well."""

    def need(target: "Target") -> str | None:
        return None if target.auth.jwt_secret else "the target does not say what signs its tokens (auth.jwt_secret)"

    return need


def plans(number: int) -> Need:
    """So many plans."""
    return lambda target: None if len(target.plans) >= number else f"the target has fewer than {number} plans"


def products(number: int) -> Need:
    """So many products."""
    return lambda target: None if len(target.products) >= number else f"the target has fewer than {number} products"


def currency(code: str) -> Need:
    """Something to buy in this currency."""
    return lambda target: None if product_in(target, code) else f"the target sells nothing in {code.upper()}"


def product_in(target: "Target", code: str) -> "Product | None":
    """The first product that is sold in this currency."""
    return next((product for product in target.products if product.currency == code), None)


def vendors_of(target: "Target") -> frozenset[str]:
    """The vendors that a target speaks of: in what it starts, in its webhooks, in the effects of its flows."""
    texts: list[Any] = [target.env, *(process.env for process in target.processes)]
    texts += [process.command for process in target.processes]
    named = {name.split(".")[1] for name in names_in(texts) if name.startswith("fakes.")}
    sinks = {effect.sink.partition(".")[0] for one in target.flows.values() for effect in one.effects}
    return frozenset({*named, *sinks, *target.webhooks})


def lacking(case: "Case", target: "Target") -> str | None:
    """Why a cell cannot be asked of a target; None when it can."""
    for one in target.not_covered:
        if any(matches(case, pattern) for pattern in one.cells):
            return one.why
    needs: Sequence[Need] = (flow(case.flow), *case.scenario.needs(case))
    return next((why for need in needs if (why := need(target))), None) or next(_unmet(case, target), None)


def _unmet(case: "Case", target: "Target") -> Iterator[str]:
    """What its facts need to occur at all, and its promises to be kept."""
    name = target.flow(case.flow).request
    request = target.operation(name)
    for fact in case.facts:
        kind, fake = fact["fact"], fact.get("fake")
        if kind in REPEATED and not request.may_repeat:
            yield f"{name} has no key and is not `repeatable`, so an app may not send it again"
        if kind == "same_key" and request.key == "none":
            yield f"{name} has neither a key nor a natural one that would make two requests one"
        if kind == "fault_fired" and fake and not any(one.startswith(f"{fake}.") for one in target.sinks_of(case.flow)):
            yield f"{case.flow} leaves nothing at {fake}"
    for promise in case.promises:
        untold = sorted(set(promise.get("sinks") or ()) - target.sinks)
        if untold:
            yield f"the target tells its team nothing by {' and '.join(untold)} (`ops.alerts` says by what)"


def in_hand(case: "Case", target: "Target", phone: str) -> str | None:
    """Why this phone cannot play a cell; None when it can."""
    scenario = case.scenario
    if phone not in scenario.hands:
        if phone == "browser":
            return f"not played in a browser: {scenario.why_not}"
        return f"played with a real page only: {_how_to_get_pages(target)}"
    if phone == "browser" and target.app is not None:
        lacks = next((one for one in (*_before(case.flow), case.flow) if one not in target.app.controls), None)
        if lacks:
            return f"not played in a browser: the target has no [app.controls.{lacks}]"
    return None


def _how_to_get_pages(target: "Target") -> str:
    if target.app is None:
        return "the target has no [app] table"
    if not (Path(target.app.export) / "index.html").is_file():
        build = f"`{target.app.build}` makes one, then " if target.app.build else ""
        return f"there is no web export at {target.app.export}; {build}`harness run --phone browser`"
    return "`harness run --phone browser`"


def fitted(cases: Iterable["Case"], target: "Target", phone: str = "http") -> tuple[list["Case"], list[LeftOut]]:
    """The cells that this target can be asked with this phone, and the others with the reason for each."""
    played, left = [], []
    for case in cases:
        why = lacking(case, target) or in_hand(case, target, phone)
        if why is None:
            played.append(case)
        else:
            left.append(LeftOut(case.id, case.scenario.name, why))
    return played, left


def out_of_reach(target: "Target") -> list[Words]:
    """What a run cannot look at or do, beside its cells, because others started the pipeline."""
    if target.reached is None:
        return []
    logs = {"what": "the logs of the pipeline's processes", "why": "the run did not start them"}
    flaws = {"what": "planted flaws", "why": "the pipeline was up before this run"}
    return [flaws] if target.reached.project else [logs, flaws]


def answerable(promises: Iterable[Words], target: "Target", flow: str = "") -> list[Words]:
    """These promises as this target makes them: with its own limits and words, without those that it leaves open.

    Which are left open is told by `checkers.uncovered`.
    """
    own = [_own(words, target) for words in promises]
    return [words for words in own if not _open(words, target, flow)]


def _own(words: Words, target: "Target") -> Words:
    promises = target.promises
    limit = {"acknowledged": promises.acknowledged_s, "synced": promises.synced_s}.get(words["promise"])
    if words["promise"] == "shown":
        said = [own for word in words["one_of"] for own in promises.shown.get(word, (word,))]
        return {**words, "one_of": said}
    return words if limit is None else {**words, "within_s": limit}


def _open(words: Words, target: "Target", flow: str) -> bool:
    name = words["promise"]
    if name in target.promises.not_judged or (name == "converges" and not target.agree):
        return True
    if name != "shown":
        return False
    silent = flow in target.flows and target.operation(target.flow(flow).request).state is None
    known = set(target.words).union(*target.promises.shown.values())
    return silent or not set(words["one_of"]) & known


def as_data(left: Iterable[LeftOut]) -> list[dict[str, str]]:
    """The same as plain data, for the run folder."""
    return [asdict(one) for one in left]
