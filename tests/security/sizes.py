"""Two worlds whose hidden rows differ by a factor of 10,000, so that every choice a planner makes by size flips.

Both have the same visible rows. Hidden ones carry values that raise in a cast or overflow a sum, and lie between the
visible ones, which an engine then finds in other blocks of rows.
"""

from collections.abc import Mapping

import pyarrow as pa

from tests.query.mesh import Builder
from tests.security.worlds import ANA

PRINCIPAL = ANA
FEW, MANY = 2, 20_000

POLICIES = {
    "sales": """
p, s1, role:any, sales, sales.orders, select, own_region, -, -, allow
p, s2, role:any, sales, sales.customers, select, any_case, -, -, allow
p3, s3, role:any, sales, sales.customers.email, hash, 1, -, -
""",
    "shipping": "p, h1, role:any, shipping, shipping.parcels, select, own_region, -, -, allow\n"
    "p, h2, role:any, shipping, shipping.depots, select, *, -, -, allow",
}
FILTERS = {"own_region": "region = principal.region", "any_case": "lower(region) = 'eu'"}
"""No source runs the second."""



def builder(hidden: int) -> Builder:
    """`hidden` rows of every governed relation, beside the visible ones."""
    return Builder(tables(hidden), policies=POLICIES, filters=FILTERS)


def tables(hidden: int) -> Mapping[str, pa.Table]:
    visible, regions = 40, ["EU"] * 40 + ["US"] * hidden
    ids = list(range(1, visible + 1)) + list(range(1000, 1000 + hidden))
    notes = [str(number) for number in range(1, visible + 1)] + [f"CANARY{number}" for number in range(hidden)]
    bad = ["x" if number == 7 else str(number) for number in range(visible)] + ["9"] * hidden
    big = [2**62 if number < 30 else number for number in range(visible)] + [2**63 - 1] * hidden
    one = {"id": ids, "region": regions, "note": notes, "bad": bad, "big": big}
    one |= {"tie": [number % 3 for number in range(visible + hidden)]}
    order = _spread(visible, hidden)
    return {
        "sales.orders": pa.table(one | {"customer": [1 + number % 20 for number in ids]}).take(order),
        "sales.customers": pa.table(one | {"email": [f"CANARY{number}@x" for number in ids]}).take(order),
        "shipping.parcels": pa.table(one | {"order_id": [1 + number % 40 for number in ids]}).take(order),
        "shipping.depots": pa.table({"id": list(range(1, 41)), "bad": [str(n) if n != 9 else "y" for n in range(40)]}),
    }


def _spread(visible: int, hidden: int) -> list[int]:
    """The visible rows in order, the hidden ones evenly between them."""
    places = [(number / visible, number) for number in range(visible)]
    places += [((number + 0.5) / hidden, visible + number) for number in range(hidden)]
    return [number for _, number in sorted(places)]


JOINS = {
    "one": "sales.orders as o",
    "same source": "sales.orders as o join sales.customers as c on o.customer = c.id",
    "other source": "sales.orders as o join shipping.parcels as c on c.order_id = o.id",
    "left": "sales.orders as o left join shipping.parcels as c on c.order_id = o.id",
    "open": "sales.orders as o join shipping.depots as c on c.id = o.id",
    "open first": "shipping.depots as c join sales.orders as o on c.id = o.id",
    "three": "sales.orders as o join sales.customers as c on o.customer = c.id "
    "join shipping.parcels as p on p.order_id = o.id",
    "cross": "sales.orders as o, shipping.parcels as c",
}
RAISING = {
    "one": "cast(o.bad as int) as a",
    "two": "cast(o.bad as int) as a, o.big * 4 as b",
    "two sides": "cast(o.bad as int) as a, c.id + 9223372036854775807 as b",
    "in an aggregate": "sum(cast(o.bad as int)) as a, sum(o.big * 4) as b",
    "of two aggregates": "max(o.big + o.big) as a, min(cast(o.bad as int)) as b",
    "total": "count(*) as n, sum(o.id) as a",
    "hidden only": "cast(o.note as int) as a",
    "sum of hidden": "sum(cast(o.note as int)) as a",
    "none": "o.id, o.note",
}
CONDITIONS = (
    "",
    " where cast(o.bad as int) > 3",
    " where cast(o.note as int) > 3",
    " where cast(o.bad as int) > 3 and o.big * 4 > 1",
    " where o.id < 10 and cast(o.bad as int) < 5",
    " where o.id in (select order_id from shipping.parcels where cast(bad as int) > 1)",
    " where exists (select 1 from shipping.parcels as x where x.order_id = o.id and cast(x.note as int) > 1)",
)
LAST = (
    "select o.id from sales.orders as o order by o.region limit 3",
    "select o.id from sales.orders as o limit 3",
    "select id from sales.orders using sample reservoir(3 rows) repeatable (1)",
    "select count(*) from sales.orders tablesample system (50 percent) repeatable (1)",
    "select first(id), last(id), any_value(note), list(id) from sales.orders",
    "select string_agg(note, ',') from sales.orders",
    "select approx_count_distinct(id), approx_quantile(id, 0.5) from sales.orders",
    "select row_number() over () as n, id from sales.orders",
    "select sum(cast(id as double) / 3) from sales.orders",
    "select avg(big), stddev(big) from sales.orders",
    "select distinct on (region) id from sales.orders",
    "select distinct on (o.tie) o.id from sales.orders as o join sales.customers as c on o.customer = c.id order by o.tie",
    "select o.id, c.note from sales.orders as o join sales.customers as c on o.customer = c.id order by o.tie limit 5",
    "select c.id from sales.customers as c order by c.tie limit 4",
    "select o.id from sales.orders as o join shipping.parcels as p on p.order_id = o.id order by p.tie, o.tie offset 7",
    "select mode(o.tie), mode(o.id) from sales.orders as o join shipping.parcels as p on p.order_id = o.id",
    "select tie from sales.orders union all select id from sales.customers order by 1 limit 9",
    "select tie, id from sales.orders except select tie, id from sales.customers where id > 9",
    "select t.region, count(*), min(t.tie) from (select region, tie, id from sales.orders union all "
    "select region, tie, id from sales.customers) as t where t.id > 3 group by t.region",
    "select t.v from (select cast(bad as int) as v from sales.orders union select tie from sales.customers) as t "
    "where t.v > 3",
    "select t.id from (select id, bad from sales.orders union all select id, note from sales.orders) as t "
    "where cast(t.bad as int) > 3",
    "select o.id, p.note from sales.orders as o join shipping.parcels as p on p.order_id = o.id "
    "order by o.tie desc, p.note limit 5",
    "select o.id, cast(p.bad as int) from sales.orders as o join shipping.parcels as p on p.order_id = o.id "
    "order by o.id limit 3",
    "select o.id, d.bad from sales.orders as o join shipping.depots as d on d.id = o.id order by o.id limit 3 offset 1",
    "select count(*) from sales.orders where id > (select max(id) - 9 from sales.orders where tie = 1)",
    "select id from sales.orders where id > 99 and id < (select max(id) from sales.orders where cast(bad as int) > 3)",
    "select tie, sum(id) from sales.orders group by tie having sum(id) > (select sum(tie) from sales.orders)",
    "explain select id from sales.orders intersect select id from sales.customers",
    "explain select o.id, p.note from sales.orders as o join shipping.parcels as p on p.order_id = o.id "
    "order by o.id limit 5",
    "explain select id from sales.orders where id > (select min(id) from sales.orders where tie = 1)",
    "select cast(bad as int) from sales.customers where big > 0 limit 1",
    "select cast(bad as int) as a, big * 4 as b from sales.customers",
    "select cast(bad as int) as a, big * 4 as b from sales.orders where id % 2 = 1",
    "select factorial(cast(bad as int)), cast(note as smallint) - 7 from sales.customers as c",
    "select o.id from sales.orders as o left join sales.customers as c on c.id = o.id and cast(c.bad as int) > o.tie",
    "select q.v from (select id, max(cast(bad as int)) as v from sales.orders group by id) as q "
    "join shipping.depots as d on d.id = q.id where d.id < 5",
    "select q.id from (select id, cast(bad as int) as v from sales.customers order by id limit 30) as q "
    "join sales.orders as o on o.id = q.id where o.id = 2",
    "select o.id from sales.orders as o where o.id > 9 and "
    "exists (select 1 from sales.customers as c where c.id = o.id and cast(c.bad as int) > 1)",
    "select id from sales.orders where id = 3 and customer in (select id from sales.customers where cast(bad as int) > 1)",
    "select (select c.id from sales.customers as c where c.tie = o.tie) from sales.orders as o where o.id > 100",
    "select region, mode(region) from sales.orders group by region",
    "select arg_max(id, region), arg_min(id, region) from sales.orders",
    "select (select id from sales.orders) as a",
    "select id from sales.orders where id = (select order_id from shipping.parcels)",
    "select email, count(*) from sales.customers group by email order by 2, 1 limit 5",
    "select c.email from sales.customers as c join sales.orders as o on o.customer = c.id order by 1 limit 5",
    "explain select o.id from sales.orders as o join shipping.parcels as p on p.order_id = o.id",
    "explain select count(*) from sales.orders as o join sales.customers as c on o.customer = c.id",
    "explain (policy) select id from sales.orders",
    "summarize sales.orders",
    "select * from sales.orders as o positional join shipping.depots as d",
    "select o.id, p.id from sales.orders as o asof join shipping.parcels as p on o.id >= p.id",
    "select o.id from sales.orders as o anti join shipping.parcels as p on p.order_id = o.id",
    "select count(*) from range(100000) as r(x), sales.orders",
    "select count(*) from sales.orders as a, sales.orders as b, sales.orders as c",
    "select count(*) from sales.orders as a, sales.customers as b, shipping.parcels as c, sales.orders as d",
    "with recursive r(n) as (select min(id) from sales.orders union all select n + 1 from r where n < 30) select * from r",
)


def statements() -> list[str]:
    found = list(LAST)
    for name, joined in JOINS.items():
        for items in RAISING.values():
            if "c." in items and name == "one":
                continue
            found += [f"select {items} from {joined}{condition}" for condition in CONDITIONS]
    return found
