"""`meshgate policy test`: verdicts, coverage and mutations, each against a second way to find out."""

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway import asking
from gateway.audit import records
from gateway.cli import main
from tests.meshes import ENVIRONMENT, FILES, write_mesh

TESTS = "domains/sales/policy_tests.yaml"
POLICIES = "domains/sales/policies.csv"
CASES = """\
tests:
  - id: europe
    principal: ana
    statement: SELECT order_id, amount, ordered_on FROM sales.orders
    expect:
      rows: [[1, 10.50, 2024-03-01]]
      columns: {order_id: bigint, amount: "DECIMAL(12,2)", ordered_on: date}
      masks: {}
  - id: no-note
    principal: ana
    statement: SELECT note FROM sales.orders
    expect: {refusal: 42703}
  - id: audit
    principal: felix
    purpose: audit
    statement: SELECT name, email FROM sales.customers ORDER BY email
    expect: {count: 2, masks: {name: hash, customers.email: email}}
  - id: outsider
    principal: {groups: [strangers], attributes: {region: EU}}
    statement: SELECT order_id FROM sales.orders
    expect: {refusal: {sqlstate: 42501, message: ask sales-data@example.com}}
  - id: over-http
    principal: felix
    purpose: billing
    endpoint: http
    statement: SELECT region, order_id FROM sales.orders ORDER BY order_id DESC
    expect: {rows: [[US, 2], [EU, 1]]}
"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def mesh_with(folder: Path, tests: str, changes: Mapping[str, str] | None = None) -> str:
    return str(write_mesh(folder, {TESTS: tests, **(changes or {})}))


def report(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object]]:
    status = main(["policy", "test", *arguments, "--format", "json"])
    shown = capsys.readouterr()
    assert status == 2 or shown.err == "", "no progress in a pipe"
    return status, json.loads(shown.out) if status != 2 else {"error": shown.err}


def test_all_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = report(capsys, mesh_with(tmp_path, CASES))
    assert (status, found["passes"]) == (0, True)
    assert [one["name"] for one in found["tests"]] == [  # type: ignore[attr-defined]
        "sales/europe", "sales/no-note", "sales/audit", "sales/outsider", "sales/over-http",
    ]  # fmt: skip


WRONG = {
    "another value": ("10.50", "10.51", "rows"),
    "a date": ("2024-03-01]", "2024-03-02]", "rows"),
    "a row too many": ("2024-03-01]]", "2024-03-01], [2, 20, 2024-03-02]]", "rows"),
    "another order": ("[[US, 2], [EU, 1]]", "[[EU, 1], [US, 2]]", "rows"),
    "a text for a number": ("rows: [[US, 2]", "rows: [[US, two]", "rows"),
    "another type": ("order_id: bigint", "order_id: integer", "columns"),
    "a column too many": ("ordered_on: date", "ordered_on: date, region: text", "columns"),
    "a column's name": ("ordered_on: date", "ordered_at: date", "columns"),
    "another count": ("count: 2", "count: 3", "count"),
    "another mask": ("name: hash", "name: redact", "masks"),
    "a mask that is not there": ("masks: {}", "masks: {amount: redact}", "masks"),
    "a mask too few": ("name: hash, ", "", "masks"),
    "another SQLSTATE": ("refusal: 42703", "refusal: 42501", "refusal"),
    "another message": ("ask sales-data", "ask shipping-data", "refusal"),
    "an answer instead of a refusal": ("SELECT note", "SELECT region", "refusal"),
    "a refusal instead of an answer": ("SELECT name, email", "SELECT nam, email", "refusal"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_as_expected_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    old, new, key = WRONG[name]
    assert CASES.count(old) == 1
    status, found = report(capsys, mesh_with(tmp_path, CASES.replace(old, new)))
    failing = [one for one in found["tests"] if not one["passes"]]  # type: ignore[attr-defined]
    assert status == 1
    assert len(failing) == 1
    assert key in [difference["key"] for difference in failing[0]["differences"]]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[1, 10.50, 2024-03-01]", '["1", "10.5", "2024-03-01"]'),
        ("order_id DESC", "order_id DESC, region"),
        ("[[US, 2], [EU, 1]]", "[[US, 2.0], [EU, 1]]"),
        (" ORDER BY order_id DESC", ""),
        ("name: hash, customers.email", "sales.customers.name: hash, email"),
        ("masks: {}", "masks: {amount: none}"),
    ],
)  # fmt: skip
def test_other_ways_to_say_the_same_pass(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> None:
    assert CASES.count(old) == 1
    assert report(capsys, mesh_with(tmp_path, CASES.replace(old, new)))[0] == 0


def test_a_failing_test_shows_what_is_missing_and_what_is_too_much(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mesh = mesh_with(tmp_path, CASES.replace("[EU, 1]]", "[UK, 3]]"))
    assert main(["policy", "test", mesh]) == 1
    shown = capsys.readouterr().out
    assert "FAIL  sales/over-http\n      domains/sales/policy_tests.yaml: tests.over-http\n" in shown
    assert '        expected 1 missing\n          ["UK", 3]\n' in shown
    assert '        actual   1 not expected\n          ["EU", 1]\n' in shown
    assert "\n4 of 5 tests pass\n" in shown


def test_every_run_is_on_record_under_the_accounts_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(capsys, mesh_with(tmp_path, CASES), "--mutate")
    written = list(records(tmp_path / "state" / "audit"))
    assert {record.endpoint for record in written} == {"cli"}
    assert all(", policy test sales/" in record.client for record in written)
    assert any(
        record.client.endswith("mutation of sales-4: drop the row filter not_deleted") for record in written
    )
    assert {record.principal for record in written} == {"ana", "felix", "policy-test"}


def test_one_case_and_one_domain(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = {"policy_tests.yaml": CASES.replace("id: europe", "id: everywhere")}
    mesh = mesh_with(tmp_path, CASES, more)
    _, found = report(capsys, mesh, "--case", "sales/europe", "--case", "everywhere")
    assert [one["name"] for one in found["tests"]] == ["sales/europe", "everywhere"]  # type: ignore[attr-defined]
    assert found["unexercised"] is None
    _, found = report(capsys, mesh, "--domain", "sales")
    assert len(found["tests"]) == 5  # type: ignore[arg-type]
    assert found["rules"] == sum(line.startswith(("p", "g")) for line in FILES[POLICIES].splitlines())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--case", "europa"], "--case: there is no case 'europa'"),
        (["--domain", "sale"], "--domain: domain 'sale' does not exist, did you mean 'sales'?"),
        (["--domain", "shipping"], "domains/shipping/policy_tests.yaml: there are no policy tests: write some"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    status, found = report(capsys, mesh_with(tmp_path, CASES), *arguments)
    assert status == 2
    assert said in str(found["error"])


# --- coverage and mutations ------------------------------------------------------------------------------


def test_lines_that_no_case_needs_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, found = report(capsys, mesh_with(tmp_path, CASES))
    listed = {(one["id"], one["place"]) for one in found["unexercised"]}  # type: ignore[attr-defined]
    assert listed == {
        ("sales-7", f"{POLICIES}:8"),
        ("marketing-1", "domains/marketing/policies.csv:1"),
        ("shipping-1", "domains/shipping/policies.csv:1"),
        ("shipping-2", "domains/shipping/policies.csv:2"),
    }


def without(line: str) -> dict[str, str]:
    """The mesh with one protection less, as somebody would write it in the file."""
    text = FILES[POLICIES if line.startswith("sales") else "policies.csv"]
    (old,) = [one for one in text.splitlines() if f" {line}," in one]
    new = "#" if not old.startswith("p,") or old.endswith("deny") else None
    if new is None:
        new = old.replace("own_region", "*").replace("purpose=audit|billing", "-")
    return {POLICIES if line.startswith("sales") else "policies.csv": text.replace(old, new)}


def test_a_mutation_is_noticed_exactly_if_the_tests_fail_with_the_changed_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, found = report(capsys, mesh_with(tmp_path / "mesh", CASES), "--mutate")
    mutations = {one["id"]: one["noticed"] for one in found["mutations"]}  # type: ignore[attr-defined]
    assert mutations.keys() == {"mesh-1", "mesh-2", "sales-1", "sales-2", "sales-3", "sales-4", "sales-5"}
    for rule, noticed in mutations.items():
        status, _ = report(capsys, mesh_with(tmp_path / rule, CASES, without(rule)))
        assert (status == 1) == (noticed is not None), rule


def test_what_no_test_notices_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["policy", "test", mesh_with(tmp_path, CASES), "--mutate"])
    shown = capsys.readouterr().out
    assert (
        f"  {POLICIES}:3: sales-2: drop the condition purpose=audit|billing (allow role:sales.finance"
        in shown
    )
    assert "sales-4: drop" not in shown


def test_what_a_product_reads_with_its_domains_rights_is_mutated_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Felix has no regions, so the rows of the share to shipping hide every order from him."""
    case = """\
tests:
  - id: delays
    principal: felix
    statement: SELECT order_id FROM shipping.delays
    expect: {count: 0}
"""
    _, found = report(capsys, mesh_with(tmp_path, case), "--mutate")
    noticed = {one["id"]: one["noticed"] for one in found["mutations"]}  # type: ignore[attr-defined]
    assert noticed["sales-7"] == "sales/delays"
    assert noticed["sales-4"] is None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_it_says_how_far_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    mesh = mesh_with(tmp_path, CASES)
    with monkeypatch.context() as patch:
        patch.setattr(asking, "QUIET_SECONDS", 0)
        patch.setattr(sys, "stderr", terminal)
        assert main(["policy", "test", mesh, "--mutate"]) == 0
    shown = terminal.getvalue()
    assert "\r\x1b[K4 of 5 tests, " in shown
    assert "\r\x1b[K6 of 7 mutations, " in shown
    assert shown.endswith("\r\x1b[K")


def test_mutations_are_gone_afterwards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mesh = mesh_with(tmp_path, CASES)
    before = {path: path.read_bytes() for path in Path(mesh).rglob("*.csv")}
    report(capsys, mesh, "--mutate")
    assert {path: path.read_bytes() for path in Path(mesh).rglob("*.csv")} == before
    assert report(capsys, mesh)[0] == 0
