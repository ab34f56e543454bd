"""Relations of two domains are joined at one server only if both domains reach it under the very same account
(execution.md, "Where governance meets pushdown"). Each view tells who reads it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.opening import OpenMesh, open_mesh
from gateway.query.plan import Plan
from policies.principal import Principal
from tests.query.mesh import ask
from tests.query.plan.mesh import planned
from tests.servers import PostgresServer

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: {domain}-{name}
version: 1.0.0
status: active
schema:
  - name: {name}
    physicalName: db.{name}
    properties:
      - {{name: id, logicalType: integer, physicalType: bigint}}
      - {{name: reader, logicalType: string, physicalType: text}}
"""
DOMAIN = """\
domain: {domain}
title: {domain}
owner: {{team: Team, email: team@example.com}}
sources:
  db: {{connector: postgres, uri: "${{{variable}_URI}}"{more}}}
"""
NAMES = {"north": "orders", "south": "parcels"}
SQL = "SELECT o.id, o.reader, p.reader FROM north.orders AS o JOIN south.parcels AS p ON p.id = o.id"
ANA = Principal("ana")


@pytest.fixture(scope="module")
def roles(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """Two databases with both views; `dual` may read them, `one` and `other` one each."""
    for name in ("accounts", "accounts_2"):
        postgres.database(name)
    postgres.run("CREATE ROLE dual LOGIN", "CREATE ROLE one LOGIN", "CREATE ROLE other LOGIN")
    for database in ("accounts", "accounts_2"):
        postgres.run(
            *(
                f"CREATE VIEW {name} AS SELECT i::bigint AS id, current_user::text AS reader "
                "FROM generate_series(1, 3) AS i"
                for name in NAMES.values()
            ),
            "GRANT SELECT ON orders TO dual, one",
            "GRANT SELECT ON parcels TO dual, other",
            database=database,
        )
    yield postgres
    for database in ("accounts", "accounts_2"):
        postgres.run(f"DROP DATABASE {database} WITH (FORCE)")
    postgres.run("DROP ROLE dual", "DROP ROLE one", "DROP ROLE other")


def two_domains(folder: Path, north: str, south: str, more: str = "") -> OpenMesh:
    files = {"mesh.toml": 'name = "two"\n', "principals.yaml": "principals:\n  ana: {password: ana}\n"}
    for domain, name in NAMES.items():
        at = f"domains/{domain}"
        files[f"{at}/domain.yaml"] = DOMAIN.format(
            domain=domain, variable=domain.upper(), more=more if domain == "south" else ""
        )
        files[f"{at}/policies.csv"] = (
            f"p, {domain}-1, role:any, {domain}, {domain}.{name}, select, *, -, -, allow\n"
        )
        files[f"{at}/products/{name}/contract.odcs.yaml"] = CONTRACT.format(domain=domain, name=name)
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return open_mesh(folder, {"NORTH_URI": north, "SOUTH_URI": south})


def asked(opened: OpenMesh) -> tuple[Plan, set[tuple[str, str]]]:
    """The plan, and under which accounts the two views were read."""
    try:
        told = ask(opened.mesh, SQL, ANA)
        assert not told.error, told
        assert len(told.rows) == 3
        return planned(opened.mesh, SQL, ANA), {(north, south) for _, north, south in map(_row, told.rows)}
    finally:
        opened.close()


def _row(text: str) -> tuple[str, str, str]:
    number, north, south = text.strip("()").replace("'", "").split(", ")
    return number, north, south


def uri(server: PostgresServer, user: str, database: str = "accounts") -> str:
    return server.uri(database).replace("postgres@", f"{user}@")


def test_one_account_joins_at_the_server_under_that_account(roles: PostgresServer, tmp_path: Path) -> None:
    plan, readers = asked(two_domains(tmp_path, uri(roles, "dual"), uri(roles, "dual")))
    (fragment,) = plan.fragments()
    assert fragment.relations == ("north.orders", "south.parcels")
    assert readers == {("dual", "dual")}


def test_how_long_to_wait_makes_no_other_account(roles: PostgresServer, tmp_path: Path) -> None:
    plan, _ = asked(
        two_domains(
            tmp_path, uri(roles, "dual"), uri(roles, "dual"), ", pool: 2, parallel: 1, statement_timeout: 9"
        )
    )
    assert len(plan.fragments()) == 1


APART = {
    "another user": ("one", "other", "accounts"),
    "a user who may read both": ("dual", "other", "accounts"),
    "another database": ("dual", "dual", "accounts_2"),
}


@pytest.mark.parametrize(("north", "south", "database"), APART.values(), ids=APART)
def test_other_accounts_are_never_joined_at_the_server(
    roles: PostgresServer, tmp_path: Path, north: str, south: str, database: str
) -> None:
    plan, readers = asked(two_domains(tmp_path, uri(roles, north), uri(roles, south, database)))
    relations = sorted(fragment.relations for fragment in plan.fragments())
    assert relations == [("north.orders",), ("south.parcels",)]
    assert readers == {(north, south)}, "each under its own"


def test_an_account_that_is_spelt_otherwise_is_another(roles: PostgresServer, tmp_path: Path) -> None:
    """It may be the same; what is not known is not joined."""
    spelt = uri(roles, "dual").replace("127.0.0.1", "localhost")
    plan, _ = asked(two_domains(tmp_path, uri(roles, "dual"), spelt))
    assert len(plan.fragments()) == 2
