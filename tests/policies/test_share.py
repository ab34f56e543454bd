"""governance.md, rule 8: products over products, definer rights."""

from policies.decision import Grant, RowFilter
from tests.policies.mesh import EARLIER, HERE, ana, filter_names, mask_names, orders, policy_set, row_names

SHARED = "p, s, domain:shipping, sales, sales.orders, share, eu_only, -, -, allow\n"


def test_a_share_opens_with_its_rows_and_nothing_else() -> None:
    decision = policy_set(sales=SHARED).decide_share("shipping", ana(), orders(), HERE)
    assert decision.selectable == ("id", "amount")
    assert decision.columns["id"].grants == (Grant("s", RowFilter("s", "sales", "eu_only")),)
    assert decision.rules == ("s",)


def test_a_share_to_one_domain_is_none_to_another_or_to_principals() -> None:
    policies = policy_set(sales=SHARED)
    assert policies.decide_share("marketing", ana(), orders(), HERE).selectable == ()
    assert not policies.decide(ana(groups=["domain:shipping"]), orders(), HERE).discoverable


def test_role_any_never_includes_a_domain() -> None:
    policies = policy_set(sales="p, a, role:any, sales, sales.orders, select, *, -, -, allow")
    assert policies.decide_share("shipping", ana(), orders(), HERE).selectable == ()


def test_what_the_consumer_may_select_itself_does_not_matter() -> None:
    policies = policy_set(sales=SHARED + "p, n, role:any, sales, sales.orders, select, *, -, -, deny")
    assert policies.decide(ana(), orders(), HERE).selectable == ()
    assert policies.decide_share("shipping", ana(), orders(), HERE).selectable == ("id", "amount")


def test_a_domain_reads_its_own_relations_whole() -> None:
    decision = policy_set().decide_share("sales", ana(), orders(), HERE)
    assert decision.selectable == ("id", "amount")
    assert row_names(decision, "id") == {"*"}
    assert decision.rules == ()


def test_restrictive_filters_hold_for_the_consumer_and_for_the_domain() -> None:
    policies = policy_set(
        sales=SHARED + "p2, c, role:any, sales, sales.orders, not_deleted, -, -\n"
        "p2, d, domain:shipping, sales, sales.orders, shipped, -, -\n"
        "p2, o, user:bob, sales, sales.orders, not_bobs, -, -",
        mesh="p2, m, user:ana, *, *, not_blocked, -, -",
    )
    assert filter_names(policies.decide_share("shipping", ana(), orders(), HERE)) == (
        "shipped",
        "not_deleted",
        "not_blocked",
    )
    assert filter_names(policies.decide_share("sales", ana(), orders(), HERE)) == (
        "not_deleted",
        "not_blocked",
    )


def test_mesh_wide_denials_hold_for_the_consumer_even_on_the_domains_own() -> None:
    policies = policy_set(sales=SHARED, mesh="p, n, user:ana, *, tag:secret, select, *, -, -, deny")
    for domain in ("shipping", "sales"):
        decision = policies.decide_share(domain, ana(), orders(note="secret"), HERE)
        assert decision.selectable == ("id", "amount")
        assert decision.columns["note"].denied_by == ("n",)


def test_share_can_be_denied_to_a_domain() -> None:
    deny = "p, n, domain:shipping, sales, tag:secret, share, *, -, -, deny"
    decision = policy_set(sales=SHARED + deny).decide_share("shipping", ana(), orders(note="secret"), HERE)
    assert decision.selectable == ("id", "amount")


def test_a_mesh_wide_select_grant_to_the_consumer_shares_nothing() -> None:
    policies = policy_set(mesh="p, a, role:any, *, *, select, *, -, -, allow")
    assert policies.decide_share("shipping", ana(), orders(), HERE).selectable == ()


def test_mesh_wide_masks_hold_for_the_consumer() -> None:
    policies = policy_set(sales=SHARED, mesh="p3, m, role:any, *, tag:pii, hash, 1, -, -")
    for domain in ("shipping", "sales"):
        assert mask_names(policies.decide_share(domain, ana(), orders(mail="pii"), HERE)) == {"mail": "hash"}


def test_a_domains_masks_hold_for_the_domain_it_shares_with_not_for_consumers() -> None:
    consumers = "p3, c, role:any, sales, tag:pii, null, 1, -, -\n"
    sharing = "p3, d, domain:shipping, sales, tag:pii, email, 1, -, -"
    policies = policy_set(sales=SHARED + consumers)
    assert mask_names(policies.decide_share("shipping", ana(), orders(mail="pii"), HERE)) == {}
    policies = policy_set(sales=SHARED + consumers + sharing)
    assert mask_names(policies.decide_share("shipping", ana(), orders(mail="pii"), HERE)) == {"mail": "email"}


def test_an_exemption_of_the_consumer_lifts_no_mask_of_the_domain() -> None:
    policies = policy_set(
        sales=SHARED,
        mesh="p3, m, domain:shipping, *, tag:pii, hash, 1, -, -\np3, x, user:ana, *, tag:pii, none, 9, -, -",
    )
    assert mask_names(policies.decide_share("shipping", ana(), orders(mail="pii"), HERE)) == {"mail": "hash"}


def test_a_share_ends_and_has_conditions_on_the_consumer() -> None:
    share = "p, s, domain:shipping, sales, sales.orders, share, *, {}, {}, allow"
    ended = policy_set(sales=share.format("-", EARLIER))
    assert ended.decide_share("shipping", ana(), orders(), HERE).selectable == ()
    regional = policy_set(sales=share.format("attribute.region=EU", "-"))
    assert regional.decide_share("shipping", ana(), orders(), HERE).selectable == ()
    assert regional.decide_share("shipping", ana(region="EU"), orders(), HERE).selectable == ("id", "amount")
