"""Statements for the property tests of the barrier: every clause that may evaluate an expression on a row, over
relations of several sources at once.

`{a}`, `{b}`, `{c}` are governed relations, `{k}` and `{l}` keys that everybody sees, `{p}` a product whose SQL leaves
rows out; `{x}` and `{y}` conditions on the alias `o`; `{v}` a value of `o` that may raise, `{j}` an equality of `o`
and `t`.
"""

from hypothesis import strategies as st

CONDITIONS = (
    "o.note::INT > 0",
    "o.note::BIGINT > o.id",
    "CAST(o.secret AS INT) > 0",
    "o.secret = 7",
    "o.note > 5",
    "o.note::DATE IS NULL",
    "o.level / (o.id - 50) > 0",
    "o.level // (o.id - 50) > 0",
    "o.level % (o.id - 50) = 0",
    "o.id * 9223372036854775807 > 0",
    "o.id + 1 > 0",
    "-o.id < 9",
    "abs(o.id) > 0",
    "strptime(o.note, '%Y') IS NULL",
    "regexp_matches('x', o.note)",
    "regexp_matches(o.note, 'S.*')",
    "'x' LIKE o.note",
    "o.note LIKE o.note ESCAPE ''",
    "o.note LIKE 'S%'",
    "o.note ILIKE '%e%'",
    "o.note SIMILAR TO 'S.*'",
    "json_extract(o.note, '$.a') IS NULL",
    "chr(o.level::INT - 4) = 'x'",
    "ln(o.level - 3) > 0",
    "sqrt(o.level - 3) >= 0",
    "o.id < 0.0000000000000000000000000000000000001",
    "o.id IN (1, 2, 50)",
    "o.id NOT IN (1, 50, NULL)",
    "o.note IN (1, 900)",
    "o.note IN ('1', '900')",
    "o.region = 'US'",
    "o.region IS NULL",
    "o.region IS DISTINCT FROM 'EU'",
    "o.secret LIKE 'a%'",
    "o.secret < 'b'",
    "o.secret IS NULL",
    "o.level BETWEEN 1 AND 3",
    "o.note BETWEEN 1 AND 9",
    "NOT (o.region = 'EU')",
    "o.id <> 1 OR o.note::INT > 0",
    "o.region = 'EU' AND o.note::INT > 0",
    "o.note AND true",
    "nullif(o.note, 1) IS NULL",
    "coalesce(o.note::INT, 0) > 0",
    "o.note::UUID IS NULL",
    "o.note::DECIMAL(4, 2) > 1",
    "o.note::BOOLEAN",
    "o.note::INTERVAL IS NULL",
    "substr(o.note, 1, o.level::INT - 5) = ''",
    "TRY_CAST(o.note AS INT) > 0",
    "CASE WHEN o.region = 'EU' THEN o.note::INT > 0 ELSE o.note::DATE IS NULL END",
    "CASE WHEN o.note::INT > 0 THEN true END",
    "length(o.secret) > 3",
    "o.id = 50",
    "o.note = '900'",
    "o.id >= 50",
    "o.id = (SELECT max(id) FROM {b} AS s)",
    "o.id IN (SELECT s.note::INT FROM {b} AS s)",
    "o.note::INT IN (SELECT k FROM {k})",
    "EXISTS (SELECT 1 FROM {b} AS s WHERE s.id = o.id AND s.note::INT > 0)",
    "o.id > ALL (SELECT k - 99 FROM {k})",
    "true",
)

VALUES = (
    "o.note::INT",
    "o.note::DATE",
    "o.secret::INT",
    "1 // (o.id - 50)",
    "o.id * 4000000000000000000",
    "sqrt(o.level - 3)",
    "o.id",
    "o.secret",
    "length(o.note)",
    "upper(o.note) || o.secret",
    "o.level::TINYINT * 60",
    "CASE WHEN o.level > 2 THEN o.note::INT ELSE 0 END",
)

EQUALITIES = (
    "o.id = t.id",
    "o.region = t.region",
    "o.secret = t.secret",
    "o.note::INT = t.id",
    "o.note = t.id",
    "o.id = t.id AND o.level = t.level",
    "o.id = t.id AND o.note::INT > t.level",
    "o.level = t.level - 1",
    "o.id <= t.id",
    "o.region IS NOT DISTINCT FROM t.region AND o.id = t.id",
)

SHAPES = (
    "SELECT count(*) FROM {a} AS o WHERE {x}",
    "SELECT o.id, o.secret FROM {a} AS o WHERE {x} AND {y}",
    "SELECT o.id FROM {a} AS o WHERE {x} OR {y}",
    "SELECT o.id FROM {a} AS o JOIN {k} ON o.id = k WHERE {x}",
    "SELECT o.id FROM {a} AS o JOIN {k} ON o.id = k AND {x} WHERE {y}",
    "SELECT o.id, t.secret FROM {a} AS o JOIN {b} AS t ON {j} WHERE {x}",
    "SELECT o.id, t.id FROM {a} AS o LEFT JOIN {b} AS t ON {j} WHERE {x}",
    "SELECT o.id, t.note FROM {b} AS t LEFT JOIN {a} AS o ON {j} AND {x}",
    "SELECT o.id, t.id FROM {a} AS o FULL JOIN {b} AS t ON {j}",
    "SELECT count(*), sum({v}) FROM {a} AS o JOIN {b} AS t ON {j} JOIN {k} ON t.id = k",
    "SELECT t.region, count(*), max(o.note), min({v}) FROM {a} AS o JOIN {b} AS t ON {j} GROUP BY t.region",
    "SELECT o.region, sum(o.level), avg(t.level) FROM {a} AS o JOIN {b} AS t ON {j} WHERE {x} GROUP BY o.region",
    "SELECT count(*) FROM {a} AS o JOIN {b} AS t ON {j} JOIN {c} AS u ON u.id = t.id WHERE {x}",
    "SELECT o.id FROM {a} AS o, {b} AS t, {c} AS u WHERE {j} AND u.id = o.id AND {x}",
    "SELECT o.id FROM {a} AS o SEMI JOIN {b} AS t ON {j} WHERE {x}",
    "SELECT o.id FROM {a} AS o ANTI JOIN {b} AS t ON {j} WHERE {x}",
    "SELECT o.id, t.id FROM {a} AS o ASOF JOIN {b} AS t ON o.id >= t.id WHERE {x}",
    "SELECT k FROM {k} LEFT JOIN {a} AS o ON o.id = k AND {x}",
    "SELECT k FROM {k} WHERE EXISTS (SELECT 1 FROM {a} AS o WHERE o.id = k AND {x})",
    "SELECT k FROM {k} WHERE k IN (SELECT {v} FROM {a} AS o WHERE {x})",
    "SELECT k FROM {k} WHERE k NOT IN (SELECT o.id FROM {a} AS o WHERE {x})",
    "SELECT k, (SELECT count(*) FROM {a} AS o WHERE o.id >= k AND {x}) FROM {k}",
    "SELECT k, (SELECT max({v}) FROM {a} AS o WHERE o.id = k) FROM {k}",
    "SELECT k, t.n FROM {k}, LATERAL (SELECT {v} AS n FROM {a} AS o WHERE o.id = k) AS t",
    "SELECT o.id FROM {a} AS o WHERE o.id > (SELECT avg(t.id) FROM {b} AS t WHERE t.region = o.region) AND {x}",
    "SELECT o.region, count(*) FROM {a} AS o GROUP BY o.region HAVING bool_or({x})",
    "SELECT o.region, max({v}) FROM {a} AS o GROUP BY o.region",
    "SELECT {v}, count(*) FROM {a} AS o GROUP BY {v}",
    "SELECT o.region, o.level, count(*) FROM {a} AS o GROUP BY ROLLUP (o.region, o.level)",
    "SELECT count(*) FILTER (WHERE {x}), max(o.secret), count(DISTINCT {v}) FROM {a} AS o",
    "SELECT {x} FROM {a} AS o",
    "SELECT {v} FROM {a} AS o",
    "SELECT {v} FROM {a} AS o WHERE {x}",
    "SELECT DISTINCT {v} FROM {a} AS o",
    "SELECT DISTINCT ON (o.region) o.id FROM {a} AS o ORDER BY o.region, o.id",
    "SELECT DISTINCT {x} AS x FROM {a} AS o WHERE {y}",
    "SELECT o.id FROM {a} AS o ORDER BY {x}, o.id LIMIT 2",
    "SELECT o.id FROM {a} AS o ORDER BY {v}, o.id LIMIT 2 OFFSET 1",
    "SELECT o.id, t.id FROM {a} AS o JOIN {b} AS t ON {j} ORDER BY o.id DESC, t.id LIMIT 3",
    "SELECT row_number() OVER (ORDER BY o.id) AS n FROM {a} AS o QUALIFY {x}",
    "SELECT o.id, sum({v}) OVER (PARTITION BY o.region) FROM {a} AS o",
    "SELECT o.id, rank() OVER (ORDER BY {v}) FROM {a} AS o WHERE {x}",
    "WITH x AS (SELECT * FROM {a} AS o WHERE {x}) SELECT count(*) FROM x AS a, x AS b WHERE a.id = b.id",
    "WITH x AS (SELECT o.id, {v} AS v FROM {a} AS o) SELECT id FROM x WHERE v IS NOT NULL",
    "WITH x AS MATERIALIZED (SELECT o.id, {v} AS v FROM {a} AS o) SELECT t.id FROM x JOIN {b} AS t ON x.id = t.id",
    "SELECT o.id FROM {a} AS o WHERE {x} UNION ALL SELECT k FROM {k}",
    "SELECT o.id FROM {a} AS o WHERE {x} EXCEPT SELECT t.id FROM {b} AS t",
    "SELECT o.id FROM {a} AS o INTERSECT SELECT t.note::INT FROM {b} AS t",
    "SELECT o.id FROM (SELECT * FROM {a} ORDER BY id LIMIT 3) AS o WHERE {x}",
    "SELECT o.id FROM (SELECT DISTINCT * FROM {a}) AS o WHERE {x}",
    "SELECT o.region FROM (SELECT region, max(note) AS note, max(secret) AS secret, max(id) AS id, max(level) AS level "
    "FROM {a} GROUP BY region) AS o WHERE {x}",
    "SELECT count(*) FROM (SELECT o.id, {v} AS v FROM {a} AS o) AS s JOIN {k} ON s.id = k WHERE s.v IS NOT NULL",
    "SELECT p.n FROM {p} AS p WHERE p.n > 0 AND p.id IN (1, 2, 50)",
    "SELECT p.n, o.secret FROM {p} AS p JOIN {a} AS o ON p.id = o.id WHERE {x}",
    "SELECT sum(p.n) FROM {p} AS p JOIN {k} ON p.id = k",
    "SELECT o.id FROM {a} AS o WHERE o.id IN (SELECT p.n FROM {p} AS p) AND {x}",
    "SELECT max(p.n) FROM {p} AS p JOIN {b} AS o ON p.n = o.id WHERE {x}",
    "SELECT o.h, count(*) FROM {h} AS o JOIN {h} AS t ON o.h = t.h GROUP BY o.h",
    "SELECT o.id, h.h FROM {a} AS o JOIN {h} AS h ON o.id = h.id WHERE {x}",
    "SELECT count(*) FROM {h} AS h WHERE h.h > 'a' AND h.h::INT > 0",
    "SELECT any_value(o) FROM (SELECT o FROM {a} AS o WHERE {x} ORDER BY o.id LIMIT 1)",
    "SELECT list({v} ORDER BY o.id) FROM {a} AS o WHERE {x}",
    "SELECT k, count(o.id) FROM {k} LEFT JOIN {a} AS o ON o.id = k JOIN {l} USING (k) GROUP BY k",
    "SELECT o.id FROM {a} AS o WHERE EXISTS (SELECT 1 FROM {k} WHERE k = o.id) AND NOT EXISTS "
    "(SELECT 1 FROM {b} AS t WHERE {j}) AND {x}",
)


@st.composite
def statements(draw: st.DrawFn, domains: tuple[str, ...]) -> str:
    """One statement; each relation of it in a domain, and so a source, of its own."""
    own = draw(st.lists(st.sampled_from(domains), min_size=7, max_size=7))
    if draw(st.booleans()):
        own = own[:1] * 7  # all of one source: what it may run whole
    names = {
        "a": "orders",
        "b": "orders",
        "c": "orders",
        "k": "keys",
        "l": "keys",
        "p": "computed",
        "h": "hashed",
    }
    relations = {key: f"{domain}.{name}" for (key, name), domain in zip(names.items(), own, strict=True)}
    shape = draw(st.sampled_from(SHAPES))
    parts = {
        "x": draw(st.sampled_from(CONDITIONS)),
        "y": draw(st.sampled_from(CONDITIONS)),
        "v": draw(st.sampled_from(VALUES)),
        "j": draw(st.sampled_from(EQUALITIES)),
    }
    for key, text in parts.items():
        shape = shape.replace("{" + key + "}", text)
    return shape.format(**relations)
