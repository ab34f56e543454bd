"""governance.md, rule 8: a share that is withdrawn is gone from the next statement on. What reads it is refused with
words that say whom to ask, what reads that too, and nobody and nothing else waits for it. Over a running gateway."""

from pathlib import Path
from typing import Any

import psycopg
import pytest

from gateway.errors import ConfigurationError
from gateway.opening import check
from gateway.server import Server
from tests.meshes import ENVIRONMENT, FILES, added, edited, write_mesh
from tests.security.test_rule_10_reload import changed, serving

SALES = "domains/sales/policies.csv"
SHIPPING = "domains/shipping/policies.csv"
SHARE = "p, sales-7, domain:shipping, sales, sales.orders, share, my_regions, -, -, allow\n"
DELAYS_SQL = "domains/shipping/products/delays/delays.sql"
WORST = "domains/marketing/products/worst"
BUILT_ON_IT = {
    f"{WORST}/contract.odcs.yaml": """\
apiVersion: v3.1.0
kind: DataContract
id: marketing-worst
version: 1.0.0
status: active
schema:
  - name: worst
    properties:
      - {name: carrier, logicalType: string, physicalType: text}
      - {name: days_late, logicalType: integer, physicalType: bigint}
""",
    f"{WORST}/worst.sql": "SELECT d.carrier, d.days_late FROM shipping.delays AS d WHERE d.days_late > 0\n",
    "domains/marketing/policies.csv": f"{FILES['domains/marketing/policies.csv']}"
    "p, marketing-2, role:any, marketing, marketing.worst, select, *, -, -, allow\n",
    SHIPPING: f"{FILES[SHIPPING]}"
    "p, shipping-3, domain:marketing, shipping, shipping.delays, share, *, -, -, allow\n"
    "p, shipping-4, role:any, shipping, shipping.delays, select, *, -, -, allow\n",
}
WITHDRAWN = {
    "the share": {SALES: FILES[SALES].replace(SHARE, "")},
    "by a deny": added(SALES, "p, late, domain:shipping, sales, sales.orders, share, *, -, -, deny"),
    "the column of a join": added(
        SALES, "p, late, domain:shipping, sales, sales.orders.order_id, share, *, -, -, deny"
    ),
    "the values of a column of a join": added(
        SALES, "p3, late, domain:shipping, sales, sales.orders.order_id, hash, 9, -, -"
    ),
}


def connected(server: Server, name: str = "ana") -> "psycopg.Connection[tuple[Any, ...]]":
    address = server.addresses["postgres"]
    return psycopg.connect(
        host=address.host, port=address.port, user=name, password=name, dbname="small", autocommit=True
    )


@pytest.mark.parametrize("withdrawn", WITHDRAWN.values(), ids=WITHDRAWN)
def test_rule_08_a_withdrawn_share_counts_from_the_next_statement(
    tmp_path: Path, withdrawn: dict[str, str]
) -> None:
    mesh = write_mesh(tmp_path, BUILT_ON_IT)
    with serving(mesh) as server, connected(server) as ana:
        for name in ("shipping.delays", "marketing.worst"):
            assert ana.execute(f"SELECT carrier FROM {name}").fetchall()  # type: ignore[arg-type]
        changed(mesh, {**BUILT_ON_IT, **withdrawn})
        warnings = server.reload()
        assert any("delays" in each and "until then who asks for it is refused" in each for each in warnings)
        for name, team in (("shipping.delays", "Shipping operations"), ("marketing.worst", "Marketing")):
            for sql in (
                "SELECT carrier FROM {}",
                "SELECT count(*) FROM {}",
                "DESCRIBE {}",
                "EXPLAIN SELECT * FROM {}",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege) as told:
                    ana.execute(sql.format(name))  # type: ignore[arg-type]
                assert told.value.diag.message_primary == f"permission denied for relation {name}"
                assert f"ask its owner {team}" in (told.value.diag.message_hint or "")
                assert "orders" not in f"{told.value}", "what it reads is none of the consumer's business"
        assert ana.execute("SELECT region FROM sales.orders").fetchall() == [("EU",)], "all else goes on"
        assert ana.execute("SELECT count(*) FROM shipping.parcels").fetchone() != (0,)
        changed(mesh, BUILT_ON_IT)
        server.reload()
        assert ana.execute("SELECT carrier FROM marketing.worst").fetchall(), "and it comes back"


def test_rule_08_a_withdrawn_column_takes_what_is_made_of_it_and_no_more(tmp_path: Path) -> None:
    mesh = write_mesh(tmp_path, BUILT_ON_IT)
    with serving(mesh) as server, connected(server) as ana:
        late = "p, late, domain:shipping, sales, sales.orders.ordered_on, share, *, -, -, deny"
        changed(mesh, {**BUILT_ON_IT, **added(SALES, late)})
        server.reload()
        cursor = ana.execute("SELECT * FROM shipping.delays")
        assert [column.name for column in cursor.description or ()] == ["order_id", "region", "carrier"]
        with pytest.raises(psycopg.errors.UndefinedColumn):
            ana.execute("SELECT days_late FROM shipping.delays")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            ana.execute("SELECT carrier FROM marketing.worst")  # its rows are decided by days_late


def test_rule_08_other_policies_of_the_same_change_come_into_force(tmp_path: Path) -> None:
    mesh = write_mesh(tmp_path)
    with serving(mesh) as server, connected(server) as ana:
        gone = FILES[SALES].replace(
            SHARE, "p, n, role:any, sales, sales.orders.region, select, *, -, -, deny\n"
        )
        changed(mesh, {SALES: gone})
        server.reload()
        with pytest.raises(psycopg.errors.UndefinedColumn):
            ana.execute("SELECT region FROM sales.orders")


def test_rule_08_check_names_the_domain_that_reads_what_is_not_shared(tmp_path: Path) -> None:
    line = "p, <id>, domain:shipping, sales, sales.orders, share, *, -, -, allow"
    with pytest.raises(ConfigurationError) as found:
        check(write_mesh(tmp_path, WITHDRAWN["the share"]), ENVIRONMENT)
    assert found.value.problems == (
        f"{DELAYS_SQL}: sales.orders is not shared with shipping: sales must add a line like {line}",
    )


def test_rule_08_sql_that_is_wrong_anyway_is_no_withdrawn_share(tmp_path: Path) -> None:
    wrong = edited(DELAYS_SQL, "o.region, p.carrier", "o.region, p.carier")
    mesh = write_mesh(tmp_path, {**wrong, **WITHDRAWN["the share"]})
    with pytest.raises(ConfigurationError, match="not shared with shipping"), serving(mesh):
        pass
