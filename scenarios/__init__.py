"""What QA reads: the flows people take (`flows/`) and one file for each scenario.

`CATALOGUE` lists them in the order of the report; `harness list` prints it. Adding a scenario is one file and one line.
"""

from harness.scenario import Scenario
from scenarios.airplane_mode import airplane_mode
from scenarios.canceled_by_provider import canceled_by_provider
from scenarios.closed_after_paying import closed_after_paying
from scenarios.contact_gone import contact_gone
from scenarios.dead_letters import dead_letters
from scenarios.declined_card import declined_card
from scenarios.double_tap import double_tap
from scenarios.duplicate_deliveries import duplicate_deliveries
from scenarios.escalations import escalations
from scenarios.events_do_not_wait import events_do_not_wait
from scenarios.field_mapping import field_mapping
from scenarios.guardrails import guardrails
from scenarios.herd import herd
from scenarios.invalid_signatures import invalid_signatures
from scenarios.late_end import late_end
from scenarios.later_calls import later_calls
from scenarios.malformed import malformed
from scenarios.markup import markup
from scenarios.odd_signatures import odd_signatures
from scenarios.overtaken import overtaken
from scenarios.page_flows import page_flows
from scenarios.page_killed import page_killed
from scenarios.page_network import page_network
from scenarios.page_signal import page_signal
from scenarios.page_stale_push import page_stale_push
from scenarios.page_taps import page_taps
from scenarios.paid_too_little import paid_too_little
from scenarios.plain_success import plain_success
from scenarios.poisoned import poisoned
from scenarios.policies import policies
from scenarios.private_answers import private_answers
from scenarios.replayed_signatures import replayed_signatures
from scenarios.reused_key import reused_key
from scenarios.second_subscription import second_subscription
from scenarios.spelled_otherwise import spelled_otherwise
from scenarios.stale_notifications import stale_notifications
from scenarios.struck import struck
from scenarios.tampered import tampered
from scenarios.told_after_restart import told_after_restart
from scenarios.two_devices import two_devices
from scenarios.unauthorised import unauthorised
from scenarios.values import values
from scenarios.vendor_away import vendor_away
from scenarios.vendor_trouble import vendor_trouble

CATALOGUE: tuple[Scenario, ...] = (
    plain_success,
    declined_card,
    duplicate_deliveries,
    replayed_signatures,
    paid_too_little,
    invalid_signatures,
    odd_signatures,
    airplane_mode,
    double_tap,
    second_subscription,
    two_devices,
    reused_key,
    closed_after_paying,
    stale_notifications,
    late_end,
    canceled_by_provider,
    vendor_trouble,
    later_calls,
    vendor_away,
    poisoned,
    herd,
    overtaken,
    events_do_not_wait,
    dead_letters,
    escalations,
    guardrails,
    struck,
    told_after_restart,
    field_mapping,
    values,
    spelled_otherwise,
    contact_gone,
    markup,
    unauthorised,
    private_answers,
    malformed,
    tampered,
    policies,
    page_flows,
    page_signal,
    page_taps,
    page_killed,
    page_network,
    page_stale_push,
)
