"""The command line as people and scripts use it: output, exit status, audit."""

import csv
import io
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pytest

from gateway.audit import AuditRecord, records
from gateway.cli import main
from tests.commands import COMMAND
from tests.meshes import ENVIRONMENT, edited, write_mesh

ORDERS = "SELECT order_id, region, amount, ordered_on FROM sales.orders ORDER BY order_id"
SLOW = "SELECT count(*) FROM range(6000000) AS a(i) WHERE md5(md5(i::text)) LIKE '%7777%'"
"""Some seconds: more than that no statement may cost."""
HALF_WAY = (
    "SELECT CASE WHEN i = 150000 THEN CAST('x' || i AS BIGINT) ELSE i END AS v FROM range(200000) AS t(i)"
)
"""Thousands of good rows, then one that fails."""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def mesh(tmp_path: Path) -> Path:
    return write_mesh(tmp_path / "mesh")


def journal(mesh: Path) -> list[AuditRecord]:
    return list(records(mesh / "state" / "audit"))


# --- usage -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["query", "mesh"],
        ["query", "mesh", "select 1"],
        ["query", "mesh", "select 1", "--as", "ana", "--format", "xml"],
        ["query", "mesh", "select 1", "--as", "ana", "--form", "csv"],
        ["demo", "--scale", "0"],
        ["demo", "--scale", "many"],
        ["audit"],
        ["audit", "tail", "mesh", "-n", "-1"],
        ["serve"],
        ["policy"],
        ["policy", "test"],
        ["policy", "test", "mesh", "--mutat"],
        ["policy", "diff", "mesh"],
        ["policy", "replay", "mesh", "--days", "0"],
        ["policy", "replay", "mesh", "--days", "nan"],
    ],
)
def test_wrong_usage_is_status_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "usage: meshgate" in shown.err


@pytest.mark.parametrize(
    "command",
    [
        *("demo", "serve", "check", "query", "explain", "audit", "audit tail", "password"),
        *("policy", "policy test", "policy diff", "policy replay"),
    ],
)
def test_help_is_complete(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([*command.split(), "--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    assert f"usage: meshgate {command}" in shown
    assert "examples:\n  meshgate " in shown


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    assert capsys.readouterr().out == "meshgate 0.1.0\n"


def test_a_folder_without_a_mesh_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", str(tmp_path), "select 1", "--as", "ana"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "mesh.toml: there is no such file" in shown.err
    assert list(tmp_path.iterdir()) == []


# --- query -----------------------------------------------------------------------------------------------


def test_each_format_shows_what_the_principal_may_see(
    mesh: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    outputs = {}
    for form in ("table", "csv", "json", "arrow"):
        assert main(["query", str(mesh), ORDERS, "--as", "ana", "--format", form]) == 0
        outputs[form] = capsysbinary.readouterr().out
    assert outputs["table"].decode().splitlines() == [
        " order_id | region | amount | ordered_on",
        "----------+--------+--------+------------",
        "        1 | EU     |  10.50 | 2024-03-01",
        "(1 row)",
    ]
    assert outputs["csv"] == b"order_id,region,amount,ordered_on\r\n1,EU,10.50,2024-03-01\r\n"
    assert json.loads(outputs["json"]) == [
        {"order_id": 1, "region": "EU", "amount": "10.50", "ordered_on": "2024-03-01"}
    ]
    assert pa.ipc.open_stream(outputs["arrow"]).read_all().num_rows == 1


def test_a_purpose_opens_what_it_is_for(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["query", str(mesh), ORDERS, "--as", "felix", "--format", "json"]
    assert main(arguments) == 1
    assert capsys.readouterr().out == ""
    assert main([*arguments, "--purpose", "audit"]) == 0
    assert [row["region"] for row in json.loads(capsys.readouterr().out)] == ["EU", "US"]
    assert main([*arguments, "--purpose", "curiosity"]) == 1
    assert "42501" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("sql", "sqlstate"),
    [
        ("SELECT", "42601"),
        ("SELECT * FROM sales.nothing", "42P01"),
        ("SELECT nothing FROM sales.orders", "42703"),
        ("SELECT note FROM sales.orders", "42703"),
        ("SELECT * FROM sales.customers", "42501"),
        ("DROP TABLE sales.orders", "25006"),
    ],
)
def test_a_refusal_is_status_1_with_nothing_on_stdout_and_a_record(
    mesh: Path, sql: str, sqlstate: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["query", str(mesh), sql, "--as", "ana"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith(f"{sqlstate}: ")
    (record,) = journal(mesh)
    assert (record.outcome, record.sqlstate, record.statement) == ("refused", sqlstate, sql)


def test_an_answer_is_on_record_before_and_after(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", str(mesh), ORDERS, "--as", "ana", "--purpose", "delay-analysis"]) == 0
    started, done = journal(mesh)
    assert (started.outcome, done.outcome) == ("started", "done")
    assert started.id == done.id
    assert (done.principal, done.endpoint, done.purpose) == ("ana", "cli", "delay-analysis")
    assert done.client
    assert done.rows == 1


def test_an_unknown_principal_is_an_error_in_clear_words(
    mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["query", str(mesh), ORDERS, "--as", "nobody"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "no principal 'nobody'" in shown.err


@pytest.mark.parametrize("form", ["table", "csv", "json", "arrow"])
def test_an_error_half_way_leaves_nothing_behind(
    mesh: Path, tmp_path: Path, form: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    arguments = ["query", str(mesh), HALF_WAY, "--as", "ana", "--format", form]
    assert main(arguments) == 1
    shown = capsysbinary.readouterr()
    assert shown.out == b""
    assert shown.err.startswith(b"22P02: ")
    target = tmp_path / "answer"
    target.write_text("what was there")
    assert main([*arguments, "--output", str(target)]) == 1
    assert target.read_text() == "what was there"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["answer"]
    assert journal(mesh)[-1].outcome == "failed"


def test_output_goes_to_a_file(mesh: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "orders.csv"
    arguments = ["query", str(mesh), ORDERS, "--as", "ana", "--format", "csv", "--output", str(target)]
    assert main(arguments) == 0
    assert capsys.readouterr().out == ""
    target.chmod(0o640)
    assert main(arguments) == 0
    with target.open(newline="") as file:
        assert list(csv.reader(file))[1] == ["1", "EU", "10.50", "2024-03-01"]
    assert target.stat().st_mode & 0o777 == 0o640


def test_output_may_be_a_device(mesh: Path) -> None:
    assert main(["query", str(mesh), ORDERS, "--as", "ana", "--output", os.devnull]) == 0
    assert not Path(os.devnull).is_file()


def test_a_file_that_cannot_be_written_is_status_1(
    mesh: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "absent" / "orders.csv"
    assert main(["query", str(mesh), ORDERS, "--as", "ana", "--output", str(target)]) == 1
    assert "No such file" in capsys.readouterr().err


def test_a_reader_that_goes_away_makes_no_noise(mesh: Path) -> None:
    sql = "SELECT i FROM range(300000) AS t(i)"
    command = [*COMMAND, "query", str(mesh), sql, "--as", "ana", "--format", "csv"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"i\r\n"
    process.stdout.close()
    noise = process.stderr.read()
    process.stderr.close()
    assert process.wait(30) == 1
    assert noise == b""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_cancels(mesh: Path, number: signal.Signals) -> None:
    command = [*COMMAND, "query", str(mesh), SLOW, "--as", "ana"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 30
        while not journal(mesh) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        sent = time.monotonic()
        out, err = process.communicate(timeout=30)
    assert time.monotonic() - sent < 5
    assert (process.returncode, out) == (1, b"")
    assert err.decode() == "57014: the statement was cancelled\n"
    assert [record.outcome for record in journal(mesh)] == ["started", "cancelled"]


def test_an_unwritable_audit_folder_refuses(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (mesh / "state").mkdir()
    (mesh / "state" / "audit").write_text("a file where the folder should be")
    assert main(["query", str(mesh), ORDERS, "--as", "ana"]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("mesh.toml: audit.directory: ")


# --- explain, check, audit -------------------------------------------------------------------------------


def test_explain_shows_rules_and_source_queries_and_is_on_record(
    mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["explain", str(mesh), ORDERS, "--as", "ana"]
    assert main(arguments) == 0
    text = capsys.readouterr().out
    assert "sales-1" in text
    assert "own_region" in text
    assert main([*arguments, "--format", "json"]) == 0
    assert {"relations", "sources", "engine"} <= set(json.loads(capsys.readouterr().out))
    assert [record.endpoint for record in journal(mesh)] == ["cli", "cli"]
    assert main([*arguments, "--format", "json", "--analyze"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["actual"]["rows"] > 0
    assert {record.statement for record in journal(mesh)} == {ORDERS, f"EXPLAIN {ORDERS}"}
    assert main(["explain", str(mesh), "SELECT note FROM sales.orders", "--as", "ana"]) == 1
    assert capsys.readouterr().err.startswith("42703: ")


def test_check_is_silent_about_a_good_mesh_and_writes_nothing(
    mesh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(mesh)]) == 0
    assert "nothing is wrong" in capsys.readouterr().out
    assert not (mesh / "state").exists()


def test_check_says_all_that_is_wrong_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mesh = write_mesh(
        tmp_path / "mesh",
        {
            **edited("mesh.toml", "seconds = 20", "second = 20"),
            **edited("principals.yaml", "groups: [finance]", "group: [finance]"),
            **edited("domains/marketing/domain.yaml", "owner:", "owners:"),
        },
    )
    assert main(["check", str(mesh)]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    lines = shown.err.splitlines()
    assert "mesh.toml: limits.second: unknown key, did you mean 'seconds'?" in lines
    assert any(line.startswith("principals.yaml: principals.felix.group: unknown key") for line in lines)
    assert any(line.startswith("domains/marketing/domain.yaml: owners: unknown key") for line in lines)
    assert not (mesh / "state").exists()


def test_audit_tail_shows_the_newest_accesses(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["query", str(mesh), ORDERS, "--as", "ana"])
    main(["query", str(mesh), "SELECT\n  'x\x1b[2J' FROM sales.nothing", "--as", "olga"])
    capsys.readouterr()
    assert main(["audit", "tail", str(mesh)]) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert "done" in first
    assert "ana" in first
    assert "1 rows" in first
    assert "refused" in second
    assert "42P01" in second
    assert "\x1b" not in second
    assert main(["audit", "tail", str(mesh), "-n", "1", "--format", "json"]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["principal"] == "olga"


def test_audit_tail_of_an_empty_journal_is_empty(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "tail", str(mesh)]) == 0
    assert capsys.readouterr().out == ""


@contextmanager
def following(mesh: Path) -> Iterator["subprocess.Popen[bytes]"]:
    command = [*COMMAND, "audit", "tail", str(mesh), "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def test_audit_tail_follows_until_interrupted(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["query", str(mesh), ORDERS, "--as", "ana"])
    with following(mesh) as process:
        assert process.stdout is not None
        assert b"ana" in process.stdout.readline()
        main(["query", str(mesh), ORDERS, "--as", "olga"])
        assert b"olga" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0


def test_the_json_of_two_same_names_keeps_both(mesh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sql = "SELECT count(*), count(region) FROM sales.orders"
    assert main(["query", str(mesh), sql, "--as", "ana", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"count": 1, "count_1": 1}]
    assert main(["query", str(mesh), sql, "--as", "ana", "--format", "csv"]) == 0
    assert next(csv.reader(io.StringIO(capsys.readouterr().out))) == ["count", "count"]
