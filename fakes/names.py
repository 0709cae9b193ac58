"""A name server with one answer: every host is here. What was asked is told, so that a run can say who was looked for.

For a network of the run's own, in which no other name server exists. Answers A questions; of IPv6, of services and of
anything else it says that there is nothing. UDP only, which is what resolvers ask. Started by `fakes.vendor_hosts`.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rdataclass
import dns.rdatatype
import dns.rrset

PORT = 53
LIFETIME_S = 5
OWN = ("localhost", "local", "internal", "arpa", "localdomain")
"""Names that are nobody's on the internet: said not to exist."""


def answer(question: bytes, address: str, asked: Callable[[str], None]) -> bytes | None:
    """The answer to one question, None to what is none; `asked` hears the name of a host that was looked up."""
    try:
        query = dns.message.from_wire(question)
    except dns.exception.DNSException:
        return None
    if query.flags & dns.flags.QR or not query.question:
        return None
    response = dns.message.make_response(query, recursion_available=True)
    first = query.question[0]
    name = first.name.to_text(omit_final_dot=True).lower()
    if "." not in name or name.rpartition(".")[2] in OWN:
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif first.rdtype == dns.rdatatype.A:
        asked(name)
        response.answer.append(dns.rrset.from_text(first.name, LIFETIME_S, dns.rdataclass.IN, first.rdtype, address))
    return response.to_wire()


class NameServer(asyncio.DatagramProtocol):
    """One socket on which questions arrive."""

    def __init__(self, address: str, asked: Callable[[str], None]) -> None:
        self._address = address
        self._asked = asked
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: Any) -> None:
        """Keep the way back."""
        self._transport = transport

    def datagram_received(self, data: bytes, sender: tuple[str | Any, int]) -> None:
        """Answer; what is no question gets none."""
        said = answer(data, self._address, self._asked)
        if said is not None and self._transport is not None:
            self._transport.sendto(said, sender)
