"""Answers side by side, as a terminal shows them."""

from decimal import Decimal

from gateway.audit import AuditRecord, SourceAccess
from gateway.demo.show import audit_lines, side_by_side, source_queries
from gateway.demo.story import ANA, FELIX, OLGA, Answer, Question

QUESTION = Question("Where?", "SELECT ...", keys=1)
COLUMNS = ("region", "late_pct", "revenue")
EU, US = ("EU", 12.5, Decimal("1234567.80")), ("US", None, Decimal("7.00"))
ANSWERS = (
    Answer(ANA, COLUMNS, (EU,)),
    Answer(FELIX, COLUMNS, (EU, US)),
    Answer(OLGA, refusal="42501 ask sales-data@example.com"),
)


def test_rows_of_one_key_stand_in_one_line() -> None:
    lines = side_by_side(QUESTION, ANSWERS, None)
    assert [line.split("|")[0].strip() for line in lines[:6]] == ["", "", "region", "------", "EU", "US"]
    assert lines[4].split() == [
        "EU",
        "|",
        "12.5",
        "1,234,567.80",
        "|",
        "12.5",
        "1,234,567.80",
        "|",
        "refused",
    ]
    assert lines[5].split() == ["US", "|", "|", "7.00", "|", "refused"]
    assert lines[-1] == "olga: 42501 ask sales-data@example.com"


def test_the_bars_stand_under_each_other() -> None:
    table = side_by_side(QUESTION, ANSWERS, None)[:6]
    first, second = table[4].index("|"), table[4].rindex("|")
    assert all(line[first] == line[second] == "|" for line in table)


def test_a_narrow_terminal_gets_a_table_an_asker() -> None:
    lines = side_by_side(QUESTION, ANSWERS, 60)
    assert max(map(len, lines)) <= 60
    assert "|" not in "".join(lines)
    assert sum("EU" in line for line in lines) == 2
    assert lines[-1] == "olga: 42501 ask sales-data@example.com"


def test_an_answer_without_rows_is_not_a_refusal() -> None:
    lines = side_by_side(QUESTION, (Answer(ANA, COLUMNS), Answer(FELIX, COLUMNS, (EU,))), None)
    assert "refused" not in "".join(lines)
    assert lines[4].split("|")[1].strip() == ""


def test_records_tell_who_asked_which_source_what() -> None:
    record = AuditRecord(
        id="1",
        time=0.0,
        principal="ana",
        groups=(),
        endpoint="postgres",
        client="",
        purpose="audit",
        statement="SELECT 1",
        relations=("sales.orders",),
        masked=("sales.customers.email",),
        rules=("sales-1", "mesh-1"),
        sources=(SourceAccess("sales.crm", "SELECT region FROM orders", 1200, 34_000),),
        rows=12,
        outcome="done",
    )
    assert list(source_queries(record)) == [
        "sales.crm: 1,200 rows, 34,000 bytes",
        "    SELECT region FROM orders",
    ]
    first, *rest = audit_lines([record])
    assert first == "00:00:00  ana    postgres, purpose audit: done, 12 rows out"
    assert [line.strip() for line in rest] == [
        "relations: sales.orders",
        "rules: sales-1, mesh-1",
        "masked: sales.customers.email",
    ]
