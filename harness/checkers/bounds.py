"""Exact one-sided bounds of a rate, after Clopper and Pearson, without any library.

A rate is judged from n trials with k bad ones: certain to be below a limit, certain to be above it, or neither. Exact
means that no approximation of the binomial distribution is made; what is computed in logarithms is summed exactly.
"""

import math
from collections.abc import Callable

CONFIDENCE = 0.95


def upper(bad: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The rate that is exceeded with at most 1 - `confidence`, given what was seen; 1.0 of nothing."""
    if bad >= trials:
        return 1.0
    return _solve(lambda rate: at_most(bad, trials, rate) > 1 - confidence)


def lower(bad: int, trials: int, confidence: float = CONFIDENCE) -> float:
    """The rate that is undercut with at most 1 - `confidence`, given what was seen; 0.0 of nothing."""
    if bad <= 0:
        return 0.0
    return _solve(lambda rate: 1 - at_most(bad - 1, trials, rate) < 1 - confidence)


def at_most(bad: int, trials: int, rate: float) -> float:
    """How likely at most `bad` of `trials` are, when each is with this rate."""
    if bad >= trials or rate <= 0:
        return 1.0
    if rate >= 1:
        return 0.0
    yes, no = math.log(rate), math.log1p(-rate)
    ways = math.lgamma(trials + 1)
    terms = (
        math.exp(ways - math.lgamma(k + 1) - math.lgamma(trials - k + 1) + k * yes + (trials - k) * no)
        for k in range(bad + 1)
    )
    return min(1.0, math.fsum(terms))


def _solve(too_low: Callable[[float], bool]) -> float:
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        if too_low(middle):
            low = middle
        else:
            high = middle
    return high
