"""`meshgate policy replay` against what the statements really give under the new folder."""

import json
from pathlib import Path

import pytest

from gateway.cli import main
from tests.meshes import ENVIRONMENT, write_mesh
from tests.policy.changes import CHANGES, answers


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def replay(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, object]]:
    status = main(["policy", "replay", *map(str, arguments), "--format", "json"])
    return status, json.loads(capsys.readouterr().out)


def listed(found: dict[str, object]) -> set[tuple[str, str | None, str]]:
    changes = found["changes"]
    assert isinstance(changes, list)
    return {(one["principal"], one["purpose"], one["statement"].rpartition(" ")[2]) for one in changes}


@pytest.mark.parametrize(
    "name", ["nothing", "no restrictive filter", "no deny", "no mask", "a role more", "one purpose less"]
)
def test_records_alone_show_what_rules_and_columns_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    old, new = write_mesh(tmp_path / "old"), write_mesh(tmp_path / "new", CHANGES[name])
    before = answers(old)
    _, found = replay(capsys, new, "--audit", old / "state" / "audit")
    after = answers(new)
    assert {key for key, answer in before.items() if answer != after[key]} <= listed(found)
    assert (name == "nothing") == (not found["changes"])
    assert "compared with what the records say" in " ".join(found["notes"])  # type: ignore[arg-type]


def test_equal_statements_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = write_mesh(tmp_path / "old"), write_mesh(tmp_path / "new", CHANGES["no deny"])
    for statement in ["SELECT note FROM sales.orders"] * 3 + ["SELECT region FROM sales.orders"]:
        main(["query", str(old), statement, "--as", "ana"])
    main(["explain", str(old), "SELECT region FROM sales.orders", "--as", "ana"])
    capsys.readouterr()
    assert main(["policy", "replay", str(new), "--audit", str(old)]) == 1
    shown = capsys.readouterr().out
    assert "ana, via cli: 3 times, last " in shown
    assert (
        '  SELECT note FROM sales.orders\n    refused no longer 42703: column "note" does not exist' in shown
    )
    assert "1 of 2 statements (3 of 4 accesses) would be answered otherwise" in shown
    assert "note: left out: 1 of EXPLAIN" in shown
    assert "note: attributes and purposes are those of principals.yaml now" in shown


def test_statements_with_parameters_and_of_principals_who_are_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = write_mesh(tmp_path / "old"), write_mesh(tmp_path / "new")
    main(["query", str(old), "SELECT carrier FROM shipping.parcels", "--as", "olga"])
    text = (new / "principals.yaml").read_text()
    (new / "principals.yaml").write_text(text[: text.index("  olga:")])
    capsys.readouterr()
    main(["policy", "replay", str(new), "--audit", str(old)])
    assert "refused now principals.yaml has no principal olga" in capsys.readouterr().out


def test_only_the_last_days_are_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mesh = write_mesh(tmp_path / "mesh")
    answers(mesh)
    (journal,) = (mesh / "state" / "audit").glob("*.jsonl")
    lines = journal.read_text().splitlines()
    old = [
        json.dumps({**json.loads(line), "time": "2020-01-01T00:00:00.000000+00:00"}) for line in lines[:-4]
    ]
    journal.write_text("\n".join([*old, *lines[-4:]]) + "\n")
    _, found = replay(capsys, mesh, "--days", "1")
    everything = replay(capsys, mesh, "--days", "9999")[1]
    assert found["accesses"] == len({json.loads(line)["id"] for line in lines[-4:]})
    assert everything["accesses"] == len({json.loads(line)["id"] for line in lines})


def test_a_damaged_journal_is_an_error_that_names_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mesh = write_mesh(tmp_path / "mesh")
    answers(mesh)
    (journal,) = (mesh / "state" / "audit").glob("*.jsonl")
    lines = journal.read_text().splitlines()
    journal.write_text("\n".join([*lines[:3], lines[3][:40], *lines[4:]]) + "\n")
    capsys.readouterr()
    assert main(["policy", "replay", str(mesh)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert f"{journal}: line 4: not an audit record" in shown.err


def test_no_journal_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "replay", str(write_mesh(tmp_path / "mesh"))]) == 2
    assert "there is no journal" in capsys.readouterr().err
