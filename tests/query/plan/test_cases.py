"""Golden cases of cases/<rule>.sql: a statement, and the plan that the rule has a part in, or must not have one in.

    -- what the case shows
    SELECT ...
    -- =>
    -- trial, <rows that are read> rows for <rows of the answer>:, and the plan of that
    -- <name> @ <source>: the remote SQL, |keys n| in the place of keys
    --   keys n = <giver>.<column>: the condition that sends them
    --   in <n> parts, if its source may read it in those
    the engine's SQL

No source can be opened: plans come from what the sources say of their tables and sizes. `sales` and `depot` are two
PostgreSQL servers, `shop` is SQLite, `desk` runs no SQL. The mask of `shop.firms.town` and `shop.makers.town` is none
that SQLite knows, `shop.makers.name` is hashed.
`hr.staff` is governed: a filter on `region`, `name` and `wage` are masked, `email` is hashed, `code` is tagged.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pytest

from connectors.base import ColumnStatistics, SourceColumn, TableStatistics
from gateway.query import plan as planning
from gateway.query.mesh import Mesh
from gateway.query.plan import Fragment, Input, Plan
from tests.query.mesh import Builder
from tests.query.plan.mesh import Silent, planned

NO_TABLE = pa.table({})
CASES = Path(__file__).parent / "cases"


DISTINCT = {
    "region": ColumnStatistics(distinct=20),
    "status": ColumnStatistics(distinct=5),
    "customer": ColumnStatistics(distinct=50_000),
    "order_id": ColumnStatistics(distinct=1_000_000),
    "item": ColumnStatistics(distinct=1_000),
}
INDEXED = {"parcels": ("order_id", "weighed"), "boxes": ("order_id",)}
PARTS = ("ctid < '(5000,0)'", "ctid >= '(5000,0)'")
PARTED = frozenset({"entries", "hidden"})
ORDERED = {"parcels": ("order_id", "weighed")}
TYPES = {"int8": "BIGINT", "text": "VARCHAR", "bigint": "BIGINT", "date": "DATE", "float8": "DOUBLE",
         "character(8)": "VARCHAR", "numeric(12,2)": "DECIMAL(12,2)", "INTEGER": "BIGINT",
         "TEXT": "VARCHAR"}  # fmt: skip


def silent(
    dialect: str | None,
    tables: Mapping[str, str],
    rows: Mapping[str, float],
    unique: Collection[str] = (),
    spans: Mapping[str, ColumnStatistics] = MappingProxyType({}),
) -> Silent:
    """`tables` maps a table to `name type, name type, ...` in the source's own words; `id` is what is unique. Of the
    column of a table in `spans` its values are known, of others how many there are."""
    columns = {
        name: tuple(SourceColumn(one, TYPES[kind], kind) for one, kind in map(str.split, text.split(", ")))
        for name, text in tables.items()
    }
    known = {
        name: TableStatistics(
            count,
            {"visit": spans[name]} if name in spans else DISTINCT,
            (("id",),) if name in unique else (),
            INDEXED.get(name, ()),
            ORDERED.get(name, ()),
            PARTS if name in PARTED else (),
        )
        for name, count in rows.items()
    }
    return Silent(dialect, columns, known)


SOURCES: Mapping[str, Silent] = {
    "sales": silent(
        "postgres",
        {
            "orders": "id int8, customer int8, region text, status text, total numeric(12,2), day date, note text",
            "customers": "id int8, region text, name text, kind character(8)",
            "visits": "visit int8, page text",
        },
        {"orders": 1_000_000, "customers": 50_000, "visits": 2_000_000},
        {"orders", "customers"},
        {"visits": ColumnStatistics(distinct=2_000_000, minimum=1, maximum=2_000_000)},
    ),
    "depot": silent(
        "postgres",
        {
            "lines": "order_id int8, item int8, quantity numeric(12,2), flag text, weight float8",
            "clicks": "visit int8, item int8",
            "parcels": "order_id bigint, item int8, weighed date, flag text",
            "boxes": "order_id bigint, item int8",
            "entries": "customer int8, region text, weight float8, visit int8",
            "hidden": "customer int8, region text, weight float8, visit int8",
        },
        {
            "lines": 5_000_000,
            "clicks": 9_000_000,
            "parcels": 5_000_000,
            "boxes": 5_000_000,
            "entries": 1_000_000,
            "hidden": 1_000_000,
        },
        spans={"clicks": ColumnStatistics(distinct=3_000_000, minimum=1, maximum=20_000_000)},
    ),
    "shop": silent(
        "sqlite",
        {
            "items": "id INTEGER, name TEXT, size INTEGER",
            "firms": "id INTEGER, name TEXT, town TEXT",
            "makers": "id INTEGER, name TEXT, town TEXT",
        },
        {"items": 1_000, "firms": 90_000, "makers": 90_000},
        {"items", "firms", "makers"},
    ),
    "desk": silent(None, {"notes": "order_id int8, text text"}, {"notes": 200}),
    "hr": silent(
        "postgres",
        {
            "staff": "id int8, region text, name text, wage numeric(12,2), email text, code text, customer int8"
        },
        {"staff": 3_000_000},
        {"staff"},
    ),
}
POLICIES = {
    **{
        domain: f"p, all-{domain}, role:any, {domain}, {domain}.*, select, *, -, -, allow\n"
        for domain in ("sales", "desk")
    },
    "depot": "".join(
        f"p, {name}, role:any, depot, depot.{name}, select, {'eu' if name == 'hidden' else '*'}, -, -, allow\n"
        for name in ("lines", "clicks", "parcels", "boxes", "entries", "hidden")
    ),
    "shop": """\
p, all-shop, role:any, shop, shop.*, select, *, -, -, allow
p3, town, role:any, shop, shop.firms.town, partial, 1, -, -
p3, maker, role:any, shop, shop.makers.name, hash, 1, -, -
p3, place, role:any, shop, shop.makers.town, partial, 1, -, -
""",
    "hr": """\
p, staff, role:any, hr, hr.staff, select, eu, -, -, allow
p3, name, role:any, hr, hr.staff.name, partial, 1, -, -
p3, wage, role:any, hr, hr.staff.wage, null, 1, -, -
p3, email, role:any, hr, hr.staff.email, hash, 1, -, -
""",
}


@pytest.fixture(scope="module")
def mesh() -> Iterator[Mesh]:
    made = small_mesh()
    yield made
    made.engine.close()


def small_mesh() -> Mesh:
    builder = Builder(
        {f"{domain}.{name}": NO_TABLE for domain, source in SOURCES.items() for name in source.columns},
        policies=POLICIES,
        filters={"eu": "region = 'EU'"},
        tags={"hr.staff.code": frozenset({"pii"})},
    )
    return builder.over(lambda domain, _: SOURCES[domain])


def told(plan: Plan) -> str:
    """As a case tells it."""
    lines = [line for name, read in plan.inputs.items() for line in _of(name, read)]
    tried = plan.trial
    first = [f"-- trial, {tried.most} rows for {tried.wanted}:", told(tried.plan)] if tried else []
    return "\n".join([*first, *lines, plan.sql])


def _of(name: str, read: Input) -> Iterator[str]:
    if isinstance(read, Fragment):
        asked = read.scan.query or read.scan.asked
        yield f"-- {name.removeprefix('#')} @ {read.source.split('.')[0]}: {asked}".replace("\0", "|")
        for sent in read.transfers:
            origin = f"{sent.origin.removeprefix('#')}.{'.'.join(sent.columns)}"
            yield f"--   {sent.name} = {origin}: {sent.condition}"
        if read.parts:
            yield f"--   in {len(read.parts)} parts"
        if read.hashed:
            yield f"--   hashed: {', '.join(read.hashed)}"
    else:
        for inner, each in read.inputs.items():
            yield from _of(inner, each)
        yield f"-- {name.removeprefix('#')} @ engine, first: {read.sql}"


@dataclass(frozen=True)
class Case:
    name: str
    sql: str
    expected: str


def cases() -> Iterator[Case]:
    for file in sorted(CASES.glob("*.sql")):
        for block in file.read_text("utf-8").strip().split("\n\n"):
            given, _, expected = block.partition("\n-- =>\n")
            name, _, sql = given.partition("\n")
            yield Case(f"{file.stem}: {name.removeprefix('-- ')}", sql, expected.strip())


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.name)
def test_golden_cases(mesh: Mesh, case: Case) -> None:
    assert told(planned(mesh, case.sql)) == case.expected


def test_each_rule_has_cases_that_fire_it_and_cases_that_must_not() -> None:
    """A rule is a file of its own, whose docstring begins with what it does."""
    folder = Path(next(iter(planning.__path__))) / "rules"
    files = [file for file in folder.glob("*.py") if file.stem != "__init__"]
    assert all(file.read_text("utf-8").startswith('"""Rule') for file in files)
    rules = {file.stem for file in files}
    found = [case.name for case in cases()]
    assert len(rules) >= 12
    assert len(set(found)) == len(found)
    for rule in rules:
        own = [name for name in found if name.startswith(f"{rule}: ")]
        assert any(not name.startswith(f"{rule}: not ") for name in own), rule
        assert any(name.startswith(f"{rule}: not ") for name in own), rule
