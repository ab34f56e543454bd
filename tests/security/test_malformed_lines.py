"""Files whose lines and values are malformed: whoever may not see the row or the column is told nothing of it, whoever
sees all rows is told that one cannot be read, and nothing is left out without a word."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from connectors import csv_format, jsonl_format
from gateway.opening import open_mesh
from tests.meshes import ENVIRONMENT
from tests.query.mesh import Told, ask
from tests.security.drivers import texts

CONTRACT = """\
apiVersion: v3.1.0
kind: DataContract
id: sales-{0}
version: 1.0.0
status: active
schema:
  - name: {0}
    {1}properties:
      - {{name: id, logicalType: integer, physicalType: bigint}}
      - {{name: region, logicalType: string, physicalType: text}}
      - {{name: born, logicalType: date, physicalType: date}}
      - {{name: note, logicalType: string, physicalType: text}}
      - {{name: gone, logicalType: timestamp, physicalType: timestamp}}
      - {{name: secret, logicalType: string, physicalType: text}}
"""
PRODUCTS = {
    "items": ("physicalName: lake.items\n    ", None),
    "again": ("", "SELECT id, region, born, note, gone, secret FROM sales.items"),
    "some": (
        "",
        "SELECT id, region, born, note, gone, secret FROM lake.items WHERE region <> 'US' AND note <> 'z'",
    ),
}
FILES = {
    "mesh.toml": 'name = "lines"\n[masks]\nhash_key = "${MESH_HASH_KEY}"\n',
    "principals.yaml": """\
principals:
  ana: {password: ana, groups: [europe], attributes: {region: EU}}
  mia: {password: mia, groups: [europe], attributes: {region: EU}}
  leo: {password: leo, groups: [all]}
  ned: {password: ned, groups: [all]}
  olga: {password: olga, groups: [all]}
""",
    "policies.csv": "",
    "domains/sales/domain.yaml": """\
domain: sales
title: Sales
owner: {team: Sales data, email: sales-data@example.com}
sources: {lake: {connector: files, path: ./lake}}
filters: {own: region = principal.region, live: gone IS NULL, told: "coalesce(note, 'x') <> 'secret'"}
""",
    "domains/sales/policies.csv": """\
p, s1, group:europe, sales, sales.*, select, own, -, -, allow
p, s2, group:all, sales, sales.*, select, *, -, -, allow
p, s3, domain:sales, sales, sales.*, share, *, -, -, allow
p, s4, group:europe, sales, sales.items.secret, select, *, -, -, deny
p, s5, group:europe, sales, sales.again.secret, select, *, -, -, deny
p, s6, group:europe, sales, sales.some.secret, select, *, -, -, deny
p2, s7, user:leo, sales, sales.*, live, -, -
p2, s8, user:ned, sales, sales.*, told, -, -
p3, s9, user:mia, sales, sales.*.note, hash, 1, -, -
""".replace("sales.*.note", "sales.items.note"),
} | {
    f"domains/sales/products/{name}/contract.odcs.yaml": CONTRACT.format(name, physical)
    for name, (physical, _) in PRODUCTS.items()
} | {
    f"domains/sales/products/{name}/{name}.sql": body for name, (_, body) in PRODUCTS.items() if body
}  # fmt: skip

PEOPLE = ("ana", "mia", "leo", "ned", "olga")

STATEMENTS = (
    "select * from sales.items",
    "select count(*) from sales.items",
    "select id from sales.items order by id",
    "select id, note from sales.items where born < '2030-01-01'",
    "select note, count(*), min(born) from sales.items group by note",
    "select count(*) from sales.items as a join sales.items as b on a.id = b.id",
    "select id from sales.items where gone is null and note is not null",
    "select exists (select 1 from sales.items where note is null)",
    "select cast(note as integer) from sales.items",
    "select * from sales.again",
    "select count(*) from sales.again",
    "select * from sales.some",
    "select id from sales.some limit 3",
)

NAMES = ("id", "region", "born", "note", "gone", "secret")
Values = Mapping[str, bytes | None]


def row(number: int, region: bytes = b"EU", **values: bytes | None) -> Values:
    made = {"id": b"%d" % number, "region": region, "born": b"2020-01-01", "note": b"7", "gone": None}
    return {**made, "secret": b"s", **values}


def csv_line(values: Values) -> bytes:
    return b",".join(values[name] or b"" for name in NAMES) + b"\n"


def json_line(values: Values) -> bytes:
    parts = [b'"%s": "%s"' % (name.encode(), values[name]) for name in NAMES if values[name] is not None]
    return b"{" + b", ".join(parts) + b"}\n"


LINES = {
    "csv": {
        "too few fields": b"90,US\n",
        "too many fields": b"90,US,2020-01-01,CANARY,,s,more,and more\n",
        "more after a quote": b'90,US,2020-01-01,"CANARY"y,,s\n',
        "a quote inside": b'90,US,2020-01-01,CANARY"y,,s\n',
        "a quote that is not closed": b'90,US,2020-01-01,"CANARY,,s\n',
        "an empty line": b"\n",
        "a carriage return": b"90,US,2020-01-01,CANARY\rx,,s\n",
        "a long line": b"90,US,2020-01-01," + b"CANARY" * 50_000 + b",,s\n",
        "a long line in quotes": b'90,US,2020-01-01,"' + b"CANARY" * 50_000 + b'",,s\n',
        "noise": b"\x00\xff\xfe\n",
    },
    "jsonl": {
        "not closed": b'{"id": 90, "region": "US"\n',
        "no object": b'["CANARY"]\n',
        "no JSON": b"CANARY\n",
        "an empty line": b"\n",
        "two objects": b'{"id": 90, "region": "US"} {}\n',
        "too deep": b'{"id": 90, "region": "US", "note": ' + b"[" * 100_000 + b"\n",
        "a long line": b'{"id": 90, "region": "US", "note": "' + b"CANARY" * 50_000 + b'"}\n',
        "noise": b"\x00\xff\xfe\n",
    },
}
"""Lines that are no rows."""

VALUES: Mapping[str, Mapping[str, bytes]] = {
    "a note that is not UTF-8": {"note": b"CANARY\xff"},
    "a region that is not UTF-8": {"region": b"U\xffS"},
    "all that is not UTF-8": dict.fromkeys(NAMES, b"\xff"),
    "no number": {"id": b"CANARY"},
    "no date": {"born": b"CANARY"},
    "no time": {"gone": b"CANARY"},
    "a NUL": {"note": b"a\\u0000b", "born": b"\\u0000"},
    "an empty text": {"note": b"", "born": b""},
    "a long value": {"note": b"x" * 200_000},
}
JSON_LINES = {
    "a key twice": b'{"id": "90", "region": "US", "note": "CANARY", "note": "y"}\n',
    "half of a pair": b'{"id": "90", "region": "US", "note": "\\ud800"}\n',
    "a key that is no text": b'{"id": "90", "region": "US", "\\ud800": "y"}\n',
    "a word that is no JSON": b'{"id": "90", "region": "US", "note": NaN}\n',
    "an object and a list": b'{"id": "90", "region": "US", "note": {"canary": 1}, "born": ["canary"]}\n',
    "other keys": b'{"id": "90", "region": "US", "canary": "y", "note": 5}\n',
}
KINDS = {"csv": csv_line, "jsonl": json_line}


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds that are met sooner."""
    monkeypatch.setattr(csv_format, "CHUNK", 1 << 12)
    monkeypatch.setattr(csv_format, "LONGEST_RECORD", 1 << 17)
    monkeypatch.setattr(jsonl_format, "LONGEST_LINE", 1 << 17)


Asking = Callable[[str, str], Told]


@contextmanager
def asking(folder: Path, kind: str, *lines: bytes, more: int = 40) -> Iterator[Asking]:
    """Asks as a principal about a file of these lines among good ones."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    write = KINDS[kind]
    header = b",".join(map(str.encode, NAMES)) + b"\n" if kind == "csv" else write(row(0, gone=b"2020-01-01"))
    good = [write(row(number)) for number in range(1, more)]
    lake = folder / "domains/sales/lake"
    lake.mkdir()
    (lake / f"items.{kind}").write_bytes(b"".join([header, *good[:5], *lines, *good[5:]]))
    with closing(open_mesh(folder, ENVIRONMENT)) as opened:

        def told(name: str, sql: str) -> Told:
            principal = opened.principals.principal(name)
            assert principal is not None
            return ask(opened.mesh, sql, principal).unordered()

        yield told


Alike = Callable[..., None]


@pytest.fixture(scope="module")
def alike(tmp_path_factory: pytest.TempPathFactory) -> Alike:
    """Whether principals are told the same of one line and another, and no text of the other's."""
    known: dict[tuple[str, bytes, str], dict[str, Told]] = {}

    def answers(kind: str, line: bytes, name: str) -> dict[str, Told]:
        if (kind, line, name) not in known:
            with asking(tmp_path_factory.mktemp("mesh"), kind, line) as told:
                known[kind, line, name] = {sql: told(name, sql) for sql in STATEMENTS}
        return known[kind, line, name]

    def compare(kind: str, good: bytes, other: bytes, name: str) -> None:
        found = answers(kind, other, name)
        assert found == answers(kind, good, name)
        for told in found.values():
            assert told.sqlstate != "58030", told
            assert not any("CANARY" in text for text in texts(told))

    return compare


def cases() -> Iterator[object]:
    for kind, write in KINDS.items():
        lines = {name: write(row(90, b"US") | values) for name, values in VALUES.items()}
        for name, line in {**LINES[kind], **lines, **(JSON_LINES if kind == "jsonl" else {})}.items():
            yield pytest.param(kind, line, id=f"{kind}-{name}")


@pytest.mark.parametrize(("kind", "line"), list(cases()))
def test_what_is_hidden_is_not_told_of(alike: Alike, kind: str, line: bytes) -> None:
    """A line of another region, malformed or not: for one who sees one region only."""
    alike(kind, KINDS[kind](row(90, b"US")), line, "ana")


@pytest.mark.parametrize("kind", KINDS)
def test_nor_to_one_who_gets_it_hashed(alike: Alike, kind: str) -> None:
    alike(kind, KINDS[kind](row(90, b"US")), KINDS[kind](row(90, b"US", note=b"\xff")), "mia")


@pytest.mark.parametrize(
    ("kind", "line"),
    [pytest.param(kind, line, id=f"{kind}-{name}") for kind in LINES for name, line in LINES[kind].items()],
)
def test_a_line_that_is_no_row_fails_whoever_sees_all(tmp_path: Path, kind: str, line: bytes) -> None:
    with asking(tmp_path, kind, line) as told:
        for name in PRODUCTS:
            for what in ("*", "count(*)"):
                assert told("olga", f"select {what} from sales.{name}").sqlstate == "58030"


@pytest.mark.parametrize("kind", KINDS)
def test_a_value_that_is_none_fails_whoever_sees_it(tmp_path: Path, kind: str) -> None:
    with asking(tmp_path, kind, KINDS[kind](row(90, note=b"\xff"))) as told:
        for name in ("ana", "olga"):
            assert told(name, "select note from sales.items").sqlstate == "58030"
            assert told(name, "select * from sales.again").sqlstate == "58030"
            assert told(
                name, "select count(*) from sales.items where region = 'EU' and gone is null"
            ).rows == ("(40,)",)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "secret", [b"\xff", b"", b"CANARY", b"\xff" * 10_000], ids=["bytes", "none", "text", "long"]
)
def test_a_hidden_column_is_not_told_of(alike: Alike, kind: str, secret: bytes) -> None:
    """Of rows that are seen."""
    alike(kind, KINDS[kind](row(90)), KINDS[kind](row(90, secret=secret)), "ana")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("gone", [b"CANARY", b"\xff", b"2020-13-01"])
def test_a_filter_lets_nothing_through_that_it_cannot_judge(alike: Alike, kind: str, gone: bytes) -> None:
    """`gone IS NULL`: what cannot be read is something."""
    alike(kind, KINDS[kind](row(90, gone=b"2020-01-01")), KINDS[kind](row(90, gone=gone)), "leo")


@pytest.mark.parametrize("kind", KINDS)
def test_a_filter_does_not_take_for_missing_what_it_cannot_read(alike: Alike, kind: str) -> None:
    """`coalesce(note, 'x') <> 'secret'`."""
    alike(kind, KINDS[kind](row(90, note=b"secret")), KINDS[kind](row(90, note=b"\xff")), "ned")


@pytest.mark.parametrize("kind", KINDS)
def test_good_lines_among_malformed_ones_are_all_there(tmp_path: Path, kind: str) -> None:
    bad = LINES[kind].values()
    with asking(tmp_path, kind, *bad, *bad, more=3_000) as told:
        found = set(told("ana", "select id from sales.items").rows)
        assert found >= {f"({number},)" for number in range(1, 3_000)}
