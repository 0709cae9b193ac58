"""The routes of the helpdesk, one module for each area, and the list of all areas."""

from fakes.helpdesk.wire.area import Area
from fakes.helpdesk.wire.areas.beside import BesideArea
from fakes.helpdesk.wire.areas.bulk import BulkArea
from fakes.helpdesk.wire.areas.comments import CommentArea
from fakes.helpdesk.wire.areas.fields import FieldArea
from fakes.helpdesk.wire.areas.files import FileArea
from fakes.helpdesk.wire.areas.finding import FindingArea
from fakes.helpdesk.wire.areas.groups import GroupArea
from fakes.helpdesk.wire.areas.house import HouseArea
from fakes.helpdesk.wire.areas.identities import IdentityArea
from fakes.helpdesk.wire.areas.incremental import IncrementalArea
from fakes.helpdesk.wire.areas.jobs import JobArea
from fakes.helpdesk.wire.areas.memberships import GroupMembershipArea, OrganizationMembershipArea
from fakes.helpdesk.wire.areas.organizations import OrganizationArea
from fakes.helpdesk.wire.areas.requests import RequestArea
from fakes.helpdesk.wire.areas.rules import RuleArea
from fakes.helpdesk.wire.areas.statuses import StatusArea
from fakes.helpdesk.wire.areas.suspended import SuspendedArea
from fakes.helpdesk.wire.areas.tickets import TicketArea
from fakes.helpdesk.wire.areas.users import UserArea
from fakes.helpdesk.wire.areas.webhooks import WebhookArea

AREAS: tuple[type[Area], ...] = (
    TicketArea,
    BulkArea,
    CommentArea,
    FieldArea,
    UserArea,
    IdentityArea,
    OrganizationArea,
    OrganizationMembershipArea,
    GroupArea,
    GroupMembershipArea,
    FileArea,
    FindingArea,
    JobArea,
    SuspendedArea,
    IncrementalArea,
    BesideArea,
    RequestArea,
    RuleArea,
    WebhookArea,
    StatusArea,
    HouseArea,
)
