"""`to_char` with PostgreSQL's patterns, in DuckDB's functions. Source: PostgreSQL's manual, 9.8."""

import re
from collections.abc import Mapping

from sqlglot import exp

from gateway.errors import SyntaxNotSupported
from gateway.sql.templates import text_literal

STRFTIME: Mapping[str, str] = {
    "YYYY": "%Y", "YY": "%y", "MM": "%m", "DD": "%d", "DDD": "%j", "HH24": "%H", "HH12": "%I", "HH": "%I", "MI": "%M",
    "SS": "%S", "MS": "%g", "US": "%f", "AM": "%p", "PM": "%p", "Mon": "%b", "FMMonth": "%B", "Dy": "%a",
    "FMDay": "%A", "IYYY": "%G", "IW": "%V", "ID": "%u", "FMMM": "%-m", "FMDD": "%-d", "FMHH24": "%-H",
    "FMHH12": "%-I", "FMHH": "%-I", "FMMI": "%-M", "FMSS": "%-S", "FMYYYY": "%-Y",
    "TZ": "%Z", "TMMonth": "%B", "TMMon": "%b", "TMDay": "%A", "TMDy": "%a",
}  # fmt: skip
"""Patterns that strftime has an equal for."""
TIME = "#time"
"""What the moment is called within what is written for the others."""
_ORDINAL = (
    "strftime($t, '%d') || CASE WHEN day($t) IN (1, 21, 31) THEN 'st' WHEN day($t) IN (2, 22) THEN 'nd'"
    " WHEN day($t) IN (3, 23) THEN 'rd' ELSE 'th' END"
)
CALCULATED: Mapping[str, str] = {
    "MON": "upper(strftime($t, '%b'))", "mon": "lower(strftime($t, '%b'))",
    "MONTH": "rpad(upper(strftime($t, '%B')), 9, ' ')", "Month": "rpad(strftime($t, '%B'), 9, ' ')",
    "month": "rpad(lower(strftime($t, '%B')), 9, ' ')", "FMMONTH": "upper(strftime($t, '%B'))",
    "FMmonth": "lower(strftime($t, '%B'))", "DAY": "rpad(upper(strftime($t, '%A')), 9, ' ')",
    "Day": "rpad(strftime($t, '%A'), 9, ' ')", "day": "rpad(lower(strftime($t, '%A')), 9, ' ')",
    "FMDAY": "upper(strftime($t, '%A'))", "FMday": "lower(strftime($t, '%A'))", "DY": "upper(strftime($t, '%a'))",
    "dy": "lower(strftime($t, '%a'))", "am": "lower(strftime($t, '%p'))", "pm": "lower(strftime($t, '%p'))",
    "Q": "CAST(quarter($t) AS TEXT)", "D": "CAST(dayofweek($t) + 1 AS TEXT)",
    "WW": "lpad(CAST((dayofyear($t) - 1) // 7 + 1 AS TEXT), 2, '0')", "W": "CAST((day($t) - 1) // 7 + 1 AS TEXT)",
    "YYY": "right(strftime($t, '%Y'), 3)", "Y": "right(strftime($t, '%Y'), 1)",
    "DDth": _ORDINAL, "FMDDth": _ORDINAL.replace("%d", "%-d"),
    "SSSS": "CAST(hour($t) * 3600 + minute($t) * 60 + second($t) AS TEXT)",
}  # fmt: skip
"""Patterns that are written as an expression of the moment."""
_WORDS = sorted({*STRFTIME, *CALCULATED}, key=len, reverse=True)
_LOWER = {word.lower(): word for word in ("HH24", "HH12", "HH", "MI", "SS", "YYYY", "MM", "DD", "MS", "US")}
_PIECES = re.compile('"([^"\\\\]*)"|([A-Za-z]+[0-9]*)|([^A-Za-z0-9"\\\\]+)')
_SIGNS_AFTER = ("MI", "S")
_NUMBER = re.compile(
    r"(?P<fill>FM)?(?P<sign>S?)(?P<before>\$?)(?P<whole>[09][09,G]*)"
    r"(?:(?P<point>[.D])(?P<fraction>[09]*))?(?P<after>[ ]?%?|MI|S)"
)


def char_of(wanted: exp.Expr | None) -> str:
    """The template, over `$1`, of to_char with this format. Raises SyntaxNotSupported."""
    if not isinstance(wanted, exp.Literal) or not wanted.is_string:
        raise SyntaxNotSupported("to_char needs its format written out as a text")
    number = _NUMBER.fullmatch(wanted.this)
    return _number(number) if number is not None else _time(wanted.this)


def strftime_of(text: str) -> str:
    """The pattern for strftime and strptime alone. Raises SyntaxNotSupported."""
    parts = _parts(text)
    if any(part in CALCULATED for part, _ in parts):
        raise _unknown("that stands there")
    return "".join(strftime for _, strftime in parts)


def _parts(text: str) -> list[tuple[str, str]]:
    """Pattern words in order, each with its pattern for strftime; '' with that of a text that stands for itself."""
    if _PIECES.sub("", text):
        raise SyntaxNotSupported("this format of to_char is not supported")
    found = []
    for match in _PIECES.finditer(text):
        literal, word, rest = match[1], match[2], match[3]
        while word:
            known = next((each for each in _WORDS if word.startswith(each)), None)
            lower = next((each for each in _LOWER if word.startswith(each)), None)
            if known is None and lower is None:
                raise _unknown(word[:20])
            length = len(known or lower or "")
            name = known or _LOWER[lower or ""]
            found.append((name, STRFTIME.get(name, "")))
            word = word[length:]
        if literal or rest:
            found.append(("", (literal or rest).replace("%", "%%")))
    return found


def _unknown(word: str) -> SyntaxNotSupported:
    return SyntaxNotSupported(f"to_char's pattern {word} is not supported: strftime has formats of its own")


def _time(text: str) -> str:
    parts = _parts(text)
    if not any(part in CALCULATED for part, _ in parts):
        return f"strftime($1, {text_literal(''.join(strftime for _, strftime in parts))})"
    pieces: list[str] = []
    plain = ""
    for part, strftime in [*parts, ("", "")]:
        if part not in CALCULATED:
            plain += strftime
        if plain and (part in CALCULATED or (part, strftime) == ("", "")):
            pieces.append(f'strftime("{TIME}", {text_literal(plain)})')
            plain = ""
        if part in CALCULATED:
            pieces.append(CALCULATED[part].replace("$t", f'"{TIME}"'))
    return f'list_extract(list_transform([$1], lambda "{TIME}": {" || ".join(pieces)}), 1)'


def _number(match: "re.Match[str]") -> str:
    """Digits are rounded to those of the format. What has more before the point is shown as #."""
    whole, fraction = match["whole"].replace("G", ","), match["fraction"] or ""
    groups = whole.split(",")
    if any(len(group) != 3 for group in groups[1:]) or not len(groups[0]) >= 1:
        raise SyntaxNotSupported("to_char groups digits by three only")
    places, digits = len(fraction), whole.replace(",", "")
    if len(digits) + places > 38 or (len(groups) > 1 and len(groups[0]) > 3):
        raise SyntaxNotSupported(
            "this format of to_char is not supported: it has too many digits, or too few groups"
        )
    zeros = len(digits) - digits.index("0") if "0" in digits else int(not match["point"])
    number = (
        f"split_part(CAST(CAST(round(abs(\"{TIME}\"), {places}) AS DECIMAL(38, {places})) AS TEXT), '.', %d)"
    )
    shown = f"ltrim({number % 1}, '0')"
    if zeros:
        shown = f"CASE WHEN length({shown}) < {zeros} THEN lpad({shown}, {zeros}, '0') ELSE {shown} END"
    if len(groups) > 1:
        shown = f"ltrim(reverse(regexp_replace(reverse({shown}), '(\\d{{3}})', '\\1,', 'g')), ',')"
    after = text_literal(match["after"])
    if match["after"] in _SIGNS_AFTER:
        positive = "+" if match["after"] == "S" else "" if match["fill"] else " "
        after = f"CASE WHEN \"{TIME}\" < 0 THEN '-' ELSE '{positive}' END"
    else:
        shown = f"CASE WHEN \"{TIME}\" < 0 THEN '-' ELSE '{'+' if match['sign'] else ''}' END || {shown}"
    if not match["fill"]:
        width = len(whole) + (match["after"] not in _SIGNS_AFTER)
        shown = f"lpad({shown}, {width}, ' ')"
    if match["point"]:
        shown += " || '.'"
    if fraction:
        shown += " || " + _fraction(number % 2, fraction, shortened=bool(match["fill"]))
    full = f"{text_literal(match['before'])} || {shown} || {after}"
    hashes = text_literal(match["before"] + ("" if match["fill"] else " ") + re.sub("[09]", "#", whole)
                     + ("." if match["point"] else "") + "#" * places + match["after"])  # fmt: skip
    over = f"length(ltrim({number % 1}, '0')) > {len(digits)}"
    whole_case = f"CASE WHEN {over} THEN {hashes} ELSE {full} END"
    return f'list_extract(list_transform([$1], lambda "{TIME}": {whole_case}), 1)'


def _fraction(digits: str, wanted: str, *, shortened: bool) -> str:
    """With FM, zeros at the end are left out where the format has a 9."""
    kept = wanted.rfind("0") + 1
    if not shortened or kept == len(wanted):
        return digits
    return (
        f"(left({digits}, {kept}) || rtrim(substring({digits}, {kept + 1}), '0'))"
        if kept
        else f"rtrim({digits}, '0')"
    )
