"""What a principal may not name, at every place where it can stand: refused, the engine unasked, and in the words that
a name nobody ever used would get (governance.md, rules 1 to 3)."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

import gateway.errors
from gateway.errors import Refused
from gateway.query.mesh import Mesh
from gateway.sql.allowed.functions import TABLE_FUNCTIONS
from gateway.sql.spellings.from_clause import ENTRIES
from tests.query.mesh import Told, ask
from tests.security.drivers import RecordingEngine, texts
from tests.security.positions import COLUMN_AT, FUNCTION_AT, RELATION_AT
from tests.security.worlds import ANA, builder

HIDDEN = ("hr.salaries", "_src.salaries", "_src.orders", '"HR"."Salaries"', "memory._src.orders", "mesh.hr.salaries",
          '"sales._src".orders', '"#scan 1"', "main.salaries", "temp._src.orders")  # fmt: skip
"""Relations without a grant and tables of sources, in several spellings, each with the same name that nobody has."""
DENIED = ("margin", "api_key", "MARGIN")
NOBODYS = "zzzz"


@pytest.fixture(scope="module")
def mesh() -> Iterator[Mesh]:
    made = builder("A").memory()
    yield replace(made, engine=RecordingEngine(made.engine, []))
    made.engine.close()


def refused(mesh: Mesh, sql: str) -> Told:
    assert isinstance(mesh.engine, RecordingEngine)
    mesh.engine.ran.clear()
    told = ask(mesh, sql, ANA)
    assert told.error, f"answered: {sql}"
    assert issubclass(getattr(gateway.errors, told.error), Refused), f"{told}: {sql}"
    assert mesh.engine.ran == [], f"the engine was asked: {sql}"
    shown = [text for text in texts(told) if "CANARY" in text or ("_src" in text and "_src" not in sql)]
    assert not shown, sql
    return told


@pytest.mark.parametrize("place", RELATION_AT)
def test_a_hidden_relation_is_refused_wherever_it_stands(mesh: Mesh, place: str) -> None:
    for name in HIDDEN:
        refused(mesh, place.format(name))


@pytest.mark.parametrize("place", RELATION_AT)
def test_a_hidden_relation_does_not_exist(mesh: Mesh, place: str) -> None:
    hidden = refused(mesh, place.format("hr.salaries"))
    unknown = refused(mesh, place.format(f"hr.{NOBODYS}"))
    assert hidden.text.replace("salaries", NOBODYS) == unknown.text
    assert (hidden.error, hidden.hint, hidden.sqlstate) == (unknown.error, unknown.hint, unknown.sqlstate)


@pytest.mark.parametrize("place", COLUMN_AT)
def test_a_denied_column_does_not_exist(mesh: Mesh, place: str) -> None:
    """Answered alike, or refused alike: a star that leaves out nothing is no crime."""
    unknown = ask(mesh, place.format(NOBODYS), ANA)
    for name in DENIED:
        told = ask(mesh, place.format(name), ANA)
        assert not any("CANARY" in text for text in texts(told))
        assert re.sub(name, NOBODYS, told.text, flags=re.IGNORECASE) == unknown.text, place
        assert (told.error, told.rows, told.hint) == (unknown.error, unknown.rows, unknown.hint), place


def table_functions() -> list[str]:
    """But those whose names are PostgreSQL's functions, which are written out in others."""
    with duckdb.connect() as connection:
        rows = connection.execute(
            "SELECT DISTINCT function_name FROM duckdb_functions() "
            "WHERE function_type IN ('table', 'table_macro', 'pragma')"
        ).fetchall()
    return sorted(name for (name,) in rows if name not in TABLE_FUNCTIONS and name not in ENTRIES)


@pytest.mark.parametrize("place", FUNCTION_AT)
def test_a_table_function_is_refused_wherever_it_stands(mesh: Mesh, place: str, tmp_path: Path) -> None:
    arguments = ("", "'_src.orders'", f"'{tmp_path}'", "1, 2, 3")
    for name in table_functions():
        for given in arguments:
            refused(mesh, place.format(f"{name}({given})"))
