"""Questions that a document cannot answer: each with a key, a default, and where its answer goes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.errors import UsageError
from harness.target.wrong import near


@dataclass(frozen=True, slots=True)
class Question:
    """Something to be known of a pipeline."""

    key: str
    text: str
    usual: str
    answered: bool = False


Ask = Callable[[Question], str]


@dataclass(slots=True)
class Asking:
    """Who answers: the words of a command line first, then a person or nobody."""

    given: Mapping[str, str] = field(default_factory=dict)
    ask: Ask | None = None
    """Asks a person; None takes what is usual and leaves the question open."""
    asked: list[Question] = field(default_factory=list)

    def __call__(self, key: str, text: str, usual: str = "") -> str:
        """The answer to a question, once."""
        question = Question(key, text, usual)
        if key in self.given:
            answer, answered = self.given[key], True
        elif self.ask is not None:
            answer, answered = self.ask(question), True
        else:
            answer, answered = usual, False
        self.asked.append(Question(key, text, usual, answered))
        return answer

    @property
    def open(self) -> list[Question]:
        """What nobody has answered."""
        return [one for one in self.asked if not one.answered]

    def mark(self, key: str) -> list[str]:
        """The comment that stands above a value that nobody has confirmed."""
        return [f"# ASK: {one.text}" for one in self.open if one.key == key]

    def refuse_unknown(self) -> None:
        """Raise `UsageError` for an answer to a question that was not asked."""
        keys = [one.key for one in self.asked]
        for key in self.given:
            if key not in keys:
                raise UsageError(f"--answer {key}=...: no such question{near(key, keys)}; there are {', '.join(keys)}")
