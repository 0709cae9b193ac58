"""Ask for help: a question in words."""

from typing import Any

from harness.errors import UsageError
from harness.phone.steps import Context, Flow
from scenarios.flows.parts import ask

QUESTIONS = (
    "I cannot find my receipt.",
    "The app closes when I open my orders.",
    "Where do I change my address?",
    "Was ist mit meiner Bestellung?",
    "支払い方法を変更したいです。",
)


def help_text(ctx: Context) -> Flow:
    """Ask a question. Choices: `category`, else one that does not wake anybody; `subject`; `message`."""
    ticket = question(ctx)
    answer = yield from ask(ctx, "help_text", ctx.scope(ticket=ticket), **told(ticket))
    return answer.outcome


def question(ctx: Context) -> dict[str, Any]:
    """A question in a category, with the queue and the priority it belongs in; its subject is this intent's alone."""
    categories = ctx.target.tickets
    calm = [name for name in categories if "urgent" not in categories[name].priority.values()]
    name = ctx.choices.get("category") or ctx.chance.choice(calm or list(categories))
    if name not in categories:
        raise UsageError(f"no category of questions is called {name!r}; there are {', '.join(categories)}")
    marker = ctx.person.marker
    plan = ctx.things.get("plan") or ctx.target.free_plan
    return {
        "subject": ctx.choices.get("subject") or f"Question {ctx.number} of {marker}",
        "message": f"{ctx.choices.get('message') or ctx.chance.choice(QUESTIONS)} ({marker})",
        "category": name,
        "queue": categories[name].queue,
        "priority": categories[name].priority_of(plan),
    }


def told(ticket: dict[str, Any]) -> dict[str, Any]:
    """What reports show of a question."""
    return {"subject": ticket["subject"], "category": ticket["category"]}
