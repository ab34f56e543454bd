"""Rule: where keys are too many to be sent, the source is asked for the span of numbers that they lie in.

That pays only where they are known to lie in a part of what the source has, by conditions or by what the sources say.
"""

from sqlglot import exp

from gateway.query.plan.draft import Draft
from gateway.query.plan.estimate import Estimator
from gateway.query.plan.leaves import WHOLE
from gateway.query.plan.model import Form
from gateway.query.plan.schedule import Sent
from gateway.query.plan.summing import type_of

WORTH = 0.5
"""Share of the target's span that may stay at most."""


def span(
    sent: Sent, columns: tuple[exp.Column, exp.Column], draft: Draft, estimator: Estimator
) -> Sent | None:
    """What goes instead of the keys that would be `sent`. `columns` are those of leaves that the first pair shows."""
    target = draft.units[sent.target]
    kind = type_of(columns[1], draft) or ""
    if len(sent.pairs) > 1 or kind not in WHOLE or draft.dialect(target) != "postgres":
        return None
    share = estimator.span_share(draft.units[sent.origin], *columns)
    if share is None or share > WORTH:
        return None
    return Sent(sent.origin, sent.target, sent.pairs, 2.0, share, Form.SPAN)
