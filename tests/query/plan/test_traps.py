"""What planners get wrong, one by one: the known traps of federation, and what generated statements found.

The mesh is that of `tests.query.plan.mesh`.
"""

from collections.abc import Iterator, Mapping

import pytest

from gateway.query.mesh import Mesh
from tests.query.mesh import Builder
from tests.query.plan.alike import Pair, alike
from tests.query.plan.mesh import TABLES, eager, made, oracle, planned
from tests.servers import PostgresServer


@pytest.fixture(scope="module")
def pair(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    mesh = made(Builder(TABLES), postgres, "traps", tmp_path_factory.mktemp("traps"))
    with eager():
        yield Pair(mesh, oracle(TABLES))
    mesh.engine.close()


SAME: Mapping[str, str] = {
    # Nodes of sqlglot that look alike are equal: what is taken away by `==` takes its twin along.
    "a condition written twice": """
        SELECT c.id FROM crm.customers c
        WHERE c.id > 3 AND c.tier = 1 AND c.id > 3""",
    "a relation joined with itself by the same columns": """
        SELECT a.item, b.units FROM depot.stock a JOIN depot.stock b ON a.item = b.item AND a.supplier = b.supplier
        WHERE a.units = 1 AND b.units = 1""",
    "the same subquery twice": """
        SELECT o.id FROM crm.orders o
        WHERE o.id IN (SELECT l.order_id FROM depot.lines l)
        AND NOT (o.id IN (SELECT l.order_id FROM depot.lines l))""",
    "the same EXISTS twice": """
        SELECT o.id FROM crm.orders o WHERE EXISTS (SELECT 1 FROM depot.lines l WHERE l.order_id = o.id)
        AND (o.priority = 1 OR EXISTS (SELECT 1 FROM depot.lines l WHERE l.order_id = o.id))""",
    "the same condition in every branch": """
        SELECT c.id FROM crm.customers c
        WHERE (c.tier = 1 AND c.region = 'north') OR (c.tier = 1 AND c.id > 10) OR (c.id > 50 AND c.tier = 1)""",
    "three references to one relation (Q21)": """
        SELECT l1.supplier AS s, count(*) AS n FROM depot.lines l1 JOIN crm.orders o ON o.id = l1.order_id
        WHERE o.status = 'north' AND EXISTS (
            SELECT * FROM depot.lines l2 WHERE l2.order_id = l1.order_id AND l2.supplier <> l1.supplier)
        AND NOT EXISTS (SELECT * FROM depot.lines l3 WHERE l3.order_id = l1.order_id
                        AND l3.supplier <> l1.supplier AND l3.shipped > l1.shipped)
        GROUP BY l1.supplier""",
    "a sum of whole numbers that a decimal chooses": """
        SELECT i.id, (SELECT sum(CASE WHEN s.cost > 1 THEN s.supplier ELSE 0 END) FROM depot.stock s
        WHERE s.item = i.id) AS n FROM shop.items i""",
    # A name in a list stands for a subquery, which is then written where the name stands, too.
    "grouped by an expression with a subquery": """
        SELECT CASE WHEN o.customer IN (SELECT c.id FROM crm.customers c WHERE c.tier = 1) THEN 'first' ELSE 'other' END
        AS kind, count(*) AS n FROM crm.orders o GROUP BY 1""",
    "grouped by whether there is something": """
        SELECT EXISTS (SELECT 1 FROM depot.lines l WHERE l.order_id = o.id AND l.flag = 'north') AS found, o.status,
        sum(o.total) AS total FROM crm.orders o WHERE o.priority = 1 GROUP BY found, o.status HAVING found""",
    "grouped by a count of something else, in sets": """
        SELECT (SELECT count(*) FROM desk.notes n WHERE n.order_id = o.id) AS notes, count(*) AS n
        FROM crm.orders o JOIN crm.customers c ON c.id = o.customer GROUP BY ROLLUP (notes)""",
    "grouped by one value of everything": """
        SELECT o.priority > (SELECT min(x.priority) FROM crm.orders x) AS urgent, o.status, max(o.id) AS last
        FROM crm.orders o GROUP BY ALL""",
    "a condition on a name for a subquery": """
        SELECT o.id, (SELECT max(l.line) FROM depot.lines l WHERE l.order_id = o.id) AS last
        FROM crm.orders o WHERE last = 2""",
    "a window over groups by a subquery": """
        SELECT o.customer IN (SELECT c.id FROM crm.customers c WHERE c.active) AS active, count(*) AS n,
        rank() OVER (ORDER BY count(*)) AS place FROM crm.orders o GROUP BY active""",
    # A key set of one column, of each kind of type
    "a decimal as the key": """
        SELECT c.id FROM crm.customers c WHERE c.balance = (SELECT min(x.balance) FROM crm.customers x)""",
    "decimals as keys": """
        SELECT l.order_id, l.line FROM depot.lines l
        WHERE l.price IN (SELECT x.price FROM depot.lines x WHERE x.line = 2)""",
    "a date as the key": """
        SELECT o.id FROM crm.orders o WHERE o.placed = (SELECT max(x.placed) FROM crm.orders x)""",
    "a timestamp as the key": """
        SELECT o.id FROM crm.orders o WHERE o.noted = (SELECT max(x.noted) FROM crm.orders x)""",
    "a truth as the key": """
        SELECT c.id FROM crm.customers c WHERE c.active IN (SELECT x.active FROM crm.customers x WHERE x.id < 5)""",
    # A source that groups twice: both times under the names of columns
    "grouped twice, then joined": """
        SELECT o.id, (SELECT min(g.order_id) FROM (
            SELECT l.order_id, l.line, max(l.shipped) AS last FROM depot.lines l GROUP BY l.order_id, l.line) g
            WHERE g.order_id = o.id) AS same, n.score FROM crm.orders o LEFT JOIN desk.notes n ON n.order_id = o.id""",
    "grouped twice, names exchanged": """
        SELECT o.id, g.line, g.n FROM crm.orders o JOIN (
            SELECT f.line AS order_id, f.order_id AS line, count(*) AS n FROM (
                SELECT l.order_id AS line, l.line AS order_id, l.flag FROM depot.lines l GROUP BY 1, 2, 3) f
            GROUP BY 1, 2) g ON g.order_id = o.id""",
    "grouped three times": """
        SELECT c.id, g.most FROM crm.customers c JOIN (
            SELECT f.item, max(f.n) AS most FROM (
                SELECT e.item, e.flag, count(*) AS n FROM (
                    SELECT l.item, l.flag, l.line, count(*) AS n FROM depot.lines l GROUP BY 1, 2, 3) e
                GROUP BY 1, 2) f GROUP BY 1) g ON g.item = c.id""",
    # NULLs and empty sides
    "NOT IN with a NULL among the values": """
        SELECT o.id FROM crm.orders o WHERE o.id NOT IN (SELECT l.order_id FROM depot.lines l)""",
    "NOT IN without a NULL": """
        SELECT o.id FROM crm.orders o
        WHERE o.id NOT IN (SELECT l.order_id FROM depot.lines l WHERE l.order_id IS NOT NULL AND l.line = 2)""",
    "NOT IN of a NULL": """
        SELECT o.customer FROM crm.orders o
        WHERE o.customer NOT IN (SELECT l.item FROM depot.lines l WHERE l.item < 9)""",
    "NOT EXISTS": """
        SELECT o.id FROM crm.orders o
        WHERE NOT EXISTS (SELECT 1 FROM depot.lines l WHERE l.order_id = o.id AND l.flag = 'north')""",
    "a LEFT JOIN keeps its left side": """
        SELECT o.id, n.score FROM crm.orders o LEFT JOIN desk.notes n ON n.order_id = o.id AND n.score > 3""",
    "a LEFT JOIN with a condition on its left side": """
        SELECT o.id, l.line FROM crm.orders o LEFT JOIN depot.lines l ON l.order_id = o.id AND o.priority = 1""",
    "what a LEFT JOIN does not find": """
        SELECT o.id FROM crm.orders o LEFT JOIN depot.lines l ON l.order_id = o.id AND l.flag = 'north'
        WHERE l.order_id IS NULL""",
    "a RIGHT JOIN keeps its right side": """
        SELECT l.line, o.id FROM depot.lines l RIGHT JOIN crm.orders o ON l.order_id = o.id AND l.flag <> 'north'
        WHERE o.status NOT LIKE 'n%'""",
    "a FULL JOIN keeps both": """
        SELECT n.score, o.id FROM desk.notes n FULL JOIN crm.orders o ON n.order_id = o.id
        WHERE o.priority = 1 OR o.id IS NULL""",
    "a LEFT JOIN of a LEFT JOIN": """
        SELECT c.id, o.id AS o, l.line FROM crm.customers c
        LEFT JOIN crm.orders o ON o.customer = c.id AND o.total > 500
        LEFT JOIN depot.lines l ON l.order_id = o.id AND l.item IN (SELECT i.id FROM shop.items i WHERE i.size = 1)""",
    "a join through a LEFT JOIN's nullable side": """
        SELECT n.score, q.line FROM desk.notes n JOIN (
            SELECT o.id, l.order_id AS k, l.line FROM crm.orders o LEFT JOIN depot.lines l ON l.order_id = o.id) q
        ON q.k = n.order_id""",
    "an aggregate of nothing": """
        SELECT count(*) AS n, count(l.item) AS i, sum(l.quantity) AS q, avg(l.price) AS a, min(l.flag) AS m
        FROM depot.lines l JOIN crm.nobody x ON x.id = l.item""",
    "no group of nothing": """
        SELECT l.flag, count(*) AS n FROM depot.lines l JOIN crm.nobody x ON x.id = l.item GROUP BY l.flag""",
    "a product with nothing, in groups": """
        SELECT r.name, count(*) AS n FROM depot.lines l, lake.regions r WHERE l.quantity < 0 GROUP BY r.name""",
    "a product with nothing, as one": """
        SELECT min(r.name) AS m, count(*) AS n FROM depot.lines l, lake.regions r WHERE l.quantity < 0""",
    "a product with something, as one": """
        SELECT min(r.name) AS m, count(*) AS n, sum(l.quantity) AS q FROM depot.lines l, lake.regions r""",
    "groups without a match count none": """
        SELECT c.id, count(o.id) AS n, sum(o.total) AS t FROM crm.customers c
        LEFT JOIN crm.orders o ON o.customer = c.id GROUP BY c.id""",
    "what a LEFT JOIN finds is counted, once for each row that finds it": """
        SELECT l.line, count(i.size) AS n, max(l.item) AS last FROM depot.lines l
        LEFT JOIN shop.items i ON i.size = l.line GROUP BY l.line HAVING count(i.size) <> 1""",
    "what a LEFT JOIN finds, counted without groups": """
        SELECT count(l.item) AS n FROM lake.regions r LEFT JOIN depot.lines l ON l.item = r.zone""",
    "a count of a correlated nothing is 0": """
        SELECT c.id FROM crm.customers c WHERE (SELECT count(*) FROM crm.orders o WHERE o.customer = c.id) = 0""",
    "a sum of a correlated nothing is NULL": """
        SELECT c.id FROM crm.customers c
        WHERE coalesce((SELECT sum(o.total) FROM crm.orders o WHERE o.customer = c.id), -1) < 0""",
    # what is taken apart
    "averages": """
        SELECT i.kind, avg(l.quantity) AS a, avg(l.price * l.quantity) AS b, avg(l.item) AS c FROM shop.items i
        JOIN depot.lines l ON l.item = i.id GROUP BY i.kind""",
    "an average at its border": "SELECT 1 AS x FROM depot.stock s GROUP BY s.item HAVING avg(s.cost) >= 3.22",
    "sums of whole numbers": """
        SELECT sum(c.tier) AS a, sum(c.id) AS b, sum(c.tier + 1) AS c
        FROM crm.customers c""",
    "a sum of parts": """
        SELECT i.kind, sum(l.line) AS a, sum(CASE WHEN i.size = 1 THEN l.quantity ELSE 0 END) AS b, count(l.flag) AS c,
               sum(CASE WHEN l.flag = 'north' THEN 1 ELSE 0 END) AS d
        FROM shop.items i JOIN depot.lines l ON l.item = i.id GROUP BY i.kind""",
    "distinct values are not added up from parts": """
        SELECT i.kind, count(DISTINCT l.flag) AS a, sum(DISTINCT l.line) AS b FROM shop.items i
        JOIN depot.lines l ON l.item = i.id GROUP BY i.kind""",
    "aggregates over subqueries": """
        SELECT c.region, sum(CASE WHEN c.id IN (SELECT o.customer FROM crm.orders o) THEN c.balance ELSE 0 END) AS a,
               count(CASE WHEN EXISTS (SELECT 1 FROM crm.orders o WHERE o.customer = c.id) THEN 1 END) AS b
        FROM crm.customers c GROUP BY c.region""",
    "HAVING with a subquery": """
        SELECT c.region FROM crm.customers c GROUP BY c.region
        HAVING count(*) IN (SELECT o.priority + 7 FROM crm.orders o)""",
    "HAVING with a subquery's own aggregate": """
        SELECT o.status, count(*) AS n FROM crm.orders o GROUP BY o.status
        HAVING count(*) > (SELECT count(*) FROM lake.regions r)""",
    "a subquery's own aggregate beside one of the block": """
        SELECT o.status, count(*) AS n, (SELECT count(*) FROM lake.regions r WHERE r.name = o.status) AS m
        FROM crm.orders o GROUP BY o.status""",
    "an IN of an aggregate": """
        SELECT o.id FROM crm.orders o
        WHERE o.id IN (SELECT sum(l.line + 1) FROM depot.lines l)""",
    "an IN of a count at SQLite": """
        SELECT o.id FROM crm.orders o
        WHERE o.id IN (SELECT count(i.size) FROM shop.items i)""",
    "an IN of numbered rows": """
        SELECT o.id FROM crm.orders o WHERE o.id IN (SELECT row_number() OVER (ORDER BY l.flag) FROM depot.lines l)""",
    # one value, which may be NULL, or missing, or there twice
    "the rows of the last day": """
        SELECT o.id, o.placed FROM crm.orders o WHERE o.placed = (SELECT max(placed) FROM crm.orders)""",
    "the last key of another source": """
        SELECT l.line FROM depot.lines l
        WHERE (SELECT max(o.id) FROM crm.orders o WHERE o.priority = 1) = l.order_id""",
    "the last of nothing": """
        SELECT o.id FROM crm.orders o WHERE o.id = (SELECT max(l.order_id) FROM depot.lines l WHERE l.line = 77)""",
    "not the last of nothing": """
        SELECT o.id FROM crm.orders o WHERE NOT o.id = (SELECT max(l.order_id) FROM depot.lines l WHERE l.line = 77)""",
    "the last, or not even a row": """
        SELECT o.id FROM crm.orders o
        WHERE o.id = (SELECT max(l.order_id) FROM depot.lines l HAVING count(*) > 9000 OR count(*) < 3)""",
    "the last of another type": """
        SELECT o.id FROM crm.orders o WHERE o.total = (SELECT max(c.balance) FROM crm.customers c)""",
    "the least text, at SQLite": """
        SELECT l.line, l.flag FROM depot.lines l
        WHERE l.flag = (SELECT min(i.kind) FROM shop.items i WHERE i.id > 4)""",
    "the last of a join across sources": """
        SELECT l.line FROM depot.lines l WHERE l.order_id = (SELECT max(o.id) FROM crm.orders o
        JOIN lake.regions r ON r.zone = o.priority)""",
    "the last, on the side that is filled up": """
        SELECT c.id, o.id FROM crm.customers c LEFT JOIN crm.orders o
        ON o.customer = c.id AND o.placed = (SELECT max(n.written) FROM desk.notes n)""",
    # one value that others are compared with, which may be NULL, or between two of them, or beyond all
    "the rows of the last days": """
        SELECT o.id FROM crm.orders o WHERE o.placed >= (SELECT max(placed) FROM crm.orders) - INTERVAL 7 DAY""",
    "the rows before a time of a day": """
        SELECT o.id FROM crm.orders o WHERE o.placed < (SELECT min(noted) FROM crm.orders) + INTERVAL 20 DAY""",
    "times from a day on": """
        SELECT o.id FROM crm.orders o WHERE o.noted > (SELECT min(joined) + 1 FROM crm.customers) AND o.id < 200""",
    "more than the average": "SELECT o.id FROM crm.orders o WHERE o.total > (SELECT avg(total) FROM crm.orders)",
    "whole numbers, less than some": """
        SELECT l.line, l.item FROM depot.lines l WHERE l.item <= (SELECT avg(c.tier) + 3.5 FROM crm.customers c)""",
    "below zero, and between two": """
        SELECT c.id FROM crm.customers c WHERE c.balance < (SELECT min(balance) / 2 FROM crm.customers)
        AND (SELECT -avg(o.total) FROM crm.orders o) < c.balance""",
    "more than nothing": """
        SELECT o.id FROM crm.orders o WHERE o.total > (SELECT max(l.price) FROM depot.lines l WHERE l.line = 77)""",
    "more than any number": """
        SELECT o.id FROM crm.orders o WHERE o.total < (SELECT max(l.price) * 1e300 FROM depot.lines l)""",
    "less than infinity": """
        SELECT o.id FROM crm.orders o WHERE o.total < (SELECT max(l.price) * 'Infinity'::DOUBLE FROM depot.lines l)""",
    "more than a day that no source knows": """
        SELECT o.id FROM crm.orders o WHERE o.placed > (SELECT min(placed) FROM crm.orders) - INTERVAL 7000 YEAR""",
    "more than what the engine adds up of a join": """
        SELECT l.line FROM depot.lines l WHERE l.order_id > (SELECT max(o.id) - 50 FROM crm.orders o
        JOIN lake.regions r ON r.zone = o.priority)""",
    "count()": "SELECT count() AS n FROM crm.customers c",
    # what is written into something else
    "OR keeps its parentheses": """
        SELECT q.id FROM (SELECT id, tier = 1 OR id > 30 AS x FROM crm.customers) q WHERE NOT q.x""",
    "AND keeps its parentheses": """
        SELECT q.id FROM (SELECT id, tier = 1 AND id > 30 AS x FROM crm.customers) q WHERE q.x = false""",
    "a constant is no position": """
        SELECT q.a, count(*) AS n FROM (SELECT 1 AS a, id FROM crm.customers) q GROUP BY q.a ORDER BY q.a""",
    "a CTE read twice": """
        WITH x AS (SELECT customer, sum(total) AS t FROM crm.orders GROUP BY customer)
        SELECT c.name, x.t FROM crm.customers c JOIN x ON x.customer = c.id WHERE x.t = (SELECT max(t) FROM x)""",
    # order
    "text is ordered by bytes": "SELECT c.region, c.id FROM crm.customers c ORDER BY c.region, c.id LIMIT 20",
    "DISTINCT, ordered by text": """
        SELECT DISTINCT c.region
        FROM crm.customers c ORDER BY c.region DESC LIMIT 3""",
    "groups ordered by an aggregate": """
        SELECT c.region, count(*) AS n FROM crm.customers c GROUP BY c.region ORDER BY n DESC, c.region LIMIT 3""",
    "the least text": "SELECT min(c.name) AS a, max(c.name) AS b FROM crm.customers c WHERE c.name >= 'S'",
    "NULLs where they are asked for": """
        SELECT o.placed, o.id FROM crm.orders o ORDER BY o.placed DESC NULLS FIRST, o.id LIMIT 25 OFFSET 3""",
    "LIMIT below a join": """
        SELECT q.id, l.line FROM (SELECT o.id FROM crm.orders o ORDER BY o.id DESC LIMIT 20) q
        JOIN depot.lines l ON l.order_id = q.id WHERE l.line = 1""",
    # functions that mean something else at a source
    "numbers taken for truth": "SELECT c.id FROM crm.customers c WHERE c.tier AND NOT (c.id = 3 AND c.tier)",
    "a number IS TRUE": "SELECT c.id FROM crm.customers c WHERE c.tier IS TRUE",
    "numbers taken for truth at SQLite": "SELECT i.id FROM shop.items i WHERE i.size OR i.name = 'x'",
    "CASE WHEN of a number": """
        SELECT sum(CASE WHEN c.tier THEN c.balance ELSE 0 END) AS s
        FROM crm.customers c""",
    "numbers put together as texts": "SELECT c.id FROM crm.customers c WHERE c.id || c.tier = '11'",
    "a text and a number put together": "SELECT c.id FROM crm.customers c WHERE c.region || c.tier = 'Süd1'",
    "split at nothing": "SELECT c.id FROM crm.customers c WHERE split_part(c.name, '', 1) = 'n'",
    "substr before the beginning": """
        SELECT substr(c.name, -1, 2) AS a, substr(c.name, 0, 2) AS b
        FROM crm.customers c""",
    "rounding": "SELECT round(o.total) AS r, round(o.total, -2) AS s, o.total / 3 AS t FROM crm.orders o",
    "division": "SELECT o.id // 7 AS a, o.id / 7 AS b, o.id % 7 AS c, o.total / (o.id - o.id) AS d FROM crm.orders o",
    "a division in a condition": "SELECT o.id FROM crm.orders o WHERE o.total / o.priority > 100",
    "centuries": "SELECT o.id FROM crm.orders o WHERE date_trunc('century', o.placed) < DATE '2001-01-01'",
    "LIKE and its metacharacters": """
        SELECT c.name FROM crm.customers c
        WHERE c.name LIKE '%#%%' ESCAPE '#' OR c.name LIKE 'a_b_' OR c.name LIKE '__'""",
    "LIKE at SQLite": """
        SELECT i.name FROM shop.items i
        WHERE i.name LIKE 'n%' OR i.name LIKE '%🌍%' OR i.kind LIKE '[%'""",
    "NOT LIKE at SQLite": """
        SELECT i.name FROM shop.items i
        WHERE i.name NOT LIKE 'N%' AND NOT i.name LIKE '%*'""",
    "NOT LIKE at SQLite, kept by a RIGHT JOIN": """
        SELECT i.name, l.line FROM depot.lines l RIGHT JOIN shop.items i ON l.item = i.id
        WHERE i.name NOT LIKE 'NORTH%'""",
}


@pytest.mark.parametrize("sql", SAME.values(), ids=SAME.keys())
def test_traps(pair: Pair, sql: str) -> None:
    alike(pair, sql)


# --- plans -------------------------------------------------------------------------------------------------


def test_what_nothing_connects_is_never_joined_at_the_source(pair: Pair) -> None:
    for sql in (
        "SELECT count(*) AS n FROM crm.customers c, crm.orders o",
        "SELECT c.id, o.id AS o FROM crm.customers c, crm.orders o WHERE c.id < 3 AND o.id < 3",
        "SELECT c.id FROM crm.customers c JOIN crm.orders o ON o.customer < c.id WHERE o.id < 3",
    ):
        fragments = planned(pair.mesh, sql).fragments()
        assert all(len(fragment.relations) == 1 for fragment in fragments), sql
        alike(pair, sql)


def test_what_joins_to_far_more_rows_than_it_has_is_not_joined_at_the_source(pair: Pair) -> None:
    sql = "SELECT a.id, b.id AS b FROM crm.orders a JOIN crm.orders b ON a.priority = b.priority"
    assert all(
        " JOIN " not in (fragment.scan.query or "") for fragment in planned(pair.mesh, sql).fragments()
    )
    alike(pair, sql)


def receivers(mesh: Mesh, sql: str) -> set[str]:
    return {
        relation
        for fragment in planned(mesh, sql).fragments()
        if fragment.transfers
        for relation in fragment.relations
    }


@pytest.mark.parametrize(
    ("sql", "allowed"),
    [
        ("SELECT o.id FROM crm.orders o JOIN depot.lines l ON l.order_id = o.id WHERE o.id < 9", {"depot.lines"}),
        ("SELECT o.id FROM depot.lines l LEFT JOIN crm.orders o ON l.order_id = o.id WHERE l.line = 1", {"crm.orders"}),
        ("SELECT o.id FROM crm.orders o LEFT JOIN depot.lines l ON l.order_id = o.id WHERE o.id < 9", {"depot.lines"}),
        ("SELECT o.id FROM depot.lines l FULL JOIN crm.orders o ON l.order_id = o.id", set()),
        ("SELECT o.id FROM crm.orders o WHERE o.id NOT IN (SELECT l.order_id FROM depot.lines l)", set()),
        ("SELECT o.id FROM crm.orders o WHERE NOT o.id = (SELECT max(l.order_id) FROM depot.lines l)", set()),
        ("SELECT o.id FROM crm.orders o WHERE o.id = (SELECT max(l.order_id) FROM depot.lines l)", {"crm.orders"}),
        (
            """
                SELECT o.id FROM crm.orders o
                JOIN (SELECT l.order_id FROM depot.lines l ORDER BY l.order_id LIMIT 5) q"""
            " ON q.order_id = o.id WHERE o.id < 3",
            {"crm.orders"},
        ),
        (
            """
                SELECT o.id FROM crm.orders o
                JOIN (SELECT l.order_id, count(*) OVER () AS n FROM depot.lines l) q"""
            " ON q.order_id = o.id WHERE o.id < 3",
            {"crm.orders"},
        ),
        (
            """
                SELECT o.id FROM crm.orders o
                JOIN (SELECT l.item, max(l.order_id) AS m FROM depot.lines l GROUP BY l.item) q"""
            " ON q.m = o.id WHERE o.id < 3",
            {"crm.orders"},
        ),
    ],
)  # fmt: skip
def test_keys_go_only_where_rows_without_them_cannot_matter(pair: Pair, sql: str, allowed: set[str]) -> None:
    assert receivers(pair.mesh, sql) <= allowed
    alike(pair, sql)


def test_a_filtered_side_gives_its_keys_to_the_other(pair: Pair) -> None:
    """Without this, the test above would hold for a planner that sends no keys at all."""
    assert receivers(
        pair.mesh, "SELECT o.id FROM crm.orders o JOIN depot.lines l ON l.order_id = o.id WHERE o.id < 9"
    ) == {"depot.lines"}
    assert receivers(
        pair.mesh, "SELECT o.id FROM crm.orders o LEFT JOIN depot.lines l ON l.order_id = o.id WHERE o.id < 9"
    ) == {"depot.lines"}


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT c.id FROM crm.customers c WHERE c.region > 'S'",
        "SELECT c.region FROM crm.customers c ORDER BY c.region LIMIT 2",
        "SELECT DISTINCT c.region FROM crm.customers c ORDER BY c.region LIMIT 2",
        "SELECT min(c.name) AS m FROM crm.customers c",
        "SELECT c.region FROM crm.customers c GROUP BY c.region HAVING max(c.name) > 'x'",
        "SELECT c.id FROM crm.customers c WHERE c.region BETWEEN 'a' AND 'z'",
    ],
)
def test_postgresql_orders_text_by_bytes(pair: Pair, sql: str) -> None:
    """The tests' server knows no other order, so that answers do not show it."""
    (fragment,) = planned(pair.mesh, sql).fragments()
    assert fragment.scan.query is not None
    assert 'COLLATE "C"' in fragment.scan.query
    alike(pair, sql)
