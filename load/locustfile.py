"""What Locust loads: one user for each process, who is a dispatcher of people; and the end of it all.

Locust gives processes, its own statistics and its way of stopping; arrivals, time and ledger are ours (`load.crowd`).
"""

import json
import os
from pathlib import Path
from typing import Any

import gevent
from locust import User, constant, events
from locust.exception import StopUser
from locust.runners import MasterRunner, WorkerRunner

from harness.clock import SYSTEM
from load.crowd import Crowd, everybody_in
from load.plan import PLAN, Plan
from load.tally import Tally

DONE = "people-done"
plan = Plan.read(Path(os.environ[PLAN]))
# Here, because workers are forked after this file was read, and a busy worker would be taken for a dead one.
everybody = everybody_in(plan)


class State:
    """What this process knows of the run."""

    crowd: Crowd | None = None
    total = Tally()
    parts = 0
    began_ns = 0
    ended_ns = 0


def dispatch(user: User) -> None:
    """Send this process's share of the people, then say so."""
    runner = user.environment.runner
    share, of = (runner.worker_index, _workers(user.environment)) if isinstance(runner, WorkerRunner) else (0, 1)
    State.crowd = crowd = Crowd(plan, everybody, share, of, user.environment.events.request.fire)
    crowd.tally.cpu_warning = runner.cpu_warning_emitted
    State.began_ns = State.began_ns or SYSTEM.at_ns()
    crowd.play()
    _hand_over(user.environment)
    raise StopUser


class Dispatcher(User):
    """Not a person: sends them."""

    wait_time = constant(0)
    tasks = [dispatch]  # noqa: RUF012 - Locust's own way to name them
    host = plan.base_url


def _workers(environment: Any) -> int:
    # Locust tells a worker its own number, not how many there are; they were asked for as users, one each.
    return int(environment.parsed_options.num_users or 1)


def _hand_over(environment: Any) -> None:
    """This process is done: add it up here, or tell who does."""
    crowd, State.crowd = State.crowd, None
    if crowd is None:
        return
    if isinstance(environment.runner, WorkerRunner):
        environment.runner.send_message(DONE, crowd.tally.as_data())
        return
    _part(environment, crowd.tally.as_data(), of=1)


def _part(environment: Any, data: dict[str, Any], of: int) -> None:
    State.total.add(data)
    State.parts += 1
    State.ended_ns = SYSTEM.at_ns()
    if State.parts >= of:
        # Not from here: quitting ends the very greenlet that asks for it.
        gevent.spawn(environment.runner.quit)


def _end_with_master(runner: Any) -> None:
    """A worker whose master is gone has nobody to work for; Locust itself would wait for another minute."""
    master = os.getppid()
    while os.getppid() == master:
        gevent.sleep(0.5)
    runner.quit()


def on_init(environment: Any, **_: Any) -> None:
    """The master adds up what its workers tell; a worker watches its master."""
    environment.process_exit_code = 0
    if isinstance(environment.runner, WorkerRunner):
        gevent.spawn(_end_with_master, environment.runner)
    if isinstance(environment.runner, MasterRunner):

        def on_done(environment: Any, msg: Any, **_: Any) -> None:
            _part(environment, msg.data, of=_workers(environment))

        environment.runner.register_message(DONE, on_done)


def on_test_start(environment: Any, **_: Any) -> None:
    """Time counts from here."""
    State.began_ns = SYSTEM.at_ns()


def on_stopping(environment: Any, **_: Any) -> None:
    """Somebody wants the end: nobody is sent any more, whoever is under way is cut short."""
    if State.crowd is not None:
        State.crowd.stop()


def on_cpu_warning(environment: Any, **_: Any) -> None:
    """This machine is too slow for the load it makes: times measured now are not the pipeline's."""
    State.total.cpu_warning = True
    if State.crowd is not None:
        State.crowd.tally.cpu_warning = True


def on_quitting(environment: Any, **_: Any) -> None:
    """Write `load.json`, in the one process that knows of all."""
    if isinstance(environment.runner, WorkerRunner):
        return
    if State.crowd is not None:
        crowd, State.crowd = State.crowd, None
        crowd.stop()
        crowd.cut()
        State.total.add(crowd.tally.as_data())
    planned = sum(len(one.flows) for one, _ in everybody)
    took_s = ((State.ended_ns or SYSTEM.at_ns()) - State.began_ns) / 1e9 if State.began_ns else 0.0
    over_s = max(plan.duration_s, took_s if State.total.intents < planned else 0.0)
    written = {
        "intended_rps": round(planned / plan.duration_s, 3),
        "achieved_rps": round(State.total.intents / over_s, 3) if over_s else 0.0,
        "intended_people": plan.people,
        **State.total.as_data(),
        "took_s": round(took_s, 3),
        "complete": State.total.people >= plan.people and not State.total.cut_short,
    }
    (plan.folder / "load.json").write_text(json.dumps(written, indent=2) + "\n")


hooks: Any = events
hooks.init.add_listener(on_init)
hooks.test_start.add_listener(on_test_start)
hooks.test_stopping.add_listener(on_stopping)
hooks.cpu_warning.add_listener(on_cpu_warning)
hooks.quitting.add_listener(on_quitting)
