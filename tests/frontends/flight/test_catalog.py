"""What Flight SQL tells of the catalog: the visible part of it, the same in two worlds that differ in the rest."""

from collections.abc import Iterator
from functools import partial

import pyarrow as pa
import pytest

from gateway.frontends.contract import Gateway
from gateway.frontends.flight.server import FlightServer
from gateway.query.mesh import Mesh
from gateway.query.pipeline import describe, run, visible
from gateway.settings import Address
from tests.clients.flight_client import RawClient
from tests.security.drivers import PASSWORD, OnePrincipal
from tests.security.worlds import ANA, Worlds, builder

P = "ARROW:FLIGHT:SQL:"
KEY = {"db_schema": "sales", "table": "orders"}
CROSSED = {"pk_table": "customers", "fk_table": "orders"}
QUESTIONS: tuple[tuple[str, dict[str, object]], ...] = (
    ("CommandGetCatalogs", {}),
    ("CommandGetDbSchemas", {}),
    ("CommandGetTables", {"include_schema": True}),
    ("CommandGetTables", {"table_name_filter_pattern": "%"}),
    ("CommandGetTables", {"db_schema_filter_pattern": "other_domain"}),
    ("CommandGetTableTypes", {}),
    ("CommandGetPrimaryKeys", KEY),
    ("CommandGetExportedKeys", KEY),
    ("CommandGetImportedKeys", KEY),
    ("CommandGetCrossReference", CROSSED),
    ("CommandGetSqlInfo", {}),
    ("CommandGetXdbcTypeInfo", {}),
    ("CommandStatementQuery", {"query": "SELECT * FROM sales.orders ORDER BY 1"}),
)


class OverFlight:
    """One server a mesh; whoever signs in is Ana."""

    def __init__(self, mesh: Mesh) -> None:
        identity = OnePrincipal()
        identity.current = ANA
        gateway = Gateway(
            database="mesh",
            run=partial(run, mesh=mesh),
            describe=partial(describe, mesh=mesh),
            identities=lambda: identity,
            visible=partial(visible, mesh=mesh),
        )
        self.server = FlightServer(gateway, Address("127.0.0.1", 0))
        self.server.start()
        self.client = RawClient(f"grpc://127.0.0.1:{self.server.port}", "ana", PASSWORD)

    def close(self) -> None:
        self.client.close()
        self.server.stop(1)


@pytest.fixture(scope="module")
def both() -> Iterator[tuple[OverFlight, OverFlight]]:
    worlds = Worlds(builder("A").memory(), builder("B").memory())
    first, second = map(OverFlight, worlds.both)
    yield first, second
    first.close()
    second.close()
    worlds.close()


@pytest.mark.parametrize(("command", "fields"), QUESTIONS, ids=[f"{name} {more}" for name, more in QUESTIONS])
def test_two_worlds_look_the_same(
    both: tuple[OverFlight, OverFlight], command: str, fields: dict[str, object]
) -> None:
    first, second = (each.client.ask(command, **fields) for each in both)
    assert first.schema.equals(second.schema, check_metadata=True)
    assert first.to_pylist() == second.to_pylist()
    assert not any(
        word in repr(first.to_pylist()) for word in ("margin", "api_key", "other_domain", "CANARY")
    )
    promised = both[0].client.info(command, **fields)
    assert promised.schema.equals(first.schema)


def tables(client: RawClient, **fields: object) -> list[str]:
    return client.ask("CommandGetTables", **fields).column("table_name").to_pylist()


def test_patterns_are_like_and_names_are_exact(both: tuple[OverFlight, OverFlight]) -> None:
    client = both[0].client
    assert tables(client) == ["customers", "orders", "parcels"]
    assert tables(client, table_name_filter_pattern="%ers") == ["customers", "orders"]
    assert tables(client, table_name_filter_pattern="_rders") == ["orders"]
    assert tables(client, table_name_filter_pattern="order") == []
    assert tables(client, db_schema_filter_pattern="sal%", catalog="mesh") == [
        "customers",
        "orders",
        "parcels",
    ]
    assert tables(client, catalog="") == tables(client, catalog="other") == []
    assert tables(client, table_types=["VIEW"]) == []
    for asked in (["VIEW", "TABLE"], ["view", "table"]):
        assert tables(client, table_types=asked) == tables(client)
    assert tables(client, table_name_filter_pattern="%a" * 40) == []


def test_columns_say_their_type_and_that_they_are_masked(both: tuple[OverFlight, OverFlight]) -> None:
    (row,) = (
        both[0]
        .client.ask("CommandGetTables", table_name_filter_pattern="customers", include_schema=True)
        .to_pylist()
    )
    schema = pa.ipc.read_schema(pa.py_buffer(row["table_schema"]))
    told = schema.field("ssn").metadata
    assert told[f"{P}TYPE_NAME".encode()] == b"VARCHAR"
    assert told[f"{P}REMARKS".encode()] == b"[masked: null]"
    assert told[f"{P}TABLE_NAME".encode()] == b"customers"


def test_every_question_is_on_record(both: tuple[OverFlight, OverFlight], tmp_path: object) -> None:
    mesh = builder("A").memory()
    served = OverFlight(mesh)
    served.client.ask("CommandGetTables", table_name_filter_pattern="o%")
    served.close()
    (record,) = mesh.audit.written  # type: ignore[attr-defined]
    assert (record.principal, record.endpoint, record.outcome) == ("ana", "flight", "done")
    assert record.statement == "GetTables(table_name_filter_pattern = 'o%')"


def test_sql_info_is_whole_and_can_be_asked_for_in_parts(both: tuple[OverFlight, OverFlight]) -> None:
    client = both[0].client
    everything = client.ask("CommandGetSqlInfo")
    numbers = everything.column("info_name").to_pylist()
    assert numbers == sorted(numbers)
    assert {*range(6), *range(8, 12), 100, 101, *range(500, 577)} == set(numbers)
    values = dict(zip(numbers, everything.column("value").to_pylist(), strict=True))
    assert (values[0], values[3], values[4]) == ("meshgate", True, True)
    assert client.ask("CommandGetSqlInfo", info=[0, 9999]).column("info_name").to_pylist() == [0]


def test_type_info_is_in_order(both: tuple[OverFlight, OverFlight]) -> None:
    found = both[0].client.ask("CommandGetXdbcTypeInfo")
    keys = list(zip(found["data_type"].to_pylist(), found["type_name"].to_pylist(), strict=True))
    assert keys == sorted(keys)
    (number,) = both[0].client.ask("CommandGetXdbcTypeInfo", data_type=4).to_pylist()
    assert (number["type_name"], number["column_size"]) == ("INTEGER", 10)


@pytest.mark.parametrize("command", ["CommandGetImportedKeys", "CommandGetPrimaryKeys"])
def test_keys_have_the_columns_of_the_specification(
    both: tuple[OverFlight, OverFlight], command: str
) -> None:
    names = both[0].client.ask(command, **KEY).schema.names
    assert names[-1] == ("delete_rule" if "Imported" in command else "key_sequence")
