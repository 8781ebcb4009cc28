"""The everyday business a shop's system may offer: tools by canonical name, with their arguments and results.

The same name means the same arguments and result in every connector. For whom is never an argument. A refusal of the
business ("already shipped") is a result, `Receipt.outcome`, and says why by code; a `Failure` means that the system did
not answer properly.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from tongxi.connectors.orders import GET_ORDER, LIST_ORDERS, GetOrder, ListOrders, Money, Name, Order, Orders

CHANGE_ADDRESS = "orders.change_address"
CANCEL_ORDER = "orders.cancel"
REQUEST_REFUND = "refunds.request"
REFUND_STATUS = "refunds.status"
REQUEST_EXCHANGE = "exchanges.request"
REQUEST_INVOICE = "invoices.request"
APPOINTMENT_SLOTS = "appointments.slots"
LIST_APPOINTMENTS = "appointments.list"
BOOK_APPOINTMENT = "appointments.book"
MOVE_APPOINTMENT = "appointments.move"
CANCEL_APPOINTMENT = "appointments.cancel"
GET_ACCOUNT = "account.get"
SEND_RESET_LINK = "account.send_reset_link"
TOP_UP = "account.top_up"
LIST_COUPONS = "coupons.list"
FIND_PRODUCTS = "products.find"
CREATE_LEAD = "leads.create"
CREATE_REPAIR = "repairs.create"
CREATE_CALLBACK = "callbacks.create"
FIND_OPERATION = "operations.find"
UNDO_OPERATION = "operations.undo"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Arguments(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


Number = Field(min_length=1, max_length=64)
Reference = Field(min_length=1, max_length=64)
Short = Field(default="", max_length=80)
Long = Field(default="", max_length=1_000)


class Receipt(_Value):
    """What became of a write."""

    outcome: Literal["done", "refused"]
    reason: str = ""
    """Why it was refused: a code such as `shipped`, `too_late`, `not_eligible`, `taken`, `already_done`, `invalid`."""
    reference: str = ""
    """The system's own number of what was made."""
    at: AwareDatetime | None = None
    undo_until: AwareDatetime | None = None
    """Until when `operations.undo` takes it back; None: it cannot be taken back."""
    amount: Money | None = None
    """What is paid or paid back."""
    expected_at: AwareDatetime | None = None
    """When the next thing happens: money back, parcel picked up, call."""
    sent_to: str = ""
    """Where something was sent: an address or number, masked by the shop."""
    expires_at: AwareDatetime | None = None
    """Until when what was sent works."""


class ChangeAddress(_Arguments):
    """A new address for an order that is not on its way."""

    number: str = Number
    address: str = Field(min_length=4, max_length=300)


class CancelOrder(_Arguments):
    """Cancel an order that has not shipped."""

    number: str = Number
    reason: str = Short


class RequestRefund(_Arguments):
    """Ask for the money back for a whole order."""

    number: str = Number
    reason: str = Short
    note: str = Long


class RefundStatus(_Arguments):
    """The contact's refunds, newest first; of one order when `number` is given."""

    number: str = Short


class Refund(_Value):
    """Money on its way back."""

    reference: str
    number: str
    """Of the order."""
    amount: Money
    status: Literal["requested", "approved", "waiting_for_return", "paid", "refused"]
    status_text: Name = Name()
    requested_at: AwareDatetime
    expected_at: AwareDatetime | None = None
    paid_at: AwareDatetime | None = None
    paid_to: Name = Name()


class Refunds(_Value):
    refunds: tuple[Refund, ...] = ()


class RequestExchange(_Arguments):
    """Ask for another piece in place of one of an order."""

    number: str = Number
    reason: str = Short
    wish: str = Long


class RequestInvoice(_Arguments):
    """Ask for the invoice of an order."""

    number: str = Number
    kind: Literal["person", "company"]
    title: str = Field(min_length=1, max_length=100)
    tax_id: str = Short
    email: str = Field(min_length=3, max_length=200)


class AppointmentSlots(_Arguments):
    """Free times, soonest first."""

    service: str = Short


class TimeSlot(_Value):
    """A free time."""

    id: str
    service: Name
    place: Name = Name()
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class TimeSlots(_Value):
    slots: tuple[TimeSlot, ...] = ()


class ListAppointments(_Arguments):
    """The contact's appointments that are still to come."""


class Appointment(_Value):
    """Somebody expects the customer, or comes."""

    reference: str
    kind: str = ""
    """The service's code, as `appointments.slots` takes it."""
    service: Name
    place: Name = Name()
    starts_at: AwareDatetime
    status: Literal["booked", "cancelled", "done"] = "booked"
    phone: str = ""


class Appointments(_Value):
    appointments: tuple[Appointment, ...] = ()


class BookAppointment(_Arguments):
    """Take a free time."""

    slot: str = Reference
    phone: str = Field(min_length=5, max_length=32)
    note: str = Long


class MoveAppointment(_Arguments):
    """Another time for an appointment."""

    reference: str = Reference
    slot: str = Reference


class CancelAppointment(_Arguments):
    """Give an appointment up."""

    reference: str = Reference


class GetAccount(_Arguments):
    """The contact's own account."""


class Account(_Value):
    """What the shop keeps about a customer."""

    name: Name
    tier: str = ""
    tier_text: Name = Name()
    points: int = 0
    balance: Money = Money(amount=Decimal(0), currency="CNY")
    email: str = ""
    """Masked by the shop."""
    phone: str = ""
    """Masked by the shop."""
    payment: Name = Name()
    """The means of payment on file, masked by the shop; empty: none."""
    address: str = ""
    coupons: int = 0


class SendResetLink(_Arguments):
    """Have the shop send a link for choosing a new password, to what it has on file. Nobody else sees the link."""

    channel: Literal["sms", "email"]


class TopUp(_Arguments):
    """Put money on the contact's account, or on a phone, by the means of payment on file."""

    kind: Literal["balance", "phone"]
    amount: Decimal = Field(gt=0, le=100_000, decimal_places=2)
    """In the shop's currency, major units; sent as a string."""
    phone: str = Field(default="", max_length=32)
    """To be charged; only of `phone`."""


class ListCoupons(_Arguments):
    """The contact's coupons."""


class Coupon(_Value):
    """A voucher."""

    code: str
    title: Name
    condition: Name = Name()
    expires_at: AwareDatetime
    status: Literal["usable", "used", "expired"] = "usable"


class Coupons(_Value):
    coupons: tuple[Coupon, ...] = ()
    """Usable ones, the first to expire first."""


class FindProducts(_Arguments):
    """Goods of the shop by a word of their name."""

    word: str = Field(min_length=1, max_length=80)


class Product(_Value):
    """Something the shop sells."""

    id: str = Field(min_length=1, max_length=80)
    name: Name
    price: Money | None = None
    stock: int | None = None
    """Pieces that can be ordered now; None: the shop tells no number."""
    available: bool | None = None
    """Whether it can be ordered now; taken from `stock` when the shop does not say."""
    about: Name = Name()
    counted_at: AwareDatetime | None = None
    """When the shop counted; None: as of the question."""

    @model_validator(mode="after")
    def _counted(self) -> Product:
        if self.available is None and self.stock is not None:
            object.__setattr__(self, "available", self.stock > 0)
        return self


class Products(_Value):
    products: tuple[Product, ...] = ()
    """Best first."""


class CreateLead(_Arguments):
    """Somebody who wants to do business with the shop."""

    kind: str = Short
    name: str = Field(min_length=1, max_length=60)
    phone: str = Field(min_length=5, max_length=32)
    city: str = Short
    budget: str = Short
    experience: str = Short
    timing: str = Short
    grade: str = Short
    """A, B or C by the answers."""
    note: str = Long


class CreateRepair(_Arguments):
    """Something is broken and somebody shall look at it."""

    product: str = Field(min_length=1, max_length=120)
    serial: str = Short
    fault: str = Field(min_length=2, max_length=1_000)
    urgency: str = Short
    name: str = Field(min_length=1, max_length=60)
    phone: str = Field(min_length=5, max_length=32)
    address: str = Field(default="", max_length=300)
    day: str = Short


class CreateCallback(_Arguments):
    """Somebody shall call."""

    phone: str = Field(min_length=5, max_length=32)
    when: str = Short
    topic: str = Long


class FindOperation(_Arguments):
    """What became of a write, by its idempotency key."""

    key: str = Field(min_length=8, max_length=80)


class Operation(_Value):
    """The system's own memory of a write."""

    state: Literal["done", "refused", "unknown"]
    """`unknown`: nothing with this key arrived."""
    receipt: Receipt | None = None


class UndoOperation(_Arguments):
    """Take a write back."""

    key: str = Field(min_length=8, max_length=80)


class Shape(_Value):
    """What a canonical tool takes and gives."""

    arguments: type[BaseModel]
    result: type[BaseModel]
    effect: Literal["read", "write"]
    for_anyone: bool = False
    """Touches no account: may be run for a visitor who is not signed in."""


CANONICAL: Final[dict[str, Shape]] = {
    LIST_ORDERS: Shape(arguments=ListOrders, result=Orders, effect="read"),
    GET_ORDER: Shape(arguments=GetOrder, result=Order, effect="read"),
    CHANGE_ADDRESS: Shape(arguments=ChangeAddress, result=Receipt, effect="write"),
    CANCEL_ORDER: Shape(arguments=CancelOrder, result=Receipt, effect="write"),
    REQUEST_REFUND: Shape(arguments=RequestRefund, result=Receipt, effect="write"),
    REFUND_STATUS: Shape(arguments=RefundStatus, result=Refunds, effect="read"),
    REQUEST_EXCHANGE: Shape(arguments=RequestExchange, result=Receipt, effect="write"),
    REQUEST_INVOICE: Shape(arguments=RequestInvoice, result=Receipt, effect="write"),
    APPOINTMENT_SLOTS: Shape(arguments=AppointmentSlots, result=TimeSlots, effect="read", for_anyone=True),
    LIST_APPOINTMENTS: Shape(arguments=ListAppointments, result=Appointments, effect="read"),
    BOOK_APPOINTMENT: Shape(arguments=BookAppointment, result=Receipt, effect="write"),
    MOVE_APPOINTMENT: Shape(arguments=MoveAppointment, result=Receipt, effect="write"),
    CANCEL_APPOINTMENT: Shape(arguments=CancelAppointment, result=Receipt, effect="write"),
    GET_ACCOUNT: Shape(arguments=GetAccount, result=Account, effect="read"),
    SEND_RESET_LINK: Shape(arguments=SendResetLink, result=Receipt, effect="write"),
    TOP_UP: Shape(arguments=TopUp, result=Receipt, effect="write"),
    FIND_PRODUCTS: Shape(arguments=FindProducts, result=Products, effect="read", for_anyone=True),
    LIST_COUPONS: Shape(arguments=ListCoupons, result=Coupons, effect="read"),
    CREATE_LEAD: Shape(arguments=CreateLead, result=Receipt, effect="write", for_anyone=True),
    CREATE_REPAIR: Shape(arguments=CreateRepair, result=Receipt, effect="write", for_anyone=True),
    CREATE_CALLBACK: Shape(arguments=CreateCallback, result=Receipt, effect="write", for_anyone=True),
    FIND_OPERATION: Shape(arguments=FindOperation, result=Operation, effect="read", for_anyone=True),
    UNDO_OPERATION: Shape(arguments=UndoOperation, result=Receipt, effect="write", for_anyone=True),
}
"""Every canonical tool."""
