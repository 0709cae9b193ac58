"""What parameters do to an object that has something there already."""

from fakes.payments.state.store import Thing


def merged(before: Thing, given: Thing) -> Thing:
    """The settings with those that are given: groups inside are changed in part, an empty text unsets."""
    inner = {
        name: merged(before[name], value)
        for name, value in given.items()
        if isinstance(value, dict) and isinstance(before.get(name), dict)
    }
    plain = {name: None if value == "" else value for name, value in given.items()}
    return {**before, **plain, **inner}
