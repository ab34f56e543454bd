"""What a valid mesh becomes."""

import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlglot import exp

from gateway.auth.reading import read_principals
from gateway.catalog.load import Loaded, load
from gateway.catalog.product import Column, ColumnReference, Owner, Relation
from gateway.engines.duckdb_engine import DuckDBEngine
from gateway.settings import read_settings
from gateway.sql.dialect import generate
from policies.principal import Circumstances, Principal
from tests.catalog.loading import load_mesh, warnings_of
from tests.meshes import ENVIRONMENT, FILES, added, edited, write_mesh


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return load_mesh(write_mesh(tmp_path_factory.mktemp("mesh")))


def relation_of(loaded: Loaded, name: str) -> Relation:
    domain, _, relation = name.partition(".")
    return loaded.catalog.relations[domain, relation]


def column_of(loaded: Loaded, name: str) -> Column:
    relation, _, column = name.rpartition(".")
    return relation_of(loaded, relation).column(column)


def test_a_valid_mesh_loads_without_warnings(loaded: Loaded) -> None:
    assert loaded.warnings == ()
    assert sorted(loaded.catalog.relations) == [
        ("marketing", "leads"),
        ("sales", "customers"),
        ("sales", "orders"),
        ("shipping", "delays"),
        ("shipping", "parcels"),
    ]
    assert sorted(loaded.connectors) == ["marketing.lake", "sales.crm", "shipping.depot"]
    assert loaded.catalog.unavailable == {}


def test_a_physical_name_is_the_table_with_columns_renamed(loaded: Loaded) -> None:
    orders = relation_of(loaded, "sales.orders")
    assert orders.plain
    assert '"t"."amount_eur" AS "amount"' in generate(orders.body)
    (table,) = orders.body.find_all(exp.Table)
    assert (table.catalog, table.db, table.name) == ("sales.crm", "", "orders")
    assert [column.name for column in orders.columns] == list(orders.body.named_selects)


def test_a_computed_body_is_not_plain(loaded: Loaded) -> None:
    assert not relation_of(loaded, "sales.customers").plain
    assert not relation_of(loaded, "shipping.delays").plain


def test_another_domains_relation_stands_without_a_catalog(loaded: Loaded) -> None:
    tables = list(relation_of(loaded, "shipping.delays").body.find_all(exp.Table))
    assert [(table.catalog, table.db, table.name) for table in tables] == [
        ("", "sales", "orders"),
        ("shipping.depot", "", "parcels"),
    ]


def test_weak_values_are_cast_and_strong_ones_widened(loaded: Loaded) -> None:
    amount = column_of(loaded, "sales.orders.amount")
    assert (amount.type, amount.body_type) == ("DECIMAL(12,2)", "VARCHAR")
    order = column_of(loaded, "shipping.parcels.order_id")
    assert (order.type, order.body_type) == ("BIGINT", "INTEGER")
    weight = column_of(loaded, "shipping.parcels.weight")
    assert (weight.type, weight.body_type) == ("DECIMAL(38,10)", "DECIMAL(9,3)")


def test_what_the_contract_says_reaches_the_column(loaded: Loaded) -> None:
    key = column_of(loaded, "sales.orders.order_id")
    assert key.primary_key
    assert not key.nullable
    assert key.description == "Number."
    assert key.logical_type == "integer"
    assert not column_of(loaded, "sales.orders.region").nullable
    assert column_of(loaded, "sales.orders.customer_id").references == (
        ColumnReference("sales", "customers", "customer_id"),
    )


def test_tags_are_those_of_contract_column_and_classification_in_lower_case(loaded: Loaded) -> None:
    note = column_of(loaded, "sales.orders.note")
    assert note.tags == {"revenue", "secret"}
    assert note.classification == "secret"
    assert column_of(loaded, "sales.customers.email").tags == {"pii.email"}


def test_tags_follow_lineage_into_other_domains(loaded: Loaded) -> None:
    assert column_of(loaded, "shipping.delays.days_late").tags == {"revenue"}
    assert column_of(loaded, "shipping.delays.carrier").tags == set()


def test_a_declassify_line_drops_what_is_inherited_and_keeps_what_is_its_own(tmp_path: Path) -> None:
    contract = "domains/shipping/products/delays/contract.odcs.yaml"
    own = edited(contract, "name: days_late, ", "name: days_late, tags: [ours], ")
    line = "p, mesh-3, role:any, shipping, shipping.delays.days_late, declassify, *, -, -, allow"
    loaded = load_mesh(write_mesh(tmp_path, {**own, **added("policies.csv", line)}))
    assert column_of(loaded, "shipping.delays.days_late").tags == {"ours"}
    assert column_of(loaded, "shipping.delays.region").tags == {"revenue"}


def test_tags_of_an_objects_parts_count_for_the_whole_column(tmp_path: Path) -> None:
    old = "      - {name: source, logicalType: string, physicalType: text}\n"
    new = """\
      - name: source
        logicalType: array
        physicalType: text
        items:
          logicalType: object
          properties:
            - {name: person, logicalType: object, properties: [{name: born, tags: [pii.birthday]}]}
            - {name: doctor, classification: Health}
"""
    contract = "domains/marketing/products/leads/contract.odcs.yaml"
    loaded = load_mesh(write_mesh(tmp_path, edited(contract, old, new)))
    assert column_of(loaded, "marketing.leads.source").tags == {"pii.birthday", "health"}


def test_owner_is_the_contracts_team_or_else_the_domains(loaded: Loaded) -> None:
    products = loaded.catalog.products
    assert products["sales", "customers"].owner == Owner("Customer care", "care@example.com")
    assert products["sales", "orders"].owner == Owner("Sales data", "sales-data@example.com")
    assert products["sales", "orders"].description == "What customers ordered.\nReports."
    assert products["sales", "orders"].version == "1.2.0"


def test_filters_and_masks_are_trees_that_cannot_fail(loaded: Loaded) -> None:
    sales = loaded.catalog.domains["sales"]
    assert set(sales.filters) == {"own_region", "my_regions", "not_deleted"}
    assert generate(sales.masks["initials"]) == "LEFT(\"value\", 1) || '.'"
    assert loaded.catalog.mask("*", "cents") is not None
    assert loaded.catalog.mask("sales", "hash") is None


def test_policies_decide_with_the_lines_of_all_files(loaded: Loaded) -> None:
    now = Circumstances(now=1_700_000_000, endpoint="postgres")
    analyst = Principal("ana", frozenset({"shipping-team"}), {"region": "EU"})
    orders = relation_of(loaded, "sales.orders").protected()
    decision = loaded.policies.decide(analyst, orders, now)
    assert "note" not in decision.selectable
    assert "amount" in decision.selectable
    leads = relation_of(loaded, "marketing.leads").protected()
    mask = loaded.policies.decide(analyst, leads, now).columns["email"].mask
    assert mask is not None
    assert mask.name == "hash"


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        (
            edited("domains/sales/domain.yaml", "region = principal.region", "region <> principal.region"),
            False,
        ),
        (
            edited(
                "domains/marketing/products/leads/contract.odcs.yaml",
                "{name: source, ",
                "{name: source, tags: [a], ",
            ),
            False,
        ),
        (
            edited(
                "domains/shipping/products/delays/delays.sql", "p.delivered_on - o", "1 + p.delivered_on - o"
            ),
            False,
        ),
    ],
)
def test_the_version_changes_with_what_a_query_means(
    loaded: Loaded, tmp_path: Path, change: dict[str, str], same: bool
) -> None:
    assert (load_mesh(write_mesh(tmp_path, change)).catalog.version == loaded.catalog.version) is same


def test_a_source_that_is_down_costs_its_products_only(tmp_path: Path) -> None:
    folder = write_mesh(tmp_path)
    (folder / "domains/sales/crm.sqlite").unlink()
    loaded = load_mesh(folder)
    unavailable = {("sales", "orders"), ("sales", "customers"), ("shipping", "delays")}
    assert set(loaded.catalog.unavailable) == unavailable
    assert set(loaded.catalog.unavailable.values()) == {"sales.crm"}
    amount = column_of(loaded, "sales.orders.amount")
    assert (amount.type, amount.body_type) == ("DECIMAL(12,2)", "DECIMAL(12,2)")
    assert "WHERE FALSE" in generate(relation_of(loaded, "sales.orders").body)
    assert loaded.warnings == (
        "domains/sales/domain.yaml: sources.crm: the source is down, its products answer with an error until a "
        "reload finds it: the source is down",
    )


def test_tags_reach_products_over_a_source_that_is_down(tmp_path: Path) -> None:
    folder = write_mesh(tmp_path)
    (folder / "domains/sales/crm.sqlite").unlink()
    assert column_of(load_mesh(folder), "shipping.delays.days_late").tags == {"revenue"}


def test_a_result_in_another_order_is_put_in_the_contracts(tmp_path: Path) -> None:
    sql = """
        SELECT p.carrier, count(*) AS DAYS_LATE, max(o.region) AS region, min(o.order_id) AS order_id
        FROM sales.orders o JOIN depot.parcels p USING (order_id) GROUP BY 1 ORDER BY days_late LIMIT 10"""
    loaded = load_mesh(write_mesh(tmp_path, {"domains/shipping/products/delays/delays.sql": sql}))
    delays = relation_of(loaded, "shipping.delays")
    assert delays.body.named_selects == ["order_id", "region", "carrier", "days_late"]
    assert "LIMIT 10" in generate(delays.body)


def test_a_set_operation_becomes_a_select(tmp_path: Path) -> None:
    sql = """SELECT order_id, region, note_free AS carrier, 0::bigint AS days_late
             FROM (SELECT order_id, region, 'none' AS note_free FROM sales.orders)
             UNION ALL SELECT order_id, NULL, carrier, 1 FROM depot.parcels"""
    loaded = load_mesh(write_mesh(tmp_path, {"domains/shipping/products/delays/delays.sql": sql}))
    delays = relation_of(loaded, "shipping.delays")
    assert isinstance(delays.body, exp.Select)
    assert delays.body.named_selects == ["order_id", "region", "carrier", "days_late"]


def test_a_copy_of_another_domains_relation_is_not_plain(tmp_path: Path) -> None:
    """Plain means a source's table: below another product's rows there are its rules."""
    sql = "SELECT order_id, region, region AS carrier, order_id AS days_late FROM sales.orders"
    loaded = load_mesh(write_mesh(tmp_path, {"domains/shipping/products/delays/delays.sql": sql}))
    assert not relation_of(loaded, "shipping.delays").plain


def test_a_product_may_build_on_its_own_domains_products_without_a_share(tmp_path: Path) -> None:
    sql = "SELECT customer_id, name, email, is_big FROM sales.customers"
    big = """\
apiVersion: v3.1.0
kind: DataContract
id: sales-big
version: 1.0.0
schema:
  - name: big
    properties:
      - {name: customer_id, physicalType: bigint}
      - {name: name, physicalType: text}
      - {name: email, physicalType: text}
      - {name: is_big, physicalType: boolean}
"""
    folder = "domains/sales/products/big"
    files = {f"{folder}/contract.odcs.yaml": big, f"{folder}/big.sql": f"{sql} WHERE is_big"}
    loaded = load_mesh(write_mesh(tmp_path, files))
    assert column_of(loaded, "sales.big.email").tags == {"pii.email"}


def test_a_product_that_filters_on_a_tagged_column_is_reported(tmp_path: Path) -> None:
    change = edited(
        "domains/shipping/products/delays/delays.sql",
        "p.order_id = o.order_id",
        "p.order_id = o.order_id WHERE o.amount > 5",
    )
    assert warnings_of(tmp_path, change) == (
        "domains/shipping/products/delays/delays.sql: decides by sales.orders.amount, tagged revenue, which rows "
        "there are: they tell of its values",
    )


def test_an_unshared_column_does_not_exist_for_the_other_domain(tmp_path: Path) -> None:
    shares = "".join(
        f"p, share-{column}, domain:shipping, sales, sales.orders.{column}, share, *, -, -, allow\n"
        for column in ("order_id", "region", "ordered_on")
    )
    line = "p, sales-7, domain:shipping, sales, sales.orders, share, my_regions, -, -, allow\n"
    loaded = load_mesh(write_mesh(tmp_path, edited("domains/sales/policies.csv", line, shares)))
    assert ("shipping", "delays") in loaded.catalog.relations


def test_files_for_the_engine_are_those_of_all_sources(loaded: Loaded) -> None:
    path = Path("lake/part.parquet")
    tables = {
        "a.b": {("t",): replace(next(iter(loaded.catalog.tables["marketing.lake"].values())), files=(path,))}
    }
    assert replace(loaded, catalog=replace(loaded.catalog, tables=tables)).files == (path,)


def test_the_gateways_own_engine_and_connectors_load_it_as_well(tmp_path: Path) -> None:
    settings, _ = read_settings(write_mesh(tmp_path), ENVIRONMENT)
    engine = DuckDBEngine()
    opened = load(settings, engine, read_principals(settings)[0].principals)
    engine.close()
    for made in opened.connectors.values():
        made.close()
    assert sorted(path.name for path in opened.files) == ["leads.parquet", "parcels.parquet"]
    assert column_of(opened, "sales.orders.amount").type == "DECIMAL(12,2)"
    assert column_of(opened, "shipping.delays.days_late").body_type == "BIGINT"


def test_hundreds_of_relations_load_in_seconds(tmp_path: Path) -> None:
    contract = "domains/shipping/products/parcels/contract.odcs.yaml"
    files = {
        f"domains/shipping/products/p{number}/contract.odcs.yaml": FILES[contract].replace(
            "name: parcels", f"name: parcels_{number}"
        )
        for number in range(200)
    }
    folder = write_mesh(tmp_path, files)
    started = time.process_time()
    assert len(load_mesh(folder).catalog.relations) == 205
    assert time.process_time() - started < 10


def test_without_principals_nobody_is_called_unknown(tmp_path: Path) -> None:
    folder = write_mesh(tmp_path, {"principals.yaml": None})
    settings, problems = read_settings(folder, ENVIRONMENT)
    assert (settings.principals, problems) == (None, ())
    assert load_mesh(folder).warnings == ()
