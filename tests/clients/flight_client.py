"""Clients of the Flight SQL endpoint, for tests: ADBC as people use it, and pyarrow's for what ADBC does not show."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import adbc_driver_flightsql.dbapi as adbc
import pyarrow as pa
from pyarrow import flight

from gateway.frontends.flight.messages import packed


def connected(uri: str, name: str, password: str | None = None, **more: str) -> Any:
    """A DB-API connection. Options with dots go through `more`'s names with `__` for each."""
    options = {"username": name, "password": password or f"{name}-pw"}
    options |= {key.replace("__", "."): value for key, value in more.items()}
    return closing(adbc.connect(uri, db_kwargs=options))


class RawClient:
    """One principal, by pyarrow's client: every message as this test wants it."""

    def __init__(self, uri: str, name: str, password: str | None = None, **options: Any) -> None:
        self.client = flight.connect(uri, **options)
        header = self.client.authenticate_basic_token(name, password or f"{name}-pw")
        self.header = header
        self.options = flight.FlightCallOptions(headers=[header])

    def info(self, command: str, **fields: object) -> flight.FlightInfo:
        return self.bytes_info(packed(command, **fields))

    def bytes_info(self, command: bytes) -> flight.FlightInfo:
        return self.client.get_flight_info(flight.FlightDescriptor.for_command(command), self.options)

    def get(self, ticket: flight.Ticket) -> pa.Table:
        return self.client.do_get(ticket, self.options).read_all()

    def ask(self, command: str, **fields: object) -> pa.Table:
        return self.get(ticket_of(self.info(command, **fields)))

    def query(self, sql: str) -> pa.Table:
        return self.ask("CommandStatementQuery", query=sql)

    def act(self, name: str, body: bytes) -> list[bytes]:
        results = self.client.do_action(flight.Action(name, body), self.options)
        return [result.body.to_pybytes() for result in results]

    def close(self) -> None:
        self.client.close()

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def ticket_of(info: flight.FlightInfo) -> flight.Ticket:
    (endpoint,) = info.endpoints
    assert endpoint.locations == []
    return endpoint.ticket


def rows(table: pa.Table) -> list[Mapping[str, Any]]:
    return table.to_pylist()
