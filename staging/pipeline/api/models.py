"""The shapes of requests and answers; everything that can be refused by its shape is refused here."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from staging.pipeline.catalogue import PlanId, ProductId

LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"^[A-Za-z0-9_+\-]+(?:\.[A-Za-z0-9_+\-]+)*@{LABEL}(?:\.{LABEL})*\.[A-Za-z]{{2,24}}$"
LINE = r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
MAYBE_LINE = r"^[^\x00-\x1f\x7f]*$"
TEXT = r"^[^\x00-\x08\x0b\x0c\x0e-\x20\x7f][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
BASE64 = r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$"
LARGEST_ATTACHMENT = 5_000_000


def whole(value: Any) -> Any:
    """JSON knows one kind of number: 1.0 is a whole one."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Quantity = Annotated[int, Field(ge=1, le=100), BeforeValidator(whole)]
Email = Annotated[str, Field(max_length=200, pattern=EMAIL, examples=["ada@people.example.com"])]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=LINE)]
MaybeLine = Annotated[str, Field(max_length=100, pattern=MAYBE_LINE)]
Password = Annotated[str, Field(min_length=8, max_length=200, pattern=MAYBE_LINE)]
AsOf = Annotated[int, Field(description="When this was read, in microseconds: of two answers, the greater is newer")]
Id = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9_\-]+$")]


class Strict(BaseModel):
    """A request with known fields only."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Lead(Strict):
    """Where somebody came from."""

    utm_source: MaybeLine | None = None
    utm_medium: MaybeLine | None = None
    utm_campaign: MaybeLine | None = None
    referral: MaybeLine | None = None


class SignUp(Strict):
    """A new account."""

    email: Email
    password: Password
    name: Line
    phone: Annotated[str, Field(max_length=40, pattern=MAYBE_LINE)] | None = None
    company: Annotated[str, Field(max_length=200, pattern=MAYBE_LINE)] | None = None
    lead: Lead | None = None


class SignIn(Strict):
    """E-mail and password."""

    email: Annotated[str, Field(min_length=1, max_length=200, pattern=MAYBE_LINE)]
    password: Annotated[str, Field(min_length=1, max_length=200, pattern=MAYBE_LINE)]


class Buy(Strict):
    """An order; its price is the catalogue's."""

    product_id: Annotated[ProductId, Field(strict=False)]
    quantity: Quantity = 1


class Subscribe(Strict):
    """A plan, to begin with or to change to."""

    plan_id: Annotated[PlanId, Field(strict=False)]


class Cancel(Strict):
    """Nothing needs to be said."""


class Attachment(Strict):
    """A file, base64 in JSON."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x20\x7f/\\][^\x00-\x1f\x7f/\\]*$")]
    content_type: Annotated[str, Field(max_length=100, pattern=r"^[a-z]+/[a-z0-9][a-z0-9.+\-]*$")]
    content_base64: Annotated[str, Field(min_length=4, max_length=(LARGEST_ATTACHMENT + 2) // 3 * 4, pattern=BASE64)]


class Help(Strict):
    """A question to the team."""

    subject: Line
    message: Annotated[str, Field(min_length=1, max_length=10_000, pattern=TEXT)]
    category: Literal["billing", "technical", "account_access", "other"]
    attachment: Attachment | None = None


class Notice(Strict):
    """An old push that was opened; what it claims is not believed."""

    kind: Literal["order", "subscription"]
    id: Id
    state: Annotated[str, Field(max_length=100, pattern=MAYBE_LINE)]


class ErrorBody(BaseModel):
    """What went wrong, without inner details."""

    code: str
    message: str
    request_id: str


class Error(BaseModel):
    """Every answer that is not a success."""

    error: ErrorBody


class SignedUp(BaseModel):
    """An account, and the token to use it."""

    account_id: str
    access_token: str
    state: str


class SignedIn(BaseModel):
    """A token, and how long it lasts."""

    access_token: str
    expires_in: int


class Product(BaseModel):
    """Something bought once; amount in minor units."""

    id: str
    name: str
    amount: int
    currency: str
    credits: int


class Plan(BaseModel):
    """Something paid for every month; amount in minor units."""

    id: str
    name: str
    amount: int
    currency: str


class Catalogue(BaseModel):
    """What is for sale."""

    products: list[Product]
    plans: list[Plan]


class Placed(BaseModel):
    """An order that was received."""

    order_id: str
    state: str


class Accepted(BaseModel):
    """An intent that was received."""

    state: str


class Received(BaseModel):
    """A ticket that was received."""

    ticket_id: str
    state: str


class Payment(BaseModel):
    """What the phone needs to pay."""

    client_secret: str
    publishable_key: str


OrderStatus = Literal["pending", "awaiting_payment", "paid", "failed"]
SubscriptionStatus = Literal["none", "pending", "incomplete", "active", "past_due", "canceled"]
TicketStatus = Literal["received", "open", "failed"]


class Order(BaseModel):
    """An order."""

    order_id: str
    status: OrderStatus
    state: str
    amount: int
    currency: str
    payment: Payment | None
    as_of: AsOf


class Subscription(BaseModel):
    """The present subscription."""

    status: SubscriptionStatus
    plan: str | None
    state: str
    cancel_at_period_end: bool
    payment: Payment | None
    as_of: AsOf


class Ticket(BaseModel):
    """A ticket."""

    ticket_id: str
    status: TicketStatus
    state: str
    as_of: AsOf


class Seen(BaseModel):
    """What is true now."""

    kind: Literal["order", "subscription"]
    id: str
    state: str
    status: str
    as_of: AsOf


class Profile(BaseModel):
    """Who one is."""

    account_id: str
    email: str
    name: str
    phone: str
    company: str


class MySubscription(BaseModel):
    """The present subscription in short."""

    status: SubscriptionStatus
    plan: str
    cancel_at_period_end: bool


class MyOrder(BaseModel):
    """An order in short."""

    order_id: str
    product_id: str
    amount: int
    currency: str
    status: OrderStatus
    state: str


class Paid(BaseModel):
    """Money that was taken."""

    amount: int
    currency: str


class MyTicket(BaseModel):
    """A ticket in short."""

    ticket_id: str
    subject: str
    status: TicketStatus
    state: str


class Me(BaseModel):
    """Everything one may know about oneself."""

    account: Profile
    state: str
    plan: Literal["free", "starter", "pro"]
    subscription: MySubscription | None
    credits: int
    orders: list[MyOrder]
    payments: list[Paid]
    tickets: list[MyTicket]
    as_of: AsOf


class Delivered(BaseModel):
    """The event has been taken in."""

    received: bool


class Health(BaseModel):
    """All is well."""

    status: Literal["ok"]


class Pending(BaseModel):
    """What has not been done yet."""

    total: int
    by_person: dict[str, int]
    next_due_s: float | None


class DeadLetter(BaseModel):
    """A job that was given up."""

    id: int
    job: str
    person: str
    reason: str
    at: str


class DeadLetters(BaseModel):
    """Jobs that were given up."""

    dead_letters: list[DeadLetter]


class Retried(BaseModel):
    """The job is on its way again."""

    retried: bool
