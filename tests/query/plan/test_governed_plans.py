"""Plans under policies are those without them, as far as nothing is told by it: what kept sources from helping."""

import pytest

from gateway.query.mesh import Mesh
from gateway.query.plan import Fragment, cut
from gateway.query.plan.why import why
from policies.principal import Principal
from tests.query.mesh import EVERYONE, Builder
from tests.query.plan.mesh import TABLES, eager, governed_query, planned, silent

ANA = Principal("ana", attributes={"sizes": (0, 1, -2), "priorities": (0, 1, 2), "level": 1})
ALL = {domain: EVERYONE.format(domain) for domain in ("crm", "depot", "lake", "shop", "desk")}
AHEAD = (
    "SELECT o.total FROM crm.orders AS o WHERE o.id IN "
    "(SELECT l.order_id FROM depot.lines AS l GROUP BY l.order_id HAVING sum(l.quantity) > 7)"
)


def filtered(relation: str, text: str) -> Mesh:
    domain = relation.split(".", maxsplit=1)[0]
    line = f"p2, own, role:any, {domain}, {relation}, own, -, -\n"
    policies = {**ALL, domain: ALL[domain] + line}
    return Builder(TABLES, policies=policies, filters={"own": text}).over(silent)


def lone(mesh: Mesh, sql: str) -> Fragment:
    (fragment,) = planned(mesh, sql, ANA).fragments()
    return fragment


@pytest.mark.parametrize(
    ("text", "asked"),
    [("size IN principal.sizes", "IN (0, 1, -2)"), ("size = principal.level", '"size" = 1')],
)
def test_whole_numbers_of_attributes_are_compared_by_sqlite(text: str, asked: str) -> None:
    fragment = lone(filtered("shop.items", text), "SELECT name FROM shop.items")
    assert fragment.kept == ""
    assert asked in " ".join(str(fragment.scan.query).split())


def test_a_filter_on_a_column_that_is_not_shown_is_estimated_as_any_other() -> None:
    mesh = filtered("crm.orders", "priority IN principal.priorities")
    hidden, shown = lone(mesh, "SELECT id FROM crm.orders"), lone(mesh, "SELECT id, priority FROM crm.orders")
    assert hidden.rows == shown.rows == pytest.approx(300, rel=0.05)


def test_groups_of_a_governed_relation_go_as_keys() -> None:
    with eager():
        plan = planned(filtered("depot.lines", "line >= 0"), AHEAD, ANA)
    assert [fragment.source for fragment in plan.fragments() if fragment.transfers] == ["crm._src"]


def test_why_of_a_block_that_runs_ahead_is_told() -> None:
    sql = (
        "SELECT l.line FROM depot.lines AS l WHERE l.item IN (SELECT c.id FROM crm.customers AS c "
        "JOIN lake.regions AS r ON r.name = c.region GROUP BY c.id)"
    )
    mesh = filtered("crm.customers", "tier >= 0")
    with eager():
        assert why(cut(governed_query(mesh, sql, ANA), mesh.catalog, mesh.connectors, mesh.engine.can_read))
