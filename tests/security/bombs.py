"""Statements that would use up time or memory, each by another way. All must be refused before the engine is asked:
an engine cannot be interrupted while it plans or is inside of one function's call."""


def nested(inner: str, outer: str, times: int) -> str:
    """`outer` holds `{}`, around itself."""
    for _ in range(times):
        inner = outer.replace("{}", inner)
    return inner


BOMBS = {
    "struct-doubling": nested("select {'a':1,'b':2} x", "select {'a':x,'b':x} x from ({}) t", 22),
    "list-doubling": nested("select [1] x", "select [x,x] x from ({}) t", 60),
    "concat-doubling": nested("select 'aaaaaaaaaa' x", "select x||x x from ({}) t", 30),
    "concat-doubling-of-a-column": nested("select note x from sales.orders", "select x||x x from ({}) t", 30),
    "concat-function-doubling": nested(
        "select note x from sales.orders", "select concat(x,x) x from ({}) t", 30
    ),
    "star-doubling": "with c0 as (select 1 a, 2 b), "
    + ", ".join(f"c{i} as (select *, * from c{i - 1})" for i in range(1, 25))
    + " select * from c24",
    "star-doubling-sub": "select * from " + "(select *, * from " * 24 + "sales.orders" + ")" * 24,
    "star-many": "select " + ", ".join(["*"] * 5000) + " from sales.orders",
    "star-joins": "select * from " + ", ".join(f"sales.orders o{i}" for i in range(190)),
    "concat-cte": "with c0 as (select note x from sales.orders), "
    + ", ".join(f"c{i} as (select x||x||x||x x from c{i - 1})" for i in range(1, 20))
    + " select length(x) from c19",
    "replace-amp": "select length(replace(replace(replace(replace(note||'%s','a',note||'%s'),'b','%s'),'c','%s'),'d','e')) from sales.orders"
    % ("a" * 1000, "b" * 1000, "c" * 1000, "d" * 1000),
    "regexp_replace-amp": "select length(regexp_replace(regexp_replace(note||'%s','a','%s','g'),'b','%s','g')) from sales.orders"
    % ("a" * 5000, "b" * 5000, "c" * 5000),
    "replace-const": "select length(replace(replace('%s','a','%s'),'b','%s'))"
    % ("a" * 5000, "b" * 5000, "c" * 1000),
    "string_agg-range": "select length(string_agg('%s','')) from range(9999999)" % ("x" * 1000),
    "string_agg-range2": "select length(string_agg(range::varchar || '%s','')) from range(1000000)"
    % ("x" * 5000),
    "list-range-str": "select len(list(range::varchar || '%s')) from range(9999999)" % ("x" * 1000),
    "levenshtein-big": "select levenshtein('%s','%s')" % ("a" * 200000, "b" * 200000),
    "levenshtein-col": "select levenshtein(note||'%s','%s') from sales.orders" % ("a" * 100000, "b" * 100000),
    "damerau": "select damerau_levenshtein(note||'%s','%s') from sales.orders" % ("a" * 30000, "b" * 30000),
    "jaro": "select jaro_similarity(note||'%s','%s') from sales.orders" % ("a" * 400000, "b" * 400000),
    "regex-range": "select count(*) from range(9999999) where regexp_matches(range||'%s','(a|b)*c')"
    % ("ab" * 1000),
    "json-pretty": "select length(json_pretty('%s'))" % ("[" * 50000 + "]" * 50000),
    "json-merge": "select json_merge_patch(%s)" % (",".join("'{\"a\":1}'" for i in range(5000))),
    "from_json": "select from_json('{}', '%s')" % ('{"a":' * 5000 + '"int"' + "}" * 5000),
    "from_json2": "select from_json('{}', '%s')" % ("[" * 500 + '"int"' + "]" * 500),
    "cross-1e12": "select count(*) from range(1000000) a, range(1000000) b",
    "cross-3": "select count(*) from range(10000) a, range(10000) b, range(10000) c",
    "cross-ineq": "select count(*) from range(1000000) a join range(1000000) b on a.range < b.range",
    "cross-ineq2": "select count(*) from range(1000000) a(x) join range(1000000) b(y) on x<>y",
    "cross-on-true": "select count(*) from range(1000000) a(x) join range(1000000) b(y) on true",
    "cross-or": "select count(*) from range(1000000) a(x) join range(1000000) b(y) on x=y or x+1=y",
    "cross-const-using": "select count(*) from (select 1 k from range(1000000)) a join (select 1 k from range(1000000)) b using (k)",
    "cross-mod": "select count(*) from range(1000000) a(x) join range(1000000) b(y) on x%2=y%2",
    "cross-left": "select count(*) from range(1000000) a(x) left join range(1000000) b(y) on x<y",
    "cross-lateral": "select count(*) from range(1000000) a(x), lateral (select * from range(1000000)) b(y)",
    "cross-corr": "select sum((select count(*) from range(1000000) b(y) where y<>x)) from range(1000000) a(x)",
    "cross-corr-agg": "select max((select sum(y*x) from range(10000) b(y) where y<>x)) from range(1000000) a(x)",
    "cross-ctes": "with t as (select * from range(100000)) select count(*) from t a, t b, t c",
    "cross-natural-none": "select count(*) from range(1000000) a(x) natural join range(1000000) b(y)",
    "cross-orders8": "select count(*) from " + ", ".join(f"sales.orders o{i}" for i in range(40)),
    "self-region-60": "select count(*) from sales.orders o0 "
    + " ".join(f"join sales.orders o{i} using (region)" for i in range(1, 60)),
    "self-id-60": "select count(*) from sales.orders o0 "
    + " ".join(f"join sales.orders o{i} using (id)" for i in range(1, 60)),
    "self-id-190": "select count(*) from sales.orders o0 "
    + " ".join(f"join sales.orders o{i} using (id)" for i in range(1, 190)),
    "join-chain-on": "select count(*) from sales.orders o0 "
    + " ".join(f"join sales.orders o{i} on o{i}.id=o{i - 1}.id" for i in range(1, 100)),
    "join-star-on": "select count(*) from sales.orders o0 "
    + " ".join(f"join sales.orders o{i} on o{i}.id>=o0.id" for i in range(1, 60)),
    "join-left-60": "select count(*) from sales.orders o0 "
    + " ".join(f"left join sales.orders o{i} on true" for i in range(1, 60)),
    "win-list": "select max(len(list(range) over (order by range))) from range(1000000)",
    "win-mode": "select max(m) from (select mode(range) over (order by range rows between 500000 preceding and 500000 following) m from range(1000000))",
    "win-stragg": "select max(length(m)) from (select string_agg(range::varchar) over (order by range) m from range(200000))",
    "win-exclude": "select max(m) from (select sum(range) over (order by range rows between 500000 preceding and 500000 following exclude ties) m from range(1000000))",
    "win-range": "select max(m) from (select sum(range) over (order by 1 range between 1 preceding and 1 following exclude current row) m from range(1000000))",
    "win-mad": "select max(m) from (select mad(range) over (order by range rows between 500000 preceding and 500000 following) m from range(100000))",
    "win-histogram": "select max(cardinality(m)) from (select histogram(range) over (order by range rows between 500000 preceding and 500000 following) m from range(100000))",
    "win-many": "select "
    + ", ".join(f"sum(range) over (order by range%{i + 2})" for i in range(300))
    + " from range(9999999)",
    "win-argmax": "select max(len(m)) from (select arg_max(range,range,1000) over (order by range rows between 500000 preceding and 500000 following) m from range(1000000))",
    "win-nth": "select max(m) from (select nth_value(range, range+1) over (order by range) m from range(9999999))",
    "sort-wide": "select range||'%s' x from range(9999999) order by x" % ("y" * 500),
    "distinct-wide": "select count(distinct range||'%s') from range(9999999)" % ("y" * 500),
    "group-wide": "select count(*) from (select range||'%s' x from range(9999999) group by x)" % ("y" * 500),
    "histogram-10m": "select cardinality(histogram(range)) from range(9999999)",
    "median-10m": "select median(range), quantile_cont(range,[0.1,0.5]), mode(range), entropy(range) from range(9999999)",
    "many-agg": "select " + ", ".join(f"sum(range%{i + 2})" for i in range(1500)) + " from range(9999999)",
    "many-distinct": "select "
    + ", ".join(f"count(distinct range%{i + 2})" for i in range(200))
    + " from range(9999999)",
    "cube-12-range": "select count(*) from (select count(*) from range(9999999) group by cube("
    + ",".join(f"(range+{i})" for i in range(12))
    + "))",
    "rollup-many": "select count(*) from (select count(*) from range(1000000) group by rollup("
    + ",".join(f"(range+{i})" for i in range(200))
    + "))",
    "grouping-sets": "select count(*) from (select count(*) from range(1000000) group by grouping sets("
    + ",".join(f"(range+{i})" for i in range(500))
    + "))",
    "unnest-cross": "select count(*) from (select unnest(l) from (select list(range) l from range(10000)), range(10000))",
    "list_transform-nest": "select len(flatten(list_transform(l, lambda x: list_transform(l, lambda y: x+y)))) from (select list(range) l from range(30000))",
    "list_reduce": "select length(list_reduce(list(range::varchar), lambda x,y: x||y)) from range(100000)",
    "list_reduce2": "select length(list_reduce(list(range::varchar), lambda x,y: x||x)) from range(60)",
    "list_concat-dbl": "select len(list_reduce(list([range]), lambda x,y: list_concat(x,x))) from range(60)",
    "list_agg": "select list_aggregate(list(range),'string_agg','%s') from range(100000)" % ("x" * 10000),
    "array_to_string": "select length(array_to_string(list(range),'%s')) from range(1000000)" % ("x" * 10000),
    "split-cross": "select count(*) from (select unnest(split('%s','')) from range(1000000))"
    % ("x" * 900000),
    "map": "select cardinality(map(list(range),list(range))) from range(3000000)",
    "strftime-r": "select count(strftime(date '2020-01-01' + range::int, '%s')) from range(100000)"
    % ("%A" * 10000),
    "in-expr-r": "select count(*) from range(9999999) where range*3 in (%s)"
    % (",".join("range+%d" % i for i in range(1, 4000))),
    "or-chain": "select count(*) from range(9999999) where "
    + " or ".join("range%%%d=1" % i for i in range(1000, 1900)),
    "case-many": "select sum(case "
    + " ".join("when range=%d then %d" % (i, i) for i in range(7000))
    + " end) from range(9999999)",
    "cols-r": "select " + ",".join("range+%d" % i for i in range(12000)) + " from range(100000)",
    "values-20000": "select count(*) from (values " + ",".join("(%d)" % i for i in range(16000)) + ") t(a)",
    "values-cross": "with t as (values "
    + ",".join("(%d)" % i for i in range(8000))
    + ") select count(*) from t a, t b, t c",
    "corr-90": "select "
    + "(select " * 30
    + "id"
    + " from sales.parcels limit 1)" * 30
    + " from sales.orders o",
    "cte-200": "with "
    + ",".join("c%d as (select * from sales.orders)" % i for i in range(199))
    + " select count(*) from "
    + ",".join("c%d" % i for i in range(20)),
    "cte-chain-199": "with c0 as (select * from sales.orders),"
    + ",".join("c%d as (select * from c%d)" % (i, i - 1) for i in range(1, 199))
    + " select * from c198",
    "cte-chain-union": "with c0 as (select 1 x),"
    + ",".join(
        "c%d as (select * from c%d union all select * from c%d)" % (i, i - 1, i - 1) for i in range(1, 30)
    )
    + " select count(*) from c29",
    "quantile-many": "select quantile_cont(range, [%s]) from range(1000000)"
    % (",".join("0.%d" % i for i in range(10000))),
    "approx": "select approx_quantile(range, [%s]) from range(1000000)"
    % (",".join("0.%d" % (i % 97 + 1) for i in range(10000))),
    "md5-big": "select count(md5(range||'%s')) from range(1000000)" % ("x" * 100000),
    "sha-many": "select " + "sha256(" * 90 + "'x'||range" + ")" * 90 + " from range(1000000)",
    "bin": "select " + "hex(" * 30 + "note" + ")" * 30 + " from sales.orders",
    "bin2": "select length(" + "bin(" * 12 + "note" + ")" * 12 + ") from sales.orders",
    "url": "select length(" + "url_encode(" * 40 + "note||'%'" + ")" * 40 + ") from sales.orders",
    "tojson": "select length(" + "to_json(" * 30 + "note||'\"'" + "::varchar)" * 30 + ") from sales.orders",
    "jsonq": "select length("
    + "json_quote(" * 30
    + "note||'\"'"
    + ")::varchar" * 0
    + ")" * 30
    + ") from sales.orders",
    "b64": "select length("
    + "to_base64(" * 60
    + "encode(note)"
    + ")::blob" * 0
    + ")" * 60
    + ") from sales.orders",
    "instr": "select count(instr(range||'%s','%s')) from range(10000)" % ("a" * 50000, "a" * 25000 + "b"),
    "list_distinct": "select len(list_distinct(list(range%1000))) from range(9999999)",
    "list_position": "select count(list_position(l, range)) from range(100000), (select list(range) l from range(100000))",
    "list_contains-col": "select count(*) from range(100000) a(x), (select list(y) l from range(100000) b(y)) where list_contains(l, x)",
    "list_zip": "select len(list_zip(%s)) from (select list(range) l from range(1000000))"
    % (",".join(["l"] * 200)),
    "struct-many": "select {%s} from range(1000000)" % (",".join("'k%d':range" % i for i in range(3000))),
    "row-agg": "select list({%s}) from range(1000000)" % (",".join("'k%d':range" % i for i in range(300))),
    "range-join-10": "select count(*) from "
    + " join ".join(["range(9999999) a"] + ["range(9999999) b%d using (range)" % i for i in range(30)]),
    "gen-many": "select count(*) from (" + " union all ".join(["select * from range(9999999)"] * 400) + ")",
    "comment-nest": "/*" * 100000 + "*/" * 100000 + " select 1",
    "text-limit-col": "select note||'" + "x" * 900000 + "' from sales.orders, range(1000)",
    "dollar": "select $" + "a" * 500000 + "$ x $" + "a" * 500000 + "$",
    "num-long": "select " + "1" * 500000,
    "num-long2": "select 1." + "1" * 500000,
    "exp": "select 1e" + "9" * 5000,
    "plus-chain": "select " + "+".join(["id"] * 990) + " from sales.orders",
    "plus-chain-nest": "select "
    + "+".join(["(" + "+".join(["id"] * 100) + ")"] * 100)
    + " from sales.orders",
    "alias-chain": "select id x0, "
    + ",".join("x%d+x%d x%d" % (i - 1, i - 1, i) for i in range(1, 30))
    + " from sales.orders",
    "alias-chain-concat": "select note x0, "
    + ",".join("x%d||x%d x%d" % (i - 1, i - 1, i) for i in range(1, 30))
    + " from sales.orders",
    "jsonpath-rec2": "select json_extract('%s', '$'||'%s')" % ('{"a":' * 500 + "1" + "}" * 500, "..a" * 40),
    "jsonpath-starstar": "select json_extract('%s', '%s')"
    % ('{"a":' * 300 + "1" + "}" * 300, "$" + ".**" * 30),
    "jsonpath-exists": "select json_exists('%s', '%s')" % ('{"a":' * 300 + "1" + "}" * 300, "$" + "..a" * 40),
    "jsonpath-repl": "select json_extract('%s', replace('%s','X','..a'))"
    % ('{"a":' * 300 + "1" + "}" * 300, "$" + "X" * 40),
    "jsonpath-list": "select json_extract('%s', ['%s'])"
    % ('{"a":' * 300 + "1" + "}" * 300, "$" + "..a" * 40),
    "jsonpath-value": "select json_value('%s', '%s')" % ('{"a":' * 300 + "1" + "}" * 300, "$" + "..a" * 40),
    "windows-that-differ": "select "
    + ", ".join(f"sum(id) over (partition by region order by id + {n})" for n in range(400))
    + " from sales.orders",
    "distinct-values-by-group": "select "
    + ", ".join(f"count(distinct id + {n})" for n in range(400))
    + " from sales.orders group by region",
    "set-operations": "select id from sales.orders" + " union select id from sales.orders" * 300,
    "scalar-subqueries": "select " + ", ".join(["(select max(id) from sales.orders)"] * 400),
    "correlated-subqueries": "select "
    + ", ".join(f"(select count(*) from sales.orders i where i.id > o.id + {n})" for n in range(50))
    + " from sales.orders o",
    "or-chain-too-long": "select id from sales.orders where " + " or ".join(["id = 1"] * 1100),
}
