"""Each kind of mistake in a mesh folder, and the line that says so."""

from pathlib import Path

import pytest

from tests.catalog.loading import problems_of, warnings_of
from tests.meshes import FILES, added, edited

ORDERS = "domains/sales/products/orders/contract.odcs.yaml"
CUSTOMERS = "domains/sales/products/customers/contract.odcs.yaml"
PARCELS = "domains/shipping/products/parcels/contract.odcs.yaml"
DELAYS = "domains/shipping/products/delays/contract.odcs.yaml"
DELAYS_SQL = "domains/shipping/products/delays/delays.sql"
CUSTOMERS_SQL = "domains/sales/products/customers/customers.sql"
SALES = "domains/sales/domain.yaml"
SHIPPING = "domains/shipping/domain.yaml"
SALES_POLICIES = "domains/sales/policies.csv"
LAST_SALES_LINE = FILES[SALES_POLICIES].count("\n")
NEXT = f"{SALES_POLICIES}:{LAST_SALES_LINE + 1}"

CASES = {
    "a misspelt option of a source": (
        edited(SALES, "path: ./crm", "pth: ./crm"),
        f"{SALES}: sources.crm.pth: unknown key, did you mean 'path'?",
    ),
    "an unknown connector": (
        edited(SALES, "connector: sqlite", "connector: sqlit"),
        f"{SALES}: sources.crm.connector: unknown connector 'sqlit', did you mean 'sqlite'?",
    ),
    "a source without a connector": (
        edited(SALES, "connector: sqlite, ", ""),
        f"{SALES}: sources.crm.connector: is missing",
    ),
    "a misspelt section": (
        edited(SALES, "owner:", "ownr:"),
        f"{SALES}: ownr: unknown key, did you mean 'owner'?",
    ),
    "another domain's name": (
        edited(SALES, "domain: sales", "domain: sale"),
        f"{SALES}: domain: must be 'sales', the folder's name",
    ),
    "a key that stands twice": (
        edited(SALES, "title: Sales\n", "title: Sales\ntitle: Verkauf\n"),
        f"{SALES}: line 3, column 1: the key 'title' stands twice",
    ),
    "an unset variable": (
        edited(SALES, "path: ./crm.sqlite", 'path: "${SALES_PATH}"'),
        f"{SALES}: sources.crm.path: ${{SALES_PATH}} is not set in the environment: set it before the start",
    ),
    "another domain's variable": (
        edited(SALES, "path: ./crm.sqlite", 'path: "${SHIPPING_PATH}"'),
        f"{SALES}: sources.crm.path: ${{SHIPPING_PATH}} is not a name of this domain: it must begin with SALES_ "
        "and not with SHIPPING_, which is another domain's",
    ),
    "nobody's variable": (
        edited(SALES, "path: ./crm.sqlite", 'path: "${PATH}"'),
        f"{SALES}: sources.crm.path: ${{PATH}} is not a name of this domain: it must begin with SALES_",
    ),
    "another domain's folder": (
        edited(SALES, "path: ./crm.sqlite", "path: ../shipping/depot"),
        f"{SALES}: sources.crm.path: must not hold another domain's folder: ask that domain to share a product",
    ),
    "all domains' folder": (
        edited(SALES, "path: ./crm.sqlite", "path: .."),
        f"{SALES}: sources.crm.path: must not hold another domain's folder: ask that domain to share a product",
    ),
    "the mesh's secrets": (
        edited(SALES, "path: ./crm.sqlite", 'path: "file:../../mesh.toml"'),
        f"{SALES}: sources.crm.path: file:../../mesh.toml is not this domain's: "
        "its folder or its name is someone else's",
    ),
    "a source with a domain's name": (
        edited(SALES, "  crm:", "  marketing: {connector: files, path: ./x}\n  crm:"),
        f"{SALES}: sources.marketing: a source must not have the name of a domain: SQL could mean both",
    ),
    "a misspelt classification": (
        edited(ORDERS, "classification: Secret", "classificaton: Secret"),
        f"{ORDERS}: schema.orders.properties.note.classificaton: unknown key, did you mean 'classification'?",
    ),
    "a property without a type": (
        edited(
            PARCELS,
            "{name: carrier, logicalType: string, physicalType: text}",
            "{name: carrier, logicalType: string}",
        ),
        f"{PARCELS}: schema.parcels.properties.carrier.physicalType: is missing: it says the type consumers get, "
        "for example bigint",
    ),
    "an unknown type": (
        edited(
            PARCELS, "logicalType: number, physicalType: numeric", "logicalType: number, physicalType: numric"
        ),
        f"{PARCELS}: schema.parcels.properties.weight.physicalType: 'numric' is no type of DuckDB or PostgreSQL that "
        "this gateway knows, did you mean 'numeric'?",
    ),
    "a type that is more than a type": (
        edited(
            PARCELS,
            "logicalType: number, physicalType: numeric",
            'logicalType: number, physicalType: "int), (1"',
        ),
        f"{PARCELS}: schema.parcels.properties.weight.physicalType: 'int), (1' is no type of DuckDB or PostgreSQL that "
        "this gateway knows",
    ),
    "a type that loses values": (
        edited(
            PARCELS,
            "name: parcel_id, logicalType: integer, physicalType: bigint",
            "name: parcel_id, logicalType: integer, physicalType: integer",
        ),
        f"{PARCELS}: schema.parcels.properties.parcel_id.physicalType: the contract says INTEGER, but the source's "
        "column delivers BIGINT, which may not fit: change one of the two",
    ),
    "a relation without data": (
        edited(PARCELS, "    physicalName: depot.parcels\n", ""),
        f"{PARCELS}: schema.parcels: has neither a physicalName (source.table) nor the file "
        "domains/shipping/products/parcels/parcels.sql",
    ),
    "a relation with a table and SQL": (
        edited(DELAYS, "  - name: delays\n", "  - name: delays\n    physicalName: depot.parcels\n"),
        f"{DELAYS}: schema.delays.physicalName: stands beside delays.sql: keep one of the two",
    ),
    "a physical name without its source": (
        edited(PARCELS, "physicalName: depot.parcels", "physicalName: parcels"),
        f"{PARCELS}: schema.parcels.physicalName: 'parcels' must be source.table or source.schema.table",
    ),
    "a table that is not there": (
        edited(PARCELS, "physicalName: depot.parcels", "physicalName: depot.parcel"),
        f'{PARCELS}: schema.parcels.physicalName: relation "depot.parcel" does not exist: shipping.depot has no such '
        "table, did you mean 'parcels'?",
    ),
    "SQL for no relation": (
        {"domains/shipping/products/delays/delay.sql": "SELECT 1"},
        "domains/shipping/products/delays/delay.sql: belongs to no relation of the contract, "
        "did you mean 'delays.sql'?",
    ),
    "SQL that is none": (
        {DELAYS_SQL: "SELECT order_id,\n  1 +* 2 FROM sales.orders"},
        f'{DELAYS_SQL}: line 2: syntax error at or near "2"',
    ),
    "SQL that writes": (
        {DELAYS_SQL: "DELETE FROM depot.parcels"},
        f"{DELAYS_SQL}: this gateway only reads: the statement would write or change something",
    ),
    "SQL about who asks": (
        edited(CUSTOMERS_SQL, "c.merged_into IS NULL", "c.name = current_user"),
        f"{CUSTOMERS_SQL}: current_user is about who asks and when: a product gives all the same answer",
    ),
    "SQL with other columns": (
        edited(CUSTOMERS_SQL, "AS is_big", "AS big"),
        f"{CUSTOMERS_SQL}: the SELECT's columns are not the contract's: is_big missing; big not in the contract",
    ),
    "SQL with a column twice": (
        edited(CUSTOMERS_SQL, "c.email,", "c.email, c.email,"),
        f"{CUSTOMERS_SQL}: email stands twice in the result: give each column its own name with AS",
    ),
    "SQL with an unknown source": (
        edited(CUSTOMERS_SQL, "crm.customers", "crn.customers"),
        f'{CUSTOMERS_SQL}: relation "crn.customers" does not exist: write source.table or domain.relation, '
        "did you mean 'crm'?",
    ),
    "SQL that reads another domain's source": (
        {DELAYS_SQL: "SELECT order_id, region, note AS carrier, order_id AS days_late FROM crm.orders"},
        f'{DELAYS_SQL}: relation "crm.orders" does not exist: write source.table or domain.relation',
    ),
    "SQL with another type": (
        edited(CUSTOMERS_SQL, "c.orders > 10 AS is_big", "1.5 AS is_big"),
        f"{CUSTOMERS}: schema.customers.properties.is_big.physicalType: the contract says BOOLEAN, but the SELECT "
        "delivers DECIMAL(2,1), which may not fit: change one of the two",
    ),
    "SQL over what is not shared": (
        edited(DELAYS_SQL, "FROM sales.orders AS o", "FROM marketing.leads AS l, sales.orders AS o"),
        f"{DELAYS_SQL}: marketing.leads is not shared with shipping: marketing must add a line like "
        "p, <id>, domain:shipping, marketing, marketing.leads, share, *, -, -, allow",
    ),
    "SQL over an unknown relation": (
        edited(DELAYS_SQL, "sales.orders", "sales.order"),
        f"{DELAYS_SQL}: relation \"sales.order\" does not exist, did you mean 'orders'?",
    ),
    "a circle": (
        {CUSTOMERS_SQL: "SELECT customer_id, name, email, is_big FROM sales.customers"},
        f"{CUSTOMERS_SQL}: reads itself in a circle: sales.customers > sales.customers",
    ),
    "two relations of one name": (
        {
            "domains/sales/products/copy/contract.odcs.yaml": FILES[ORDERS].replace(
                "id: sales-orders", "id: copy"
            ),
        },
        f"{ORDERS}: schema.orders: the product copy has a relation of this name already: choose another",
    ),
    "two columns of one name": (
        edited(PARCELS, "{name: carrier,", "{name: Order_ID, physicalType: text}\n      - {name: carrier,"),
        f"{PARCELS}: schema.parcels.properties.order_id: stands twice: names are compared without case",
    ),
    "a relationship to nothing": (
        edited(ORDERS, "customers.customer_id", "customers.custmer_id"),
        f"{ORDERS}: schema.orders.properties.customer_id.relationships: customers.custmer_id is no column of a "
        "relation, did you mean 'customer_id'?",
    ),
    "an old version of the standard": (
        edited(PARCELS, "apiVersion: v3.1.0", "apiVersion: v2.2.2"),
        f"{PARCELS}: apiVersion: must be v3: this gateway reads version 3 of the standard",
    ),
    "a filter on an unknown column": (
        edited(SALES, "region = principal.region", "regoin = principal.region"),
        f"{SALES}: filters.own_region: sales.orders has no column regoin, did you mean 'region'? "
        f"(on sales.orders, by {SALES_POLICIES}:2)",
    ),
    "a filter that is no yes or no": (
        edited(SALES, "region = principal.region", "region"),
        f"{SALES}: filters.own_region: must be true or false for a row of sales.orders, not VARCHAR "
        f"(on sales.orders, by {SALES_POLICIES}:2)",
    ),
    "a filter that can fail": (
        edited(SALES, "deleted_at IS NULL", "1 / order_id > 0"),
        f"{SALES}: filters.not_deleted: 1 / order_id > 0 can fail on some value, "
        "and the error would tell about hidden rows "
        f"(on sales.orders, by {SALES_POLICIES}:5)",
    ),
    "a filter over another table": (
        edited(SALES, "deleted_at IS NULL", "order_id IN (SELECT 1)"),
        f"{SALES}: filters.not_deleted: (SELECT 1) does not look at one row alone: it cannot stand here",
    ),
    "a filter with a foreign name": (
        edited(SALES, "deleted_at IS NULL", "customers.name IS NULL"),
        f"{SALES}: filters.not_deleted: customers.name: name the relation's own columns alone, "
        "or principal.<attribute>",
    ),
    "an attribute of another type": (
        edited(SALES, "region = principal.region", "region = principal.level"),
        f"{SALES}: filters.own_region: region = CAST(NULL AS BIGINT) can fail on some value, and the error would tell "
        f"about hidden rows (on sales.orders, by {SALES_POLICIES}:2)",
    ),
    "a mask over other columns": (
        edited(SALES, "left(value, 1) || '.'", "left(name, 1)"),
        f"{SALES}: masks.initials: name is not known here: a mask is an expression over value alone",
    ),
    "a mask that changes the type": (
        edited(SALES, "left(value, 1) || '.'", "length(value)"),
        f"{SALES_POLICIES}:6: mask 'initials' on sales.customers.name: makes BIGINT of VARCHAR: a mask keeps the type, "
        "so cast it with TRY_CAST",
    ),
    "a mask that is built in": (
        edited(SALES, "  initials:", "  hash: value\n  initials:"),
        f"{SALES}: masks.hash: is the name of a built-in mask: choose another",
    ),
    "a text mask on a number": (
        added(SALES_POLICIES, "p3, x, role:any, sales, sales.orders.amount, redact, 1, -, -"),
        f"{NEXT}: mask 'redact' on sales.orders.amount: it is for text, and the column is DECIMAL(12,2): "
        "null and hash fit every type",
    ),
    "a date mask on a text": (
        added(SALES_POLICIES, "p3, x, role:any, sales, sales.orders.note, year, 1, -, -"),
        f"{NEXT}: mask 'year' on sales.orders.note: it is for dates and timestamps, and the column is VARCHAR: "
        "null and hash fit every type",
    ),
    "an unknown mask": (
        added(SALES_POLICIES, "p3, x, role:any, sales, sales.orders.note, initial, 1, -, -"),
        f"{NEXT}: domain sales has no mask 'initial', did you mean 'initials'?",
    ),
    "an unknown filter": (
        added(SALES_POLICIES, "p2, x, role:any, sales, sales.orders, not_delted, -, -"),
        f"{NEXT}: domain sales has no filter 'not_delted', did you mean 'not_deleted'?",
    ),
    "an unknown relation": (
        added(SALES_POLICIES, "p, x, role:any, sales, sales.order, select, *, -, -, allow"),
        f"{NEXT}: relation 'sales.order' does not exist, did you mean 'orders'?",
    ),
    "an unknown column": (
        added(SALES_POLICIES, "p, x, role:any, sales, sales.orders.nte, select, *, -, -, deny"),
        f"{NEXT}: 'sales.orders' has no column 'nte', did you mean 'note'?",
    ),
    "an unknown domain": (
        added(SALES_POLICIES, "p, x, domain:shiping, sales, sales.orders, share, *, -, -, allow"),
        f"{NEXT}: domain 'shiping' does not exist, did you mean 'shipping'?",
    ),
    "an unknown principal": (
        added(SALES_POLICIES, "p, x, user:anna, sales, sales.orders, select, *, -, -, allow"),
        f"{NEXT}: principal 'anna' does not exist, did you mean 'ana'?",
    ),
    "a misspelt group": (
        added(SALES_POLICIES, "g, group:finanse, role:sales.finance, sales"),
        f"{NEXT}: 'finanse': no principal is in this group, did you mean 'finance'?",
    ),
    "a misspelt role": (
        added(SALES_POLICIES, "p, x, role:sales.analist, sales, sales.orders, select, *, -, -, deny"),
        f"{NEXT}: 'role:sales.analist': no g line gives it to anybody, did you mean 'role:sales.analyst'?",
    ),
    "an id of another file": (
        added(SALES_POLICIES, "p, mesh-1, role:any, sales, sales.orders, select, *, -, -, deny"),
        f"{NEXT}: id 'mesh-1' stands in policies.csv:2 already; choose another",
    ),
    "a misspelt effect": (
        added(SALES_POLICIES, "p, x, role:any, sales, sales.orders, select, *, -, -, Deny"),
        f"{NEXT}: effect 'Deny' must be exactly allow or deny, in lower case",
    ),
    "a policies file under another name": (
        {"domains/sales/polices.csv": ""},
        "domains/sales/polices.csv: this file is not read, did you mean 'policies.csv'?",
    ),
    "a bad password": (
        edited("principals.yaml", "password: olga", "password: SCRAM-SHA-256$4096:x"),
        "principals.yaml: principals.olga.password: is no SCRAM-SHA-256 verifier of 4096 to 1000000 iterations: "
        "meshgate password makes one",
    ),
    "a misspelt setting": (
        edited("mesh.toml", "seconds = 20", "second = 20"),
        "mesh.toml: limits.second: unknown key, did you mean 'seconds'?",
    ),
}


@pytest.mark.parametrize(("change", "problem"), CASES.values(), ids=CASES)
def test_a_mistake_is_named_with_its_place_and_nothing_else(
    tmp_path: Path, change: dict[str, str], problem: str
) -> None:
    assert problems_of(tmp_path, change) == (problem,)


@pytest.mark.parametrize(
    ("change", "place", "wrong", "right"),
    [
        (
            edited(PARCELS, "{name: carrier,", "{name: carrier, physicalName: carier,"),
            f"{PARCELS}: schema.parcels.physicalName: ",
            "carier",
            "carrier",
        ),
        (
            edited(CUSTOMERS_SQL, "c.email,", "c.emial AS email,"),
            f"{CUSTOMERS_SQL}: ",
            "emial",
            "email",
        ),
    ],
)
def test_a_column_that_the_source_does_not_have_is_named(
    tmp_path: Path, change: dict[str, str], place: str, wrong: str, right: str
) -> None:
    (problem,) = problems_of(tmp_path, change)
    assert problem.startswith(place)
    assert f"{wrong}\" does not exist, did you mean '{right}'?" in problem


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    cases = ["a misspelt option of a source", "a misspelt setting", "a bad password", "an unknown type"]
    problems = problems_of(tmp_path, *(CASES[name][0] for name in cases))
    assert set(problems) == {CASES[name][1] for name in cases}
    assert list(problems) == sorted(problems)


def test_a_circle_of_three_is_named_once(tmp_path: Path) -> None:
    contract = FILES[DELAYS].replace("shipping-delays", "copy")
    sql = "SELECT order_id, region, carrier, days_late FROM shipping."
    files = {DELAYS_SQL: f"{sql}a"}
    for name, reads in (("a", "b"), ("b", "delays")):
        files[f"domains/shipping/products/{name}/contract.odcs.yaml"] = contract.replace(
            "name: delays", f"name: {name}"
        )
        files[f"domains/shipping/products/{name}/{name}.sql"] = sql + reads
    assert problems_of(tmp_path, files) == (
        "domains/shipping/products/a/a.sql: reads itself in a circle: "
        "shipping.a > shipping.b > shipping.delays > shipping.a",
    )


def test_a_source_with_another_domains_longer_prefix_is_not_ones_own(tmp_path: Path) -> None:
    """SALES_EU_URI is sales_eu's, even though it begins with SALES_."""
    other = (
        FILES["domains/marketing/domain.yaml"]
        .replace("marketing", "sales_eu")
        .replace("sources:\n  lake: {connector: files, path: ./lake}\n", "")
    )
    (problem,) = problems_of(
        tmp_path,
        {"domains/sales_eu/domain.yaml": other},
        edited(SALES, "path: ./crm.sqlite", 'path: "${SALES_EU_URI}"'),
    )
    assert problem == (
        f"{SALES}: sources.crm.path: ${{SALES_EU_URI}} is not a name of this domain: it must begin with SALES_ "
        "and not with SALES_EU_, which is another domain's"
    )


WARNINGS = {
    "a tag that nobody carries": (
        added("policies.csv", "p, x, role:any, *, tag:pi, select, *, -, -, deny"),
        "policies.csv:4: no column carries 'tag:pi', did you mean 'pii'?",
    ),
    "a role that nobody has": (
        added(SALES_POLICIES, "p, x, role:sales.intern, sales, sales.orders, select, *, -, -, deny"),
        f"{NEXT}: 'role:sales.intern': no g line gives it to anybody",
    ),
    "a purpose that nobody has": (
        added(SALES_POLICIES, "p, x, role:any, sales, sales.orders, select, *, purpose=audti, -, deny"),
        f"{NEXT}: no principal has the purpose 'audti', did you mean 'audit'?",
    ),
    "an attribute that nobody has": (
        edited(SALES, "region = principal.region", "region = principal.regoin"),
        f"{SALES}: filters.own_region: no principal has the attribute 'regoin', did you mean 'region'?: "
        "the filter hides every row",
    ),
    "a password in clear": (
        edited(SHIPPING, "path: ./depot", 'path: "./depot?password=x"'),
        f"{SHIPPING}: sources.depot.path: a secret stands here in clear: refer to it with ${{NAME}} or "
        "file:/run/secrets/name",
    ),
}


@pytest.mark.parametrize(("change", "warning"), WARNINGS.values(), ids=WARNINGS)
def test_what_is_odd_but_harmless_is_a_warning(tmp_path: Path, change: dict[str, str], warning: str) -> None:
    assert warning in warnings_of(tmp_path, change)


def test_a_password_in_clear_is_a_problem_where_others_can_connect(tmp_path: Path) -> None:
    public = edited("mesh.toml", "127.0.0.1:0", "0.0.0.0:5433")
    problems = problems_of(tmp_path, public, WARNINGS["a password in clear"][0])
    assert WARNINGS["a password in clear"][1] in problems
    assert sum(problem.startswith("principals.yaml: principals.") for problem in problems) == 3
