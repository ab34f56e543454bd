"""EXPLAIN of the benchmark's queries, over every kind of source, with and without governance."""

import os
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gateway.errors import UndefinedColumn
from gateway.opening import OpenMesh, open_mesh
from gateway.query.explain.operator import explain
from gateway.query.explain.places import PlaceNote
from gateway.query.pipeline import run
from gateway.query.request import Request
from tests.tpch.mesh import QUERIES, TpchMesh

PHYSICAL = ("#scan", "public.", "warehouse", "crm", "book", "atlas", "principal.", "1-URGENT", ".parquet")
PLANNERS = re.compile(r"\b[tu]\d+\b")
"""Aliases that the planner gives to relations and units."""


@pytest.fixture(scope="module")
def opened(tpch: TpchMesh) -> Iterator[OpenMesh]:
    with closing(open_mesh(tpch.folder, {**os.environ, **tpch.environment})) as mesh:
        yield mesh


@pytest.mark.parametrize("path", sorted(QUERIES.iterdir()), ids=lambda path: path.stem)
@pytest.mark.parametrize("name", ["ana", "max", "olga"])
def test_every_query_is_explained_in_the_consumers_names(name: str, path: Path, opened: OpenMesh) -> None:
    sql = path.read_text("utf-8").rstrip().rstrip(";")
    principal = opened.principals.principal(name)
    assert principal is not None
    try:
        told = _rows(Request(f"EXPLAIN {sql}", principal, "cli"), opened)
    except UndefinedColumn:
        assert name == "olga"
        assert "c_acctbal" in sql
        return
    assert not PLANNERS.search(told), told
    assert not [word for word in PHYSICAL if word in told]
    found = explain(Request(sql, principal, "cli"), opened.mesh)
    assert not [part for part, _ in found.kept if PLANNERS.search(part)]
    assert all(
        place.rows is not None for place in _all(found.places) if place.source and place.name != "files"
    )


@pytest.mark.parametrize("name", ["q03", "q05", "q14"])
def test_what_came_is_that_of_the_plan(name: str, opened: OpenMesh) -> None:
    principal = opened.principals.principal("max")
    assert principal is not None
    request = Request((QUERIES / f"{name}.sql").read_text("utf-8").rstrip().rstrip(";"), principal, "cli")
    found = explain(request, opened.mesh, analyze=True)
    assert found.ran is not None
    assert found.ran.outcome == "done"
    came = [place.actual for place in _all(found.places) if place.source]
    assert tuple(came) == found.ran.sources


def _rows(request: Request, opened: OpenMesh) -> str:
    result = run(request, opened.mesh)
    return "\n".join(line for batch in result.batches() for line in batch.column(0).to_pylist())


def _all(places: tuple[PlaceNote, ...]) -> Iterator[PlaceNote]:
    for place in places:
        yield place
        yield from _all(place.below)
