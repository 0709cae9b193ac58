"""Time that is moved by hand, and what is due in it."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from fakes.virtual import Agenda, Shifted, Time
from harness.clock import ManualClock


def test_in_order_of_time_then_of_planning() -> None:
    """The earliest comes first; of two at one moment, the one that was planned first."""
    agenda = Agenda()
    agenda.plan(20, "b", "x")
    agenda.plan(10, "c", "x")
    agenda.plan(10, "a", "x")
    found = [agenda.take(30) for _ in range(4)]
    assert [one and (one.at_s, one.kind) for one in found] == [(10, "c"), (10, "a"), (20, "b"), None]


def test_not_before_its_time() -> None:
    """What is due later stays planned."""
    agenda = Agenda()
    agenda.plan(10, "a", "x")
    assert agenda.take(9) is None
    assert (agenda.next_s(), agenda.when("a", "x"), len(agenda)) == (10, 10, 1)


def test_planned_anew_and_dropped() -> None:
    """Planning again replaces, dropping forgets."""
    agenda = Agenda()
    agenda.plan(10, "a", "x")
    agenda.plan(30, "a", "x")
    agenda.plan(20, "b", "x")
    agenda.drop("b", "x")
    assert agenda.next_s() == 30
    first = agenda.take(99)
    assert first is not None
    assert (first.at_s, agenda.take(99)) == (30, None)


@given(st.lists(st.tuples(st.integers(0, 50), st.sampled_from("abc"), st.integers(0, 5))))
def test_every_order_of_planning(plans: list[tuple[int, str, int]]) -> None:
    """Whatever was planned last for each work is taken once, in order of time."""
    agenda = Agenda()
    wanted = {}
    for at_s, kind, name in plans:
        agenda.plan(at_s, kind, str(name))
        wanted[(kind, str(name))] = at_s
    taken = []
    while (one := agenda.take(50)) is not None:
        taken.append(one)
    assert {(one.kind, one.name): one.at_s for one in taken} == wanted
    assert [one.at_s for one in taken] == sorted(one.at_s for one in taken)
    assert len(taken) == len(wanted)


def test_replacing_does_not_grow() -> None:
    """An agenda holds about as much as is planned, however often that is moved."""
    agenda = Agenda()
    for at_s in range(10_000):
        agenda.plan(at_s, "a", "x")
    assert len(agenda._heap) < 100


def test_time_runs_ahead_and_stands_still() -> None:
    """Moved on, it still runs with the real time; held, it stands, and then runs on."""
    real = [100]
    time = Time(lambda: real[0])
    time.move_to(500)
    real[0] += 5
    assert time() == 505
    time.move_to(300)
    with time.held(7):
        with time.held(None):
            assert time() == 7
        with time.held(9):
            assert time() == 9
        assert time() == 7
    assert time() == 505


def test_a_clock_that_is_moved_on() -> None:
    """It runs with the real one until it is told, and ahead of it from then on."""
    real = ManualClock()
    clock = Shifted(real)
    assert (clock.at_ns(), clock.wall()) == (real.at_ns(), real.wall())
    assert clock.advance(86_400) == int(real.wall().timestamp()) + 86_400
    real.advance(1)
    assert clock.at_ns() == real.at_ns() + 86_400 * 10**9
    assert (clock.wall() - real.wall()).total_seconds() == 86_400
    assert clock.unix_ns() == int(clock.wall().timestamp()) * 10**9


def test_a_clock_that_runs_on_from_a_copy() -> None:
    """It is as far ahead as the copy was, later by what has really passed since, and never earlier."""
    real = ManualClock(at_ns=50 * 10**9)
    clock = Shifted(real)
    clock.advance(100)
    contents, at_ns, unix_ns = clock.contents(), clock.at_ns(), clock.unix_ns()
    clock.advance(1000)
    clock.become(contents)
    assert (clock.at_ns(), clock.unix_ns()) == (at_ns, unix_ns)
    for passed_s, known_s in ((7, 7), (-7, 0)):
        there = Shifted(ManualClock(at_ns=3, wall=real.wall() + timedelta(seconds=passed_s)))
        there.become(contents)
        assert there.at_ns() == at_ns + known_s * 10**9
        assert there.unix_ns() == unix_ns + passed_s * 10**9
    clock.advance(5)
    assert (clock.at_ns() - at_ns, clock.unix_ns() - unix_ns) == (5 * 10**9, 5 * 10**9)
