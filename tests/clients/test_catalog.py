"""What clients ask of the catalog: over what is published as it is, the answers are those of the PostgreSQL behind."""

import subprocess
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from psycopg.types import TypeInfo

from tests.clients.real_gateway import Real

OURS = "('sales', 'shipping', 'marketing')"

ASKED = (
    f"SELECT n.nspname, c.relname, c.relkind, obj_description(c.oid) FROM pg_class c JOIN pg_namespace n"
    f" ON n.oid = c.relnamespace WHERE n.nspname IN {OURS} AND c.relkind IN ('r', 'v') ORDER BY 1, 2",
    f"""SELECT c.oid::regclass::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attnum,
        a.atttypid, a.atttypmod, col_description(c.oid, a.attnum) FROM pg_catalog.pg_attribute a
        JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE c.relnamespace::regnamespace::text IN {OURS}
        AND c.relkind = 'r' AND a.attnum > 0 ORDER BY 1, 5""",
    f"""SELECT table_schema, table_name, column_name, ordinal_position, is_nullable, data_type, udt_name,
        character_maximum_length, numeric_precision, numeric_scale, datetime_precision
        FROM information_schema.columns WHERE table_schema IN {OURS} ORDER BY 1, 2, 4""",
    f"SELECT table_schema, table_name, table_type FROM information_schema.tables WHERE table_schema IN {OURS}"
    " ORDER BY 1, 2",
    f"""SELECT conrelid::regclass::text, contype, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace::regnamespace::text IN {OURS} AND contype IN ('p', 'f') ORDER BY 1, 2""",
    f"""SELECT tc.table_name, kcu.column_name, kcu.ordinal_position FROM information_schema.table_constraints tc
        JOIN information_schema.key_column_usage kcu USING (constraint_schema, constraint_name)
        WHERE tc.constraint_type = 'PRIMARY KEY' AND tc.table_schema IN {OURS} ORDER BY 1, 3""",
    "SELECT typname, typlen, typtype, typcategory, typelem FROM pg_type WHERE oid < 3000 ORDER BY oid",
    "SELECT 'sales.orders'::regclass::text, to_regclass('sales.nope'), 'integer'::regtype::oid",
    "SELECT quote_ident('a b'), format_type(1700, 786438), current_schemas(false)",
    "SELECT has_table_privilege('sales.orders', 'SELECT'), has_table_privilege(current_user, 'sales.orders', 'select'),"
    " has_schema_privilege('sales', 'USAGE'), has_table_privilege('sales.orders', 'TRIGGER') IS NULL",
    "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'public' ORDER BY 1",
    "SELECT rolname, rolsuper, rolcanlogin FROM pg_roles WHERE rolname = 'nobody'",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT t.n, c.relname FROM t"
    " JOIN pg_class c ON c.relname = 'pg_type' ORDER BY 1",
    "SELECT nope FROM pg_class",
    "SELECT * FROM pg_nope, pg_class",
    "SELECT relname FROM pg_class WHERE",
    "SELECT relname FROM pg_class WHERE oid = 'sales.nope'::regclass",
)
SHOWN = (
    r"\d sales.orders",
    r"\d marketing.touches",
    r"\dt sales.*",
    r"\dn sales",
    r"\d shipping.parcels",
    r"\dT int4",
)


@pytest.mark.parametrize("binary", [False, True], ids=["text", "binary"])
@pytest.mark.parametrize("sql", ASKED, ids=lambda sql: " ".join(sql.split())[:60])
def test_answers_are_postgresqls(published: Real, sql: str, binary: bool) -> None:
    def said(uri: str) -> object:
        with psycopg.connect(uri, autocommit=True) as connection:
            found = connection.pgconn.exec_params(sql.encode(), None, result_format=int(binary))
            state = found.error_field(psycopg.pq.DiagnosticField.SQLSTATE)
            columns = [(found.fname(at), found.ftype(at), found.fmod(at)) for at in range(found.nfields)]
            rows = [
                [found.get_value(at, each) for each in range(found.nfields)] for at in range(found.ntuples)
            ]
            return state, columns, rows

    assert said(published.uri()) == said(published.source)


@pytest.mark.parametrize(
    "made", ["repeat('x', 100001)", "lpad('x', 2000000000)", "rpad('x', 2000000000, 'y')"]
)
def test_a_text_of_any_length_is_not_made(published: Real, made: str) -> None:
    with published.connect() as connection, pytest.raises(psycopg.errors.ProgramLimitExceeded):
        connection.execute(f"SELECT {made} FROM pg_class".encode())


@pytest.mark.parametrize("command", SHOWN)
def test_psql_shows_the_same(published: Real, command: str) -> None:
    def said(uri: str) -> str:
        asked = ["psql", "-X", "-A", "-d", uri, "-c", command]
        told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
        return told.replace("|postgres", "|meshgate").replace("pg_database_owner", "meshgate")

    assert said(published.uri()) == said(published.source)


def test_sqlalchemy_reflects_the_same(published: Real) -> None:
    def said(uri: str) -> dict[str, Any]:
        engine = sa.create_engine(uri.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.NullPool)
        found = sa.inspect(engine)
        return {
            f"{schema}.{table}": (
                [
                    (c["name"], str(c["type"]), c["nullable"], c["comment"])
                    for c in found.get_columns(table, schema)
                ],
                found.get_pk_constraint(table, schema)["constrained_columns"],
                [
                    (k["constrained_columns"], k["referred_table"])
                    for k in found.get_foreign_keys(table, schema)
                ],
            )
            for schema in ("sales", "shipping", "marketing")
            for table in sorted(found.get_table_names(schema))
        }

    assert len(said(published.uri())) == 4
    assert said(published.uri()) == said(published.source)


def test_who_and_where_one_is(published: Real) -> None:
    with published.connect() as connection:
        told = connection.execute(
            "SELECT current_user, session_user, current_database(), current_catalog, pg_get_userbyid(relowner),"
            " (SELECT string_agg(datname, ' ') FROM pg_database) FROM pg_class WHERE relname = 'orders'"
        ).fetchone()
        assert told == ("analyst", "analyst", "mesh", "mesh", "pg_database_owner", "mesh")
        assert connection.execute("SELECT rolname FROM pg_roles ORDER BY 1").fetchall() == [
            ("analyst",),
            ("pg_database_owner",),
        ]
        info = TypeInfo.fetch(connection, "numeric")
        assert info is not None
        assert (info.oid, info.array_oid) == (1700, 1231)


def test_a_changed_contract_shows_in_the_next_statement(published: Real) -> None:
    asked = "SELECT obj_description('marketing.touches'::regclass)"
    path = published.folder / "domains/marketing/products/touches/contract.odcs.yaml"
    before = path.read_text("utf-8")
    with published.connect() as connection:
        assert connection.execute(asked).fetchone() == ("Who was told of what",)
        path.write_text(before.replace("Who was told of what", "Who was told"), "utf-8")
        published.server.reload()
        assert connection.execute(asked).fetchone() == ("Who was told",)
        path.write_text(before, "utf-8")
        published.server.reload()


def test_each_question_is_on_record(published: Real) -> None:
    with published.connect() as connection:
        connection.execute("SELECT count(*) AS on_record FROM pg_class")
        with pytest.raises(psycopg.Error):
            connection.execute("SELECT on_record_too FROM pg_class")
    lines = [
        line
        for file in Path(published.folder).rglob("*.jsonl")
        for line in file.read_text("utf-8").splitlines()
    ]
    told = [line for line in lines if "on_record" in line]
    assert [sum(f'"outcome":"{how}"' in line for line in told) for how in ("started", "done", "refused")] == [
        2,
        1,
        1,
    ]


def test_set_config_takes_parameters_and_never_only_seems_to_set(published: Real) -> None:
    with published.connect() as connection:
        asked = "SELECT set_config('search_path', %s, false), set_config('app.who', %s, %s) AS who"
        assert connection.execute(asked, ("sales", "ann", False)).fetchone() == ("sales", "ann")
        assert connection.execute("SELECT count(*) FROM orders").fetchone() == (300,)
        assert connection.execute("SELECT current_setting('app.who')").fetchone() == ("ann",)
        same = "SELECT set_config('bytea_output', 'hex', false) FROM pg_show_all_settings() WHERE name = 'bytea_output'"
        assert connection.execute(same).fetchone() == ("hex",)
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            connection.execute("SELECT set_config('search_path', 'shipping', false) FROM pg_am")


def test_a_session_sees_itself_in_pg_stat_activity(published: Real) -> None:
    with published.connect() as connection:
        asked = "SELECT pid, usename, datname, state FROM pg_stat_activity"
        found = connection.execute(asked).fetchall()
        assert found == [(connection.info.backend_pid, "analyst", "mesh", "active")]
        assert connection.execute("SELECT pg_backend_pid()").fetchone() == (connection.info.backend_pid,)
