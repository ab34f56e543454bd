"""Names that a planner could use itself, that a catalog holds, or that a parser could trip over, at the places where a
consumer may write names of their own. Whatever they are, a statement means what it means with harmless names."""

HARMLESS = ("aa", "bb")

NAMES = (
    *("t0", "t1", "T1", "q0", "q1", "u0", "u1", "u2", "U1", "d0", "d1", "g1", "s1", "k1", "keys 1", "c0", "c1"),
    *("nothing", "scan 1", "scan", "self", "_t0", "_q_0", "_col_0", "column1", "?column?", "x", "l1"),
    *("principal", "value", "values", "orders", "sales", "sales.orders", "hr", "salaries", "_src", "sales._src"),
    *("main", "memory", "system", "pg_catalog", "information_schema", "temp", "excluded", "new", "old"),
    *("rowid", "ctid", "xmin", "tableoid", "oid", "select", "from", "null", "true", "count", "sum", "id", "region"),
    *("margin", "api_key", "email", "amount", "*", " ", "a b", "a.b", 'a"b', "a'b", "a;b", "--", "/*", "$1", "?", ":a"),
    *("ö", "\u212a", "ﬁ", "\u00a0", "\u200b", "İ", "\u0131", "%s", "{0}", "\\", "x" * 63, "x" * 64, "row", "lambda", "end"),
)

TEMPLATES = (
    "select {a}.id as {b} from sales.orders as {a} order by 1",
    "with {a} as (select id, note from sales.orders), {b} as (select order_id, status from sales.parcels) "
    "select {a}.id, {a}.note, {b}.status from {a} join {b} on {a}.id = {b}.order_id order by 1",
    "select {a}.{b} from (select id as {b} from sales.orders) as {a} where {a}.{b} > 1 order by 1",
    "select x.{a}, (select count(*) from sales.parcels as {b} where {b}.order_id = x.{a}) as n "
    "from (select id as {a} from sales.orders) as x order by 1",
    "select {a}, sum({b}) as n from (select region as {a}, amount as {b} from sales.orders) as x "
    "group by {a} order by 1",
    "select {a}.id, {b}.status from sales.orders as {a} join sales.parcels as {b} on {a}.id = {b}.order_id order by 1",
    "select {a}.id from sales.orders as {a} "
    "where exists (select 1 from sales.parcels as {b} where {b}.order_id = {a}.id) order by 1",
    "select {a}.id from sales.orders as {a} where {a}.id in (select {b}.order_id from sales.parcels as {b}) order by 1",
    "select list_transform([id, 2], lambda {a}: {a} + 1) as {b} from sales.orders order by 1",
    "select struct_extract(struct_pack({a} := id, {b} := note), '{t}') as n from sales.orders order by 1",
    "select sum({a}.id) over {b} as n from sales.orders as {a} window {b} as (order by {a}.id) order by 1",
    "with recursive {a}({b}) as (select 1 union all select {b} + 1 from {a} where {b} < 3) "
    "select o.id, {a}.{b} from sales.orders as o, {a} order by 1, 2",
    "select {a}.id, {b}.y from sales.orders as {a}, lateral (select {a}.id + 1 as y) as {b} order by 1",
    "with {a} as (with {a} as (select id as {b} from sales.orders) select * from {a}) select {b} from {a} order by 1",
    "select id as {a} from sales.orders union all select order_id as {b} from sales.parcels order by 1",
    "select {a}.region, {b}.n from sales.orders as {a} left join (select order_id, count(*) as n "
    "from sales.parcels group by order_id) as {b} on {b}.order_id = {a}.id order by 1, 2",
    "select {a}.email, {b}.ssn from sales.orders as {a} join sales.customers as {b} on {a}.id = {b}.id order by 1, 2",
    "select {a}.region, count(*) as {b}, max({a}.amount) as m from sales.orders as {a} join sales.parcels as p "
    "on p.order_id = {a}.id group by {a}.region having count(*) > 0 order by {b}",
    "select distinct {a}.{b} from (select region as {b}, id from sales.orders order by id limit 10) as {a} order by 1",
    "select ({a}.{b}).id as n from (select o as {b} from sales.orders as o) as {a} order by 1",
)


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def statement(template: str, first: str, second: str) -> str:
    field = first.replace("'", "''")
    return template.replace("{a}", quoted(first)).replace("{b}", quoted(second)).replace("{t}", field)
