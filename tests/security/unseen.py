"""Two worlds for endpoints: what differs is hidden rows and values, and that the second has relations, columns and
products that `ana` may not know of, whose names begin with `canary`."""

from dataclasses import replace

import pyarrow as pa

from tests.query.mesh import Builder
from tests.security.worlds import Worlds, builder

MORE = """p, s8, role:any, sales, sales.parcels.canary_column, select, *, -, -, deny
p, s9, user:bob, sales, sales.canary_relation, select, *, -, -, allow
p, s10, user:bob, hr, hr.*, select, *, -, -, allow
p3, s11, user:bob, sales, sales.orders.customer, null, 5, -, -
"""


def worlds() -> Worlds:
    return Worlds(builder("A").memory(), _with_more(builder("B")).memory())


def _with_more(known: Builder) -> Builder:
    tables = dict(known.tables)
    parcels = tables["sales.parcels"]
    tables["sales.parcels"] = parcels.append_column("canary_column", pa.array(["CANARY"] * parcels.num_rows))
    tables["sales.canary_relation"] = pa.table({"canary": [1]})
    tables["hr.canary_relation"] = pa.table({"canary": [1]})
    tables["canary_domain.canary_relation"] = pa.table({"id": [1]})
    lines = MORE.splitlines(keepends=True)
    policies = {
        "sales": known.policies["sales"] + "".join(line for line in lines if ", hr," not in line),
        "hr": "".join(line for line in lines if ", hr," in line),
    }
    return replace(known, tables=tables, policies=policies)
