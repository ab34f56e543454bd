"""A mesh in this process, and statements asked of it as one principal."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.federation.stores import Stores, environment
from gateway.opening import OpenMesh, open_mesh
from gateway.query.request import Request

SIMPLE = {
    "one row": "SELECT o_orderkey, o_totalprice FROM sales.orders WHERE o_orderkey = 1",
    "count": "SELECT count(*) FROM sales.customer",
    "top ten": "SELECT c_name, c_phone FROM sales.customer WHERE c_mktsegment = 'BUILDING' ORDER BY c_custkey LIMIT 10",
    "small join": "SELECT n_name, r_name FROM geo.nation JOIN geo.region ON n_regionkey = r_regionkey",
}


@contextmanager
def opened(folder: Path, found: Stores) -> Iterator[OpenMesh]:
    ports = {name: server.port for name, server in found.servers.items()}
    mesh = open_mesh(folder, {**os.environ, **environment(ports)})
    try:
        yield mesh
    finally:
        mesh.close()


def request(mesh: OpenMesh, sql: str, principal: str) -> Request:
    known = mesh.principals.principal(principal)
    assert known is not None
    return Request(sql, known, "benchmark")
