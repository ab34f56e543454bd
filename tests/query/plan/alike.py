"""A mesh beside DuckDB on the same rows, and whether the two answer alike."""

from dataclasses import dataclass

import duckdb

from gateway.query.mesh import Mesh
from tests.query.plan.mesh import answered, expected, multiset, planned, shown


@dataclass(frozen=True)
class Pair:
    mesh: Mesh
    plain: duckdb.DuckDBPyConnection


def alike(pair: Pair, sql: str) -> None:
    wanted = expected(pair.plain, sql)
    assert not wanted.error, wanted
    got = answered(pair.mesh, sql)
    assert not got.error, f"{got.error}: {sql}"
    assert got.columns == wanted.columns
    told = f"{sql}\n{shown(planned(pair.mesh, sql))}"
    if "ORDER BY" in sql.rsplit(")", 1)[-1]:
        assert got.rows == wanted.rows, told
    else:
        assert multiset(got.rows) == multiset(wanted.rows), told
