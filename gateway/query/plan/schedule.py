"""In which order units run, and which give values to which: what `transfer` finds and `emit` writes down."""

from dataclasses import dataclass, field

from sqlglot import exp

from gateway.query.plan.model import Form


@dataclass(frozen=True, slots=True)
class End:
    """A column as the unit that it comes from shows it."""

    unit: str
    column: exp.Column


@dataclass(slots=True)
class Sent:
    """Keys that go from `origin` to `target`: pairs of the origin's and the target's column. `probed`: the target finds
    its rows by them, and by nothing else."""

    origin: str
    target: str
    pairs: list[tuple[exp.Column, exp.Column]]
    keys: float
    share: float
    form: Form = Form.KEYS
    probed: bool = False


@dataclass(slots=True)
class Schedule:
    """Units in the order in which they may start, the transfers between them, and how many rows each will have:
    without any transfer (`full`), and with those that it gets."""

    order: list[str] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    full: dict[str, float] = field(default_factory=dict)
    rows: dict[str, float] = field(default_factory=dict)
