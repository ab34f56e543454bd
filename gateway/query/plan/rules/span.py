"""Rule: where keys are too many to be sent, the source is asked for the span of numbers that they lie in.

Planned so, that pays only where they are known to lie in a part of what the source has, by conditions or by what the
sources say. Where more keys arrive than an estimate said, the span is all that can be sent, and costs nothing.
"""

from sqlglot import exp

from gateway.query.plan.barrier.leaves import WHOLE
from gateway.query.plan.draft import Draft
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.model import Form
from gateway.query.plan.schedule import Sent
from gateway.query.plan.summing import type_of

WORTH = 0.5
"""Share of the target's span that may stay at most."""


def span(
    sent: Sent, columns: tuple[exp.Column, exp.Column], draft: Draft, estimator: Estimator
) -> Sent | None:
    """What goes instead of the keys that would be `sent`. `columns` are those of leaves that the first pair shows."""
    if not _are_whole(sent, columns[1], draft):
        return None
    share = estimator.span_share(draft.units[sent.origin], *columns)
    if share is None or share > WORTH:
        return None
    return Sent(sent.origin, sent.target, sent.pairs, 2.0, share, Form.SPAN)


def may_span(sent: Sent, draft: Draft) -> bool:
    """Whether the span can be sent in the place of the keys."""
    return sent.form is Form.KEYS and _are_whole(sent, sent.pairs[0][1], draft)


def _are_whole(sent: Sent, theirs: exp.Column, draft: Draft) -> bool:
    """Whether the keys are whole numbers, which PostgreSQL orders as they are."""
    kind = type_of(theirs, draft) or ""
    return len(sent.pairs) == 1 and kind in WHOLE and draft.dialect(draft.units[sent.target]) == "postgres"
