"""A portal in which a bit of everything happened, and all that a client can see of it: for copies of portals."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from harness.clock import ManualClock
from tests.crm.bare import Bare

OBJECTS = "/crm/v3/objects"
BACK = "https://app.example.com/back"
SETTINGS = {"subscriptions": "contact.creation deal.creation", "ten_secondly": 100, "daily": 1000, "search_per_s": 50}
CAR = {
    "name": "car", "labels": {"singular": "Car", "plural": "Cars"}, "requiredProperties": ["vin"],
    "searchableProperties": ["vin"], "primaryDisplayProperty": "vin", "associatedObjects": ["CONTACT"],
    "properties": [{"name": "vin", "label": "VIN", "type": "string", "fieldType": "text", "hasUniqueValue": True}],
}  # fmt: skip
SHOE = {
    "name": "shoe", "label": "Shoe", "type": "string", "fieldType": "text", "groupName": "contactinformation",
    "hasUniqueValue": True,
}  # fmt: skip
WAY = {
    "label": "Online", "displayOrder": 1,
    "stages": [{"label": "Paid", "displayOrder": 0, "metadata": {"probability": "1.0"}}],
}  # fmt: skip


class Busy(Bare):
    """The portal; `client` makes its calls, all of which succeed."""

    def __init__(self, seed: int = 5, token: str = "pat-1", **settings: Any) -> None:
        super().__init__(seed, None, **{**SETTINGS, **settings})
        self.token, self.end = token, token.removeprefix("pat-1")
        self.slice.accounts.called(token)
        self.contact = self.made("contacts", email="ann@x.example.com", firstname="Ann")
        self.act()

    def later(self, seed: int) -> None:
        """Go on in a later process, which has the keys and the state, and whose clock counts from another moment."""
        state, keys = self.slice.state(), self.slice.public()
        Bare.__init__(self, seed, ManualClock(10**15, self.clock.wall()), **{**SETTINGS, **keys})
        self.slice.resume(state)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What a call is answered; it has to succeed."""
        told = self.call(method, path, body, token=self.token)
        assert told.status < 300, (path, told.raw)
        return told.body

    def made(self, kind: str, **values: str) -> str:
        """The id of a new record."""
        return str(self.ask("POST", f"{OBJECTS}/{kind}", {"properties": values})["id"])

    def find(self, kind: str = "contacts", **asked: Any) -> list[str]:
        """The ids that a search finds."""
        return [each["id"] for each in self.ask("POST", f"{OBJECTS}/{kind}/search", asked)["results"]]

    def act(self) -> None:
        """Do a bit of everything, and let the search still wait for the last of it."""
        self.ask("PATCH", f"{OBJECTS}/contacts/{self.contact}", {"properties": {"firstname": "Anna"}})
        two = [self.made("contacts", email=f"{name}@x.example.com") for name in ("bo", "cleo")]
        merged = {"primaryObjectId": two[0], "objectIdToMerge": two[1]}
        self.merged, self.old = self.ask("POST", f"{OBJECTS}/contacts/merge", merged)["id"], two[0]
        self.ask("DELETE", f"{OBJECTS}/companies/{self.made('companies', name='Gone')}")
        erased = {"objectId": "erased@x.example.com", "idProperty": "email"}
        self.ask("POST", f"{OBJECTS}/contacts/gdpr-delete", erased)
        self.define()
        self.deal = self.made("deals", dealname="Boots", pipeline=self.pipeline["id"], dealstage=self.stage)
        self.ask("PUT", f"/crm/v4/objects/deals/{self.deal}/associations/default/contacts/{self.contact}")
        label = {"name": "boss", "label": "Boss", "inverseLabel": "Led by"}
        self.ask("POST", "/crm/v4/associations/deals/contacts/labels", label)
        self.car = self.made("p_car", vin="1")
        assert self.call("GET", f"{OBJECTS}/contacts/7", token=self.token).status == 404
        self.listen()
        self.grant()
        self.clock.advance(1)
        self.find()
        self.slice.act("held", "hold_search", {})
        self.late = self.made("contacts", email="late@x.example.com")

    def define(self) -> None:
        """A type, a property and a pipeline of the portal's own."""
        self.ask("POST", "/crm/v3/schemas", CAR)
        self.ask("POST", "/crm/v3/properties/contacts", SHOE)
        self.pipeline = self.ask("POST", "/crm/v3/pipelines/deals", WAY)
        self.stage = self.pipeline["stages"][0]["id"]

    @property
    def hub(self) -> Any:
        """What the portal says of itself: its number and its app's."""
        return self.ask("POST", "/oauth/v2/private-apps/get/access-token-info", {"tokenKey": self.token})

    def webhooks(self, method: str, path: str, body: Any = None) -> Any:
        """A call to the settings of the app's webhooks."""
        return self.ask(method, f"/webhooks/v3/{self.hub['appId']}{path}", body)

    def listen(self) -> None:
        """Let the app hear, also of one thing that it subscribed to itself."""
        self.webhooks("PUT", "/settings", {"targetUrl": BACK, "throttling": {"maxConcurrentRequests": 5}})
        self.webhooks("POST", "/subscriptions", {"eventType": "contact.deletion", "active": True})

    def grant(self) -> None:
        """Let the app in: a token, and a token to refresh it."""
        app = self.slice.access.app
        asked = f"client_id={app.client_id}{self.end}&redirect_uri={BACK}&scope=crm.objects.contacts.read"
        there = self.call("GET", f"/oauth/authorize?{asked}", token=None).headers["Location"]
        self.form = {
            "client_id": app.client_id + self.end, "client_secret": app.client_secret + self.end, "redirect_uri": BACK,
        }  # fmt: skip
        code = parse_qs(urlsplit(there).query)["code"][0]
        told = self.exchanged(grant_type="authorization_code", code=code)
        self.access, self.refresh = told["access_token"], told["refresh_token"]

    def exchanged(self, **more: str) -> Any:
        """What the token endpoint answers."""
        return self.call("POST", "/oauth/v3/token", form={**self.form, **more}, token=None).body

    def seen(self) -> dict[str, Any]:
        """All that the API shows."""
        objects = [
            f"{OBJECTS}/{kind}?archived={archived}&properties=email,vin,shoe,hs_additional_emails"
            f"&associations=contacts,deals&limit=50{history}"
            for kind in ("contacts", "companies", "deals", "p_car")
            for archived, history in (("false", "&propertiesWithHistory=firstname,dealstage"), ("true", ""))
        ]
        paths = [
            *objects, "/crm/v3/schemas", "/crm/v3/properties/contacts", "/crm/v3/properties/deals",
            "/crm/v3/pipelines/deals", f"/crm/v3/pipelines/deals/{self.pipeline['id']}/audit", "/crm/v3/owners",
            "/crm/v4/associations/deals/contacts/labels", "/crm/v4/associations/contacts/p_car/labels",
            f"{OBJECTS}/contacts/{self.old}",
        ]  # fmt: skip
        seen = {path: self.ask("GET", path) for path in paths}
        seen |= {f"webhooks{path}": self.webhooks("GET", path) for path in ("/settings", "/subscriptions")}
        seen |= {kind: self.find(kind) for kind in ("contacts", "deals", "p_car")}
        form = {"token": self.access}
        return {**seen, "token": self.call("POST", "/oauth/v3/token/introspect", form=form, token=None).body}
