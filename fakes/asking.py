"""What the control channel is made of: a wish with its ask and its answer, what refuses it, and the house it steers.

A wish is a plain function of the house and a checked ask; its annotations say what it takes and answers, and the
channel's document is made from them. The wishes themselves stand by concept in `fakes.steering`, `fakes.telling` and
`fakes.acting`; `fakes.control` serves them.
"""

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar, get_type_hints

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from starlette.requests import Request

from fakes.calls import Slice
from fakes.core import Core

T = TypeVar("T", bound=BaseModel)
TEXT_MAX = 400


class Problem(Exception):
    """What the asker did wrong; ends the request."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Ask(BaseModel):
    """What somebody asks; a field that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Empty(Ask):
    """Nothing to say."""


class About(Ask):
    """Whom it is about: the marker of a person."""

    person: str


def _finite(value: float) -> float:
    if not math.isfinite(value):
        raise ValueError("must be a finite number")
    return value


Seconds = Annotated[float, AfterValidator(_finite)]
"""A number of seconds; neither endless nor undefined."""


@dataclass(frozen=True, slots=True)
class House:
    """What the control channel steers."""

    core: Core
    slices: Mapping[str, Slice]

    def slice(self, fake: str) -> Slice:
        """The fake of this name; `Problem` names those that there are."""
        if fake not in self.slices:
            raise Problem(422, f"no fake is called {fake!r}; there are {', '.join(sorted(self.slices))}")
        return self.slices[fake]


def named(name: str, known: Mapping[str, str], what: str) -> None:
    """`Problem` unless this name is known."""
    if name not in known:
        raise Problem(422, f"no {what} is called {name!r}; there are {', '.join(sorted(known)) or 'none'}")


Grant = Callable[[House, Any], Any | Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Wish:
    """One operation of the control channel; what it takes and answers are the annotations of `grant`."""

    method: str
    path: str
    """Parts in braces are fields of the ask."""
    grant: Grant
    open: bool = False
    """Whether a stranger may ask, without the admin token."""

    @property
    def ask(self) -> type[BaseModel]:
        """The model of what is asked."""
        found: type[BaseModel] = next(kind for name, kind in self._hints().items() if name not in ("house", "return"))
        return found

    @property
    def told(self) -> Any:
        """The type of what is answered."""
        return self._hints()["return"]

    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.grant, include_extras=True)


async def asked(request: Request, model: type[T]) -> T:
    """The request's path, query and body as this model; `Problem` says what is wrong with it."""
    body = await request.body()
    try:
        data = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as problem:
        raise Problem(400, f"the body is not JSON: {problem}") from problem
    if not isinstance(data, dict):
        raise Problem(400, f"the body must be a JSON object, found {type(data).__name__}")
    try:
        return model.model_validate({**data, **request.query_params, **request.path_params})
    except ValidationError as problem:
        raise Problem(422, said(problem)) from problem


def said(problem: ValidationError) -> str:
    """Where and what is wrong; never the input itself, which could be a secret."""
    return "; ".join(_one(one) for one in problem.errors(include_input=False, include_url=False))


def _one(error: Any) -> str:
    where, message = ".".join(map(str, error["loc"])) or "body", error["msg"]
    if error["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        message = "there is no such field"
    return f"{where}: {message[:TEXT_MAX]}"
