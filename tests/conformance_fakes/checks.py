"""The checks of the suite about what a fake is and what it keeps: shape, journal, faults, barriers, reset, clock.

Each takes a stand and raises `AssertionError`; none knows a vendor. Those about bad input stand in `inputs`.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx

from fakes.calls import Manifest
from fakes.powers import Actor, Hosted, Liar, Public, Resettable, Signer, Wallet
from harness.faults import ALWAYS, COMMITTING, Kind
from tests.conformance_fakes.stand import Stand
from tests.house.tree import ROOT

Check = Callable[[Stand], None]
SILENT = (Kind.HANG, Kind.HANG_AFTER, Kind.UNENDED_REPLY)
SLOW = (Kind.DELAY, Kind.SLOW_REPLY, Kind.BARRIER, Kind.GATHER, Kind.TRICKLE)
BROKEN = (Kind.LOST_REPLY, Kind.CUT_REPLY, Kind.REFUSE)
WAITS_S = 0.05
DAY_S = 86_400


def shape(stand: Stand) -> None:
    """Name, sinks and routes fit together; each power comes with its part of the manifest, and the other way round."""
    slice_, manifest = stand.slice, stand.slice.manifest
    sinks = [sink.name for sink in manifest.sinks]
    assert slice_.name == stand.case.name
    assert sinks, "no sink"
    assert all(name.startswith(f"{slice_.name}.") for name in sinks)
    assert len(set(sinks)) == len(sinks)
    assert {route.sink for route in slice_.routes} - {None} <= set(sinks), "a route names a sink that is not there"
    assert len({(route.method, route.template) for route in slice_.routes}) == len(slice_.routes)
    assert isinstance(slice_, Public), "nobody is told its keys"
    assert isinstance(slice_, Resettable), "it cannot be reset"
    assert isinstance(slice_, Wallet) == bool(manifest.payment_methods), "wallet and payment methods"
    assert isinstance(slice_, Liar) == bool(manifest.lies), "lies and who tells them"
    assert isinstance(slice_, Actor) == bool(manifest.acts), "acts and who does them"
    assert isinstance(slice_, Signer) == bool(manifest.forgeries), "forgeries and who signs"
    assert all(_sentences(manifest)), "something of the manifest is not explained"
    if isinstance(slice_, Hosted):
        assert all(slice_.hosts)
    assert stand.fakes.control("GET", "/manifest")[slice_.name]["sinks"]


def _sentences(manifest: Manifest) -> list[str]:
    told = [sink.text for sink in manifest.sinks]
    for part in (manifest.forgeries, manifest.lies, manifest.acts, manifest.payment_methods):
        told += part.values()
    return told


def fidelity(stand: Stand) -> None:
    """What is copied, simplified and refused is written down, and the fake's page leads there."""
    if not stand.case.has_fidelity:
        return
    room = ROOT / "fakes" / stand.case.module
    pages = sorted((room / "fidelity").glob("*.md"))
    assert pages, "no page in fidelity/"
    readme = (room / "README.md").read_text()
    assert "fidelity" in readme, "the README does not lead to fidelity/"
    texts = {page.name: page.read_text().lower() for page in pages}
    silent = [name for name, text in texts.items() if "copied" not in text and "simplified" not in text]
    assert not silent, f"{silent} say neither what is copied nor what is simplified"
    for word in ("copied", "simplified"):
        assert any(word in text for text in texts.values()), f"no page says what is {word}"


def journal(stand: Stand) -> None:
    """A call leaves received, effect and answered, in this order, with its person; a refused one leaves no effect."""
    ada = stand.somebody()
    made = stand.created(ada)
    (effect,) = stand.effects(ada)
    call = effect["call"]
    order = [each["k"] for each in stand.records(None, call=call) if each["k"] in ("received", "effect", "answered")]
    assert order[0] == "received"
    assert order[-1] == "answered"
    assert order.count("effect") >= 1
    assert effect["object"] == made
    (received,) = stand.records("received", call=call)
    assert (received["person"], received["writes"], received["sink"]) == (ada, True, stand.case.sink)
    assert received["operation"]
    (answered,) = stand.records("answered", call=call)
    assert answered["status"] < 300
    assert answered["lost"] is None
    stand.sees(made)
    read = stand.records("received", person=ada)[-1]
    assert read["writes"] is False, "a read counts as a write"
    assert read["person"] == ada, "a read that names only an id is nobody's"


def secrets(stand: Stand) -> None:
    """No credential is in the journal."""
    stand.created(stand.somebody())
    told = stand.fakes.journal.read_text()
    for name, value in stand.fakes.public[stand.case.name].items():
        if any(word in name for word in ("secret", "token", "password")) and isinstance(value, str) and value:
            assert value not in told, f"{name} is in the journal"


def faults(stand: Stand) -> None:
    """Each kind of fault meets the person it is planned for, commits or not as it says, and meets nobody else."""
    for kind in Kind:
        ada, ben = stand.somebody(), stand.somebody()
        seconds = 30.0 if kind in SILENT else WAITS_S
        stand.fakes.fault(stand.case.name, kind, ada, seconds=seconds)
        assert stand.create(ben).status_code < 300, f"{kind} met somebody else"
        _met(stand, kind, ada)
        stand.fakes.calm()
        stand.fakes.settle()
        made = len(stand.effects(ada))
        assert made == int(kind in COMMITTING), f"{kind} left {made} effects"
        fired = stand.records("fault", person=ada)
        assert [(each["kind"], each["committed"]) for each in fired] == [(str(kind), kind in COMMITTING)], kind
        assert not stand.records("fault", person=ben)
        assert stand.create(ada).status_code < 300, f"{kind} did not end by itself"


def _met(stand: Stand, kind: Kind, marker: str) -> None:
    """What the client sees of it."""
    if kind in SILENT or kind in BROKEN:
        expected = httpx.ReadTimeout if kind in SILENT else httpx.ReadError
        try:
            stand.create(marker, patience_s=0.15)
        except expected:
            return
        raise AssertionError(f"{kind} was not noticed")
    answer = stand.create(marker)
    if kind in SLOW:
        assert answer.status_code < 300, f"{kind} refused the call"
    elif kind is Kind.HTML:
        assert (answer.status_code, answer.headers["content-type"][:9]) == (200, "text/html")
    else:
        assert stand.case.is_refusal(answer), f"{kind} has not the vendor's shape: {answer.status_code} {answer.text}"
        assert kind is not Kind.RATE_LIMITED or answer.status_code == 429
        assert kind is not Kind.SERVER_ERROR or answer.status_code == 500


def aimed(stand: Stand) -> None:
    """A fault aimed at reads, or at another sink, spares a write; one aimed at the sink meets it."""
    ada = stand.somebody()
    made = stand.created(ada)
    stand.fakes.fault(stand.case.name, Kind.SERVER_ERROR, ada, calls="reads", times=ALWAYS)
    assert stand.create(ada).status_code < 300, "a fault of reads met a write"
    assert stand.ask(stand.case.show(stand.fakes, made)).status_code == 500, "a fault of reads spared a read"
    stand.fakes.calm()
    stand.fakes.fault(stand.case.name, Kind.SERVER_ERROR, ada, sink=stand.case.sink)
    assert stand.create(ada).status_code == 500
    assert stand.create(ada).status_code < 300


def lost_reply(stand: Stand) -> None:
    """What was committed before the reply was lost can be read afterwards."""
    ada = stand.somebody()
    stand.fakes.fault(stand.case.name, Kind.LOST_REPLY, ada)
    with suppress(httpx.ReadError):
        stand.create(ada)
    (effect,) = stand.effects(ada)
    assert stand.sees(effect["object"]), "the reply was lost, and the object too"
    (answered,) = stand.records("answered", call=effect["call"])
    assert answered["lost"] == "before"


def barriers(stand: Stand) -> None:
    """A call held at a barrier is let go by the same person's next one, not by somebody else's."""
    ada, ben = stand.somebody(), stand.somebody()
    stand.fakes.fault(stand.case.name, Kind.BARRIER, ada, seconds=20, name=f"race of {ada}")
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(stand.create, ada, patience_s=30)
        stand.soon(lambda: [one for one in stand.records("barrier", person=ada) if one["event"] == "held"])
        assert stand.create(ben).status_code < 300
        assert not held.done(), "somebody else's call let it go"
        assert stand.create(ada).status_code < 300
        assert held.result(10).status_code < 300
    assert [each["event"] for each in stand.records("barrier", person=ada)] == ["held", "rival", "released"]
    assert len(stand.effects(ada)) == 2


def reset(stand: Stand) -> None:
    """After a reset nothing is left but keys, and the fake works as before."""
    ada = stand.somebody()
    made = stand.created(ada)
    stand.fakes.fault(stand.case.name, Kind.SERVER_ERROR, ada, times=ALWAYS, skip=1)
    assert stand.fakes.control("POST", "/reset")["kept"] == [], "it keeps its state"
    assert not stand.sees(made), "the object is still there"
    assert stand.fakes.control("GET", f"/counts?person={ada}")["effects"] == {}
    again = stand.created(ada)
    assert stand.create(ada).status_code < 300, "a fault outlived the reset"
    assert stand.sees(again)


def accounts(stand: Stand) -> None:
    """Two accounts do not see one another; where there is one, a stranger's credentials open nothing."""
    ada = stand.somebody()
    if stand.case.accounts is not None:
        one, other = stand.case.accounts
        answer = stand.create(ada, one)
        made = stand.case.id_of(answer)
        assert stand.sees(made, one)
        assert not stand.sees(made, other), "another account sees it"
        assert not stand.sees(made), "the main account sees it"
    before = len(stand.effects(ada))
    refused = stand.create(ada, stand.case.wrong_credentials)
    assert stand.case.is_refusal(refused), "wrong credentials are not refused in the vendor's shape"
    assert len(stand.effects(ada)) == before, "wrong credentials left an effect"


def clock(stand: Stand) -> None:
    """The fake's time moves on when told, and objects made before stay what they were."""
    made = stand.created(stand.somebody())
    ahead = [
        stand.fakes.control("POST", "/time", fake=stand.case.name, seconds=seconds)["now_s"] for seconds in (0, DAY_S)
    ]
    assert DAY_S <= ahead[1] - ahead[0] <= DAY_S + 60, "its time did not move"
    later = stand.created(stand.somebody())
    assert later != made
    assert stand.sees(later)


def at_home(stand: Stand) -> None:
    """Any httpx client that names the vendor's own host reaches the fake, if the test wants it so."""
    if not isinstance(stand.slice, Hosted):
        return
    for pattern in stand.slice.hosts:
        host, ada = pattern.replace("*", "shop"), stand.somebody()
        ask = stand.case.create(ada, stand.number())
        headers = {**stand.case.credentials(stand.fakes), **ask.headers}
        with stand.fakes.everywhere():
            answer = httpx.request(ask.method, f"https://{host}{ask.path}", headers=headers, content=ask.content)
        assert answer.status_code < 300, f"{host}: {answer.status_code} {answer.text}"
        assert len(stand.effects(ada)) == 1


CHECKS: tuple[Check, ...] = (
    shape, fidelity, journal, secrets, faults, aimed, lost_reply, barriers, reset, accounts, clock,
    at_home,
)  # fmt: skip
