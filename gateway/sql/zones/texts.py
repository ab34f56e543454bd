"""A `timestamptz` as text in a session's time zone: what the clock shows there, and how far it is ahead of UTC."""

from sqlglot import exp

from gateway.sql.templates import written

_HOURS, _MINUTES, _SECONDS = (
    f"right('0' || CAST({part} AS TEXT), 2)"
    for part in ('abs("#ahead") // 3600', 'abs("#ahead") // 60 % 60', 'abs("#ahead") % 60')
)
_OFFSET = f"""
CASE WHEN "#ahead" < 0 THEN '-' ELSE '+' END || {_HOURS}
|| CASE WHEN "#ahead" % 3600 <> 0 THEN ':' || {_MINUTES} ELSE '' END
|| CASE WHEN "#ahead" % 60 <> 0 THEN ':' || {_SECONDS} ELSE '' END
"""
_AHEAD = """date_diff('second', timezone('UTC', "#at"), timezone($2, "#at"))"""
_TEXT = f"""
list_extract(list_transform([$1], lambda "#at": CASE WHEN isfinite("#at")
THEN replace(CAST(timezone($2, "#at") AS TEXT), ' (BC)', '')
|| list_extract(list_transform([{_AHEAD}], lambda "#ahead": {_OFFSET}), 1)
|| CASE WHEN timezone($2, "#at") < CAST('0001-01-01' AS TIMESTAMP) THEN ' BC' ELSE '' END
ELSE CAST("#at" AS TEXT) END), 1)
"""


def text_in_zone(instant: exp.Expr, zone: str) -> exp.Expr:
    """`2026-07-01 10:00:00.5+02`; offsets of old times have minutes and seconds too."""
    return written(_TEXT, [instant, exp.Literal.string(zone)])
