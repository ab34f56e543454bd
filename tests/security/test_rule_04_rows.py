"""governance.md, rule 4, rows: what an answer shows and how a refusal reads."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.query.mesh import ask
from tests.security.rules import EU, ORDERS, World

HOLDS = {
    "*": lambda row: True,
    "own_region": lambda row: row["region"] == "EU",
    "eu": lambda row: row["region"] == "EU",
    "large": lambda row: row["amount"] is not None and row["amount"] > 8,
    "not_us": lambda row: row["region"] is not None and row["region"] != "US",
    "early": lambda row: row["id"] < 3,
}
COLUMNS = ("id", "region", "mail", "amount")

grants = st.lists(
    st.tuples(st.sampled_from((*COLUMNS, "*")), st.sampled_from(sorted(HOLDS))), min_size=1, max_size=6
)
denials = st.sets(st.sampled_from(COLUMNS), max_size=1)
restrictions = st.lists(st.sampled_from(("large", "not_us", "early")), max_size=2, unique=True)


@settings(max_examples=40, deadline=None)
@given(grants=grants, denied=denials, restricted=restrictions)
def test_rule_04_rows_are_those_of_every_column_that_the_text_uses(
    grants: list[tuple[str, str]], denied: set[str], restricted: list[str]
) -> None:
    """R(c) = OR over the grants of c; rows = AND over the columns used, AND every restriction; a NULL hides."""
    lines = [
        f"p, g{n}, role:any, sales, sales.orders{'' if c == '*' else '.' + c}, select, {f}, -, -, allow"
        for n, (c, f) in enumerate(grants)
    ]
    lines += [f"p, d{c}, role:any, sales, sales.orders.{c}, select, *, -, -, deny" for c in denied]
    lines += [f"p2, r{f}, role:any, sales, sales.orders, {f}, -, -" for f in restricted]
    opening = {c: [f for column, f in grants if column in (c, "*")] for c in ORDERS.column_names}
    selectable = [c for c in ORDERS.column_names if opening[c] and c not in denied]

    def shown(used: tuple[str, ...]) -> list[dict[str, object]]:
        return [
            row
            for row in ORDERS.to_pylist()
            if all(any(HOLDS[f](row) for f in opening[c]) for c in used)
            and all(HOLDS[f](row) for f in restricted)
        ]

    mesh = World(sales="\n".join(lines)).made()
    for count in (1, 2, 3):
        for used in itertools.combinations(COLUMNS, count):
            told = ask(mesh, f"SELECT {', '.join(used)} FROM sales.orders", EU)
            if set(used) <= set(selectable):
                expected = [tuple(row[c] for c in used) for row in shown(used)]
                assert sorted(told.rows) == sorted(map(repr, expected)), used
            else:
                assert told.sqlstate == ("42703" if selectable else "42P01")
    if selectable:
        assert ask(mesh, "SELECT count(*) FROM sales.orders", EU).rows == (
            f"({len(shown(tuple(selectable)))},)",
        )
    mesh.engine.close()


def test_rule_04_a_column_used_anywhere_in_the_text_counts() -> None:
    lines = (
        "p, a, role:any, sales, sales.orders.id, select, *, -, -, allow\n"
        "p, b, role:any, sales, sales.orders.mail, select, eu, -, -, allow"
    )
    world = World(sales=lines)
    narrow = ["(1,)", "(2,)"]
    for sql in (
        "SELECT id FROM sales.orders ORDER BY mail",
        "SELECT id FROM sales.orders WHERE mail IS NULL OR true",
        "SELECT id FROM (SELECT * FROM sales.orders) AS t",
        "WITH t AS (SELECT id, mail FROM sales.orders) SELECT id FROM t",
        "SELECT DISTINCT ON (mail) id FROM sales.orders",
    ):
        assert world.rows(sql) == narrow, sql
    assert len(world.rows("SELECT id FROM sales.orders")) == 5


def test_rule_04_rows_are_counted_where_another_part_of_the_statement_may_fail() -> None:
    """The engine reads the relation on its own then, and no column of it."""
    world = World(sales="p, a, role:any, sales, sales.orders, select, own_region, -, -, allow\n")
    sql = (
        "SELECT (SELECT count(*) FROM sales.orders) AS n FROM sales.orders AS o "
        "WHERE CAST(CAST(o.id AS text) AS integer) > 0"
    )
    visible = sum(row["region"] == "EU" for row in ORDERS.to_pylist())
    assert world.rows(sql, EU) == [f"({visible},)"] * visible
