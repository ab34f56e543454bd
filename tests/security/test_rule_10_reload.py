"""governance.md, rule 10: every FETCH or Execute of an open portal, and every statement of an open connection, is
under the policies in force then. Over a real PostgreSQL client and a running gateway."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from gateway.audit import records
from gateway.query import pipeline
from gateway.server import Server
from gateway.settings import load_settings
from tests.meshes import ENVIRONMENT, FILES, added, edited, write_mesh

POLICIES = "domains/sales/policies.csv"
ALL_ROWS = added(POLICIES, "p, all, user:ana, sales, sales.orders, select, *, -, -, allow")
SQL = "SELECT region FROM sales.orders ORDER BY region"

Steps = Callable[[asyncpg.Connection, Server], Awaitable[None]]


@contextmanager
def serving(mesh: Path) -> Iterator[Server]:
    server = Server(load_settings(mesh, ENVIRONMENT))
    server.start()
    try:
        yield server
    finally:
        server.stop(5)


def changed(mesh: Path, changes: dict[str, str]) -> None:
    for name, text in {**FILES, **changes}.items():
        (mesh / name).write_text(text)


def as_ana(mesh: Path, changes: dict[str, str], steps: Steps) -> None:
    """The steps on one connection of ana's to a gateway over the mesh with these changes."""
    write_mesh(mesh, changes)

    async def connected(server: Server) -> None:
        address = server.addresses["postgres"]
        connection = await asyncpg.connect(
            host=address.host, port=address.port, user="ana", password="ana", database="small"
        )
        try:
            await steps(connection, server)
        finally:
            await connection.close()

    with serving(mesh) as server:
        asyncio.run(connected(server))


def fetched_around(mesh: Path, before: dict[str, str], after: dict[str, str]) -> tuple[str, str]:
    """The first row of a portal under one folder, and the second after a reload of another: a region or an error."""
    seen = []

    async def steps(connection: asyncpg.Connection, server: Server) -> None:
        async with connection.transaction():
            cursor = await connection.cursor(SQL)
            seen.append((await cursor.fetch(1))[0]["region"])
            changed(mesh, after)
            server.reload()
            try:
                seen.append((await cursor.fetch(1))[0]["region"])
            except asyncpg.PostgresError as error:
                seen.append(f"{error.sqlstate} {error}")

    as_ana(mesh, before, steps)
    first, second = seen
    return first, second


CHANGED = "42501 what you may see has changed since this statement began; run it again"
RESTRICTED = "p2, late, role:any, sales, sales.orders, own_region, -, -"
LESS = {
    "the grant of all rows is gone": {},
    "every grant is gone": {POLICIES: "p, s, domain:shipping, sales, sales.orders, share, *, -, -, allow"},
    "a restriction came": added(POLICIES, f"{ALL_ROWS[POLICIES].splitlines()[-1]}\n{RESTRICTED}"),
    "a mask came": {
        **ALL_ROWS,
        "policies.csv": FILES["policies.csv"]
        + "p3, late, role:any, *, sales.orders.region, null, 1, -, -\n",
    },
    "the column is denied": {
        **ALL_ROWS,
        "policies.csv": FILES["policies.csv"]
        + "p, late, user:ana, *, sales.orders.region, select, *, -, -, deny\n",
    },
    "a filter of the same name hides more": {
        **ALL_ROWS,
        **edited("domains/sales/domain.yaml", "deleted_at IS NULL", "deleted_at IS NULL AND amount < 15"),
    },
    "the product leaves rows out": {
        **ALL_ROWS,
        **edited(
            "domains/sales/products/orders/contract.odcs.yaml", "    physicalName: crm.orders\n", ""
        ),
        "domains/sales/products/orders/orders.sql": "SELECT order_id, customer_id, region, amount_eur AS amount_eur, "
        "ordered_on, deleted_at, note FROM crm.orders WHERE region = 'EU'",
    },
}  # fmt: skip


@pytest.mark.parametrize("after", LESS.values(), ids=LESS.keys())
def test_rule_10_an_open_portal_is_refused_when_policies_change_to_less(
    tmp_path: Path, after: dict[str, str]
) -> None:
    assert fetched_around(tmp_path, ALL_ROWS, after) == ("EU", CHANGED)
    outcomes = [record.outcome for record in records(tmp_path / "state" / "audit")]
    assert outcomes[-2:] == ["started", "refused"], "the refusal is on record"


SAME = {
    "nothing changed": ALL_ROWS,
    "more is granted": added(
        POLICIES, ALL_ROWS[POLICIES].splitlines()[-1] + "\np, more, role:any, sales, sales.*, select, *, -, -, allow"
    ),
    "a restriction is gone": {
        POLICIES: ALL_ROWS[POLICIES].replace("p2, sales-4, role:any, sales, sales.orders, not_deleted, -, -\n", "")
    },
    "another relation changed": {**ALL_ROWS, "domains/marketing/policies.csv": ""},
}  # fmt: skip


@pytest.mark.parametrize("after", SAME.values(), ids=SAME.keys())
def test_rule_10_an_open_portal_goes_on_when_no_less_may_be_seen(
    tmp_path: Path, after: dict[str, str]
) -> None:
    assert fetched_around(tmp_path, ALL_ROWS, after) == ("EU", "US")


PERSON = "principals.yaml"
EU = "attributes: {region: EU, regions: [EU, UK]"
IDENTITY = {
    "another region": edited(PERSON, EU, EU.replace("EU", "US", 1)),
    "no group, so no role": edited(PERSON, "groups: [shipping-team]", "groups: [others]"),
    "gone": edited(PERSON, "  ana:\n    password: ana", "  anna:\n    password: ana"),
}


@pytest.mark.parametrize("after", IDENTITY.values(), ids=IDENTITY.keys())
def test_rule_10_an_open_connection_has_its_principals_rights_of_now(
    tmp_path: Path, after: dict[str, str]
) -> None:
    """Attributes, groups and purposes come from the identity provider as it is, not as it was at the connect."""
    seen: list[object] = []

    async def steps(connection: asyncpg.Connection, server: Server) -> None:
        async with connection.transaction():
            cursor = await connection.cursor("SELECT 1 FROM sales.orders")
            await cursor.fetch(1)
            changed(tmp_path, after)
            server.reload()
            with pytest.raises(asyncpg.PostgresError, match=r"what you may see has changed|there is no user"):
                await cursor.fetch(1)
        try:
            seen.extend(row["region"] for row in await connection.fetch(SQL))
        except asyncpg.PostgresError as error:
            seen.append(error.sqlstate)

    as_ana(tmp_path, edited(POLICIES, "tag:secret", "tag:other"), steps)
    assert (
        seen
        == {"another region": ["US"], "no group, so no role": ["42501"], "gone": ["28P01"]}[
            next(name for name, change in IDENTITY.items() if change is after)
        ]
    )


def test_rule_10_a_grant_ends_for_an_open_portal_and_an_open_connection(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What remains after the end is narrower, not nothing: describing the statement again would not notice."""
    ends = edited(POLICIES, "g, group:finance", "p, all, user:ana, sales, sales.orders, select, *, -, "
                  "2034-01-01T00:00:00Z, allow\ng, group:finance")  # fmt: skip
    end = 2019686400.0

    async def steps(connection: asyncpg.Connection, _: Server) -> None:
        monkeypatch.setattr(pipeline.time, "time", lambda: end - 1)
        async with connection.transaction():
            cursor = await connection.cursor(SQL)
            assert (await cursor.fetch(1))[0]["region"] == "EU"
            monkeypatch.setattr(pipeline.time, "time", lambda: end)
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await cursor.fetch(1)
        assert [row["region"] for row in await connection.fetch(SQL)] == ["EU"]

    as_ana(tmp_path, ends, steps)
