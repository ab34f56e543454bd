"""Products whose own SQL fails on some row, in any way and in any place."""

FAILING = {
    "cast": "cast({0}raw AS bigint)",
    "overflow": "{0}big + 1",
    "product": "{0}big * 2",
    "parse": "strptime({0}raw, '%Y')",
    "absolute": "abs({0}low)",
    "day": "DATE '2020-01-01' + cast({0}big AS integer)",
    "lists": "list_sum(list_transform([1, 2], lambda y: cast({0}raw AS bigint) + y))",
}
"""Expressions that fail on the row in question, `{0}` standing for a qualifier of columns."""

PLACES = {
    "shown": "SELECT {e} AS n, region FROM _src.items",
    "condition": "SELECT id AS n, region FROM _src.items WHERE {e} IS NOT NULL",
    "greatest": "SELECT region, max({e}) AS n FROM _src.items GROUP BY region",
    "key": "SELECT {e} AS n, region, count(*) AS c FROM _src.items GROUP BY {e}, region",
    "join": "SELECT a.id AS n, a.region FROM _src.items AS a JOIN _src.items AS b ON a.id = b.id AND {a} IS NOT NULL",
    "numbered": "SELECT {e} AS n, row_number() OVER (ORDER BY id) AS rn, region FROM _src.items",
    "window": "SELECT max({e}) OVER (PARTITION BY region) AS n, region FROM _src.items",
    "distinct": "SELECT DISTINCT {e} AS n, region FROM _src.items",
    "first": "SELECT {e} AS n, region FROM _src.items ORDER BY id LIMIT 10",
    "looked up": "SELECT id AS n, region FROM _src.items "
    "WHERE id IN (SELECT s.id FROM _src.items AS s WHERE {s} IS NOT NULL)",
    "twice": "SELECT {e} AS n, {e} IS NULL AS m, {e} = {e} AS o, region FROM _src.items",
}

CAST = "cast(raw AS bigint)"
WIDE = "CAST(big AS hugeint) * CAST('10000000000000000000' AS hugeint)"
TWICE = "_src.items, (VALUES (1), (2), (3)) AS v(k)"
SHAPES = {
    "cte": f"WITH t AS (SELECT {CAST} AS n, region, id FROM _src.items) SELECT n, region FROM t WHERE id > 0",
    "named_cte": f"WITH t(a, b, c) AS (SELECT {CAST}, region, id FROM _src.items), u AS (SELECT a + 0 AS a, b FROM t) "
    "SELECT a AS n, b AS region FROM u WHERE a IS NOT NULL",
    "union_all": f"SELECT n, region FROM (SELECT {CAST} AS n, region FROM _src.items "
    "UNION ALL SELECT id AS n, region FROM _src.items) AS u",
    "united": f"SELECT n, region FROM (SELECT id AS n, region FROM _src.items UNION SELECT {CAST}, region "
    "FROM _src.items) AS u WHERE region IS NOT NULL",
    "subtracted": f"SELECT n, region FROM (SELECT {CAST} AS n, region FROM _src.items "
    "EXCEPT SELECT 5 AS n, region FROM _src.items) AS u",
    "by_name": "SELECT n, region FROM (SELECT region, id AS n FROM _src.items UNION ALL BY NAME "
    f"SELECT {CAST} AS n, region FROM _src.items) AS u WHERE region IS NOT NULL",
    "keyed": f"SELECT {CAST} + 1 AS n, region FROM _src.items GROUP BY {CAST}, region",
    "above_group": "SELECT cast(max(raw) AS bigint) AS n, region FROM _src.items GROUP BY region "
    "HAVING cast(max(raw) AS bigint) > 0",
    "above_sums": f"SELECT region, max({CAST}) * max(big) AS n FROM _src.items GROUP BY region "
    "ORDER BY cast(max(raw) AS bigint) LIMIT 5",
    "by_position": "SELECT region, cast(max(raw) AS bigint) AS n FROM _src.items GROUP BY 1",
    "by_alias": "SELECT lower(region) AS r, cast(max(raw) AS bigint) AS n, max(region) AS region FROM _src.items "
    "GROUP BY r ORDER BY n LIMIT 7",
    "above_window": "SELECT cast(max(raw) OVER (PARTITION BY region) AS bigint) AS n, region FROM _src.items",
    "placed": f"SELECT row_number() OVER (PARTITION BY region ORDER BY {CAST}) AS n, region FROM _src.items",
    "running": f"SELECT max({CAST}) OVER w AS n, region FROM _src.items WINDOW w AS (PARTITION BY region ORDER BY id)",
    "qualified": f"SELECT id AS n, region FROM _src.items "
    f"QUALIFY row_number() OVER (PARTITION BY region ORDER BY id) <= {CAST} + 3",
    "qualify_window": "SELECT id AS n, region FROM _src.items "
    "QUALIFY cast(max(raw) OVER (PARTITION BY region) AS bigint) > 0",
    "distinct_on": f"SELECT DISTINCT ON ({CAST}, region) id AS n, region FROM _src.items ORDER BY {CAST}, region, id",
    "ordered": f"SELECT id AS n, region FROM _src.items ORDER BY {CAST} LIMIT 10",
    "one_value": "SELECT (SELECT max(cast(s.raw AS bigint)) FROM _src.items AS s WHERE s.region = i.region) AS n, "
    "region FROM _src.items AS i",
    "above_value": "SELECT cast((SELECT max(s.raw) FROM _src.items AS s WHERE s.region = i.region) AS bigint) AS n, "
    "region FROM _src.items AS i",
    "inequality": "SELECT a.id AS n, a.region FROM _src.items AS a JOIN _src.items AS b "
    "ON a.id = b.id AND cast(a.raw AS bigint) >= b.id",
    "unsaid": "SELECT id AS n, region FROM _src.items WHERE raw IN (1, 2, 3) AND raw IN (3, 2, 1)",
    "unsaid_twice": "SELECT id AS n, raw IN (1, 2, 3, 4, 5, 6, 7, 8) AS y, raw IN (1, 2) AS w, region FROM _src.items",
    "beside": "SELECT l.n, i.region FROM _src.items AS i, LATERAL (SELECT cast(i.raw AS bigint) AS n) AS l",
    "filtered": f"SELECT region, count(*) FILTER (WHERE {CAST} > 0) AS n FROM _src.items GROUP BY region",
    "rolled": "SELECT max(region) AS region, cast(max(raw) AS bigint) AS n FROM _src.items GROUP BY ROLLUP (id) "
    "ORDER BY n LIMIT 9",
    "cubed": "SELECT max(region) AS region, cast(max(raw) AS bigint) + grouping(id + 1) AS n, id + 1 AS i "
    "FROM _src.items GROUP BY CUBE (id + 1) ORDER BY i, n LIMIT 9",
    "sets": "SELECT max(region) AS region, cast(max(raw) AS bigint) AS n, id, kind FROM _src.items "
    "GROUP BY GROUPING SETS ((kind, id), id) HAVING cast(max(raw) AS bigint) > 0",
    "wide_sum": f"SELECT max(region) AS region, sum({WIDE}) AS n FROM {TWICE} GROUP BY id",
    "wide_total": f"SELECT max(region) AS region, sum(DISTINCT {WIDE}) FILTER (WHERE k > 0) + sum({WIDE}) AS n "
    f"FROM {TWICE} GROUP BY ROLLUP (id)",
    "wide_window": f"SELECT region, sum({WIDE}) OVER (PARTITION BY id ORDER BY k) AS n FROM {TWICE}",
    "wide_cte": f"WITH s AS (SELECT id, max(region) AS region, sum({WIDE}) AS t FROM {TWICE} GROUP BY id) "
    "SELECT region, t + 1 AS n FROM s",
    "decimals": f"SELECT max(region) AS region, avg(CAST({WIDE} AS decimal(38, 0))) AS n FROM {TWICE} GROUP BY id",
    "skewed": f"SELECT max(region) AS region, skewness(pow(big, 16) * k) AS n FROM {TWICE} GROUP BY id",
    "named": "SELECT max(region) AS region, json_group_object(CASE WHEN big < 100 THEN kind END, id) AS n "
    "FROM _src.items GROUP BY id",
    "in_order": f"SELECT region, string_agg(kind, ',' ORDER BY {CAST}) AS n FROM _src.items GROUP BY region",
}
"""Bodies that show `n` and `region` of rows whose `raw` is a number."""

QUIET = {
    "doubles": f"SELECT max(region) AS region, sum(CAST(big AS double) * 1e289) AS n FROM {TWICE} GROUP BY id",
    "spread": "SELECT max(region) AS region, stddev(CAST(big AS double) * 1e289) IS NULL AS n "
    "FROM _src.items GROUP BY id",
    "whole": "SELECT max(a.region) AS region, CAST(sum(a.big) AS double) AS n "
    "FROM _src.items AS a, _src.items AS b GROUP BY a.id",
    "cases": "SELECT CASE WHEN regexp_matches(raw, '^[0-9]+$') THEN cast(raw AS bigint) END AS n, region "
    "FROM _src.items WHERE id > 0",
    "simple_case": "SELECT CASE kind WHEN 'n' THEN cast(raw AS bigint) ELSE -1 END AS n, region "
    "FROM _src.items WHERE id > 0",
    "both_true": "SELECT id AS n, region FROM _src.items "
    "WHERE regexp_matches(raw, '^[0-9]+$') AND cast(raw AS bigint) > 0",
    "either": "SELECT id AS n, region FROM _src.items "
    "WHERE NOT regexp_matches(raw, '^[0-9]+$') OR cast(raw AS bigint) > 0",
    "first_given": "SELECT coalesce(id, cast(raw AS bigint)) AS n, region FROM _src.items WHERE id > 0",
    "chosen": "SELECT if(kind = 'n', cast(raw AS bigint), 0) AS n, region FROM _src.items WHERE id > 0",
    "before": f"SELECT lag({CAST}) OVER (PARTITION BY region ORDER BY id) AS n, region FROM _src.items",
    "match": "SELECT a.id AS n, a.region FROM _src.items AS a LEFT JOIN _src.items AS b "
    "ON cast(a.raw AS bigint) = b.id",
    "found": "SELECT id AS n, region FROM _src.items AS i WHERE EXISTS (SELECT 1 FROM _src.items AS s "
    "WHERE s.region = i.region AND coalesce(try_cast(s.raw AS bigint), 1) > 0)",
}
"""Bodies that show nothing that cannot be computed, though a part of theirs cannot for one row."""


def generated() -> dict[str, str]:
    """Each failing expression in each place."""
    return {
        f"{name}_{place.replace(' ', '_')}": body.format(
            e=expression.format(""), a=expression.format("a."), s=expression.format("s.")
        )
        for name, expression in FAILING.items()
        for place, body in PLACES.items()
    }
