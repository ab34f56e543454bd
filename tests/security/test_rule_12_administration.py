"""governance.md, rule 12, administration: what an answer shows and how a refusal reads."""

from pathlib import Path

import pytest

from tests.catalog.loading import problems_of
from tests.meshes import added, edited
from tests.security.rules import ALL, EU, World

SALES = "domains/sales/policies.csv"
FOREIGN = {
    "p, x, role:any, shipping, shipping.parcels, select, *, -, -, allow": "must be about domain sales",
    "p, x, role:any, *, sales.orders, select, *, -, -, allow": "must be about domain sales",
    "p, x, role:any, sales, shipping.parcels, select, *, -, -, allow": "is not of domain sales",
    "p, x, role:any, sales, *, select, *, -, -, allow": "object * is for the mesh's own file",
    "p, x, role:shipping.boss, sales, sales.orders, select, *, -, -, allow": "is not a role of domain sales",
    "g, user:ana, role:shipping.boss, sales": "is not a role of domain sales",
    "g, user:ana, role:boss, sales": "is not a role of domain sales",
    "g, user:ana, role:sales.boss, shipping": "must be about domain sales",
    "p, x, role:any, sales, sales.orders.note, declassify, *, -, -, allow": "for the mesh's own file only",
}  # fmt: skip


@pytest.mark.parametrize(("line", "problem"), FOREIGN.items(), ids=FOREIGN.keys())
def test_rule_12_a_domains_lines_concern_its_own_only(tmp_path: Path, line: str, problem: str) -> None:
    number = len(added(SALES, line)[SALES].splitlines())
    found = problems_of(tmp_path, added(SALES, line))
    assert any(text.startswith(f"{SALES}:{number}: ") and problem in text for text in found), found


def test_rule_12_owners_cannot_lift_a_mesh_wide_denial() -> None:
    own = ALL + "p, more, user:ana, sales, sales.orders.note, select, *, -, -, allow\n"
    world = World(sales=own, mesh="p, no, role:any, *, tag:secret, select, *, -, -, deny",
                  tags={"sales.orders.note": frozenset({"secret"})})  # fmt: skip
    assert world.told("SELECT note FROM sales.orders", EU).sqlstate == "42703"


@pytest.mark.parametrize("name", ["SHIPPING_DB", "HOME", "SALESX_DB", "MESH_HASH_KEY"])
def test_rule_12_a_domain_cannot_borrow_the_environment_of_another(tmp_path: Path, name: str) -> None:
    change = edited("domains/sales/domain.yaml", "path: ./crm.sqlite", f'path: "${{{name}}}"')
    (problem,) = [text for text in problems_of(tmp_path, change) if name in text]
    assert problem.startswith("domains/sales/domain.yaml: sources.crm.path: ")
    assert "must begin with SALES_" in problem
