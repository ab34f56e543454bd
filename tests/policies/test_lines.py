"""Every mistake in a policies.csv has a text that says where, what, and what to do."""

import pytest

from policies.fields import Condition
from policies.lines import FilterLine, GrantLine, MaskLine, RoleLine, declassified, read_lines
from policies.lint import union_problems
from tests.policies.mesh import lines_of

EXAMPLE = """\
# p, id, subject, domain, object, action, rows, condition, until, effect
p, sales-1, role:sales.analyst, sales, sales.orders, select, own_region, -, -, allow
p, sales-2, role:sales.finance, sales, sales.orders, select, *, purpose=a|b, 2027-01-01T00:00:00Z, allow
p, sales-3, role:any, sales, tag:secret, select, *, -, -, deny

# p2, id (restrictive row filter), subject, domain, object, rows, condition, until
p2, sales-4, role:any, sales, sales.orders, not_deleted, -, -
g, group:shipping-team, role:sales.analyst, sales
p, sales-5, role:any, sales, sales.*, discover, *, -, -, allow
p, sales-6, domain:shipping, sales, sales.orders, share, eu_only, -, -, allow
"""
FILE = "domains/sales/policies.csv"


def problems_of(line: str, owner: str = "sales") -> tuple[str, ...]:
    lines, problems = read_lines(line, "f.csv", owner)
    assert not (lines and problems)
    return tuple(problem.removeprefix("f.csv:1: ") for problem in problems)


def test_the_example_of_the_format() -> None:
    lines, problems = read_lines(EXAMPLE, FILE, "sales")
    assert problems == ()
    assert [(type(line).__name__, line.number, line.id) for line in lines] == [
        ("GrantLine", 2, "sales-1"),
        ("GrantLine", 3, "sales-2"),
        ("GrantLine", 4, "sales-3"),
        ("FilterLine", 7, "sales-4"),
        ("RoleLine", 8, f"{FILE}:8"),
        ("GrantLine", 9, "sales-5"),
        ("GrantLine", 10, "sales-6"),
    ]
    assert lines[1] == GrantLine(
        file=FILE,
        number=3,
        owner="sales",
        id="sales-2",
        subject="role:sales.finance",
        domain="sales",
        object="sales.orders",
        action="select",
        rows=None,
        condition=Condition((("purpose", ("a", "b")),)),
        until=1798761600.0,
        effect="allow",
    )
    assert lines[3] == FilterLine(
        FILE, 7, "sales", "sales-4", "role:any", "sales", "sales.orders", "not_deleted", Condition(), None
    )
    assert lines[4] == RoleLine(FILE, 8, "sales", "group:shipping-team", "role:sales.analyst", "sales")


def test_the_meshs_mask() -> None:
    line = "p3, mesh-1,  role:any,           *,     tag:pii,      hash, 10, -, -"
    assert read_lines(line, "policies.csv", "*") == (
        (
            MaskLine(
                "policies.csv", 1, "*", "mesh-1", "role:any", "*", "tag:pii", "hash", 10, Condition(), None
            ),
        ),
        (),
    )


GRANT = "p, a, role:any, sales, sales.orders, select, *, -, -, allow"
FILTER = "p2, a, role:any, sales, sales.orders, live, -, -"
MASK = "p3, a, role:any, sales, tag:pii, hash, 10, -, -"
ROLE = "g, user:ana, role:sales.analyst, sales"


def changed(line: str, index: int, value: str) -> str:
    parts = line.split(", ")
    return ", ".join([*parts[:index], value, *parts[index + 1 :]])


@pytest.mark.parametrize("line", [GRANT, FILTER, MASK, ROLE])
def test_the_lines_that_the_mistakes_are_made_in_are_right(line: str) -> None:
    assert problems_of(line) == ()


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (changed(GRANT, 0, "P"), "unknown kind of line 'P', did you mean 'p'?"),
        (changed(GRANT, 0, "policy"), "unknown kind of line 'policy'; write one of p, p2, p3, g"),
        (changed(FILTER, 0, "p4"), "unknown kind of line 'p4', did you mean"),
        (
            "p, a, role:any",
            "a p line has 10 fields (p, id, subject, domain, object, action, rows, condition, until, ",
        ),
        (GRANT + ",", "a p line has 10 fields"),
        (FILTER + ", allow", "a p2 line has 8 fields"),
        (
            "g, user:ana, role:sales.analyst",
            "a g line has 4 fields (g, member, role, domain), this one has 3",
        ),
        (changed(GRANT, 9, "Deny"), "effect 'Deny' must be exactly allow or deny, in lower case"),
        (changed(GRANT, 9, "allow # for now"), "effect 'allow # for now' must be exactly"),
        (changed(GRANT, 9, ""), "effect is empty"),
        (changed(GRANT, 7, ""), "condition is empty; write -"),
        (changed(GRANT, 5, "selct"), "unknown action 'selct', did you mean 'select'?"),
        (changed(GRANT, 5, "Select"), "unknown action 'Select', did you mean 'select'?"),
        (changed(GRANT, 5, "write"), "unknown action 'write'; write one of select, discover, share, "),
        (changed(GRANT, 5, "*"), "action * is for deny lines only"),
        (changed(GRANT, 1, "a b"), "id 'a b' must be one word"),
        (changed(GRANT, 1, "domain:sales"), "id 'domain:sales' must be one word"),
        (
            changed(GRANT, 2, "ana"),
            "subject 'ana' has no kind; write user:, group:, role: or domain: before it",
        ),
        (changed(GRANT, 2, "grup:x"), "subject 'grup:x': unknown kind 'grup', did you mean 'group'?"),
        (changed(GRANT, 2, "user:"), "subject 'user:' must name one user after 'user:'"),
        (changed(GRANT, 2, "user:*"), "subject 'user:*' must name one user"),
        (changed(GRANT, 2, "domain:shipping"), "a domain can only be given share, not select"),
        (changed(GRANT, 5, "share"), "share is to a domain; write domain:<name> instead of 'role:any'"),
        (
            changed(GRANT, 2, "role:analyst"),
            "'role:analyst' is not a role of domain sales; write role:sales.<name>",
        ),
        (changed(GRANT, 2, "role:sales."), "'role:sales.' is not a role of domain sales"),
        (changed(GRANT, 2, "role:salesteam.x"), "'role:salesteam.x' is not a role of domain sales"),
        (changed(MASK, 2, "role:shipping.x"), "'role:shipping.x' is not a role of domain sales"),
        (changed(GRANT, 3, "shipping"), "a line of domain sales must be about domain sales, not 'shipping'"),
        (changed(MASK, 3, "*"), "a line of domain sales must be about domain sales, not '*'"),
        (changed(ROLE, 3, "*"), "a line of domain sales must be about domain sales, not '*'"),
        (changed(GRANT, 4, "shipping.parcels"), "object 'shipping.parcels' is not of domain sales"),
        (changed(GRANT, 4, "*"), "object * is for the mesh's own file; write sales.*"),
        (
            changed(GRANT, 4, "orders"),
            "object 'orders' is not understood; write domain.relation, domain.relation.column",
        ),
        (changed(GRANT, 4, "sales.orders.a.b"), "object 'sales.orders.a.b' is not understood"),
        (changed(GRANT, 4, "sales..id"), "object 'sales..id' is not understood"),
        (changed(GRANT, 4, "tags:pii"), "object 'tags:pii' is not understood"),
        (changed(GRANT, 4, "sales.tag:pii"), "object 'sales.tag:pii' is not understood"),
        (changed(GRANT, 4, "sales.orders*"), "object 'sales.orders*': there are no patterns"),
        (changed(GRANT, 4, "sales.orders.*"), "object 'sales.orders.*': there are no patterns"),
        (changed(GRANT, 4, "*.orders"), "object '*.orders': there are no patterns"),
        (changed(GRANT, 4, "tag:"), "object 'tag:' is not a tag"),
        (changed(GRANT, 4, "tag:pii."), "object 'tag:pii.' is not a tag"),
        (changed(GRANT, 4, "tag:pii*"), "object 'tag:pii*' is not a tag"),
        (changed(GRANT, 6, "-"), "rows '-' must be * for every row, or the name of a filter"),
        (
            changed(GRANT, 6, "region = 1"),
            "rows 'region = 1' must be * for every row, or the name of a filter",
        ),
        (changed(changed(GRANT, 6, "eu"), 9, "deny"), "rows must be * here, not 'eu'"),
        (changed(changed(GRANT, 6, "eu"), 5, "discover"), "rows must be * here, not 'eu'"),
        (changed(FILTER, 5, "*"), "a p2 line needs the name of a filter; * would hide no row"),
        (changed(GRANT, 7, "purpose"), "condition 'purpose' must read key=value|value"),
        (changed(GRANT, 7, "purpose="), "condition 'purpose=' must read"),
        (changed(GRANT, 7, "purpose=a||b"), "condition 'purpose=a||b' must read"),
        (changed(GRANT, 7, "purpose==a"), "condition 'purpose==a' must read"),
        (changed(GRANT, 7, "purpose=a&"), "condition '' must read"),
        (changed(GRANT, 7, "purposes=a"), "condition: unknown key 'purposes', did you mean 'purpose'?"),
        (changed(GRANT, 7, "attribute.=a"), "condition: unknown key 'attribute.'"),
        (changed(GRANT, 7, "region=EU"), "condition: unknown key 'region'"),
        (
            changed(GRANT, 7, "endpoint=postgre"),
            "condition: unknown endpoint 'postgre', did you mean 'postgres'?",
        ),
        (changed(GRANT, 7, "purpose=a&purpose=b"), "condition 'purpose=a&purpose=b' names purpose twice"),
        (changed(GRANT, 7, "eval(r.sub)"), "condition 'eval(r.sub)' must read"),
        (changed(GRANT, 8, "2027-01-01"), "until '2027-01-01' must be a time with its offset, such as 2027"),
        (
            changed(GRANT, 8, "2027-01-01T00:00:00"),
            "until '2027-01-01T00:00:00' must be a time with its offset",
        ),
        (changed(GRANT, 8, "tomorrow"), "until 'tomorrow' must be a time with its offset"),
        (changed(MASK, 5, "left(value 1)"), "mask 'left(value 1)' must be the name of a mask"),
        (changed(MASK, 6, "high"), "priority 'high' must be a whole number, such as 10"),
        (changed(MASK, 6, "1.5"), "priority '1.5' must be a whole number"),
        (changed(ROLE, 1, "ana"), "subject 'ana' has no kind"),
        (changed(ROLE, 1, "domain:shipping"), "'domain:shipping' cannot have a role"),
        (changed(ROLE, 1, "role:shipping.x"), "'role:shipping.x' is not a role of domain sales"),
        (changed(ROLE, 2, "group:analysts"), "'group:analysts' is not a role; write role:<name>"),
        (changed(ROLE, 2, "role:any"), "every principal has role:any already"),
        (changed(ROLE, 2, "role:auditor"), "'role:auditor' is not a role of domain sales"),
        (changed(GRANT, 5, "declassify"), "declassify is for the mesh's own file only"),
        ('p, "a, role:any', "this is not CSV"),
        ('p, "a"b, role:any', "this is not CSV"),
        (changed(GRANT, 2, "user:an\u200ba"), "the invisible character U+200B stands in this line"),
        (changed(GRANT, 2, "user:ana\u2028"), "the invisible character U+2028 stands in this line"),
    ],
)
def test_mistakes(line: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in problems_of(line)), problems_of(line)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (changed(GRANT, 4, "shipping.parcels"), "object 'shipping.parcels' is not of domain sales"),
        (changed(GRANT, 3, "sa.les"), "'sa.les' is not a domain's name"),
        ("p, a, role:any, *, sales.orders, declassify, *, -, -, allow", "declassify names one column"),
        ("p, a, user:x, *, s.o.c, declassify, *, -, -, allow", "declassify holds for everyone and for ever"),
        ("p, a, role:any, *, s.o.c, declassify, *, purpose=x, -, allow", "declassify holds for everyone"),
        ("p, a, role:any, *, s.o.c, declassify, *, -, -, deny", "declassify holds for everyone"),
    ],
)
def test_mistakes_in_the_meshs_own_file(line: str, problem: str) -> None:
    assert any(found.startswith(problem) for found in problems_of(line, "*")), problems_of(line, "*")


@pytest.mark.parametrize(
    "line",
    [
        changed(changed(GRANT, 3, "*"), 4, "*"),
        changed(GRANT, 2, "role:auditor"),
        "g, role:sales.analyst, role:auditor, *",
        "p, n, group:blocked, *, *, *, *, -, -, deny",
    ],
)
def test_what_only_the_meshs_own_file_may_say(line: str) -> None:
    assert problems_of(line, "*") == ()
    assert problems_of(line, "sales") != ()


def test_all_problems_of_a_line_and_of_a_file_at_once() -> None:
    lines, problems = read_lines(
        "p, a, ana, sales, orders, selct, *, -, soon, Allow\n# c\n\n" + GRANT + "\nq", FILE, "sales"
    )
    assert [line.number for line in lines] == [4]
    assert [problem.split(": ")[0] for problem in problems] == [f"{FILE}:1"] * 5 + [f"{FILE}:5"]


def test_quotes_white_space_and_line_ends() -> None:
    text = (
        '\ufeff\tp ,"sales-1" , "user:Smith, ""Al""",sales,\tsales.order lines , select,*,-,-, "allow"\t\r\n'
        "  # a comment\r" + FILTER
    )
    lines, problems = read_lines(text, FILE, "sales")
    assert problems == ()
    first, second = lines
    assert isinstance(first, GrantLine)
    assert (first.subject, first.object) == ('user:Smith, "Al"', "sales.order lines")
    assert second.number == 3


def test_an_open_quote_swallows_no_line() -> None:
    lines, problems = read_lines(f'p, "a, user:x\n{FILTER}\np, "b, user:x', FILE, "sales")
    assert [line.number for line in lines] == [2]
    assert len(problems) == 2


def test_ids_are_used_once_in_a_file() -> None:
    lines, problems = read_lines(f"{GRANT}\n{FILTER}", FILE, "sales")
    assert [line.number for line in lines] == [1]
    assert problems == (f"{FILE}:2: id 'a' stands in {FILE}:1 already; choose another",)


def test_ids_are_used_once_in_the_mesh() -> None:
    lines = lines_of(sales=GRANT, shipping=GRANT.replace("sales", "shipping"))
    assert union_problems(lines) == (
        "domains/shipping/policies.csv:1: id 'a' stands in domains/sales/policies.csv:1 already; "
        "choose another",
    )


def test_declassified_columns() -> None:
    lines = lines_of(mesh="p, d, role:any, *, sales.orders.mail_hash, declassify, *, -, -, allow\n" + GRANT)
    assert declassified(lines) == {"sales.orders.mail_hash"}


@pytest.mark.parametrize(
    "text", ["2027-01-01T01:00:00+01:00", "2027-01-01T00:00:00Z", "2027-01-01 00:00:00+00:00"]
)
def test_until_is_one_instant_however_written(text: str) -> None:
    ((line,), _) = read_lines(changed(GRANT, 8, text), FILE, "sales")
    assert isinstance(line, GrantLine)
    assert line.until == 1798761600.0
