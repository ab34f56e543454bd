"""Generated statements over the gateway and over plain DuckDB: who may see everything gets the very same answer."""

from collections import Counter

import duckdb
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from gateway.query.mesh import Mesh
from tests.query.mesh import ask, multiset, rows_of


def sampled(*texts: str) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


NUMBERS = sampled(
    "o.id", "o.customer", "o.amount", "o.ratio", "1", "2.5", "length(o.place)", "date_part('month', o.day)"
)
TEXT = sampled(
    "o.place",
    "upper(o.place)",
    "'Süd'",
    "coalesce(o.place, '?')",
    "o.place || '-' || o.id",
    "left(o.place, 2)",
)
DATES = sampled("o.day", "DATE '2024-02-10'", "o.day + INTERVAL 1 DAY", "date_trunc('month', o.day)")


def values() -> st.SearchStrategy[str]:
    arithmetic = st.builds("({} {} {})".format, NUMBERS, sampled("+", "-", "*", "/", "//", "%"), NUMBERS)
    choice = st.builds("CASE WHEN {} THEN {} ELSE {} END".format, conditions(), NUMBERS, NUMBERS)
    return st.one_of(NUMBERS, TEXT, DATES, arithmetic, choice)


def conditions() -> st.SearchStrategy[str]:
    compared = st.builds(
        "{} {} {}".format, NUMBERS, sampled("=", "<", ">=", "<>", "IS NOT DISTINCT FROM"), NUMBERS
    )
    others = sampled(
        "o.place LIKE '%r%'",
        "o.place ILIKE 'n%'",
        "o.place IN ('north', '東')",
        "o.place IS NULL",
        "o.day > DATE '2024-02-01'",
        "o.amount BETWEEN 1 AND 5",
        "o.id IN (SELECT id FROM shipping.parcels)",
        "o.id NOT IN (SELECT id FROM shipping.parcels WHERE id > 1)",
        "EXISTS (SELECT 1 FROM sales.customers AS c WHERE c.customer = o.customer AND c.place <> o.place)",
        "o.amount > (SELECT avg(amount) FROM sales.orders AS x WHERE x.customer = o.customer)",
        "o.id = ANY (SELECT id FROM shipping.parcels)",
        "NOT EXISTS (FROM shipping.parcels AS p WHERE p.id = o.id)",
    )
    simple = st.one_of(compared, others)
    return st.one_of(
        simple,
        st.builds("({} AND {})".format, simple, simple),
        st.builds("({} OR NOT {})".format, simple, simple),
    )


FROM = sampled(
    "sales.orders AS o",
    "sales.orders AS o JOIN sales.customers AS c ON o.customer = c.customer",
    "sales.orders AS o LEFT JOIN sales.customers AS c USING (customer)",
    "sales.customers AS c RIGHT JOIN sales.orders AS o ON o.customer = c.customer AND o.place = c.place",
    "sales.orders AS o FULL JOIN shipping.parcels AS p ON o.id = p.id",
    "sales.orders AS o SEMI JOIN shipping.parcels AS p ON o.id = p.id",
    "sales.orders AS o ANTI JOIN shipping.parcels AS p USING (id)",
    "sales.orders AS o NATURAL JOIN sales.customers AS c",
    "sales.orders AS o CROSS JOIN (VALUES (1), (2)) AS v(n)",
    "sales.orders AS o, shipping.parcels AS p, sales.customers AS c",
    "sales.orders AS o JOIN shipping.parcels AS p USING (id) LEFT JOIN sales.customers AS c ON c.customer = o.customer",
    "(SELECT * FROM sales.orders WHERE id > 3 ORDER BY id LIMIT 12) AS o",
    "sales.orders AS o ASOF JOIN (SELECT * FROM shipping.parcels WHERE id IS NOT NULL) AS p ON o.id >= p.id",
    "sales.orders AS o, LATERAL (SELECT count(*) AS n FROM shipping.parcels AS p WHERE p.id <= o.id) AS l",
    "sales.orders AS o JOIN sales.orders AS b ON b.id = o.id + 1 JOIN sales.orders AS d ON d.id = b.id + 1",
)


def statements() -> st.SearchStrategy[str]:
    where = st.one_of(st.just(""), st.builds(" WHERE {}".format, conditions()))
    listed = st.lists(values(), min_size=1, max_size=4).map(
        lambda items: ", ".join(f"{item} AS c{i}" for i, item in enumerate(items))
    )
    plain = st.builds("SELECT {}{} FROM {}{}".format, sampled("", "DISTINCT "), listed, FROM, where)
    aggregates = sampled(
        "count(*)",
        "sum(o.amount)",
        "min(o.place)",
        "max(o.day)",
        "count(DISTINCT o.customer)",
        "avg(o.ratio)",
        "string_agg(o.place, ',' ORDER BY o.id, o.place)",
        "count(*) FILTER (WHERE o.id > 5)",
        "bool_or(o.id > 3)",
    )
    keys = sampled(
        "GROUP BY {0}",
        "GROUP BY ROLLUP ({0})",
        "GROUP BY GROUPING SETS (({0}), ())",
        "GROUP BY ALL",
        "GROUP BY 1",
    )
    key = sampled("o.place", "o.customer", "date_trunc('month', o.day)", "o.id % 3")
    grouped = st.builds(
        lambda key, first, second, tables, where, keys, having: (
            f"SELECT {key} AS k, {first} AS a, {second} AS b FROM {tables}{where} {keys.format(key)}{having}"
        ),
        key,
        aggregates,
        aggregates,
        FROM,
        where,
        keys,
        sampled("", " HAVING count(*) > 1", " HAVING sum(o.amount) > 3"),
    )
    window = sampled(
        "row_number() OVER (PARTITION BY o.customer ORDER BY o.id)",
        "sum(o.amount) OVER (ORDER BY o.id ROWS 2 PRECEDING)",
        "rank() OVER (ORDER BY o.place)",
        "lag(o.id) OVER (ORDER BY o.id)",
    )
    windowed = st.builds(
        "SELECT o.id, {0} AS w FROM sales.orders AS o{1} QUALIFY {2} > 1".format, window, where, window
    )
    sets = st.builds(
        "SELECT place FROM sales.orders AS o{} {} SELECT place FROM sales.customers".format,
        where,
        sampled("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL"),
    )
    common = st.builds("WITH x AS ({}), y AS (SELECT * FROM x) SELECT * FROM y".format, plain)
    distinct_on = st.builds(
        "SELECT DISTINCT ON (o.place) o.place, o.id FROM sales.orders AS o{} ORDER BY o.place, o.id".format,
        where,
    )
    return st.one_of(
        plain,
        grouped,
        windowed,
        sets,
        common,
        distinct_on,
        st.builds("SELECT * FROM {}{}".format, FROM, where),
    )


@settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(sql=statements(), wrapped=st.booleans())
@example(sql="SELECT o.* FROM sales.orders AS o NATURAL LEFT JOIN sales.customers AS c", wrapped=False)
@example(
    sql="SELECT customer, o.place FROM sales.orders AS o FULL JOIN sales.customers AS c USING (customer)",
    wrapped=False,
)
@example(sql="SELECT o FROM sales.orders AS o WHERE o.id < 3", wrapped=False)
@example(sql="FROM sales.orders AS o SELECT o.place, count(*) GROUP BY ALL ORDER BY ALL", wrapped=False)
@example(sql="SELECT DISTINCT ON (c) customer AS c, id FROM sales.orders ORDER BY c, id DESC", wrapped=False)
@example(sql="SELECT id + 1 AS next, next * 2 AS twice FROM sales.orders WHERE next > 4", wrapped=False)
@example(sql="SELECT * FROM sales.orders POSITIONAL JOIN sales.customers", wrapped=False)
@example(
    sql="SELECT customer FROM sales.orders UNION ALL BY NAME SELECT place, customer FROM sales.customers",
    wrapped=False,
)
def test_the_answer_is_duckdbs(mesh: Mesh, plain: duckdb.DuckDBPyConnection, sql: str, wrapped: bool) -> None:
    sql = f"SELECT count(*) AS n, min(q) AS first FROM ({sql}) AS q" if wrapped else sql
    try:
        expected = plain.sql(sql).to_arrow_table()
    except duckdb.Error:
        assert ask(mesh, sql).error, f"DuckDB refuses it, the gateway answers: {sql}"
        return
    told = ask(mesh, sql)
    assert not told.error, f"{told}: {sql}"
    wanted = [row for batch in expected.to_batches() for row in rows_of(batch)]
    assert multiset(wanted) == Counter(told.rows), sql
