"""governance.md, "The rules", one by one, as far as they are the policy set's."""

import pytest

from policies.decision import ColumnMask, Grant, ProtectedRelation, RowFilter
from policies.fields import Condition
from policies.lines import GrantLine
from policies.principal import Circumstances, Principal
from tests.policies.mesh import (
    EARLIER,
    HERE,
    LATER,
    LATER_SECONDS,
    NOW,
    ana,
    filter_names,
    mask_names,
    orders,
    policy_set,
    row_names,
)

ALL = "p, all, role:any, sales, sales.orders, select, *, -, -, allow\n"


# --- 1 and 2: default deny, seeing that something exists -------------------------------------------------


def test_without_lines_nothing_is_seen() -> None:
    decision = policy_set().decide(ana(), orders(), HERE)
    assert (decision.discoverable, decision.selectable, decision.rules, decision.expires) == (
        False,
        (),
        (),
        None,
    )


def test_select_shows_the_relation() -> None:
    decision = policy_set(sales=ALL).decide(ana(), orders(), HERE)
    assert decision.discoverable
    assert decision.selectable == ("id", "amount")


def test_discover_shows_without_any_column() -> None:
    decision = policy_set(sales="p, d, role:any, sales, sales.*, discover, *, -, -, allow").decide(
        ana(), orders(), HERE
    )
    assert decision.discoverable
    assert decision.selectable == ()


def test_denied_discovery_hides_from_those_who_may_not_select_only() -> None:
    policies = policy_set(
        sales="p, d, role:any, sales, sales.*, discover, *, -, -, allow\n"
        "p, h, role:any, sales, sales.orders, discover, *, -, -, deny\n"
        "p, s, user:ana, sales, sales.orders, select, *, -, -, allow"
    )
    assert policies.decide(ana(), orders(), HERE).discoverable
    assert not policies.decide(Principal("bob"), orders(), HERE).discoverable


def test_all_columns_denied_leaves_nothing_to_see() -> None:
    decision = policy_set(sales=ALL + "p, n, role:any, sales, sales.*, select, *, -, -, deny").decide(
        ana(), orders(), HERE
    )
    assert (decision.discoverable, decision.selectable) == (False, ())


def test_discovering_some_columns_does_not_show_the_contract() -> None:
    policies = policy_set(sales="p, d, role:any, sales, sales.orders.id, discover, *, -, -, allow")
    assert not policies.decide(ana(), orders(), HERE).discoverable


def test_columns_denied_are_hidden_from_discovery() -> None:
    policies = policy_set(
        sales="p, d, role:any, sales, sales.orders, discover, *, -, -, allow\n"
        "p, n, role:any, sales, tag:secret, discover, *, -, -, deny"
    )
    decision = policies.decide(ana(), orders(note="secret"), HERE)
    assert decision.discoverable
    assert decision.columns["note"].denied_by == ("n",)
    assert decision.columns["id"].denied_by == ()


# --- 3: columns ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("about", ["sales.orders.note", "sales.orders", "sales.*", "tag:secret", "tag:pii"])
@pytest.mark.parametrize("lines", ["{deny}{allow}", "{allow}{deny}"])
def test_deny_overrides_allow_in_any_order(about: str, lines: str) -> None:
    deny = f"p, n, role:any, sales, {about}, select, *, -, -, deny\n"
    decision = policy_set(sales=lines.format(deny=deny, allow=ALL)).decide(
        ana(), orders(note="secret pii.email"), HERE
    )
    assert "note" not in decision.selectable
    assert decision.columns["note"].denied_by == ("n",)


def test_deny_by_tag_leaves_other_columns() -> None:
    deny = "p, n, role:any, sales, tag:pii, select, *, -, -, deny"
    decision = policy_set(sales=ALL + deny).decide(ana(), orders(mail="pii.email.work", note="piis"), HERE)
    assert decision.selectable == ("id", "amount", "note")


def test_deny_by_child_tag_spares_the_parent() -> None:
    deny = "p, n, role:any, sales, tag:pii.email, select, *, -, -, deny"
    decision = policy_set(sales=ALL + deny).decide(ana(), orders(name="pii", mail="PII.Email"), HERE)
    assert decision.selectable == ("id", "amount", "name")


def test_tags_have_parents_beyond_their_dots() -> None:
    deny = "p, n, role:any, sales, tag:restricted, select, *, -, -, deny"
    policies = policy_set({"pii": "GDPR", "gdpr": "restricted", "restricted": "pii"}, sales=ALL + deny)
    assert policies.decide(ana(), orders(mail="pii.email"), HERE).selectable == ("id", "amount")


def test_a_grant_of_one_column_opens_one_column() -> None:
    policies = policy_set(sales="p, a, role:any, sales, sales.orders.id, select, *, -, -, allow")
    assert policies.decide(ana(), orders(), HERE).selectable == ("id",)


def test_deny_of_every_action_denies_select() -> None:
    policies = policy_set(sales=ALL, mesh="p, n, user:ana, *, *, *, *, -, -, deny")
    assert not policies.decide(ana(), orders(), HERE).discoverable
    assert policies.decide(Principal("bob"), orders(), HERE).discoverable


@pytest.mark.parametrize(
    "about", ["sales, sales.Orders.Note", "Sales, Sales.orders.note", "*, SALES.orders.NOTE"]
)
def test_case_of_names_does_not_lose_a_denial(about: str) -> None:
    mesh = f"p, n, role:any, {about}, select, *, -, -, deny\np, s, domain:Shipping, {about}, share, *, -, -, deny"
    sales = ALL + "p, t, domain:shipping, sales, sales.orders, share, *, -, -, allow"
    relation = ProtectedRelation("sales", "orders", {"id": frozenset(), "NOTE": frozenset()})
    policies = policy_set(sales=sales, mesh=mesh)
    assert policies.decide(ana(), relation, HERE).selectable == ("id",)
    assert policies.decide_share("shipping", Principal("bob"), relation, HERE).columns["NOTE"].denied_by == (
        "s",
        "n",
    )


# --- 4: rows ---------------------------------------------------------------------------------------------


def test_grants_keep_their_filters_apart_per_column() -> None:
    policies = policy_set(
        sales="p, eu, role:any, sales, sales.orders, select, eu_only, -, -, allow\n"
        "p, own, user:ana, sales, sales.orders.id, select, own_rows, -, -, allow\n"
        "p, free, user:ana, sales, tag:open, select, *, -, -, allow"
    )
    decision = policies.decide(ana(), orders(note="open"), HERE)
    assert row_names(decision, "id") == {"eu_only", "own_rows"}
    assert row_names(decision, "amount") == {"eu_only"}
    assert row_names(decision, "note") == {"eu_only", "*"}
    assert decision.columns["amount"].grants == (Grant("eu", RowFilter("eu", "sales", "eu_only")),)


def test_restrictive_filters_hold_beside_every_grant() -> None:
    policies = policy_set(
        sales=ALL + "p2, live, role:any, sales, sales.orders, not_deleted, -, -\n"
        "p2, mails, role:any, sales, tag:pii, consented, -, -\n"
        "p2, bobs, user:bob, sales, sales.*, nothing, -, -",
        mesh="p2, legal, role:any, *, *, not_blocked, -, -",
    )
    decision = policies.decide(ana(), orders(mail="pii"), HERE)
    assert filter_names(decision) == ("not_deleted", "consented", "not_blocked")
    assert {row_filter.domain for row_filter in decision.restrictive} == {"sales", "*"}
    assert filter_names(policies.decide(ana(), orders(), HERE)) == ("not_deleted", "not_blocked")


def test_lines_of_other_domains_never_widen() -> None:
    foreign = GrantLine(
        "x",
        1,
        "marketing",
        "x",
        "role:any",
        "sales",
        "sales.orders",
        "select",
        None,
        Condition(),
        None,
        "allow",
    )
    policies = policy_set(marketing="p, m, role:any, marketing, tag:pii, select, *, -, -, allow")
    assert type(policies)((*policies.lines, foreign)).decide(ana(), orders(mail="pii"), HERE).selectable == ()


# --- 5: masks --------------------------------------------------------------------------------------------


def masks(sales: str = "", mesh: str = "") -> dict[str, str]:
    return mask_names(policy_set(sales=ALL + sales, mesh=mesh).decide(ana(), orders(mail="pii.email"), HERE))


def test_a_mask_names_its_rule_and_whose_it_is() -> None:
    policies = policy_set(sales=ALL, mesh="p3, m, role:any, *, tag:pii, hash, 10, -, -")
    decision = policies.decide(ana(), orders(mail="pii.email"), HERE)
    assert decision.columns["mail"].mask == ColumnMask("m", "*", "hash")
    assert decision.columns["id"].mask is None


def test_highest_priority_wins_within_a_layer() -> None:
    assert masks(
        "p3, a, role:any, sales, tag:pii, null, 1, -, -\np3, b, role:any, sales, tag:pii, last4, 2, -, -"
    ) == {"mail": "last4"}


@pytest.mark.parametrize(
    ("weaker", "stricter"),
    [
        ("redact", "null"),
        ("hash", "redact"),
        ("partial", "hash"),
        ("email", "hash"),
        ("last4", "hash"),
        ("bucket", "partial"),
        ("year", "last4"),
        ("initials", "year"),
        ("initials", "bucket"),
        ("none", "initials"),
    ],
)
def test_strictest_wins_at_equal_priority_and_between_layers(weaker: str, stricter: str) -> None:
    line = "p3, {0}, role:any, {1}, tag:pii, {0}, 5, -, -\n"
    for first, second in [(weaker, stricter), (stricter, weaker)]:
        assert masks(line.format(first, "sales") + line.format(second, "sales")) == {"mail": stricter}
        assert masks(sales=line.format(first, "sales"), mesh=line.format(second, "*")) == {"mail": stricter}


def test_no_domain_line_weakens_a_mesh_mask() -> None:
    assert masks(
        sales="p3, a, role:any, sales, tag:pii, none, 999, -, -\n"
        "p3, b, user:ana, sales, tag:pii, year, 999, -, -",
        mesh="p3, m, role:any, *, tag:pii, hash, 1, -, -",
    ) == {"mail": "hash"}


def test_a_domain_may_be_stricter_than_the_mesh() -> None:
    mesh = "p3, m, role:any, *, tag:pii, hash, 100, -, -"
    assert masks(sales="p3, a, role:any, sales, tag:pii, null, 1, -, -", mesh=mesh) == {"mail": "null"}


def test_the_mesh_may_exempt_from_its_own_mask() -> None:
    mesh = "p3, m, role:any, *, tag:pii, hash, 1, -, -\np3, o, user:ana, *, tag:pii, none, 2, -, -"
    assert masks(mesh=mesh) == {}


def test_equally_strict_masks_of_both_layers_resolve_to_the_meshs() -> None:
    sales, mesh = (
        "p3, a, role:any, sales, tag:pii, email, 9, -, -",
        "p3, m, role:any, *, tag:pii, last4, 1, -, -",
    )
    assert masks(sales=sales, mesh=mesh) == {"mail": "last4"}


# --- 9 and 10: attributes, purpose, endpoint, time -------------------------------------------------------


def allowed_if(condition: str, principal: Principal, circumstances: Circumstances = HERE) -> bool:
    policies = policy_set(sales=f"p, a, role:any, sales, sales.orders, select, *, {condition}, -, allow")
    return bool(policies.decide(principal, orders(), circumstances).selectable)


@pytest.mark.parametrize(
    ("condition", "principal", "holds"),
    [
        ("attribute.region=EU", ana(region="EU"), True),
        ("attribute.region=EU|US", ana(region="US"), True),
        ("attribute.region=EU", ana(region="eu"), False),
        ("attribute.region=EU", ana(), False),
        ("attribute.region=EU", ana(region=()), False),
        ("attribute.region=EU", ana(region=("US", "EU")), True),
        ("attribute.region=EU", ana(region=("US", "UK")), False),
        ("attribute.level=3", ana(level=3), True),
        ("attribute.level=3", ana(level=3.0), True),
        ("attribute.level=1", ana(level=True), False),
        ("attribute.staff=true", ana(staff=True), True),
        ("attribute.staff=true", ana(staff="true"), True),
        ("attribute.staff=true", ana(staff=False), False),
        ("attribute.level=three", ana(level=3), False),
        ("attribute.region=EU & attribute.level=3", ana(region="EU", level=3), True),
        ("attribute.region=EU & attribute.level=3", ana(region="EU", level=4), False),
    ],
)
def test_attribute_conditions(condition: str, principal: Principal, holds: bool) -> None:
    assert allowed_if(condition, principal) is holds


def test_a_purpose_must_be_one_of_the_principals() -> None:
    audit = Circumstances(NOW, "postgres", "audit")
    assert allowed_if("purpose=audit|billing", ana(purposes=["audit"]), audit)
    assert not allowed_if("purpose=audit", ana(purposes=["billing"]), audit)
    assert not allowed_if("purpose=audit", ana(purposes=["audit"]))
    assert not allowed_if("purpose=billing", ana(purposes=["audit"]), audit)


def test_endpoint_conditions() -> None:
    assert allowed_if("endpoint=postgres|flight", ana())
    assert not allowed_if("endpoint=http", ana())


def test_a_line_ends_at_its_until() -> None:
    policies = policy_set(sales=f"p, a, role:any, sales, sales.orders, select, *, -, {LATER}, allow")
    seen = [
        policies.decide(ana(), orders(), Circumstances(NOW + plus, "http")) for plus in (0, 0.999, 1, 2, 0.5)
    ]
    assert [bool(decision.selectable) for decision in seen] == [True, True, False, False, True]


@pytest.mark.parametrize(
    "line",
    [
        "p, n, role:any, sales, sales.orders, select, *, {condition}, {until}, deny",
        "p2, n, role:any, sales, sales.orders, own_rows, {condition}, {until}",
        "p3, n, role:any, sales, sales.orders, null, 1, {condition}, {until}",
    ],
)
def test_conditions_and_ends_hold_for_denials_filters_and_masks_too(line: str) -> None:
    def free(condition: str, until: str, principal: Principal) -> bool:
        policies = policy_set(sales=ALL + line.format(condition=condition, until=until))
        decision = policies.decide(principal, orders(), HERE)
        return bool(decision.selectable and not decision.restrictive and not mask_names(decision))

    assert free("attribute.region=EU", "-", ana())
    assert free("-", EARLIER, ana())
    assert not free("-", LATER, ana())
    assert not free("attribute.region=EU", LATER, ana(region="EU"))


def test_expires_at_the_next_until_of_any_considered_line() -> None:
    policies = policy_set(
        sales=ALL
        + f"p, past, role:any, sales, sales.orders, select, *, -, {EARLIER}, deny\n"
        "p, far, role:any, sales, sales.orders, select, *, -, 2999-01-01T00:00:00Z, allow\n"
        f"p3, unmatched, role:any, sales, sales.orders.id, null, 1, purpose=audit, {LATER}, \n".replace(
            ", \n", "\n"
        )
        + "p2, elsewhere, role:any, sales, sales.parcels, x, -, 2023-11-14T22:13:20.5Z",
    )
    assert policies.decide(ana(), orders(), HERE).expires == LATER_SECONDS
    after = policies.decide(ana(), orders(), Circumstances(LATER_SECONDS, "postgres"))
    assert after.expires is not None
    assert after.expires > LATER_SECONDS + 1e9


# --- 12: roles, and why ----------------------------------------------------------------------------------


def test_roles_come_through_groups_and_other_roles() -> None:
    policies = policy_set(
        sales="p, a, role:sales.analyst, sales, sales.orders, select, *, -, -, allow\n"
        "g, group:shipping-team, role:sales.senior, sales\ng, role:sales.senior, role:sales.analyst, sales"
    )
    assert policies.decide(ana(groups=["shipping-team"]), orders(), HERE).selectable
    assert not policies.decide(ana(groups=["sales.analyst", "role:sales.analyst"]), orders(), HERE).selectable


def test_a_role_given_in_one_domain_is_not_held_in_another() -> None:
    policies = policy_set(
        mesh="p, a, role:auditor, *, *, select, *, -, -, allow\ng, user:ana, role:auditor, sales\n"
        "g, user:bob, role:auditor, *"
    )
    parcels = ProtectedRelation("shipping", "parcels", {"id": frozenset()})
    assert policies.decide(ana(), orders(), HERE).selectable
    assert not policies.decide(ana(), parcels, HERE).selectable
    assert policies.decide(Principal("bob"), parcels, HERE).selectable


def test_a_mesh_line_about_one_domain_says_nothing_about_others() -> None:
    policies = policy_set(mesh="p, a, role:any, sales, *, select, *, -, -, allow")
    assert policies.decide(ana(), orders(), HERE).selectable
    assert not policies.decide(
        ana(), ProtectedRelation("shipping", "orders", {"id": frozenset()}), HERE
    ).selectable


def test_owners_cannot_lift_mesh_wide_denials() -> None:
    mesh = "p, n, role:any, *, tag:secret, select, *, -, -, deny"
    decision = policy_set(sales=ALL, mesh=mesh).decide(ana(), orders(note="secret"), HERE)
    assert decision.selectable == ("id", "amount")


def test_rules_say_why_and_where() -> None:
    policies = policy_set(
        sales=ALL + "p, other, user:bob, sales, sales.orders, select, *, -, -, allow\n"
        "p2, f, role:any, sales, sales.orders, x, -, -",
        mesh="p3, m, role:any, *, sales.orders.id, hash, 1, -, -",
    )
    decision = policies.decide(ana(), orders(), HERE)
    assert decision.rules == ("all", "f", "m")
    where = [policies.line(rule) for rule in decision.rules]
    assert [(line.file, line.number) for line in where] == [
        ("domains/sales/policies.csv", 1),
        ("domains/sales/policies.csv", 3),
        ("policies.csv", 1),
    ]
    with pytest.raises(KeyError):
        policies.line("unknown")


@pytest.mark.parametrize(
    ("line", "operates"),
    [
        ("p, a, group:ops, *, *, administer, *, -, -, allow", True),
        ("p, a, role:op, *, *, administer, *, -, -, allow\ng, group:ops, role:op, *", True),
        ("p, a, group:dev, *, *, administer, *, -, -, allow", False),
        ("p, a, group:ops, *, *, select, *, -, -, allow", False),
        ("p, a, group:ops, *, sales.*, administer, *, -, -, allow", False),
        ("p, a, group:ops, *, tag:x, administer, *, -, -, allow", False),
        ("p, a, group:ops, *, *, administer, *, purpose=x, -, allow", False),
        (f"p, a, group:ops, *, *, administer, *, -, {EARLIER}, allow", False),
        (
            "p, a, group:ops, *, *, administer, *, -, -, allow\np, b, user:ana, *, *, administer, *, -, -, deny",
            False,
        ),
    ],
)
def test_an_operator_is_who_administers_everything(line: str, operates: bool) -> None:
    assert policy_set(mesh=line).administers(ana(groups=["ops"]), HERE) is operates


def test_a_domain_makes_no_operators() -> None:
    line = "p, a, user:ana, sales, sales.*, administer, *, -, -, allow"
    assert not policy_set(sales=line).administers(ana(), HERE)
