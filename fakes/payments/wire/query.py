"""The language of the search, read: `status:"active" AND -metadata["plan"]:"free" AND created>1700000000`.

Clauses are joined by a space, AND or OR, never by both; there are no parentheses. Which fields a kind of object has,
and what may be asked of each, stands in `state.searching`; here is only what a query says.
"""

import re

from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.searching import NUMBER, TEXT, Clause, Query, kind_of

CLAUSES_MAX = 10
SUBSTRING_MIN = 3
_CLAUSE = re.compile(
    r"""\s*(?P<minus>-?)
        (?P<field>[A-Za-z_][\w.]*)
        (?:\[\s*(?P<quote>["'])(?P<key>(?:\\.|(?!(?P=quote)).)*)(?P=quote)\s*\])?
        \s*(?P<operator>>=|<=|:|~|>|<)\s*
        (?:"(?P<double>(?:\\.|[^"\\])*)"|'(?P<single>(?:\\.|[^'\\])*)'|(?P<bare>[^\s"']+))""",
    re.VERBOSE,
)
_JOINT = re.compile(r"\s+(?:(?P<word>and|or)\s+)?", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")


def read(text: str, resource: str) -> Query:
    """The query, or the provider's refusal; `resource` is the plural in its paths."""
    clauses: list[Clause] = []
    words: set[str] = set()
    place = 0
    while True:
        found = _CLAUSE.match(text, place)
        if found is None:
            raise _unreadable()
        clauses.append(_clause(found, resource))
        place = found.end()
        if not text[place:].strip():
            break
        joint = _JOINT.match(text, place)
        if joint is None:
            raise _unreadable()
        words.add((joint["word"] or "and").lower())
        place = joint.end()
    if len(words) > 1:
        raise invalid("You cannot use AND and OR in the same query. Please use one or the other.", "query")
    if len(clauses) > CLAUSES_MAX:
        raise invalid(f"A query can have up to {CLAUSES_MAX} clauses, but yours has {len(clauses)}.", "query")
    return Query(tuple(clauses), "or" if "or" in words else "and")


def _clause(found: re.Match[str], resource: str) -> Clause:
    field, operator = found["field"].lower(), found["operator"]
    if found["key"] is not None:
        if field != "metadata":
            raise _unreadable()
        field = f"metadata.{_plain(found['key'])}"
    kind = kind_of(resource, field)
    if kind is None:
        raise invalid(
            f"Field `{found['field']}` is an unsupported search field for resource `{resource}`. See "
            f"http://stripe.com/docs/search#query-fields-for-{resource.replace('_', '-')} for a list of supported "
            "fields.",
            "query",
        )
    quoted = found["double"] if found["double"] is not None else found["single"]
    value: str | float | None
    if quoted is None and found["bare"].lower() == "null" and operator == ":":
        value = None
    elif kind == NUMBER:
        value = _number(quoted if quoted is not None else found["bare"], found["field"])
    elif quoted is not None or found["bare"].lower() in ("true", "false"):
        value = _plain(quoted if quoted is not None else found["bare"]).lower()
    else:
        raise _unreadable()
    _fits(kind, operator, value, found["field"])
    return Clause(field, operator, value, negated=bool(found["minus"]))


def _fits(kind: str, operator: str, value: str | float | None, field: str) -> None:
    fits = operator == ":" or (operator == "~" and kind == TEXT) or (operator not in ":~" and kind == NUMBER)
    if not fits:
        raise invalid(f"Field `{field}` does not support the operator `{operator}`.", "query")
    if operator == "~" and isinstance(value, str) and len(value) < SUBSTRING_MIN:
        raise invalid(f"Substring queries need at least {SUBSTRING_MIN} characters (field `{field}`).", "query")


def _number(text: str, field: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise invalid(f"Field `{field}` needs a number, found `{text[:40]}`.", "query") from None


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _unreadable() -> Problem:
    return invalid(
        'We were unable to parse your search query. Try using the format `metadata["key"]:"value"` to query for '
        'metadata or key:"value" to query for other fields.',
        "query",
    )
