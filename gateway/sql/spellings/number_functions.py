"""`width_bucket`, `div` and `to_number`, in DuckDB's functions. Source: PostgreSQL's manual, 9.3 and 9.8.

What PostgreSQL calculates exactly is calculated exactly. Where it raises, so does a cast of a text that is no number.
"""

import re

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.sql.templates import text_literal

_VALUE, _FIRST, _LAST, _STEPS = '"#of"[1]', '"#of"[2]', '"#of"[3]', '"#steps"'
_WAY, _WHOLE = f"abs({_VALUE} - {_FIRST})", f"abs({_LAST} - {_FIRST})"
_BY_DOUBLE = f"floor({_STEPS} * ({_WAY} / {_WHOLE}))"
_EXACT = f"round(({_WAY} * {_STEPS} - ({_WAY} * {_STEPS}) % {_WHOLE}) / {_WHOLE})"
WIDTH_BUCKET = f"""
list_extract(list_transform([[$1, $2, $3]], lambda "#of": list_extract(list_transform([CAST($4 AS INTEGER)],
lambda "#steps": CASE WHEN {_STEPS} <= 0 OR {_FIRST} = {_LAST} THEN CAST('width_bucket of ' || {_STEPS} AS BIGINT)
WHEN {_VALUE} <> {_FIRST} AND ({_VALUE} < {_FIRST}) = ({_FIRST} < {_LAST}) THEN 0
WHEN {_VALUE} = {_LAST} OR ({_LAST} < {_VALUE}) = ({_FIRST} < {_LAST}) THEN {_STEPS} + 1
ELSE CAST(CASE WHEN typeof({_VALUE}) LIKE 'DECIMAL%' THEN {_EXACT} ELSE {_BY_DOUBLE} END AS BIGINT) + 1 END), 1)), 1)
"""
THRESHOLDS = 'len(list_filter($2, lambda "#from": "#from" <= $1))'
_DIVIDED = 'round(("#pair"[1] - "#pair"[1] % "#pair"[2]) / "#pair"[2])'
_EXACT_IN_DOUBLE = 2**53
DIV = f"""
list_extract(list_transform([[$1, $2]], lambda "#pair": CASE WHEN "#pair"[2] = 0
THEN CAST('div by ' || "#pair"[2] AS BIGINT)
WHEN typeof("#pair"[1]) NOT LIKE 'DECIMAL%' THEN CAST("#pair"[1] // "#pair"[2] AS BIGINT)
WHEN abs({_DIVIDED}) < {_EXACT_IN_DOUBLE} THEN CAST({_DIVIDED} AS BIGINT)
ELSE CAST('div of ' || "#pair"[1] AS BIGINT) END), 1)
"""
_FORMAT = re.compile(
    r"(?P<before>FM|S|MI|PL|SG|L|\$)*(?P<whole>[09][09,G]*)(?:[.D](?P<fraction>[09]*))?(?P<after>S|MI|PL|SG|%)?"
)
MOST_DIGITS = 38


def number_of(wanted: exp.Expr | None) -> str:
    """The template, over `$1`, of `to_number` with this format: a text that has not its form is an error, where
    PostgreSQL reads the digits that fit. Raises SyntaxNotSupported."""
    match = _FORMAT.fullmatch(wanted.this) if isinstance(wanted, exp.Literal) and wanted.is_string else None
    if match is None:
        raise SyntaxNotSupported(
            "to_number needs its format written out, of 9, 0, a point, groups, a sign, L or $"
        )
    digits, places = len(re.sub("[,G]", "", match["whole"])), len(match["fraction"] or "")
    if digits + places > MOST_DIGITS:
        raise SyntaxNotSupported(f"to_number knows {MOST_DIGITS} digits at most")
    form = (
        r"\s*[$]?\s*[-+]?\s*[$]?\s*[0-9,]*"
        + (rf"(\.[0-9]{{0,{places}}})?" if places else "")
        + r"\s*[-+]?\s*%?\s*"
    )
    bare = "regexp_replace(\"#text\", '[^0-9.]', '', 'g')"
    fits = f"regexp_full_match(\"#text\", {text_literal(form)}) AND length(split_part({bare}, '.', 1)) <= {digits}"
    signed = f"CASE WHEN contains(\"#text\", '-') THEN '-' ELSE '' END || {bare}"
    number = f"CAST(CASE WHEN {fits} THEN {signed} ELSE \"#text\" || '?' END AS DECIMAL({digits + places}, {places}))"
    return f'list_extract(list_transform([$1], lambda "#text": {number}), 1)'
