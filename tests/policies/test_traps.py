"""governance.md, "Traps, all seen": each of Casbin's surprises, and that it does not happen here.

In the order of that list; what follows are others of the kind. The trap of contracts is at the end.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import casbin
import pytest

from policies.decision import ProtectedRelation
from policies.fields import Condition
from policies.lines import GrantLine, read_lines
from policies.policy_set import PolicySet
from policies.principal import Principal
from tests.catalog.loading import problems_of
from tests.meshes import edited
from tests.policies.mesh import HERE, ana, filter_names, lines_of, mask_names, orders, policy_set, row_names

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


@pytest.mark.parametrize("spelt", ["Deny", "DENY", "deny ", "denied", "Allow", "allow,", "'deny'", ""])
def test_an_effect_spelt_otherwise_is_refused_by_the_reader(spelt: str) -> None:
    lines, problems = read_lines(ALL.replace("allow", spelt), "f", "sales")
    assert (spelt.strip() == "deny") is (problems == ())
    assert all(problem.startswith("f:1: ") for problem in problems)
    assert bool(lines) is not bool(problems)


def chain_of(length: int) -> str:
    """ana has the first of so many roles, each of which has the next; the last one is denied the id."""
    given = ["g, user:ana, role:sales.r1, sales"]
    given += [f"g, role:sales.r{n}, role:sales.r{n + 1}, sales" for n in range(1, length)]
    return "\n".join([*given, f"p, n, role:sales.r{length}, sales, sales.orders.id, select, *, -, -, deny\n"])


@pytest.mark.parametrize("length", [1, 9, 10])
def test_a_chain_of_roles_does_not_lose_a_denial(length: int) -> None:
    assert policy_set(sales=chain_of(length) + ALL).decide(ana(), orders(), HERE).selectable == ("amount",)


@pytest.mark.parametrize("length", [11, 12, 50])
def test_a_longer_chain_is_refused_not_cut(length: int) -> None:
    with pytest.raises(ValueError, match=r"ends a chain of more than 10 roles"):
        policy_set(sales=chain_of(length) + ALL)


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


def test_the_effect_of_a_context_is_not_relied_on() -> None:
    """`EnforceContext.etype` is ignored: filters and masks are judged by the grants' effect, so no answer is taken
    from it. A denied consumer's restrictions and masks are there all the same."""
    policies = policy_set(
        sales="p, n, role:any, sales, sales.orders.id, select, *, -, -, deny\n"
        + ALL
        + "p2, f, role:any, sales, "
        "sales.orders, own, -, -\np3, m, role:any, sales, sales.orders, null, 1, -, -"
    )
    decision = policies.decide(ana(), orders(), HERE)
    assert filter_names(decision) == ("own",)
    assert mask_names(decision) == {"id": "null", "amount": "null"}
    assert decision.columns["id"].denied_by == ("n",)


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


def test_enforcers_are_not_shared_by_threads() -> None:
    """FastEnforcer gave wrong decisions: here each request has an enforcer for itself as long as it lasts."""
    policies = policy_set(
        sales="".join(
            f"p, a{n}, user:u{n}, sales, sales.orders, select, f{n}, attribute.x={n}, -, allow\n"
            for n in range(50)
        )
    )
    asked = [Principal(f"u{n % 50}", frozenset({f"g{n}"}), {"x": n % 50}) for n in range(1_000)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda who: row_names(policies.decide(who, orders(), HERE), "id"), asked))
    assert found == [{f"f{n % 50}"} for n in range(1_000)]


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


def test_a_misspelt_classification_is_refused(tmp_path: Path) -> None:
    """The package's model of a contract would take `classificaton` and leave the column untagged, so unmasked."""
    contract = "domains/sales/products/orders/contract.odcs.yaml"
    (problem,) = problems_of(tmp_path, edited(contract, "classification: Secret", "classificaton: Secret"))
    assert problem.startswith(f"{contract}: schema.orders.properties.note.classificaton: unknown key")
