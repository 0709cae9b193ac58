"""What a declared vendor refuses, and why; how a refusal looks is the wire's."""

from dataclasses import dataclass


@dataclass(slots=True)
class Problem(Exception):
    """A refusal: a key of the declaration's `errors`, a sentence, and the field that it is about."""

    code: str
    message: str
    field: str = ""
