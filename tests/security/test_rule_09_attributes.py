"""governance.md, rule 9, attributes: what an answer shows and how a refusal reads."""

import pytest

from policies.principal import AttributeValue, Principal
from tests.query.mesh import Builder, ask
from tests.security.rules import ORDERS

MISSING: dict[str, AttributeValue] = {}
ATTRIBUTES: list[tuple[str, dict[str, AttributeValue], list[int]]] = [
    ("region = principal.region", {"region": "EU"}, [1, 2]),
    ("region = principal.region", MISSING, []),
    ("region = principal.region", {"region": ""}, []),
    ("region = principal.region", {"region": ("EU",)}, []),
    ("region = principal.region", {"region": 7}, []),
    ("region = principal.region", {"region": True}, []),
    ("region = principal.region", {"region": "EU' OR '1'='1"}, []),
    ("region IS DISTINCT FROM principal.region", MISSING, []),
    ("region IS DISTINCT FROM principal.region", {"region": ""}, []),
    ("region IS DISTINCT FROM principal.region", {"region": "EU"}, [3, 4, 5]),
    ("NOT (region = principal.region)", MISSING, []),
    ("region <> principal.region OR true", MISSING, []),
    ("principal.region IS NULL OR id = 1", MISSING, []),
    ("coalesce(principal.region, 'EU') = region", MISSING, []),
    ("region IN principal.regions", {"regions": ("EU", "UK")}, [1, 2, 4]),
    ("region IN principal.regions", {"regions": ()}, []),
    ("region IN principal.regions", {"regions": "EU"}, []),
    ("region NOT IN principal.regions", {"regions": ("EU", "UK")}, [3]),
    ("region NOT IN principal.regions", {"regions": ()}, []),
    ("region NOT IN (principal.a, principal.b)", {"a": ("EU",), "b": ("US",)}, [4]),
    ("region NOT IN (principal.a, principal.b)", {"a": "EU", "b": ("US", "UK")}, []),
    ("region IN (principal.a, 'UK')", {"a": "EU"}, [1, 2, 4]),
    ("region IN (principal.a, 'UK')", MISSING, []),
    ("id <= principal.level", {"level": 2}, [1, 2]),
    ("id <= principal.level", {"level": 2.5}, [1, 2]),
    ("id <= principal.level", {"level": "2"}, []),
    ("principal.staff", {"staff": True}, [1, 2, 3, 4, 5]),
    ("principal.staff", {"staff": False}, []),
    ("principal.staff", {"staff": "true"}, []),
    ("NOT principal.staff", {"staff": "false"}, []),
    ("NOT principal.staff", MISSING, []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "attributes", "ids"), ATTRIBUTES)
def test_rule_09_attributes_that_do_not_fit_make_the_whole_filter_false(
    text: str, attributes: dict[str, AttributeValue], ids: list[int]
) -> None:
    line = "p, a, role:any, sales, sales.orders, select, f, -, -, allow"
    mesh = Builder({"sales.orders": ORDERS}, {"sales": line}, {"f": text}).memory()
    told = ask(mesh, "SELECT id FROM sales.orders", Principal("ana", attributes=attributes))
    mesh.engine.close()
    assert (told.error, sorted(told.rows)) == ("", [f"({number},)" for number in ids])
