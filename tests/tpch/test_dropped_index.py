"""Keys are looked up by an index that its owner drops while the gateway runs."""

import os
from contextlib import closing
from dataclasses import replace

import duckdb

from gateway.opening import open_mesh
from gateway.query.mesh import Mesh
from gateway.query.pipeline import run
from gateway.query.request import Request
from policies.principal import Principal
from tests.tpch.mesh import TpchMesh

EARLY = """
    SELECT o_orderpriority, count(*), sum(l_quantity) FROM sales.orders
    JOIN logistics.lineitem ON o_orderkey = l_orderkey
    WHERE o_orderdate < DATE '1992-09-01' GROUP BY 1 ORDER BY 1
"""
SECONDS = 10.0
"""15,000 keys compared with 600,000 rows one by one would take half a minute of a processor."""


def test_a_statement_is_answered_in_time_without_the_index(
    tpch: TpchMesh, everything: duckdb.DuckDBPyConnection
) -> None:
    expected = everything.execute(EARLY).fetchall()
    with closing(open_mesh(tpch.folder, {**os.environ, **tpch.environment})) as opened:
        principal = opened.principals.principal("ana")
        assert principal is not None
        mesh = replace(opened.mesh, limits=replace(opened.mesh.limits, seconds=SECONDS))
        assert _answer(principal, mesh) == expected
        tpch.warehouse.run("ALTER TABLE lineitem DROP CONSTRAINT lineitem_pkey")
        try:
            assert _answer(principal, mesh) == expected
        finally:
            tpch.warehouse.run("ALTER TABLE lineitem ADD PRIMARY KEY (l_orderkey, l_linenumber)")


def _answer(principal: Principal, mesh: Mesh) -> list[tuple[object, ...]]:
    batches = run(Request(EARLY, principal, "test"), mesh).batches()
    return [row for batch in batches for row in zip(*(c.to_pylist() for c in batch.columns), strict=True)]
