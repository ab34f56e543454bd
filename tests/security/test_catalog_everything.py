"""Everything that the account of catalog statements may read or call, asked without the gateway's rewriting, in two
worlds: a PostgreSQL of nobody else, and one with others' roles, databases, comments, settings and sessions.

Numbers from 16384 on may be OIDs of what the gateway made, from a counter of the whole server, and the order of rows
may be where there was room: both are left out of the comparison.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

import pytest

from tests.catalog_asking import Asking
from tests.security.shared_server import seen, shared, shared_server
from tests.security.worlds import ANA
from tests.system_postgres import databases

FOREIGN = re.compile(r"intruder|meshgate_[0-9a-f]{6}|/tmp|margin|api_key", re.IGNORECASE)
MADE = re.compile(r"(?<!\d)(?:1638[4-9]|1639\d|16[4-9]\d\d|1[7-9]\d{3}|[2-9]\d{4}|\d{6,9})(?!\d)")

RELATIONS = """
SELECT c.oid::regclass FROM pg_class AS c WHERE c.relkind IN ('r', 'v') AND c.relnamespace IN
    ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) ORDER BY 1::text
"""
FUNCTIONS = """
SELECT p.pronamespace::regnamespace || '.' || quote_ident(p.proname), array_to_string(p.proargtypes::regtype[], ', ')
FROM pg_proc AS p WHERE has_function_privilege(p.oid, 'EXECUTE') AND p.prokind = 'f'
ORDER BY 1, 2
"""
CLOCKS = ("now", "clock_timestamp", "statement_timestamp", "transaction_timestamp")
OWN_OIDS = """
SELECT oid FROM pg_class UNION SELECT oid FROM pg_proc UNION SELECT oid FROM pg_type UNION SELECT oid FROM pg_namespace
UNION SELECT oid FROM pg_constraint UNION SELECT oid FROM pg_cast UNION SELECT oid FROM pg_rewrite
UNION SELECT oid FROM pg_trigger UNION SELECT oid FROM pg_attrdef
"""
OTHERS_OIDS = """
SELECT oid FROM pg_authid UNION SELECT oid FROM pg_database UNION SELECT oid FROM pg_tablespace UNION SELECT 4242
ORDER BY 1
"""
NAMES = (
    "intruder_role",
    "USAGE",
    "intruder_database",
    "CONNECT",
    "intruder_space",
    "CREATE",
    "postgres",
    "pg_authid",
)
ARGUMENTS = {
    "oid": (),
    "name": NAMES,
    "text": NAMES,
    "cstring": NAMES,
    "integer": ("1",),
    "smallint": ("1",),
    "boolean": ("true",),
    "xid": ("1",),
    '"char"': ("r", "d", "f"),
    "regclass": ("pg_authid", "pg_database", "sales.orders"),
    "aclitem[]": ("{}",),
}
"""Of each type; of `oid` those of others."""
ROLE_FORMS = (
    "SELECT {0}::oid::regrole",
    "SELECT '{0}'::regrole::oid",
    "SELECT '{0}'::pg_regrole",
    "SELECT ARRAY['{0}'::oid]::pg_regrole[]::text",
    "SELECT '{{{0}}}'::pg_regrole[]",
    "SELECT '{0}=r/{0}'::aclitem",
    "SELECT '{{{0}=r/{0}}}'::aclitem[]",
    'SELECT * FROM json_populate_record(NULL::pg_namespace, \'{{"nspacl": ["{0}=U/{0}"]}}\')',
    "SELECT makeaclitem({0}, {0}, 'SELECT', false)",
    "SELECT acldefault('r', {0})",
    "SELECT (x.o).pg_get_userbyid FROM (SELECT '{0}'::oid AS o) AS x",
    "SELECT to_regrole('{0}')",
    'SELECT * FROM json_to_record(\'{{"a": "{0}"}}\') AS x(a pg_regrole)',
)


class World:
    def __init__(self, asking: Asking) -> None:
        self.asking = asking

    def told(self, text: str) -> list[str]:
        return sorted(MADE.sub("#", self.asking.told(text)).replace(text, "").splitlines())


@pytest.fixture(scope="module")
def worlds() -> tuple[World, World]:
    made = World(Asking(databases(), seen("A", ANA))), World(Asking(shared(), seen("B", ANA)))
    assert all(world.told("SELECT relname FROM pg_class WHERE relname = 'orders'") for world in made)
    return made


def _leaks(worlds: tuple[World, World], texts: Iterable[str]) -> list[tuple[str, str, str]]:
    """Statements whose answers differ or name what is not the principal's, with the first such line of each world."""
    found: list[tuple[str, str, str]] = []
    for text in texts:
        answers = [world.told(text) for world in worlds]
        lines = itertools.zip_longest(*answers, fillvalue="nothing")
        told = re.compile("$^") if "intruder" in text else FOREIGN
        found += [(text, *both) for both in lines if both[0] != both[1] or told.search(both[1])][:1]
    return found


def _others_oids(worlds: tuple[World, World]) -> list[str]:
    """What the OIDs of roles, databases and tablespaces mean must be seen nowhere; one's own may have the same."""
    own = {str(row[0], "utf-8") for world in worlds for row in world.asking.rows(OWN_OIDS) if row[0]}
    return [str(oid) for (oid,) in shared_server().query(OTHERS_OIDS) if str(oid) not in own]


def _arguments(types: Sequence[str], oids: Sequence[str]) -> Iterator[str]:
    """Each value of each type at least once, beside different ones."""
    values = [ARGUMENTS[kind] or oids for kind in types]
    for turn in range(max(map(len, values), default=1)):
        chosen = (each[(turn + place) % len(each)] for place, each in enumerate(values))
        yield ", ".join(f"'{value}'::{kind}" for value, kind in zip(chosen, types, strict=True))


def test_every_relation_reads_the_same(worlds: tuple[World, World]) -> None:
    relations = [str(row[0], "utf-8") for row in worlds[0].asking.rows(RELATIONS) if row[0]]
    assert len(relations) > 200
    texts = [f"SELECT * FROM {name}" for name in relations]
    texts += [
        f"SELECT {column} FROM {name}" for name in relations for column in ("xmin", "xmax", "ctid", "cmin")
    ]
    assert _leaks(worlds, texts) == []


def test_every_function_tells_the_same(worlds: tuple[World, World]) -> None:
    """With others' OIDs and names as arguments, as far as they fit."""
    oids = _others_oids(worlds)
    texts = []
    for name, kinds in worlds[0].asking.rows(FUNCTIONS):
        called, types = str(name, "utf-8"), str(kinds, "utf-8").split(", ") if kinds else []
        if called.split(".")[1] not in CLOCKS and ARGUMENTS.keys() >= set(types):
            texts += [f"SELECT {called}({each})" for each in _arguments(types, oids)]
    assert len(texts) > 1000
    assert _leaks(worlds, texts) == []


@pytest.mark.parametrize("form", ROLE_FORMS)
def test_no_spelling_makes_a_role_of_others_a_name_or_a_name_one(
    worlds: tuple[World, World], form: str
) -> None:
    assert _leaks(worlds, [form.format(value) for value in (*_others_oids(worlds), *NAMES)]) == []
