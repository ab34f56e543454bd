"""governance.md, "Traps, all seen": each of Casbin's surprises, and that it does not happen here."""

import logging

import casbin
import pytest

from policies.decision import ProtectedRelation
from policies.fields import Condition
from policies.lines import GrantLine, read_lines
from policies.policy_set import PolicySet
from policies.principal import Principal
from tests.policies.mesh import HERE, ana, lines_of, mask_names, orders, policy_set

ALL = "p, all, role:any, sales, sales.*, select, *, -, -, allow\n"


def test_an_effect_spelt_otherwise_never_allows() -> None:
    """The reader refuses it; should one come from elsewhere, it denies."""
    assert read_lines(ALL.replace("allow", "Allow"), "f", "sales")[1] != ()
    spelt = GrantLine(
        "f",
        1,
        "sales",
        "n",
        "role:any",
        "sales",
        "sales.orders.id",
        "select",
        None,
        Condition(),
        None,
        "Deny",
    )
    assert PolicySet((*lines_of(sales=ALL), spelt)).decide(ana(), orders(), HERE).selectable == ("amount",)


def test_lines_of_an_unknown_section_do_not_vanish() -> None:
    assert len(read_lines("p5, a, b\nP2, x\n\nrole, y", "f", "sales")[1]) == 3


@pytest.mark.parametrize("name", ["orders_secret", "orders2", "order", "xorders"])
def test_an_object_is_no_pattern(name: str) -> None:
    policies = policy_set(sales="p, a, role:any, sales, sales.orders, select, *, -, -, allow")
    relation = ProtectedRelation("sales", name, {"id": frozenset(), "orders": frozenset()})
    assert policies.decide(ana(), relation, HERE).selectable == ()


def test_a_name_with_a_dot_or_star_is_not_mistaken_for_another() -> None:
    policies = policy_set(sales="p, a, role:any, sales, sales.orders.id, select, *, -, -, allow")
    for name in ("orders.id", "*"):
        with pytest.raises(ValueError, match="could not name it unmistakably"):
            policies.decide(ana(), ProtectedRelation("sales", name, {"id": frozenset()}), HERE)
    starred = ProtectedRelation("sales", "orders", {"*": frozenset(), "id.x": frozenset(), "id": frozenset()})
    assert policies.decide(ana(), starred, HERE).selectable == ("id",)


def test_one_short_line_does_not_break_decisions() -> None:
    lines, problems = read_lines(ALL + "p, short", "f", "sales")
    assert len(problems) == 1
    assert PolicySet(lines).decide(ana(), orders(), HERE).selectable == ("id", "amount")


def test_fields_may_hold_commas_and_brackets() -> None:
    policies = policy_set(sales='p, a, "user:Smith, (Al]", sales, sales.orders, select, *, -, -, allow')
    assert policies.decide(Principal("Smith, (Al]"), orders(), HERE).selectable == ("id", "amount")


@pytest.mark.parametrize("name", ["sales.boss", "role:sales.boss", "any", "domain:shipping", "*"])
def test_a_principal_or_group_named_like_a_role_does_not_have_it(name: str) -> None:
    policies = policy_set(
        sales="p, a, role:sales.boss, sales, sales.orders, select, *, -, -, allow\n"
        "p, s, domain:shipping, sales, sales.orders, share, *, -, -, allow"
    )
    principal = Principal(name, frozenset({name, f"group:{name}"}), {"role": "role:sales.boss"})
    assert policies.decide(principal, orders(), HERE).selectable == ()


def test_a_group_named_like_a_user_is_another_subject() -> None:
    policies = policy_set(sales="p, a, user:ana, sales, sales.orders, select, *, -, -, allow")
    assert policies.decide(Principal("bob", frozenset({"ana"})), orders(), HERE).selectable == ()


def test_an_empty_section_matches_nothing() -> None:
    decision = policy_set(sales=ALL).decide(ana(), orders(), HERE)
    assert decision.restrictive == ()
    assert mask_names(decision) == {}
    only_masks = policy_set(mesh="p3, m, role:any, *, *, hash, 1, -, -")
    assert only_masks.decide(ana(), orders(), HERE).selectable == ()


def test_text_of_policies_and_principals_is_never_evaluated() -> None:
    name = "eval(r.sub) || true"
    policies = policy_set(
        sales=f"p, a, user:{name}, sales, sales.orders, select, *, attribute.x=__import__('os')|1+1, -, allow"
    )
    assert policies.decide(Principal("ana", attributes={"x": "1+1"}), orders(), HERE).selectable == ()
    assert policies.decide(Principal(name, attributes={"x": 2}), orders(), HERE).selectable == ()
    assert policies.decide(Principal(name, attributes={"x": "1+1"}), orders(), HERE).selectable == (
        "id",
        "amount",
    )


def test_every_matching_rule_is_collected() -> None:
    """Casbin stops at the first denial, and explains one rule only."""
    policies = policy_set(
        sales="p, n1, role:any, sales, sales.orders, select, *, -, -, deny\n"
        "p, n2, user:ana, sales, sales.orders, select, *, -, -, deny\n" + ALL
    )
    assert policies.decide(ana(), orders(), HERE).columns["id"].denied_by == ("n1", "n2")
    assert policies.decide(ana(), orders(), HERE).rules == ("n1", "n2", "all")


def test_the_matcher_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def parsed(*_: object) -> None:
        raise AssertionError("parsed a matcher")

    monkeypatch.setattr(casbin.core_enforcer.CoreEnforcer, "_get_expression", parsed)
    monkeypatch.setattr("ast.parse", parsed)
    assert policy_set(sales=ALL).decide(ana(), orders(), HERE).selectable == ("id", "amount")


def test_refused_requests_are_not_logged(
    caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Casbin logs them as warnings, with all that the request holds."""
    policies = policy_set(sales="p, n, role:any, sales, sales.*, select, *, attribute.ssn=1|2, -, deny")
    policies.decide(ana(), orders(), HERE)
    logging.getLogger("casbin.enforcer").disabled = False
    policies.decide(ana(ssn="CANARY"), orders(), HERE)
    policies.decide(ana(ssn="1"), orders(), HERE)
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_filters_of_other_priorities_keep_their_order() -> None:
    """Casbin sorts by fields named priority; masks are ranked here, by number and not by text."""
    policies = policy_set(
        sales=ALL + "p3, a, role:any, sales, sales.orders, year, 10, -, -\n"
        "p3, b, role:any, sales, sales.orders, bucket, 9, -, -\n"
        "p3, c, role:any, sales, sales.orders, null, -1, -, -"
    )
    assert mask_names(policies.decide(ana(), orders(), HERE)) == {"id": "year", "amount": "year"}
