"""Subscription schedules: what a subscription is in each of its phases, one after the other, by the clock."""

from fakes.payments.state import automatic_tax, due, schedule_phases, subscription_changes, subscriptions
from fakes.payments.state.customers import present
from fakes.payments.state.given import merged, rewrite
from fakes.payments.state.moment import Moment
from fakes.payments.state.problem import Problem, invalid
from fakes.payments.state.schedule_phases import KIND
from fakes.payments.state.store import Thing

PHASE = "subscription_schedule.phase"
EXPIRING = "subscription_schedule.expiring"
EXPIRING_S = 9 * 86400
"""The documentation says seven days; the vendor's own command line expects the event nine days before the end."""


def create(moment: Moment, params: Thing) -> Thing:
    """A schedule for a customer, begun now or later; or of a subscription that runs, as its first phase."""
    account = moment.account
    if params.get("from_subscription"):
        return _around(moment, params)
    if not params.get("customer"):
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer = present(moment, params["customer"])
    if not params.get("phases"):
        raise invalid("Missing required param: phases.", "phases", "parameter_missing")
    start = params.get("start_date", "now")
    start = moment.now if start == "now" else start
    schedule = schedule_phases.shape(moment, customer, params)
    schedule["phases"] = schedule_phases.described(moment, params["phases"], start)
    automatic_tax.phases_fit(account, schedule)
    account.put(schedule)
    moment.tell("subscription_schedule.created", schedule)
    if start <= moment.now:
        _begin(moment, schedule)
    else:
        due.plan(moment, start, PHASE, schedule)
    return schedule


def _around(moment: Moment, params: Thing) -> Thing:
    account = moment.account
    subscription = account.get("subscription", params["from_subscription"], "from_subscription")
    if params.get("phases"):
        raise invalid("You may not pass `phases` with `from_subscription`.", "phases")
    if subscription["schedule"]:
        raise invalid(
            f"You cannot migrate a subscription that is already attached to a schedule: {subscription['schedule']}.",
            "from_subscription",
        )
    customer = account.get("customer", subscription["customer"])
    schedule = schedule_phases.shape(moment, customer, params)
    schedule["phases"] = [schedule_phases.present(subscription)]
    schedule["default_settings"]["automatic_tax"] = dict(subscription["automatic_tax"])
    schedule.update(status="active", subscription=subscription["id"])
    account.put(schedule)
    subscription["schedule"] = schedule["id"]
    _at_phase(moment, schedule, 0)
    moment.tell("subscription_schedule.created", schedule)
    return schedule


def _begin(moment: Moment, schedule: Thing) -> None:
    """The first phase: the subscription is made."""
    phase = schedule["phases"][0]
    with moment.changing(schedule, "subscription_schedule.updated"):
        wanted = schedule_phases.as_parameters(phase, schedule)
        subscription = subscriptions.create(moment, {**wanted, "customer": schedule["customer"]}, later=True)
        subscription["schedule"] = schedule["id"]
        schedule.update(status="active", subscription=subscription["id"])
        _at_phase(moment, schedule, 0)


def _at_phase(moment: Moment, schedule: Thing, place: int) -> None:
    phase = schedule["phases"][place]
    schedule["current_phase"] = {"end_date": phase["end_date"], "start_date": phase["start_date"]}
    due.plan(moment, phase["end_date"], PHASE, schedule)
    last = schedule["phases"][-1]["end_date"]
    if last - EXPIRING_S > moment.now:
        due.plan(moment, last - EXPIRING_S, EXPIRING, schedule)


@due.work(PHASE)
def _next_phase(moment: Moment, name: str) -> None:
    schedule = moment.account.find(KIND, name)
    if schedule is None or schedule["status"] not in ("not_started", "active"):
        return
    if schedule["status"] == "not_started":
        _begin(moment, schedule)
        return
    following = [place for place, one in enumerate(schedule["phases"]) if one["start_date"] >= moment.now]
    if not following:
        _complete(moment, schedule)
        return
    phase = schedule["phases"][following[0]]
    subscription = moment.account.get("subscription", schedule["subscription"])
    if subscription["status"] not in subscriptions.ENDED:
        changes = schedule_phases.change(subscription, phase, schedule)
        subscription_changes.update(moment, changes, subscription["id"], asked=False)
    with moment.changing(schedule, "subscription_schedule.updated"):
        _at_phase(moment, schedule, following[0])


@due.work(EXPIRING)
def _expiring(moment: Moment, name: str) -> None:
    schedule = moment.account.find(KIND, name)
    if schedule is not None and schedule["status"] == "active":
        moment.tell("subscription_schedule.expiring", schedule)


def _complete(moment: Moment, schedule: Thing) -> None:
    """The last phase is over: the subscription runs on alone, or ends."""
    subscription = moment.account.get("subscription", schedule["subscription"])
    subscription["schedule"] = None
    schedule.update(status="completed", completed_at=moment.now, current_phase=None)
    if schedule["end_behavior"] == "cancel":
        if subscription["status"] not in subscriptions.ENDED:
            subscriptions.end(moment, subscription)
    else:
        schedule.update(released_subscription=subscription["id"], subscription=None)
    moment.tell("subscription_schedule.completed", schedule)


def update(moment: Moment, params: Thing, name: str) -> Thing:
    """Change the phases that are to come and the present one, the end, or the words."""
    schedule = moment.account.get(KIND, name)
    running(schedule, "update")
    with moment.changing(schedule, "subscription_schedule.updated"):
        rewrite(schedule, params)
        if "end_behavior" in params:
            schedule["end_behavior"] = params["end_behavior"]
        schedule["default_settings"] = merged(schedule["default_settings"], params.get("default_settings") or {})
        if params.get("phases"):
            _rewrite(moment, schedule, params)
        elif "default_settings" in params:
            automatic_tax.phases_fit(moment.account, schedule)
    return schedule


def _rewrite(moment: Moment, schedule: Thing, params: Thing) -> None:
    start = params["phases"][0].get("start_date", schedule["phases"][0]["start_date"])
    start = moment.now if start == "now" else start
    phases = schedule_phases.described(moment, params["phases"], start)
    place = next((place for place, one in enumerate(phases) if one["end_date"] > moment.now), None)
    if place is None:
        raise invalid("The last phase must end in the future.", "phases")
    schedule["phases"] = phases
    automatic_tax.phases_fit(moment.account, schedule)
    if schedule["status"] == "not_started":
        due.plan(moment, phases[0]["start_date"], PHASE, schedule)
        return
    subscription = moment.account.get("subscription", schedule["subscription"])
    changes = schedule_phases.change(subscription, phases[place], schedule)
    if "proration_behavior" in params:
        changes["proration_behavior"] = params["proration_behavior"]
    subscription_changes.update(moment, changes, subscription["id"])
    _at_phase(moment, schedule, place)


def running(schedule: Thing, verb: str) -> None:
    """Refuse what a schedule that is over does not allow."""
    if schedule["status"] not in ("not_started", "active"):
        raise Problem(
            f"You cannot {verb} a subscription schedule that is currently in the `{schedule['status']}` status. It "
            "must be in one of the following statuses: not_started, active."
        )


def cancel(moment: Moment, params: Thing, name: str) -> Thing:
    """End a schedule and, if it has begun, its subscription."""
    schedule = moment.account.get(KIND, name)
    running(schedule, "cancel")
    began = schedule["status"] == "active"
    _over(moment, schedule)
    schedule.update(status="canceled", canceled_at=moment.now, current_phase=None)
    subscription = moment.account.find("subscription", schedule["subscription"])
    if began and subscription is not None and subscription["status"] not in subscriptions.ENDED:
        how = {"invoice_now": params.get("invoice_now", False), "prorate": params.get("prorate", True)}
        subscriptions.cancel(moment, how, subscription["id"])
    moment.tell("subscription_schedule.canceled", schedule)
    if not began:
        moment.tell("subscription_schedule.aborted", schedule)
    return schedule


def abort(moment: Moment, subscription: Thing) -> None:
    """The subscription ended by itself, so that its schedule has nothing left to do."""
    schedule = moment.account.find(KIND, subscription["schedule"])
    if schedule is not None and schedule["status"] == "active":
        _over(moment, schedule)
        schedule.update(status="canceled", canceled_at=moment.now, current_phase=None)
        moment.tell("subscription_schedule.aborted", schedule)


def release(moment: Moment, params: Thing, name: str) -> Thing:
    """Let the subscription run on without its schedule."""
    schedule = moment.account.get(KIND, name)
    running(schedule, "release")
    _over(moment, schedule)
    subscription = moment.account.find("subscription", schedule["subscription"])
    if subscription is not None:
        subscription["schedule"] = None
        if not params.get("preserve_cancel_date"):
            subscription["cancel_at"] = None
    schedule.update(
        status="released",
        released_at=moment.now,
        released_subscription=schedule["subscription"],
        subscription=None,
        current_phase=None,
    )
    moment.tell("subscription_schedule.released", schedule)
    return schedule


def _over(moment: Moment, schedule: Thing) -> None:
    for kind in (PHASE, EXPIRING):
        due.drop(moment, kind, schedule)


def wanted(_moment: Moment, schedule: Thing, params: Thing) -> bool:
    """The filters of the list of schedules."""
    if "scheduled" in params and (schedule["status"] == "not_started") != params["scheduled"]:
        return False
    return "customer" not in params or bool(schedule["customer"] == params["customer"])
