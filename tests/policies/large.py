"""Policies of a large mesh, made up: 20 domains with 50 products each, one relation of 60 columns a product.

A role has at most five lines about a product, so more lines mean more roles, as more teams would: a principal, who
holds one role in each domain, is concerned by five lines of a product at most, in a large mesh as in a small one.
"""

import random
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from policies.decision import ProtectedRelation
from policies.lines import Line, read_lines
from policies.principal import Principal

DOMAINS = tuple(f"d{number}" for number in range(20))
PRODUCTS = 50
COLUMNS = 60
LINES_OF_A_ROLE = 5
TAGS = ("pii", "pii.email", "secret", "open")
MESH_LINES = """\
p3, mesh-1, role:any, *, tag:pii, hash, 10, -, -
p, mesh-2, role:any, *, tag:secret, select, *, -, -, deny
"""
PATTERN = (
    "p, {id}, {role}, {domain}, {relation}, select, own_region, -, -, allow",
    "p, {id}, {role}, {domain}, {relation}.{column}, select, *, purpose=audit|billing, 2999-01-01T00:00:00Z, allow",
    "p2, {id}, {role}, {domain}, {relation}, not_deleted, -, -",
    "p3, {id}, {role}, {domain}, {relation}.{column}, email, {priority}, attribute.level=1|2, -",
    "p, {id}, {role}, {domain}, {relation}.{column}, select, *, -, -, deny",
)


def files(lines: int) -> Mapping[str, str]:
    """Owner (`*` for the mesh) -> the text of its policies.csv: `lines` rules about products, and the roles."""
    rng = random.Random(lines)
    each = lines // (len(DOMAINS) * PRODUCTS)
    found = {domain: "\n".join([*_rules(domain, each, rng), *_roles(domain, each)]) for domain in DOMAINS}
    return {"*": MESH_LINES, **found}


def role_count(each: int) -> int:
    return -(-each // LINES_OF_A_ROLE)


def _rules(domain: str, each: int, rng: random.Random) -> Iterator[str]:
    for product in range(PRODUCTS):
        for number in range(each):
            yield PATTERN[number % LINES_OF_A_ROLE].format(
                id=f"{domain}-{product}-{number}",
                role=f"role:{domain}.r{number // LINES_OF_A_ROLE}",
                domain=domain,
                relation=f"{domain}.r{product}",
                column=f"c{rng.randrange(COLUMNS)}",
                priority=rng.randrange(100),
            )


def _roles(domain: str, each: int) -> Iterator[str]:
    for number in range(role_count(each)):
        yield f"g, group:g{number}, role:{domain}.r{number}, {domain}"


def read(texts: Mapping[str, str]) -> tuple[Line, ...]:
    found: list[Line] = []
    for owner, text in texts.items():
        file = "policies.csv" if owner == "*" else f"domains/{owner}/policies.csv"
        lines, problems = read_lines(text, file, owner)
        assert not problems, problems[:3]
        found += lines
    return tuple(found)


def relations() -> tuple[ProtectedRelation, ...]:
    return tuple(_relation(domain, number) for domain in DOMAINS for number in range(PRODUCTS))


def _relation(domain: str, number: int) -> ProtectedRelation:
    rng = random.Random(f"{domain} {number}")
    tags = {
        f"c{column}": frozenset({rng.choice(TAGS)} if rng.random() < 0.3 else ()) for column in range(COLUMNS)
    }
    return ProtectedRelation(domain, f"r{number}", MappingProxyType(tags))


def principals(count: int, lines: int, start: int = 0) -> tuple[Principal, ...]:
    """Each in one of the groups that have a role, with one of five levels, and every purpose."""
    roles = role_count(lines // (len(DOMAINS) * PRODUCTS))
    purposes = frozenset({"audit", "billing"})
    return tuple(
        Principal(f"u{number}", frozenset({f"g{number % roles}"}), {"level": number % 5}, purposes)
        for number in range(start, start + count)
    )
