"""Hosted checkout: sessions that sell prices or save a card, until they are paid, or their time is over.

What is sold and for how much is in `lines`, what a session looks like in `shapes`, its life in `sessions`, and how a
person pays it in `paying`. The page itself is `fakes.payments.hosted`'s business.
"""

from fakes.payments.state.checkout.lines import line_items
from fakes.payments.state.checkout.paying import after_completion, locate, pay, returned, waiting
from fakes.payments.state.checkout.saved import may_save, offered, save
from fakes.payments.state.checkout.sessions import choose, create, expire, recover, update, use_code, wanted

__all__ = [
    "after_completion",
    "choose",
    "create",
    "expire",
    "line_items",
    "locate",
    "may_save",
    "offered",
    "pay",
    "recover",
    "returned",
    "save",
    "update",
    "use_code",
    "waiting",
    "wanted",
]
