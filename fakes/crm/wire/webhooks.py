"""How the app is told: arrays of events, signed for the address that they go to; and the routes of its subscriptions.

Each try has a number of its own in the body, so it is written and signed anew. No rules here.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from fakes.calls import Call, Ledger, News, Reply, Route
from fakes.crm.problems import malformed, not_found
from fakes.crm.state.records import Portal
from fakes.crm.state.telling import Event, Telling, in_arrays
from fakes.crm.wire import signing
from fakes.crm.wire.answers import answer, each_of, inputs_of, object_body
from fakes.crm.wire.clerk import Clerk
from fakes.crm.wire.mounts import DATED, Guard, settings
from fakes.dressing import rewritten
from fakes.encoding import trimmed
from fakes.webhooks import Webhooks

EVENTS_MAX = 100
TOPICS = {
    "creation": "created", "deletion": "deleted", "propertyChange": "changed", "merge": "merged",
    "associationChange": "associated", "privacyDeletion": "erased",
}  # fmt: skip
ENDPOINT = "app"
IDS = ("objectId", "fromObjectId", "toObjectId")
BASES = ("/webhooks/v3/{appId}", *(f"/webhooks/{date}/{{appId}}" for date in DATED))


class Herald:
    """Tells the app what the clerk writes down."""

    def __init__(
        self, portal: Portal, telling: Telling, clerk: Clerk, ledger: Ledger, owner_of: Callable[[str], str | None],
        account: str, webhooks: Webhooks,
    ) -> None:  # fmt: skip
        self._portal = portal
        self._telling = telling
        self._ledger = ledger
        self._owner_of = owner_of
        self._account = account
        """As whose the delivery engine knows its events; empty: the main portal's."""
        self._webhooks = webhooks
        self._told = 0
        self._waiting: list[Event] = []
        clerk.written.append(lambda call, done: self._tell(call, telling.written(done)))
        clerk.linked.append(lambda call, changes: self._tell(call, telling.linked(changes)))
        clerk.joined.append(lambda call, done: self._tell(call, telling.merged(done)))
        clerk.forgotten.append(lambda call, done: self._tell(call, telling.erased(done)))

    def contents(self) -> dict[str, Any]:
        """How many deliveries there were; by their numbers the engine knows them."""
        return {"_told": self._told}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Go on counting from where it has come, here or there."""
        self._told = max(self._told, contents["_told"])

    def _tell(self, call: Call | None, events: Iterable[Event]) -> None:
        self._waiting += events
        if call is None:
            self.send(None)

    def send(self, call: Call | None) -> None:
        """The call was carried out: what it leads to is told, each person's events in arrays of their own."""
        by_person: dict[str | None, list[Event]] = {}
        for each in self._waiting:
            by_person.setdefault(self._owner(each), []).append(each)
        self._waiting = []
        for events in by_person.values():
            for array in in_arrays(events, EVENTS_MAX):
                news = self.news(array)
                # What an isolated portal tells is for its own app alone, and for nobody while that does not listen.
                if not self._account or self._webhooks.listening(news.type, self._account):
                    self._ledger.news(call, news)

    def _owner(self, event: Event) -> str | None:
        return next((owner for name in IDS if name in event and (owner := self._owner_of(str(event[name])))), None)

    def news(self, array: Sequence[Event]) -> News:
        """One delivery of these events."""
        self._told += 1
        first = array[0]
        word, _, what = str(first["subscriptionType"]).partition(".")
        ids = [str(each[name]) for each in array for name in IDS if name in each]
        ids += [str(one) for each in array for one in each.get("mergedObjectIds", ())]
        name = f"notice-{self._account}-{self._told}" if self._account else f"notice-{self._told}"
        return News(
            id=name, type=str(first["subscriptionType"]), topic=f"{word}_{TOPICS.get(what, what)}",
            object_id=ids[0], body=trimmed(orjson.dumps(list(array))), created_s=int(first["occurredAt"]) // 1000,
            ids=tuple(dict.fromkeys(ids[1:])), account=self._account,
        )  # fmt: skip

    def stamped(
        self, body: bytes, attempt: int, url: str, t_s: int, secrets: Sequence[str], forgery: str
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of one try; the events carry its number, counted from 0."""
        events = [{**each, "attemptNumber": attempt - 1} for each in orjson.loads(body)]
        body = orjson.dumps(events)
        if forgery == "odd_bytes":
            body = rewritten(body)
        return signing.signed(forgery, body, url, t_s, secrets[0], self._portal.settings.signature_version)


class Subscriptions:
    """The handlers of the app's settings and subscriptions."""

    def __init__(
        self, portal: Portal, telling: Telling, webhooks: Webhooks, account: str, secrets: Sequence[str]
    ) -> None:
        self._portal = portal
        self._account = account
        self._endpoint = f"{ENDPOINT}.{account}" if account else ENDPOINT
        self._secrets = secrets
        self._telling = telling
        self._webhooks = webhooks
        self._settings: dict[str, Any] | None = None

    def clear(self) -> None:
        """Forget where the app's webhooks go."""
        self._settings = None
        self._listen()

    def contents(self) -> dict[str, Any]:
        """Where the app's webhooks go."""
        return {"_settings": self._settings}

    def become(self, contents: Mapping[str, Any]) -> None:
        """Let them go there instead."""
        self._settings = contents["_settings"]
        self._listen()

    def _listen(self) -> None:
        """Let the delivery engine know what the settings say."""
        if self._settings is None:
            self._webhooks.forget(self._endpoint)
            return
        url, account = self._settings["targetUrl"], self._account
        self._webhooks.register(self._endpoint, url, lambda kind, teller: teller == account, secrets=self._secrets)

    def routes(self, guard: Guard) -> Iterator[Route]:
        """The webhooks API of an app, numbered and dated."""
        table = (
            ("GET", "/settings", self._show, False),
            ("PUT", "/settings", self._put, True),
            ("DELETE", "/settings", self._delete, True),
            ("GET", "/subscriptions", self._list, False),
            ("POST", "/subscriptions", self._create, True),
            ("POST", "/subscriptions/batch/update", self._batch, True),
            ("GET", "/subscriptions/{subscription}", self._get, False),
            ("PATCH", "/subscriptions/{subscription}", self._switch, True),
            ("DELETE", "/subscriptions/{subscription}", self._remove, True),
        )
        return settings(BASES, table, guard)

    def _mine(self, call: Call) -> None:
        if call.at["appId"] != str(self._telling.app):
            raise not_found(f"App {call.at['appId']} does not exist")

    def _show(self, call: Call) -> Reply:
        self._mine(call)
        if self._settings is None:
            raise not_found("The app has no webhook settings")
        return answer(200, self._settings)

    def _put(self, call: Call) -> Reply:
        self._mine(call)
        given = object_body(self._portal, call)
        url, throttling = given.get("targetUrl"), given.get("throttling")
        if not isinstance(url, str) or not url.startswith(("http://", "https://")):
            raise malformed("Invalid input JSON on line 1, column 1: targetUrl must be an address")
        most = throttling.get("maxConcurrentRequests") if isinstance(throttling, dict) else None
        if isinstance(most, bool) or not isinstance(most, int) or most < 1:
            raise malformed("Invalid input JSON on line 1, column 1: maxConcurrentRequests must be at least 1")
        moment = self._portal.moment()
        created = self._settings["createdAt"] if self._settings else moment
        self._settings = {
            "targetUrl": url, "throttling": {"maxConcurrentRequests": most}, "createdAt": created, "updatedAt": moment,
        }  # fmt: skip
        self._listen()
        return answer(200, self._settings)

    def _delete(self, call: Call) -> Reply:
        self._mine(call)
        self.clear()
        return Reply(204)

    def _list(self, call: Call) -> Reply:
        self._mine(call)
        return answer(200, {"results": [each.as_json() for each in self._telling.all()]})

    def _create(self, call: Call) -> Reply:
        self._mine(call)
        return answer(201, self._telling.create(object_body(self._portal, call)).as_json())

    def _get(self, call: Call) -> Reply:
        self._mine(call)
        return answer(200, self._telling.get(call.at["subscription"]).as_json())

    def _switch(self, call: Call) -> Reply:
        self._mine(call)
        active = object_body(self._portal, call).get("active")
        return answer(200, self._telling.switch(call.at["subscription"], active).as_json())

    def _remove(self, call: Call) -> Reply:
        self._mine(call)
        self._telling.remove(call.at["subscription"])
        return Reply(204)

    def _batch(self, call: Call) -> Reply:
        self._mine(call)

        def switch(each: dict[str, Any]) -> list[Any]:
            return [self._telling.switch(str(each.get("id", "")), each.get("active")).as_json()]

        return each_of(self._portal, inputs_of(self._portal, call), switch, status=200)
