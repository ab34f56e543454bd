"""What policy_tests.yaml may say, and the line that says what is wrong with it."""

from pathlib import Path

import pytest

from gateway.cli import main
from gateway.policy_tests import read_cases
from gateway.settings import read_settings
from policies.principal import Principal
from tests.meshes import ENVIRONMENT, write_mesh

SALES = "domains/sales/policy_tests.yaml"
PRINCIPALS = {"ana": Principal("ana", frozenset({"shipping-team"}))}
GOOD = "id: one\n    principal: ana\n    statement: SELECT 1\n    expect: {count: 1}"


def problems(folder: Path, case: str, file: str = SALES) -> tuple[str, ...]:
    path = folder / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"tests:\n  - {case}\n")
    settings, _ = read_settings(folder, ENVIRONMENT)
    return read_cases(settings, PRINCIPALS)[1]


def test_a_good_case_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == ()


MISTAKES = {
    "a misspelt key": (
        GOOD.replace("statement", "statment"),
        [
            f"{SALES}: tests.one.statment: unknown key, did you mean 'statement'?",
        ],
    ),
    "a misspelt expectation": (
        GOOD.replace("{count: 1}", "{count: 1, coluns: [a]}"),
        [f"{SALES}: tests.one.expect.coluns: unknown key, did you mean 'columns'?"],
    ),
    "nothing expected": (
        GOOD.replace("{count: 1}", "{}"),
        [f"{SALES}: tests.one.expect: must say at least one of rows, count, columns, masks, refusal"],
    ),
    "an unknown principal": (
        GOOD.replace("ana", "anna"),
        [f"{SALES}: tests.one.principal: principal 'anna' does not exist, did you mean 'ana'?"],
    ),
    "an inline principal with the name of a real one": (
        GOOD.replace("principal: ana", "principal: {name: ana, groups: [finance]}"),
        [
            f"{SALES}: tests.one.principal.name: 'ana' is in principals.yaml already: write principal: ana, or "
            "another name here"
        ],
    ),
    "a misspelt key of an inline principal": (
        GOOD.replace("principal: ana", "principal: {grops: [finance]}"),
        [f"{SALES}: tests.one.principal.grops: unknown key, did you mean 'groups'?"],
    ),
    "an unknown endpoint": (
        GOOD.replace("expect", "endpoint: htp\n    expect"),
        [f"{SALES}: tests.one.endpoint: unknown endpoint 'htp', did you mean 'http'?"],
    ),
    "rows that are no rows": (
        GOOD.replace("{count: 1}", "{rows: [1, 2]}"),
        [
            f"{SALES}: tests.one.expect.rows: must be a list of rows, each a list of values: [[EU, 12.50], [US, null]]"
        ],
    ),
    "no SQLSTATE": (
        GOOD.replace("{count: 1}", "{refusal: denied}"),
        [
            f"{SALES}: tests.one.expect.refusal: must be an SQLSTATE of five characters, such as 42501, not 'denied'"
        ],
    ),
    "a refusal with rows": (
        GOOD.replace("{count: 1}", "{refusal: 42501, count: 1}"),
        [f"{SALES}: tests.one.expect.refusal: a refused statement has no answer: leave the other keys out"],
    ),
    "a negative count": (
        GOOD.replace("{count: 1}", "{count: -1}"),
        [f"{SALES}: tests.one.expect.count: must be a whole number, 0 or more, not -1"],
    ),
    "an id that stands twice": (
        f"{GOOD}\n  - {GOOD}",
        [f"{SALES}: tests.one.id: another case has this id: choose another"],
    ),
    "a case without an id": (
        GOOD.replace("id: one", "title: one"),
        [f"{SALES}: tests.1.id: is missing"],
    ),
    "no case": ("7", [f"{SALES}: tests.1: must be a mapping of keys to values"]),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_said(tmp_path: Path, name: str) -> None:
    case, expected = MISTAKES[name]
    found = problems(tmp_path, case)
    assert all(line in found for line in expected), found


def test_ids_of_different_files_are_apart(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == ()
    assert problems(tmp_path, GOOD, "policy_tests.yaml") == ()
    settings, _ = read_settings(tmp_path, ENVIRONMENT)
    assert [case.name for case in read_cases(settings, PRINCIPALS)[0]] == ["one", "sales/one"]


def test_check_reads_the_tests_with_everything_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MESH_HASH_KEY", ENVIRONMENT["MESH_HASH_KEY"])
    mesh = write_mesh(
        tmp_path / "mesh",
        {
            SALES: f"tests:\n  - {GOOD.replace('ana', 'anna')}\n",
            "domains/shipping/policy_test.yaml": "tests: []\n",
            "policies.csv": "p3, mesh-1, role:any, *, tag:pii, hsh, 10, -, -\n",
        },
    )
    assert main(["check", str(mesh)]) == 1
    said = capsys.readouterr().err
    assert f"{SALES}: tests.one.principal: principal 'anna' does not exist, did you mean 'ana'?" in said
    assert (
        "domains/shipping/policy_test.yaml: this file is not read, did you mean 'policy_tests.yaml'?" in said
    )
    assert "policies.csv:1: the mesh has no mask 'hsh', did you mean 'hash'?" in said
