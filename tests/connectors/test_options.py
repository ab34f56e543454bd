"""Sources that are configured wrongly say so, by key, and keep their secrets."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from connectors import CONNECTORS, connector, connector_class
from connectors.options import OptionError


@pytest.mark.parametrize("kind", sorted(CONNECTORS))
def test_every_connector_of_the_table_declares_its_options(kind: str) -> None:
    options = connector_class(kind).OPTIONS
    assert options
    assert all(option.help for option in options)


@pytest.mark.parametrize(
    ("kind", "options", "key", "problem"),
    [
        ("postgrs", {}, "connector", "unknown connector 'postgrs', did you mean 'postgres'?"),
        ("memory", {}, "connector", "unknown connector 'memory', known: files, postgres, sqlite"),
        ("postgres", {"uri": "x", "schem": "s"}, "schem", "unknown key, did you mean 'schema'?"),
        ("sqlite", {"path": "x", "qqq": 1}, "qqq", "unknown key, known: busy_timeout, path"),
        ("postgres", {}, "uri", "missing: postgresql://user:password@host:port/database"),
        ("postgres", {"uri": "x", "pool": "4"}, "pool", "expected a whole number above 0"),
        ("postgres", {"uri": "x", "pool": 0}, "pool", "expected a whole number above 0"),
        ("postgres", {"uri": "x", "pool": True}, "pool", "expected a whole number above 0"),
        ("postgres", {"uri": ["s3cret"]}, "uri", "expected a text"),
        ("files", {"path": ""}, "path", "expected a path"),
        ("files", {"path": "x", "json": "t.a, b"}, "json", "expected table.column, with commas between"),
        ("sqlite", {"path": "x", "busy_timeout": -1}, "busy_timeout", "expected a number above 0"),
    ],
)
def test_wrong_options_are_named(kind: str, options: Mapping[str, object], key: str, problem: str) -> None:
    with pytest.raises(OptionError) as caught:
        connector(kind, options, Path("/nowhere"))
    assert caught.value.key == key
    assert caught.value.problem.startswith(problem)
    assert "s3cret" not in str(caught.value)


def test_paths_are_relative_to_the_folder(tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    (tmp_path / "lake" / "t.csv").write_text("a\n1\n")
    assert ("t",) in connector("files", {"path": "./lake"}, tmp_path).tables()
    assert ("t",) in connector("files", {"path": str(tmp_path / "lake")}, Path("/nowhere")).tables()


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("postgres", {"uri": "postgresql://nobody@127.0.0.1:1/x"}),
        ("sqlite", {"path": "x"}),
        ("files", {"path": "x"}),
    ],
)
def test_making_a_connector_touches_nothing(kind: str, options: Mapping[str, object]) -> None:
    connector(kind, options, Path("/nowhere")).close()
