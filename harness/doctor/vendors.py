"""Reading a visit: what the pipeline asked of its vendors, where those calls went, and what is in the records.

Pure. Called by `examine`.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from harness.doctor.findings import Finding, Level
from harness.doctor.settings import names_for
from harness.doctor.visit import Visit
from harness.needs import vendors_of

UNRESOLVED = re.compile(
    r"(?:ENOTFOUND|EAI_AGAIN|[Ff]ailed to resolve|nodename nor servname|Name or service not known|getaddrinfo|"
    r"no such host|could not resolve host|Temporary failure in name resolution)",
    re.IGNORECASE,
)
HOST = re.compile(r"\b((?:[a-z0-9-]+\.)+(?:com|io|net|org|co|dev|app|ai|test|example|invalid))\b", re.IGNORECASE)
SAMPLED = ("crm", "helpdesk")


def calls(seen: Visit) -> Iterator[Finding]:
    """How many calls each vendor got and how they ended; none at all is said with the names that lead there."""
    answered = {one["call"]: one for one in seen.of("answered")}
    received = seen.of("received")
    for fake in sorted(vendors_of(seen.target)):
        mine = [one for one in received if one["fake"] == fake]
        statuses = Counter(str((answered.get(one["call"]) or {}).get("status")) for one in mine)
        said = ", ".join(f"{status}: {count}" for status, count in sorted(statuses.items()))
        refused = [one for one in mine if (answered.get(one["call"]) or {}).get("status") in (401, 403)]
        if refused:
            yield _refused(seen, fake, len(refused), len(mine))
        elif mine:
            yield Finding(kind="vendor_called", about=fake, seen=f"{len(mine)} calls ({said})")
        elif _expected(seen, fake) and not seen.trouble:
            yield _never_called(seen, fake)


def _expected(seen: Visit, fake: str) -> bool:
    """Whether an intent that went well should have left something there, and the fake counts calls at all."""
    done = {one["intent"] for one in seen.of("concluded") if one["outcome"] == "ok"}
    wanted = [effect for one in seen.of("intent") if one["intent"] in done for effect in one["expects"]]
    return any(effect["sink"].startswith(f"{fake}.") for effect in wanted) and not seen.of("effect", fake=fake)


def _names(seen: Visit, fake: str, word: str) -> str:
    held = [name for key, names in names_for(seen.target, fake).items() if word in key for name in names]
    return ", ".join(held)


def _never_called(seen: Visit, fake: str) -> Finding:
    address = _names(seen, fake, "url")
    hint = (
        f"{address} holds its address: does the code read that name?"
        if address
        else "no environment name holds its address"
    )
    reached = seen.target.reached
    if reached and reached.env_file:
        hint += f"; was the pipeline started with what is in {reached.env_file}?"
    return Finding(
        kind="vendor_never_called",
        level=Level.WRONG,
        about=fake,
        seen="not one call arrived, although the flows that worked should have left something there",
        where=hint,
        remedy="find the name that your code reads for this vendor's base URL and set it in [env]; if it reads none, "
        'vendor_hosts = "intercept". Calls that went elsewhere are listed under `outside` (`--intercept` sees all); '
        "or jobs wait for a worker that the target file does not start",
    )


def _refused(seen: Visit, fake: str, count: int, of: int) -> Finding:
    held = [name for key, names in names_for(seen.target, fake).items() if "url" not in key for name in names]
    return Finding(
        kind="vendor_key_refused",
        level=Level.WRONG,
        about=fake,
        seen=f"{count} of {of} calls were refused with 401 or 403: the pipeline shows another key than this run's",
        where=", ".join(held) or "no environment name holds its key",
        remedy=f'give it the fake\'s own: SOME_KEY = "{{fakes.{fake}...}}" (`harness fakes --json` shows the names)',
    )


def outside(seen: Visit) -> Iterator[Finding]:
    """Calls to hosts that are no fake: seen by a proxy that lets nobody out, blocked in a network of the run's own, or
    complained of in a log."""
    asked: dict[str, Counter[str]] = {}
    for one in seen.of("host", event="blocked"):
        asked.setdefault(one["host"], Counter())[f"{one['method']} {one['path']}".strip()] += 1
    for host, what in sorted(asked.items()):
        yield _outside(host, f"called {sum(what.values())} times: {', '.join(what)}")
    for name, lines in seen.logs().items():
        for host in sorted({found for line in lines if UNRESOLVED.search(line) for found in HOST.findall(line)}):
            if host not in asked:
                asked[host] = Counter()
                yield _outside(host, f"a log complains that it cannot be reached: {name}.log")
    yield from _stood_in(seen)
    if seen.target.reached:
        yield Finding(
            kind="outside_unseen",
            level=Level.NOTE,
            about="outside",
            seen="the pipeline was up before this walk, so calls to hosts that are no fake cannot be seen",
            remedy="run the doctor without --attach, where the target file says how to start the pipeline",
        )
    elif not asked and not seen.trouble:
        yield Finding(kind="outside", about="outside", seen="no call to a host that is no fake was seen")


def _stood_in(seen: Visit) -> Iterator[Finding]:
    """Calls to vendors' own hosts, which a fake answered because the walk had a network of its own."""
    hosts = Counter((one["host"], one["fake"]) for one in seen.of("received") if one.get("host"))
    for (host, fake), count in sorted(hosts.items()):
        yield Finding(
            kind="vendor_host_called",
            level=Level.OK if seen.as_written else Level.WRONG,
            about="outside",
            seen=f"{host}: {count} calls; the fake {fake} stood for it in this walk",
            where=host,
            remedy=""
            if seen.as_written
            else "these calls go out when nothing intercepts them: set the base URL in [env], or write "
            'vendor_hosts = "intercept" into the target file',
        )


def _outside(host: str, seen: str) -> Finding:
    return Finding(
        kind="call_outside",
        level=Level.WRONG,
        about="outside",
        seen=f"{host}, which is no fake: {seen}; nothing left this machine",
        where=host,
        remedy="if it is a vendor's, set its base URL in [env] to the fake's (or vendor_hosts = \"intercept\"), or "
        "declare it with [fake.NAME]; if it is something else, switch it off in staging",
    )


def lacking(seen: Visit) -> Iterator[Finding]:
    """Calls that a fake has no route for."""
    routes = Counter((one["fake"], one["method"], one["path"]) for one in seen.of("unknown_route"))
    for (fake, method, path), count in routes.most_common():
        address = _names(seen, fake, "url")
        yield Finding(
            kind="route_lacking",
            level=Level.WRONG,
            about=fake,
            seen=f"{method} {path} (x {count}): the fake has no such route",
            where=f"{address} may hold a path too much or too little" if address else "",
            remedy=f"compare with fakes/{fake}/fidelity; if it is the vendor's, the fake lacks it: say so",
        )


def samples(seen: Visit) -> Iterator[Finding]:
    """One record of each kind in CRM and support: its fields, and which are blank."""
    latest: dict[str, dict[str, Any]] = {}
    wanted: dict[str, dict[str, Any]] = {}
    vendors = {*SAMPLED, *seen.target.fake}
    for intent in seen.of("intent"):
        for effect in intent["expects"]:
            wanted.setdefault(effect["sink"], {}).update(effect.get("values") or {})
    for one in seen.of("effect"):
        if one["fake"] in vendors and one["op"] != "delete":
            latest.setdefault(one["sink"], {})
            latest[one["sink"]] = {"object": one["object"], **(one["values"] or {})}
    for sink, values in sorted(latest.items()):
        blank = sorted(name for name, value in values.items() if value in ("", None))
        missing = sorted(name for name in wanted.get(sink, {}) if name not in values)
        shown = ", ".join(f"{name}={value!r}" for name, value in list(values.items())[:8])
        if blank or missing:
            parts = [f"sent blank: {', '.join(blank)}"] if blank else []
            parts += [f"never sent: {', '.join(missing)}"] if missing else []
            yield Finding(
                kind="record_blank",
                level=Level.WRONG if missing else Level.NOTE,
                about=sink,
                seen=f"{shown}\n{'; '.join(parts)}",
                where=f"record {values['object']}",
                remedy="a blank that is sent overwrites what somebody filled in: leave such fields out; compare "
                "the mapping with `values` of the flow's effects",
            )
        else:
            yield Finding(kind="record", about=sink, seen=shown)


def effects(seen: Visit) -> Iterator[Finding]:
    """What the checkers say of the walk: lost, duplicated, wrong; the first verdict."""
    told: set[tuple[str, ...]] = set()
    for cell in seen.verdict.get("cells", []):
        for promise in cell["promises"]:
            for finding in promise["findings"]:
                fields = finding["expected"] if isinstance(finding["expected"], dict) else ()
                key = (finding["kind"], str(finding["sink"]), *sorted(fields))
                if key in told:
                    continue
                told.add(key)
                yield Finding(
                    kind=f"effect_{finding['kind']}",
                    level=Level.WRONG,
                    about=cell["flow"] or cell["scenario"],
                    seen=finding["message"],
                    where=f"flows.{cell['flow']}.effects" if cell["flow"] else "",
                    remedy="the pipeline does something else than the target file says, or the file is not right yet",
                )
