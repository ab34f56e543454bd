"""PostgreSQL's functions in DuckDB's: what is refused before anything runs. What they answer is compared with
PostgreSQL's bytes in `tests/clients/statements`."""

import pytest

from gateway.errors import InvalidParameterValue, Refused, StatementTooComplex, SyntaxNotSupported
from gateway.settings import Limits
from gateway.sql.spellings.json_functions import contains
from gateway.sql.syntax import parse_expression, parse_query

REFUSED = {
    "format(x)": SyntaxNotSupported,
    "format('%s')": InvalidParameterValue,
    "format('%3$s', 'a')": InvalidParameterValue,
    "format('%d', 1)": InvalidParameterValue,
    "format('%100000s', 'a')": SyntaxNotSupported,
    f"format('{'%1$s' * 101}', 'a')": StatementTooComplex,
    "to_number('1', x)": SyntaxNotSupported,
    "to_number('1', 'EEEE')": SyntaxNotSupported,
    f"to_number('1', '{'9' * 39}')": SyntaxNotSupported,
    "width_bucket(x)": Refused,
    "jsonb_exists(x)": Refused,
    "jsonb_set(x, y, '1')": SyntaxNotSupported,
    "jsonb_set(x, '{1}', '1')": SyntaxNotSupported,
    "x #- y": SyntaxNotSupported,
    "array_fill(1, ARRAY[x])": SyntaxNotSupported,
    "array_fill(1, ARRAY[100000])": Refused,
}


@pytest.mark.parametrize(("expression", "error"), REFUSED.items())
def test_what_cannot_be_bounded_or_is_not_known_is_refused(expression: str, error: type[Refused]) -> None:
    with pytest.raises(error):
        parse_expression(expression, Limits())


@pytest.mark.parametrize("wanted", ["[" * 12 + "]" * 12, str(list(range(101))), "1e300", '{"a\\"": 1}', "{"])
def test_a_value_that_would_make_too_large_a_test_is_refused(wanted: str) -> None:
    whole, part = (parse_expression(text, Limits()) for text in ("x", f"'{wanted}'"))
    with pytest.raises((StatementTooComplex, SyntaxNotSupported)):
        contains(whole, part)


@pytest.mark.parametrize(
    "bounds",
    [
        "now() - interval '1 year', now(), '1 microsecond'",
        "current_date - 100000000, current_date, '1 second'",
        "date_trunc('year', now()) - interval '100000 years', now(), '1 minute'",
    ],
)
def test_a_series_that_counts_from_now_is_bounded_too(bounds: str) -> None:
    with pytest.raises(Refused, match="generated_rows"):
        parse_query(f"SELECT * FROM generate_series({bounds})", Limits())
