"""The control channel's server: faults, deliveries, acts and the wallet, as JSON over HTTP.

It may steer, never judge. Everything needs the admin token but `/health` and `/wallet/pay`, which a phone can reach.
Malformed JSON is 400; an unknown field, fake, kind or name is 422 and says what would be right. The client is
`harness.control`.
"""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from typing import Any, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from fakes.calls import Slice
from fakes.core import Core
from fakes.deliveries import Burst
from fakes.powers import Actor, Liar, Resettable, Wallet
from harness.faults import DeliveryRule, Fault

T = TypeVar("T", bound=BaseModel)
Handler = Callable[[Request], Awaitable[Response]]


class Problem(Exception):
    """What the asker did wrong; ends the request."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class _Ask(BaseModel):
    model_config = ConfigDict(extra="forbid")


class EndpointAsk(_Ask):
    """Where a fake's webhooks go; a null `url` disables."""

    url: str | None = Field(pattern=r"^https?://")
    secrets: list[str] | None = None


class FaultsAsk(_Ask):
    """Faults to add."""

    faults: list[dict[str, Any]]


class RulesAsk(_Ask):
    """Delivery rules to add."""

    rules: list[dict[str, Any]]


class ResendAsk(_Ask):
    """Past events to deliver again."""

    person: str
    topic: str | None = None
    fake: str | None = None
    which: Literal["first", "last", "all"] = "last"
    copies: int = Field(1, ge=1, le=100)
    overlap: bool = False
    resign: bool = True


class ForgeAsk(_Ask):
    """A lie to tell."""

    fake: str
    person: str
    lie: str
    forgery: str
    copies: int = Field(1, ge=1, le=100)


class ReleaseAsk(_Ask):
    """A hold or barrier to let go."""

    name: str


class ActAsk(BaseModel):
    """Something the vendor's own side shall do; further fields are the act's own arguments."""

    model_config = ConfigDict(extra="allow")
    fake: str
    person: str
    act: str


class PayAsk(_Ask):
    """What a phone's wallet pays."""

    handle: str
    method: str


class Empty(_Ask):
    """Nothing to say."""


def answer(content: Any, status: int = 200) -> Response:
    """A JSON response."""
    return Response(orjson.dumps(content, default=str), status, media_type="application/json")


async def asked(request: Request, model: type[T]) -> T:
    """The request's body as this model; `Problem` says what is wrong with it."""
    body = await request.body()
    try:
        data = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as problem:
        raise Problem(400, f"the body is not JSON: {problem}") from problem
    if not isinstance(data, dict):
        raise Problem(400, f"the body must be a JSON object, found {type(data).__name__}")
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        raise Problem(422, _said(problem)) from problem


def _said(problem: ValidationError) -> str:
    # Only where and what: the input itself could be a secret.
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in problem.errors())


_FAULT = TypeAdapter(Fault)
_RULE = TypeAdapter(DeliveryRule)


class Control:
    """The control channel over a core and its slices."""

    def __init__(self, core: Core, slices: Mapping[str, Slice], token: str) -> None:
        self._core = core
        self._slices = slices
        self._token = token.encode()
        self._acts = 0

    def app(self) -> Starlette:
        """The ASGI application."""
        secured: list[tuple[str, str, Handler]] = [
            ("GET", "/manifest", self.manifest),
            ("PUT", "/endpoints/{fake}", self.endpoint),
            ("POST", "/faults", self.add_faults),
            ("DELETE", "/faults", self.drop_faults),
            ("POST", "/rules", self.add_rules),
            ("DELETE", "/rules", self.drop_rules),
            ("POST", "/resend", self.resend),
            ("POST", "/forge", self.forge),
            ("POST", "/release", self.release),
            ("POST", "/calm", self.calm),
            ("POST", "/acts", self.act),
            ("GET", "/pending", self.pending),
            ("GET", "/counts", self.counts),
            ("POST", "/reset", self.reset),
        ]
        routes = [Route(path, self._secured(handler), methods=[method]) for method, path, handler in secured]
        routes.append(Route("/health", self.health, methods=["GET"]))
        routes.append(Route("/wallet/pay", self._plainly(self.pay), methods=["POST"]))
        return Starlette(routes=routes)

    def _plainly(self, handler: Handler) -> Handler:
        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Problem as problem:
                return answer({"error": str(problem)}, problem.status)

        return handle

    def _secured(self, handler: Handler) -> Handler:
        plain = self._plainly(handler)

        async def handle(request: Request) -> Response:
            given = request.headers.get("authorization", "").encode()
            if not hmac.compare_digest(given, b"Bearer " + self._token):
                return answer({"error": "the control channel needs `Authorization: Bearer <admin token>`"}, 401)
            return await plain(request)

        return handle

    def _slice(self, fake: str) -> Slice:
        if fake not in self._slices:
            raise Problem(422, f"no fake is called {fake!r}; there are {', '.join(sorted(self._slices))}")
        return self._slices[fake]

    @staticmethod
    def _named(name: str, known: Mapping[str, str], what: str) -> None:
        if name not in known:
            raise Problem(422, f"no {what} is called {name!r}; there are {', '.join(sorted(known)) or 'none'}")

    # -- looking ------------------------------------------------------------------------------------------------

    async def health(self, request: Request) -> Response:
        """Whether the fakes serve."""
        return answer({"status": "ok", "fakes": sorted(self._slices)})

    async def manifest(self, request: Request) -> Response:
        """What each fake offers."""
        return answer({name: asdict(slice_.manifest) for name, slice_ in self._slices.items()})

    async def pending(self, request: Request) -> Response:
        """What the fakes still have to do."""
        return answer(self._core.pending())

    async def counts(self, request: Request) -> Response:
        """How often each fault of a person fired, and what was created for them."""
        return answer(self._core.counts(self._person(request)))

    @staticmethod
    def _person(request: Request) -> str:
        person = request.query_params.get("person")
        if not person:
            raise Problem(422, "the query needs `person`, a marker")
        return person

    # -- faults and rules ---------------------------------------------------------------------------------------

    async def add_faults(self, request: Request) -> Response:
        """Plan faults, all or none."""
        given = (await asked(request, FaultsAsk)).faults
        faults = [self._planned(_FAULT, Fault, one, f"faults.{place}") for place, one in enumerate(given)]
        for place, fault in enumerate(faults):
            sinks = {sink.name for sink in self._slice(fault.fake).manifest.sinks}
            if fault.sink is not None and fault.sink not in sinks:
                raise Problem(
                    422, f"faults.{place}.sink: {fault.fake} has no sink {fault.sink!r}, only {sorted(sinks)}"
                )
            if fault.calls not in ("writes", "reads", "all"):
                raise Problem(422, f"faults.{place}.calls: {fault.calls!r} is none of writes, reads, all")
        return answer({"ids": self._core.injection.plan(faults)})

    async def add_rules(self, request: Request) -> Response:
        """Plan delivery rules, all or none."""
        given = (await asked(request, RulesAsk)).rules
        rules = [self._planned(_RULE, DeliveryRule, one, f"rules.{place}") for place, one in enumerate(given)]
        for rule in rules:
            self._slice(rule.fake)
        return answer({"ids": self._core.deliveries.plan(rules)})

    @staticmethod
    def _planned(adapter: "TypeAdapter[Any]", kind: type, data: dict[str, Any], where: str) -> Any:
        unknown = set(data) - set(kind.__dataclass_fields__)  # type: ignore[attr-defined]
        if unknown:
            known = ", ".join(kind.__dataclass_fields__)  # type: ignore[attr-defined]
            raise Problem(422, f"{where}: unknown field {', '.join(sorted(unknown))}; there are {known}")
        try:
            return adapter.validate_python(data)
        except ValidationError as problem:
            raise Problem(422, f"{where}: {_said(problem)}") from problem

    async def drop_faults(self, request: Request) -> Response:
        """End a person's faults."""
        return answer({"ended": self._core.injection.mend(self._person(request))})

    async def drop_rules(self, request: Request) -> Response:
        """End a person's delivery rules."""
        return answer({"ended": self._core.deliveries.travel.mend(self._person(request))})

    async def release(self, request: Request) -> Response:
        """Let go of the holds and barriers of a name."""
        name = (await asked(request, ReleaseAsk)).name
        return answer({"released": self._core.injection.release(name) + self._core.deliveries.travel.release(name)})

    async def calm(self, request: Request) -> Response:
        """End all faults and rules."""
        await asked(request, Empty)
        self._core.calm()
        return answer({"calm": True})

    async def reset(self, request: Request) -> Response:
        """Forget everything but keys and endpoints; answers which fakes could not forget their own state."""
        await asked(request, Empty)
        await self._core.reset()
        kept = []
        for name, slice_ in self._slices.items():
            if isinstance(slice_, Resettable):
                slice_.reset()
            else:
                kept.append(name)
        return answer({"reset": True, "kept": kept})

    # -- deliveries and acts ------------------------------------------------------------------------------------

    async def endpoint(self, request: Request) -> Response:
        """Register, move or disable where a fake's webhooks go."""
        fake = request.path_params["fake"]
        self._slice(fake)
        ask = await asked(request, EndpointAsk)
        self._core.deliveries.endpoint(fake, ask.url, ask.secrets)
        return answer({"fake": fake, "url": ask.url})

    async def resend(self, request: Request) -> Response:
        """Deliver past events again; answers when they were answered."""
        ask = await asked(request, ResendAsk)
        if ask.fake is not None:
            self._slice(ask.fake)
        burst = Burst(count=ask.copies, overlap=ask.overlap, resign=ask.resign)
        sent = await self._core.deliveries.resend(ask.person, burst, which=ask.which, topic=ask.topic, fake=ask.fake)
        return answer({"deliveries": sent})

    async def forge(self, request: Request) -> Response:
        """Tell a lie; nothing to lie about is an empty list."""
        ask = await asked(request, ForgeAsk)
        slice_ = self._slice(ask.fake)
        manifest = slice_.manifest
        if not isinstance(slice_, Liar):
            raise Problem(422, f"the fake {ask.fake!r} tells no lies")
        self._named(ask.lie, manifest.lies, f"lie of {ask.fake}")
        self._named(ask.forgery, {"valid": "", **manifest.forgeries}, f"forgery of {ask.fake}")
        try:
            news = slice_.lie(ask.person, ask.lie)
        except LookupError as problem:
            return answer({"deliveries": [], "reason": str(problem)})
        try:
            sent = await self._core.deliveries.forge(ask.fake, ask.person, news, ask.forgery, ask.copies)
        except LookupError as problem:
            raise Problem(409, str(problem)) from problem
        return answer({"deliveries": [{"delivery": one.delivery, "status": one.status} for one in sent]})

    async def act(self, request: Request) -> Response:
        """Let the vendor's own side act."""
        ask = await asked(request, ActAsk)
        slice_ = self._slice(ask.fake)
        if not isinstance(slice_, Actor):
            raise Problem(422, f"the fake {ask.fake!r} does nothing by itself")
        self._named(ask.act, slice_.manifest.acts, f"act of {ask.fake}")
        try:
            done = slice_.act(ask.person, ask.act, dict(ask.model_extra or {}))
            object_id = done if isinstance(done, str) else await done
        except LookupError as problem:
            raise Problem(404, f"{ask.act} for {ask.person}: {problem}") from problem
        except ValueError as problem:
            raise Problem(422, f"{ask.act} for {ask.person}: {problem}") from problem
        self._core.journal.write("act", fake=ask.fake, act=ask.act, person=ask.person, object=object_id)
        return answer({"object": object_id})

    async def pay(self, request: Request) -> Response:
        """Pay as the vendor's own software on a phone would; open, like that is."""
        ask = await asked(request, PayAsk)
        for slice_ in self._slices.values():
            if isinstance(slice_, Wallet):
                paid = slice_.pay(ask.handle, ask.method)
                result = await paid if isinstance(paid, Awaitable) else paid
                return answer({"reason": None, **result})
        raise Problem(404, "no fake here has a wallet")
