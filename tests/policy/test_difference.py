"""`meshgate policy diff` against what everybody really gets under both folders."""

import shutil
from pathlib import Path

import pytest

from gateway.cli import main
from tests.meshes import ENVIRONMENT, added, edited, write_mesh
from tests.policy.changes import CHANGES, SALES


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def test_what_has_no_effect_is_no_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = write_mesh(tmp_path / "old")
    for name in ("nothing", "a comment", "another id", "a filter with another name"):
        new = write_mesh(tmp_path / name, CHANGES[name])
        assert main(["policy", "diff", str(old), str(new)]) == 0
        assert capsys.readouterr().out == "nobody would see anything else\n"


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (
            "another filter",
            [
                "sales.orders",
                "  ana, group:shipping-team, role:sales.analyst",
                "    rows    order_id, customer_id, region, amount, ordered_on, deleted_at: own_region: region = "
                "principal.region -> my_regions: region IN principal.regions",
            ],
        ),
        (
            "no restrictive filter",
            [
                "  ana, group:shipping-team, role:sales.analyst, domain:shipping",
                "    filter  no longer not_deleted: deleted_at IS NULL",
                "shipping.delays",
            ],
        ),
        (
            "one purpose less",
            ["  felix, group:finance, role:sales.finance under purpose=billing", "    loses   customer_id, name"],
        ),
        ("no deny", ["    gains   note: own_region: region = principal.region"]),
        ("a stricter mask", ["    mask    name: hash -> null"]),
        ("no discovery", ["    loses   that it exists"]),
        ("another attribute", [" (region is 'EU') -> own_region: region = principal.region (region is 'US')"]),
        (
            "a wider share",
            ["    below   rows of sales.orders: (my_regions: region IN principal.regions) AND (not_deleted"],
        ),
    ],
)  # fmt: skip
def test_it_reads_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, lines: list[str]
) -> None:
    old, new = write_mesh(tmp_path / "old"), write_mesh(tmp_path / "new", CHANGES[name])
    assert main(["policy", "diff", str(old), str(new)]) == 1
    shown = capsys.readouterr().out
    assert all(line in shown for line in lines), shown


def test_conditions_on_endpoints_and_attributes_are_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = write_mesh(tmp_path / "old")
    condition = "endpoint=http&attribute.department=shipping"
    line = f"p, sales-9, role:any, sales, sales.customers.is_big, select, *, {condition}, -, allow"
    new = write_mesh(tmp_path / "new", added(SALES, line))
    main(["policy", "diff", str(old), str(new)])
    shown = capsys.readouterr().out
    assert "  ana under endpoint=http\n    gains   is_big: all rows\n" in shown
    assert "role:any" in shown
    assert "endpoint=http & department=shipping" in shown
    assert "olga" not in shown


def test_of_equally_strict_masks_the_first_applies_so_their_order_matters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        f"p3, marketing-{mask}, role:any, marketing, marketing.leads.source, {mask}, 10, -, -"
        for mask in ("partial", "last4")
    ]
    file = "domains/marketing/policies.csv"
    old = write_mesh(tmp_path / "old", added(file, "\n".join(lines)))
    new = write_mesh(tmp_path / "new", added(file, "\n".join(lines[::-1])))
    assert main(["policy", "diff", str(old), str(new)]) == 1
    assert "    mask    source: partial -> last4\n" in capsys.readouterr().out


def test_sources_and_secrets_may_be_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a checkout of the folder: no data, no environment, and no difference because of that."""
    old = write_mesh(
        tmp_path / "old", edited("domains/sales/domain.yaml", "path: ./crm.sqlite", 'path: "${SALES_PATH}"')
    )
    monkeypatch.setenv("SALES_PATH", str(old / "domains/sales/crm.sqlite"))
    assert main(["policy", "diff", str(old), str(old)]) == 0
    new = tmp_path / "new"
    shutil.copytree(old, new)
    for path in (new / "domains/sales/crm.sqlite", new / "domains/marketing/lake/leads.parquet"):
        path.unlink()
    shutil.rmtree(new / "domains/marketing/lake")
    monkeypatch.delenv("MESH_HASH_KEY")
    monkeypatch.delenv("SALES_PATH")
    capsys.readouterr()
    assert main(["policy", "diff", str(old), str(new)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(
        "nobody would see anything else\nnote: marketing.leads, sales.customers, sales.orders"
    )


def test_a_broken_folder_is_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = write_mesh(tmp_path / "old"), write_mesh(tmp_path / "new", added(SALES, "p, oops"))
    assert main(["policy", "diff", str(old), str(new)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "a p line has 10 fields" in shown.err
