"""What a node does with an instant, by its class, in a session whose time zone is not UTC (`statements.py`)."""

from sqlglot import exp

CLAUSES = (
    exp.Alias, exp.Paren, exp.Select, exp.From, exp.Join, exp.Where, exp.Group, exp.GroupingSets, exp.Rollup, exp.Cube,
    exp.Having, exp.Qualify, exp.Order, exp.Ordered, exp.Subquery, exp.With, exp.CTE, exp.Window, exp.WindowSpec,
    exp.Filter, exp.WithinGroup, exp.Distinct, exp.IgnoreNulls, exp.RespectNulls, exp.Limit, exp.Offset, exp.Exists,
    exp.Is, exp.Table, exp.TableAlias, exp.Lateral,
)  # fmt: skip
PASSING = (
    exp.Min, exp.Max, exp.Count, exp.CountIf, exp.AnyValue, exp.ArrayAgg, exp.First, exp.Last, exp.FirstValue,
    exp.LastValue, exp.NthValue, exp.Mode, exp.ApproxDistinct, exp.PercentileDisc, exp.Explode, exp.Unnest,
    exp.TimeToUnix, exp.AtTimeZone, exp.DateBin, exp.Rank, exp.RowNumber,
)  # fmt: skip
"""Take an instant for an instant."""
ALIKE = (exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least, exp.Array, exp.Lag, exp.Lead)
"""Choose among values, which must all be instants."""
OF_CLOCK: tuple[type[exp.Expr], ...] = (
    exp.Year, exp.Month, exp.Day, exp.DayOfMonth, exp.DayOfWeek, exp.DayOfWeekIso, exp.DayOfYear, exp.Week,
    exp.WeekOfYear, exp.Hour, exp.Minute, exp.Second, exp.Quarter, exp.Monthname, exp.Dayname, exp.LastDay,
    exp.TimeToStr, exp.Date,
)  # fmt: skip
"""Tell what the clock shows at an instant, their first argument."""
CALLS_OF_CLOCK = frozenset(
    "isodow isoyear century decade millennium era yearweek weekday millisecond microsecond dayofmonth age".split()
)
