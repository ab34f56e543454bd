"""One value of every type, as SQL and as Python; what the clients must see."""

import datetime as dt
from decimal import Decimal
from uuid import UUID

Value = tuple[str, str, object]
UTC = dt.UTC

VALUES: tuple[Value, ...] = (
    ("yes", "true", True),
    ("no", "false", False),
    ("tiny", "(-7)::tinyint", -7),
    ("small", "(-32768)::smallint", -32768),
    ("whole", "2147483647::integer", 2147483647),
    ("big", "(-9223372036854775808)::bigint", -9223372036854775808),
    ("unsigned", "18446744073709551615::ubigint", Decimal("18446744073709551615")),
    (
        "huge",
        "170141183460469231731687303715884105727::hugeint",
        Decimal("170141183460469231731687303715884105727"),
    ),
    ("money", "(-1234567.80)::decimal(12,2)", Decimal("-1234567.80")),
    ("exact", "0.00000001::decimal(38,20)", Decimal("0.00000001000000000000")),
    ("single", "1.5::float", 1.5),
    ("double", "0.1::double", 0.1),
    ("tiny_double", "1e-300::double", 1e-300),
    ("infinite", "'-infinity'::double", float("-inf")),
    ("text", "'Köln, \"x\" \\ it''s'", 'Köln, "x" \\ it\'s'),
    ("empty", "''", ""),
    ("bytes", "'\\x00\\xFFab'::blob", b"\x00\xffab"),
    ("day", "date '2026-02-28'", dt.date(2026, 2, 28)),
    ("clock", "time '23:59:59.5'", dt.time(23, 59, 59, 500000)),
    ("moment", "timestamp '1969-12-31 23:59:59.999999'", dt.datetime(1969, 12, 31, 23, 59, 59, 999999)),
    ("instant", "timestamptz '2026-07-01 12:00:00+02'", dt.datetime(2026, 7, 1, 10, tzinfo=UTC)),
    ("span", "interval '3 days 04:05:06.7'", dt.timedelta(days=3, hours=4, minutes=5, seconds=6.7)),
    ("id", "'1b4e28ba-2fa1-11d2-883f-0016d3cca427'::uuid", UUID("1b4e28ba-2fa1-11d2-883f-0016d3cca427")),
    ("json", """'{"a": [1, "ä"]}'::json""", {"a": [1, "ä"]}),
    ("struct", "{'a': 1, 'b': [true, null]}", {"a": 1, "b": [True, None]}),
    ("choice", "'red'::enum('red', 'green')", "red"),
    ("list", "[1, null, 3]", [1, None, 3]),
    ("texts", "['a b', null, '', 'NULL', '{\"x\"}']", ["a b", None, "", "NULL", '{"x"}']),
    ("nested", "[[1, 2], [3, null]]", [[1, 2], [3, None]]),
    ("prices", "[1.50::decimal(9,2), null]", [Decimal("1.50"), None]),
    ("days", "[date '2026-02-28', null]", [dt.date(2026, 2, 28), None]),
    ("nothing", "null", None),
    ("no_number", "null::integer", None),
    ("no_list", "null::text[]", None),
    ("empty_list", "[]::integer[]", []),
)
SELECT_ALL = "select " + ", ".join(f"{sql} as {name}" for name, sql, _ in VALUES)
EXPECTED = {name: expected for name, _, expected in VALUES}

Parameter = tuple[str, object]
PARAMETERS: tuple[Parameter, ...] = (
    ("boolean", True),
    ("smallint", -7),
    ("integer", 2147483647),
    ("bigint", -9223372036854775808),
    ("numeric(30,10)", Decimal("12345678901234567890.0123456789")),
    ("double precision", 0.1),
    ("text", 'it\'s "Köln"'),
    ("bytea", b"\x00\xff\\'"),
    ("date", dt.date(2026, 2, 28)),
    ("time", dt.time(23, 59, 59, 500000)),
    ("timestamp", dt.datetime(2026, 2, 28, 1, 2, 3, 4)),
    ("timestamp with time zone", dt.datetime(2026, 7, 1, 10, tzinfo=UTC)),
    ("interval", dt.timedelta(days=3, seconds=7)),
    ("uuid", UUID("1b4e28ba-2fa1-11d2-883f-0016d3cca427")),
    ("integer[]", [1, 2, 3]),
    ("text[]", ["a b", '"', "NULL", ""]),
    ("integer[][]", [[1, 2], [3, 4]]),
    ("text", None),
)
