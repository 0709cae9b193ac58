"""The hosted pages as routes: which address shows which page. They need no key; the address is the secret."""

from collections.abc import Callable

from fakes.calls import Call, Reply, Route
from fakes.payments.hosted.checkout_page import CheckoutPage
from fakes.payments.hosted.identity_page import IdentityPage
from fakes.payments.hosted.invoice_page import InvoicePage
from fakes.payments.hosted.link_page import LinkPage
from fakes.payments.hosted.payment_pages import PaymentPages
from fakes.payments.hosted.portal_page import PortalPage
from fakes.payments.state.problem import Problem
from fakes.payments.state.provider import Provider
from fakes.payments.state.store import Account
from fakes.payments.wire import form

Before = Callable[[Account], None]
Handler = Callable[[Call], Reply]
BEHIND = "/v1/payment_pages/{session}"


class Hosting:
    """All hosted pages of one provider."""

    def __init__(self, provider: Provider, before: Before) -> None:
        checkout, portal = CheckoutPage(provider, before), PortalPage(provider, before)
        identity, invoice = IdentityPage(provider, before), InvoicePage(provider, before)
        self.routes = [
            *_pair("/c/pay/{session}", checkout.show, checkout.submit),
            _route("GET", "/b/{token}", LinkPage(provider, before).show),
            *_pair("/p/session/{token}", portal.show, portal.take),
            *_pair("/start/{token}", identity.show, identity.take),
            *_pair("/i/{invoice}", invoice.show, invoice.take),
        ]
        self._templates = {route.template for route in self.routes}
        behind = PaymentPages(provider, before)
        self.routes += [_route("GET", BEHIND, behind.show), _route("POST", f"{BEHIND}/confirm", behind.confirm)]

    def reads(self, call: Call) -> bool:
        """Whether this call is for a page; fills its parameters."""
        if call.route is None or call.route.template not in self._templates:
            return False
        try:
            call.params = dict(form.pairs_of(call.query) + form.pairs_of(call.body))
        except Problem:
            call.params = {}
        return True


def _pair(template: str, show: Handler, take: Handler) -> list[Route]:
    return [_route("GET", template, show), _route("POST", template, take)]


def _route(method: str, template: str, handler: Handler) -> Route:
    operation = f"{method} {template}"
    return Route(method=method, template=template, operation=operation, handler=handler, writes=method == "POST")
