"""Values of a tagged column are sent as keys to no source of another domain, whichever way they take; once the column
is shared with that domain as it is, they are (execution.md, "Where governance meets pushdown").

`crm` and `depot` are two PostgreSQL schemas, of two domains. Witness is what their connectors are given to send.
"""

import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from connectors.base import Scan, Snapshot, SourceTable, Stream, TakesKeys
from connectors.postgres import PostgresConnector
from gateway.query.mesh import Mesh
from tests.query.mesh import EVERYONE, Builder
from tests.query.plan.mesh import TABLES, answered, eager, expected, made, multiset, oracle
from tests.servers import PostgresServer

TAGGED = {"crm.customers.id": frozenset({"pii"}), "crm.customers.name": frozenset({"pii"})}
ALL = {domain: EVERYONE.format(domain) for domain in ("crm", "depot", "lake", "shop", "desk")}
DEPOT = ALL["depot"] + "p, lent, domain:crm, depot, depot.lines, share, *, -, -, allow\n"
BODIES = {"crm.lent_lines": "SELECT l.item, l.supplier FROM depot.lines AS l"}

STATEMENTS = {
    "a join": "SELECT count(*) FROM crm.customers AS c JOIN depot.lines AS l ON l.item = c.id WHERE c.tier = 1",
    "a left join": "SELECT count(l.line) FROM crm.customers AS c LEFT JOIN depot.lines AS l ON l.item = c.id "
    "WHERE c.tier = 1",
    "IN": "SELECT l.line FROM depot.lines AS l WHERE l.item IN (SELECT c.id FROM crm.customers AS c WHERE c.tier = 1)",
    "IN groups": "SELECT l.line FROM depot.lines AS l WHERE l.item IN "
    "(SELECT c.id FROM crm.customers AS c WHERE c.tier = 1 GROUP BY c.id HAVING count(*) > 0)",
    "IN groups of groups": "SELECT l.line FROM depot.lines AS l WHERE l.item IN (SELECT g.id FROM (SELECT c.id, c.tier "
    "FROM crm.customers AS c WHERE c.tier = 1 GROUP BY c.id, c.tier) AS g GROUP BY g.id)",
    "a computed column of a group": "SELECT count(*) FROM (SELECT max(c.id) AS m FROM crm.customers AS c "
    "GROUP BY c.region) AS q JOIN depot.lines AS l ON l.item = q.m",
    "a block that runs ahead": "SELECT l.line FROM depot.lines AS l WHERE l.item IN (SELECT c.id "
    "FROM crm.customers AS c JOIN lake.regions AS r ON r.name = c.region WHERE r.zone = 1)",
    "a group that runs ahead": "SELECT l.line FROM depot.lines AS l WHERE l.item IN (SELECT c.id "
    "FROM crm.customers AS c JOIN lake.regions AS r ON r.name = c.region GROUP BY c.id)",
    "a computed column that runs ahead": "SELECT l.line FROM depot.lines AS l WHERE l.item IN (SELECT q.m FROM "
    "(SELECT c.region, max(c.id) AS m FROM crm.customers AS c GROUP BY c.region) AS q "
    "JOIN lake.regions AS r ON r.name = q.region)",
    "the only value of a subquery": "SELECT l.line FROM depot.lines AS l WHERE l.item = (SELECT max(c.id) "
    "FROM crm.customers AS c WHERE c.tier = 1 AND c.id < 45)",
    "the only value of a join that runs ahead": "SELECT l.line FROM depot.lines AS l WHERE l.item = "
    "(SELECT max(c.id) FROM crm.customers AS c JOIN lake.regions AS r ON r.name = c.region WHERE c.id < 45)",
    "what others are compared with": "SELECT l.line FROM depot.lines AS l WHERE l.item > (SELECT max(c.id) "
    "FROM crm.customers AS c WHERE c.tier = 1 AND c.id < 20)",
    "what equals it in the same domain": "SELECT count(*) FROM crm.customers AS c JOIN crm.orders AS o "
    "ON o.customer = c.id JOIN depot.lines AS l ON l.item = o.customer WHERE c.tier = 1 AND o.priority = 1",
    "what is looked for in it": "SELECT count(*) FROM crm.orders AS o JOIN depot.lines AS l ON l.item = o.customer "
    "WHERE o.priority = 1 AND o.id < 40 AND o.customer IN (SELECT c.id FROM crm.customers AS c WHERE c.tier = 1)",
    "a product of its own domain over another's source": "SELECT count(*) FROM crm.customers AS c "
    "JOIN crm.lent_lines AS l ON l.item = c.id WHERE c.tier = 1",
}


@dataclass
class Witness:
    """A connector that notes the keys that it is given, with their values."""

    inner: PostgresConnector
    dialect: str | None = "postgres"
    sent: list[object] = field(default_factory=list)

    def tables(self) -> Mapping[tuple[str, ...], SourceTable]:
        return self.inner.tables()

    def statistics(self, names: Collection[tuple[str, ...]]) -> object:
        return self.inner.statistics(names)

    def transferable(self, kind: str) -> bool:
        return cast(TakesKeys, self.inner).transferable(kind)

    def snapshot(self, reference: str = "", scans: int | None = None) -> Snapshot:
        return _Watched(self.inner.snapshot(reference, scans), self.sent)

    def close(self) -> None:
        self.inner.close()


@dataclass
class _Watched:
    inner: Snapshot
    sent: list[object]

    def open(self, scan: Scan) -> Stream:
        self.sent += [row for keys in scan.keys for row in keys.table.to_pylist()]
        return self.inner.open(scan)

    def close(self) -> None:
        self.inner.close()


class Meshes:
    """One set of servers under several policies and tags."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self._base = made(Builder(TABLES), server, "confined", folder)
        self._engines = [self._base.engine]
        self.depot = Witness(cast(PostgresConnector, self._base.connectors["depot._src"]))

    def mesh(self, crm: str = "", mesh: str = "", tags: Mapping[str, frozenset[str]] = TAGGED) -> Mesh:
        policies = {**ALL, "crm": ALL["crm"] + crm, "depot": DEPOT, **({"*": mesh} if mesh else {})}
        filters = {"some": "tier = 1"}
        builder = Builder(TABLES, policies, filters, bodies=BODIES, tags=tags)
        connectors = {**self._base.connectors, "depot._src": self.depot}
        opened = builder.over(lambda domain, _: connectors[f"{domain}._src"])
        self._engines.append(opened.engine)
        return replace(opened, catalog=replace(opened.catalog, statistics=self._base.catalog.statistics))

    def close(self) -> None:
        for each in (*self._engines, *self._base.connectors.values()):
            each.close()

    def sent(self, mesh: Mesh, sql: str) -> list[object]:
        """What the depot's source is sent as keys; the answer is right whatever that is."""
        self.depot.sent.clear()
        with eager():
            told = answered(mesh, sql)
        plain = oracle(TABLES)
        plain.execute("CREATE VIEW crm.lent_lines AS SELECT item, supplier FROM depot.lines")
        assert not told.error
        assert multiset(told.rows) == multiset(expected(plain, sql).rows)
        return list(self.depot.sent)


@pytest.fixture(scope="module")
def meshes(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meshes]:
    with closing(Meshes(postgres, tmp_path_factory.mktemp("confined"))) as made_meshes:
        yield made_meshes


@pytest.mark.parametrize("sql", STATEMENTS.values(), ids=STATEMENTS)
def test_keys_of_a_tagged_column_stay_in_their_domain(meshes: Meshes, sql: str) -> None:
    assert meshes.sent(meshes.mesh(tags={}), sql), "without a tag there is something to send"
    assert meshes.sent(meshes.mesh(), sql) == []


SHARED = "p, s, domain:depot, crm, crm.customers, share, *, -, -, allow\n"


@pytest.mark.parametrize("sql", STATEMENTS.values(), ids=STATEMENTS)
def test_keys_of_a_column_that_is_shared_as_it_is_may_go(meshes: Meshes, sql: str) -> None:
    assert meshes.sent(meshes.mesh(SHARED), sql)


NOT_WHOLE = {
    "some rows": (SHARED.replace("share, *", "share, some"), ""),
    "a filter of the mesh": (SHARED, "p2, f, domain:depot, *, crm.customers, some, -, -"),
    "masked": (SHARED + "p3, m, domain:depot, crm, crm.customers.id, null, 1, -, -\n", ""),
    "hashed": (SHARED, "p3, m, domain:depot, *, tag:pii, hash, 1, -, -"),
    "denied": (SHARED, "p, m, domain:depot, *, tag:pii, share, *, -, -, deny"),
    "another column": (SHARED.replace("crm.customers,", "crm.customers.region,"), ""),
    "another domain": (SHARED.replace("domain:depot", "domain:lake"), ""),
    "ended": (SHARED.replace("-, -, allow", "-, 2020-01-01T00:00:00Z, allow"), ""),
}


@pytest.mark.parametrize(("crm", "mesh"), NOT_WHOLE.values(), ids=NOT_WHOLE)
def test_a_share_of_less_opens_nothing(meshes: Meshes, crm: str, mesh: str) -> None:
    for name in ("a join", "a computed column that runs ahead"):
        assert meshes.sent(meshes.mesh(crm, mesh), STATEMENTS[name]) == []


def test_a_share_that_ends_closes_the_next_statement(meshes: Meshes) -> None:
    """Though the plan of the same text, made under the share, is remembered."""
    end = datetime.fromtimestamp(time.time() + 10, UTC)
    mesh = meshes.mesh(SHARED.replace("-, -, allow", f"-, {end:%Y-%m-%dT%H:%M:%SZ}, allow"))
    sql = STATEMENTS["a join"]
    assert meshes.sent(mesh, sql)
    assert meshes.sent(mesh, sql)
    time.sleep(max(0.0, end.timestamp() - time.time()) + 0.1)
    assert meshes.sent(mesh, sql) == []
