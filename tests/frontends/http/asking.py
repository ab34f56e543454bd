"""A gateway's HTTP endpoint in this process, asked over a real socket."""

import base64
import gzip
import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.audit import AuditRecord, latest, records
from gateway.server import Server
from gateway.settings import load_settings
from tests.meshes import ENVIRONMENT


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        text = gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body
        return json.loads(text)


@dataclass(frozen=True)
class Asked:
    """The endpoint, and the folder of its mesh. A principal's password is its name."""

    server: Server
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def port(self) -> int:
        return self.server.addresses["http"].port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(
        self, method: str, path: str, body: Any = None, who: str | None = "ana", **headers: str
    ) -> Answer:
        """`headers`: `x_y` for `x-y`. A body is sent as JSON, bytes as they are."""
        connection = self.connection()
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= basic(who) if who is not None else {}
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
            body = body if isinstance(body, bytes) else json.dumps(body)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())
        finally:
            connection.close()

    def query(self, sql: str, *parameters: Any, who: str | None = "ana", **headers: str) -> Answer:
        return self.ask("POST", "/v1/query", {"sql": sql, "parameters": parameters}, who, **headers)

    def last_record(self) -> AuditRecord:
        (record,) = latest(records(self.folder / "state" / "audit"), 1)
        return record


def basic(who: str, password: str | None = None) -> dict[str, str]:
    pair = f"{who}:{who if password is None else password}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


@contextmanager
def serving(folder: Path) -> Iterator[Asked]:
    server = Server(load_settings(folder, ENVIRONMENT))
    server.start()
    try:
        yield Asked(server, folder)
    finally:
        server.stop(2)
