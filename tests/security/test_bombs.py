"""Statements that cost too much are refused by a limit's name, the engine unasked; those beside them are answered."""

import gc
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.query.mesh import Mesh
from tests.query.mesh import ask
from tests.security.bombs import BOMBS
from tests.security.drivers import RecordingEngine
from tests.security.worlds import ANA, builder

HARMLESS = (
    "select count(*) from range(10000000)",
    "select sum(range % 10), max(range || 'x') from range(1000000)",
    "select count(*) from range(30000) a(x), range(30000) b(y)",
    "select count(*) from range(1000000) a(x) join range(1000000) b(y) on x = y",
    "select count(*) from range(100000) a(x) asof join range(100000) b(y) on x >= y",
    "select len(list(range)) from range(1000000)",
    "select median(range), quantile_cont(range, 0.9) from range(1000000)",
    "select max(m) from (select sum(range) over (order by range rows 100 preceding) m from range(100000))",
    "select o.id from sales.orders o join sales.parcels p on o.id = p.order_id join sales.customers c on c.id = o.id",
    "select count(*) from sales.orders a, sales.orders b where a.amount > b.amount",
    "select o.id, (select count(*) from sales.parcels p where p.order_id < o.id) from sales.orders o",
    "select string_agg(note, ', ' order by id), list(id order by id) from sales.orders",
    "select id from sales.orders where " + " or ".join(f"id = {number}" for number in range(900)),
    "select id, region from sales.orders where "
    + " and ".join(f"id <> {-1 - number}" for number in range(900)),
    "select * from (select "
    + ", ".join(f"id as c{number}" for number in range(3000))
    + " from sales.orders)",
    "select id from sales.orders where id in (" + ", ".join(map(str, range(5000))) + ")",
    "select " + ", ".join(f"id + {number} as c{number}" for number in range(300)) + " from sales.orders",
    "select "
    + ", ".join(f"sum(id + {number}) over (order by id)" for number in range(300))
    + " from sales.orders",
    "select " + ", ".join(f"count(distinct id + {number})" for number in range(90)) + " from sales.orders",
    "select json_extract('{\"a\": {\"b\": 1}}', '$.a.b'), json_extract('[1, 2]', '$[*]')",
    "select replace(note, '1', 'one'), regexp_replace(note, '[0-9]', 'n', 'g') from sales.orders",
    "select region, count(*) from sales.orders group by cube (region, note)",
    "select list_transform([1, 2, 3], lambda x: x * 2), list_reduce([1, 2], lambda x, y: x + y)",
    "with recursive r(n) as (select 1 union all select n + 1 from r where n < 100) select count(*) from r",
)


@pytest.fixture(scope="module")
def mesh() -> Iterator[Mesh]:
    made = builder("A").memory()
    yield replace(made, engine=RecordingEngine(made.engine, []))
    gc.unfreeze()
    made.engine.close()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_a_limit(mesh: Mesh, name: str) -> None:
    assert isinstance(mesh.engine, RecordingEngine)
    mesh.engine.ran.clear()
    gc.collect()
    gc.freeze()  # as a server after it has loaded: looking through what other tests left is no work of the statement
    start = time.process_time()
    told = ask(mesh, BOMBS[name], ANA)
    assert told.error in ("LimitExceeded", "StatementTooComplex"), told
    assert mesh.engine.ran == []
    assert time.process_time() - start < 5


@pytest.mark.parametrize("sql", HARMLESS, ids=lambda sql: sql[:60])
def test_a_statement_of_moderate_cost_is_answered(mesh: Mesh, sql: str) -> None:
    told = ask(mesh, sql, ANA)
    assert told.rows, told
