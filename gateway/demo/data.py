"""The demo's data: a year of a mail-order business, the same bytes for the same seed and scale.

The story is in the numbers. Some carriers are late in some regions; what comes late is sent back more often,
and what is sent back is refunded. Orders that came back lose both shipping dates: the order system clears
them when a return is booked, and only the parcels and the returns still know what happened.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gateway.demo.columns import Column, dates, instants, money, numbered, picked, texts, whole
from gateway.demo.people import EMAIL_NAMES, FULL_NAMES

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

SEED = 20_250_101
DEFAULT_SCALE = 200_000
REGIONS = ("EU", "US", "APAC")
CARRIERS = ("Aerolane", "BlueCrate", "CargoPony", "Dockline")
CURRENCIES = ("EUR", "USD", "JPY")
STATUSES = ("open", "cancelled", "shipped", "delivered", "returned", "reshipped")
OPEN, CANCELLED, SHIPPED, DELIVERED, RETURNED, RESHIPPED = range(len(STATUSES))
REASONS = ("arrived too late", "damaged", "not as described", "changed mind")
LEAD_SOURCES = ("web", "fair", "referral", "partner")
QUARTERS = ("2025 Q1", "2025 Q2", "2025 Q3", "2025 Q4")
QUARTER_DAYS = 91
CHANNELS = ("search", "social", "newsletter", "print", "radio", "affiliate")

DAY = 86_400
FIRST_DAY = date(2025, 1, 1).toordinal() - date(1970, 1, 1).toordinal()
DAYS = 365
END = FIRST_DAY + DAYS  # nothing that happens on this day or later is known yet
PEAK = 304  # from November on: more orders, and more of them late

REGION_SHARE = (0.45, 0.35, 0.20)
CARRIER_SHARE = np.array([[0.35, 0.30, 0.20, 0.15], [0.20, 0.35, 0.25, 0.20], [0.30, 0.20, 0.20, 0.30]])
LATE_SHARE = np.array([[0.06, 0.11, 0.31, 0.15], [0.10, 0.07, 0.15, 0.27], [0.20, 0.13, 0.26, 0.17]])


@dataclass(frozen=True, slots=True)
class Tables:
    """The six tables, as the domains store them."""

    customers: pa.Table
    orders: pa.Table
    returns: pa.Table
    parcels: pa.Table
    leads: pa.Table
    campaigns: pa.Table


@dataclass(frozen=True, slots=True)
class _Facts:
    """What happened to each order. Days count from 1970, `ordered` and `handed` are seconds since then."""

    customer: Ints
    region: Ints
    carrier: Ints
    ordered: Ints
    promised: Ints
    handed: Ints
    booked: Ints
    delivered: Ints
    returned: Ints
    cents: Ints
    reason: Ints
    status: Ints


def generate(scale: int = DEFAULT_SCALE, seed: int = SEED) -> Tables:
    """`scale` orders (at least 1) and what belongs to them."""
    buyers = max(10, scale // 4)
    customer_region = _random(seed, 1).choice(len(REGIONS), buyers, p=REGION_SHARE)
    facts = _facts(_random(seed, 2), scale, customer_region)
    lead = _random(seed, 3).permutation(2 * buyers)[: 7 * buyers // 10]
    customers = _customers(_random(seed, 4), customer_region, lead)
    return Tables(
        customers=customers,
        orders=_orders(_random(seed, 5), facts),
        returns=_returns(_random(seed, 6), facts),
        parcels=_parcels(_random(seed, 7), facts),
        leads=_leads(_random(seed, 8), customers, lead),
        campaigns=_campaigns(_random(seed, 9)),
    )


def _random(seed: int, table: int) -> np.random.Generator:
    """A stream of its own for each table, so that a change to one leaves the others alone."""
    return np.random.default_rng([seed, table])


def _facts(random: np.random.Generator, scale: int, customer_region: Ints) -> _Facts:
    customer = random.integers(0, len(customer_region), scale)
    region = customer_region[customer]
    carrier = (random.random((scale, 1)) > CARRIER_SHARE[region].cumsum(axis=1)).sum(axis=1).clip(max=3)
    weights = np.where(np.arange(DAYS) < PEAK, 1.0, 1.6)
    day = np.sort(FIRST_DAY + random.choice(DAYS, scale, p=weights / weights.sum()))
    promised = day + 4 + random.integers(0, 4, scale) + (region > 0)
    late = _lateness(random, region, carrier, day)
    delivered = promised + late
    handed_day = delivered - np.minimum(random.integers(1, 4, scale), delivered - day - 1)
    booked = np.maximum(day, handed_day - random.choice((0, 1, 3, -1), scale, p=(0.6, 0.2, 0.1, 0.1)))
    returned, reason = _sent_back(random, late, delivered)
    return _Facts(
        customer=customer,
        region=region,
        carrier=carrier,
        ordered=day * DAY + random.integers(0, DAY, scale),
        promised=promised,
        handed=handed_day * DAY + random.integers(6 * 3600, 20 * 3600, scale),
        booked=booked,
        delivered=delivered,
        returned=returned,
        cents=np.rint(random.lognormal(8.6, 0.7, scale)).astype(np.int64) + 500,
        reason=reason,
        status=_status(random, handed_day, delivered, returned, reason),
    )


def _lateness(random: np.random.Generator, region: Ints, carrier: Ints, day: Ints) -> Ints:
    """Days after the promised one; zero or negative: on time."""
    share = LATE_SHARE[region, carrier] * np.where(day - FIRST_DAY < PEAK, 1.0, 1.5)
    late = random.random(len(day)) < share
    return np.where(late, random.geometric(0.35, len(day)).clip(max=14), -random.integers(0, 3, len(day)))


def _sent_back(random: np.random.Generator, late: Ints, delivered: Ints) -> tuple[Ints, Ints]:
    """The day on which a return is booked (END if none is), and its reason."""
    share = np.select([late <= 0, late <= 3], [0.04, 0.13], 0.30)
    sent_back = random.random(len(late)) < share
    day = np.where(sent_back, delivered + random.integers(1, 15, len(late)), END)
    on_time_reason = 1 + random.choice(3, len(late), p=(0.3, 0.35, 0.35))
    late_reason = random.choice(4, len(late), p=(0.6, 0.16, 0.14, 0.1))
    return np.minimum(day, END), np.where(late > 0, late_reason, on_time_reason)


def _status(
    random: np.random.Generator, handed_day: Ints, delivered: Ints, returned: Ints, reason: Ints
) -> Ints:
    scale = len(handed_day)
    cancelled, lost = random.random(scale) < 0.02, random.random(scale) < 0.003
    again = random.random(scale) < np.where(reason == 1, 0.6, 0.15)
    return np.select(
        [cancelled, handed_day >= END, lost | (delivered >= END), returned >= END, again],
        [CANCELLED, OPEN, SHIPPED, DELIVERED, RESHIPPED],
        RETURNED,
    )


def _customers(random: np.random.Generator, region: Ints, lead: Ints) -> pa.Table:
    count = len(region)
    person = random.integers(0, len(FULL_NAMES), count)
    from_lead = np.full(count, -1)
    from_lead[: len(lead)] = lead + 1
    return pa.table(
        {
            "customer_id": whole(np.arange(1, count + 1)),
            "full_name": picked(FULL_NAMES, person),
            "email": _emails(person, np.arange(1, count + 1)),
            "phone": _phones(random, region),
            "region": picked(REGIONS, region),
            "segment": picked(("consumer", "business"), (random.random(count) < 0.2).astype(np.int64)),
            "customer_since": dates(FIRST_DAY - random.integers(1, 180, count)),
            "lead_id": whole(from_lead, from_lead > 0),
        }
    )


def _emails(person: Ints, number: Ints) -> Column:
    return texts(picked(EMAIL_NAMES, person), ".", whole(number).cast(pa.string()), "@example.com")


def _phones(random: np.random.Generator, region: Ints) -> Column:
    """Numbers of the ranges that are reserved for fiction."""
    prefix = picked(("+44 1632 96", "+1 202 555 01", "+61 491 57"), region)
    digits = numbered(random.integers(0, 10_000, len(region)), 4)
    return texts(prefix, digits)


def _orders(random: np.random.Generator, facts: _Facts) -> pa.Table:
    scale = len(facts.status)
    known = (facts.status == SHIPPED) | (facts.status == DELIVERED)
    quarter = ((facts.ordered // DAY - FIRST_DAY) // QUARTER_DAYS).clip(max=len(QUARTERS) - 1)
    campaign = 1 + quarter * len(CHANNELS) + random.integers(0, len(CHANNELS), scale)
    return pa.table(
        {
            "order_id": whole(np.arange(1, scale + 1)),
            "customer_id": whole(facts.customer + 1),
            "region": picked(REGIONS, facts.region),
            "ordered_at": instants(facts.ordered),
            "promised_on": dates(facts.promised),
            "shipped_at": instants(facts.handed, known),
            "shipped_on": dates(facts.booked, known),
            "status": picked(STATUSES, facts.status),
            "amount": money(facts.cents, 12),
            "currency": picked(CURRENCIES, facts.region),
            "campaign_id": whole(campaign, random.random(scale) < 0.55),
            "is_test": pa.array(random.random(scale) < 0.005),
        }
    )


def _returns(random: np.random.Generator, facts: _Facts) -> pa.Table:
    rows = np.flatnonzero(facts.status >= RETURNED)
    again = facts.status[rows] == RESHIPPED
    cents = facts.cents[rows]
    part = np.where(random.random(len(rows)) < 0.85, 100, random.integers(50, 95, len(rows)))
    return pa.table(
        {
            "return_id": whole(np.arange(1, len(rows) + 1)),
            "order_id": whole(rows + 1),
            "returned_on": dates(facts.returned[rows]),
            "reason": picked(REASONS, facts.reason[rows]),
            "resolution": picked(("refunded", "reshipped"), again.astype(np.int64)),
            "refund": money(np.where(again, 0, cents * part // 100), 12),
        }
    )


def _parcels(random: np.random.Generator, facts: _Facts) -> pa.Table:
    """A parcel for each order that left the warehouse; a second one two days after a re-shipped return."""
    first = np.flatnonzero((facts.status != OPEN) & (facts.status != CANCELLED))
    second = np.flatnonzero((facts.status == RESHIPPED) & (facts.returned + 2 < END))
    order = np.concatenate([first, second])
    handed = np.concatenate([facts.handed[first], (facts.returned[second] + 2) * DAY + 9 * 3600])
    arrives = np.concatenate([facts.delivered[first], facts.returned[second] + 5])
    lost = (facts.status[order] == SHIPPED) | (arrives >= END)
    return pa.table(
        {
            "parcel_id": texts("P", numbered(np.arange(1, len(order) + 1), 9)),
            "order_id": whole(order + 1),
            "attempt": whole(np.where(np.arange(len(order)) < len(first), 1, 2)),
            "carrier": picked(CARRIERS, facts.carrier[order]),
            "weight_g": whole(random.integers(80, 20_000, len(order))),
            "handed_over": instants(handed),
            "delivered_on": dates(arrives, ~lost),
        }
    )


def _leads(random: np.random.Generator, customers: pa.Table, lead: Ints) -> pa.Table:
    """Two leads a customer; `lead[i]` became customer i. One in twelve has no source on record."""
    count = 2 * customers.num_rows
    buyer = np.full(count, -1)
    buyer[lead] = np.arange(len(lead))
    converted, buyer = pa.array(buyer >= 0), pa.array(buyer.clip(min=0))
    prospect = texts("prospect.", numbered(np.arange(1, count + 1), 6), "@example.net")
    region = picked(REGIONS, random.choice(len(REGIONS), count, p=REGION_SHARE))
    return pa.table(
        {
            "lead_id": whole(np.arange(1, count + 1)),
            "email": pc.if_else(converted, customers["email"].combine_chunks().take(buyer), prospect),
            "source": picked(LEAD_SOURCES, random.integers(0, 4, count), random.random(count) > 1 / 12),
            "region": pc.if_else(converted, customers["region"].combine_chunks().take(buyer), region),
            "created_at": instants((FIRST_DAY - random.integers(180, 360, count)) * DAY + 36_000),
            "converted": converted,
        }
    )


def _campaigns(random: np.random.Generator) -> pa.Table:
    """One campaign a channel and quarter."""
    quarter, channel = np.divmod(np.arange(len(QUARTERS) * len(CHANNELS)), len(CHANNELS))
    starts = FIRST_DAY + quarter * QUARTER_DAYS
    ends = np.where(quarter < len(QUARTERS) - 1, starts + QUARTER_DAYS, END) - 1
    return pa.table(
        {
            "campaign_id": whole(np.arange(1, len(quarter) + 1)),
            "title": texts(picked(QUARTERS, quarter), " ", picked(CHANNELS, channel)),
            "channel": picked(CHANNELS, channel),
            "started_on": dates(starts),
            "ended_on": dates(ends),
            "cost_per_order": money(random.integers(150, 1_800, len(quarter)), 8),
        }
    )
