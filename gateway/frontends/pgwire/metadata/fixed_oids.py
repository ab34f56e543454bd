"""OIDs that follow from names alone, so that the description of a result tells them without asking any database.

They are the same for whoever sees the relation, whatever else there is, and after a reload. Where the numbers of two
names are one (among a thousand names, once in two thousand meshes) the second gets another in the database.
"""

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from gateway.frontends.listing import Definition

FIRST = 1_000_000
"""Beyond what is counted (`renumbered`)."""
SPAN = 2**30


class Fixed(NamedTuple):
    """What has an OID that is not counted: a row of `catalog`, by its schema and name there."""

    catalog: str
    schema: str
    name: str
    oid: int


@lru_cache(maxsize=10_000)
def relation_oid(domain: str, relation: str) -> int:
    return _oid(f"{domain}.{relation}")


def fixed(known: Definition) -> Iterator[Fixed]:
    taken: set[int] = set()
    for table in known.tables:
        domain, name = table.relation.domain, table.relation.name
        oid = relation_oid(domain, name)
        while oid in taken:
            oid += 1
        taken.add(oid)
        yield Fixed("pg_class", domain, name, oid)


def _oid(name: str) -> int:
    return FIRST + int.from_bytes(sha256(name.encode()).digest()[:4]) % SPAN
