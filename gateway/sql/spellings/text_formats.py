"""`format()` with PostgreSQL's patterns, and `quote_ident` and its kind. Source: PostgreSQL's manual, 9.4."""

import re
from collections.abc import Sequence

from sqlglot import exp

from gateway.errors import InvalidParameterValue, StatementTooComplex, SyntaxNotSupported
from gateway.sql.templates import text_literal, written

KEYWORDS = """
all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast char
character check coalesce collate collation column concurrently constraint create cross current_catalog current_date
current_role current_schema current_time current_timestamp current_user dec decimal default deferrable desc distinct do
else end except exists extract false fetch float for foreign freeze from full grant greatest group grouping having ilike
in initially inner inout int integer intersect interval into is isnull join json json_array json_arrayagg json_exists
json_object json_objectagg json_query json_scalar json_serialize json_table json_value lateral leading least left like
limit localtime localtimestamp merge_action national natural nchar none normalize not notnull null nullif numeric offset
on only or order out outer overlaps overlay placing position precision primary real references returning right row
select session_user setof similar smallint some substring symmetric system_user table tablesample then time timestamp to
trailing treat trim true union unique user using values varchar variadic verbose when where window with xmlattributes
xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
""".split()
"""Which PostgreSQL puts in quotation marks where they are names (its manual, appendix C)."""
_IS_KEYWORD = f"list_contains([{', '.join(map(repr, KEYWORDS))}], {{0}})"
_IS_PLAIN = f"regexp_full_match({{0}}, '[a-z_][a-z0-9_]*') AND NOT {_IS_KEYWORD}"
_IDENT = f"CASE WHEN {_IS_PLAIN} THEN {{0}} ELSE '\"' || replace({{0}}, '\"', '\"\"') || '\"' END"
_LITERAL = (
    "CASE WHEN contains({0}, '\\') THEN 'E' ELSE '' END"
    " || '''' || replace(replace({0}, '''', ''''''), '\\', '\\\\') || ''''"
)
_OF_TEXT = 'list_extract(list_transform([CAST($1 AS TEXT)], lambda "#text": {0}), 1)'
_AS_IDENT, _AS_LITERAL = (_OF_TEXT.format(form.format('"#text"')) for form in (_IDENT, _LITERAL))
QUOTING = {
    "quote_ident": _AS_IDENT, "quote_literal": _AS_LITERAL, "quote_nullable": f"coalesce({_AS_LITERAL}, 'NULL')",
}  # fmt: skip
SHOWN = {"s": "coalesce({0}, '')", "I": _IDENT, "L": f"coalesce({_LITERAL}, 'NULL')"}
_PIECE = re.compile(r"%(?:(?P<place>\d+)\$)?(?P<left>-)?(?P<width>\d+)?(?P<kind>[sIL])|%%|[^%]+")
WIDEST, MOST_ARGUMENTS = 1_000, 100


def formatted(pattern: exp.Expr, arguments: Sequence[exp.Expr]) -> exp.Expr:
    """`format(pattern, ...)`; the texts of values are those of their casts. Raises SyntaxNotSupported,
    InvalidParameterValue, StatementTooComplex."""
    if not pattern.is_string:
        raise SyntaxNotSupported("format needs its pattern written out as a text")
    if _PIECE.sub("", pattern.name):
        raise InvalidParameterValue("unrecognized format() type specifier, or one that is not supported")
    if len(arguments) > MOST_ARGUMENTS or pattern.name.count("%") > MOST_ARGUMENTS:
        raise StatementTooComplex(f"format() knows {MOST_ARGUMENTS} arguments at most")
    pieces, following = ["''"], 0
    for match in _PIECE.finditer(pattern.name):
        if match["kind"] is None:
            pieces.append(text_literal(match[0].replace("%%", "%")))
            continue
        following = int(match["place"]) if match["place"] else following + 1
        if not 0 < following <= len(arguments):
            raise InvalidParameterValue("too few arguments for format()")
        pieces.append(_piece(match, f'"#texts"[{following}]'))
    texts = ", ".join(f"CAST(${place} AS TEXT)" for place in range(1, len(arguments) + 1)) or "''"
    return written(
        f'list_extract(list_transform([[{texts}]], lambda "#texts": {" || ".join(pieces)}), 1)', [*arguments]
    )


def _piece(match: "re.Match[str]", text: str) -> str:
    shown = f"({SHOWN[match['kind']].format(text)})"
    width = int(match["width"] or 0)
    if width > WIDEST:
        raise SyntaxNotSupported(f"format() pads to {WIDEST:,} characters at most")
    if not width:
        return shown
    blanks = f'left({text_literal(" " * width)}, greatest({width} - length("#shown"), 0))'
    padded = f'"#shown" || {blanks}' if match["left"] else f'{blanks} || "#shown"'
    return f'list_extract(list_transform([{shown}], lambda "#shown": {padded}), 1)'
