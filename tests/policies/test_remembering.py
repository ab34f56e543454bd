"""Decisions are remembered, and only as long as they hold; threads do not disturb each other."""

import random
from concurrent.futures import ThreadPoolExecutor

from policies.cache import DecisionCache
from policies.decision import Decision, ProtectedRelation
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal
from tests.policies import large
from tests.policies.mesh import HERE, LATER, LATER_SECONDS, NOW, ana, lines_of, orders, policy_set

ALL = "p, a, role:any, sales, sales.orders, select, *, -, -, allow\n"


def test_a_question_asked_again_gets_the_same_decision() -> None:
    policies = policy_set(sales=ALL)
    assert policies.decide(ana(), orders(), HERE) is policies.decide(ana(), orders(), HERE)
    later = Circumstances(NOW + 1e9, HERE.endpoint)
    assert policies.decide(ana(), orders(), later) is policies.decide(ana(), orders(), HERE)


def test_a_remembered_decision_ends_with_its_lines() -> None:
    policies = policy_set(sales=ALL.replace("-, allow", f"{LATER}, allow"))
    assert policies.decide(ana(), orders(), HERE).selectable
    assert not policies.decide(ana(), orders(), Circumstances(LATER_SECONDS, "postgres")).selectable
    assert policies.decide(ana(), orders(), HERE).selectable


def test_what_tells_principals_apart_tells_decisions_apart() -> None:
    policies = policy_set(
        sales="p, 1, role:any, sales, sales.orders.id, select, *, attribute.x=1, -, allow\n"
        "p, 2, role:any, sales, sales.orders.amount, select, *, attribute.x=true, -, allow\n"
        "p, 3, group:g, sales, sales.orders, select, *, -, -, allow\n"
        "p, 4, role:any, sales, sales.orders, select, *, purpose=audit, -, allow\n"
        "p, 5, role:any, sales, sales.orders, select, *, endpoint=http, -, allow\n"
        "p, 6, user:bob, sales, sales.orders, select, *, -, -, allow"
    )
    audit = Circumstances(NOW, "postgres", "audit")
    for _ in range(2):
        assert policies.decide(ana(x=1), orders(), HERE).selectable == ("id",)
        assert policies.decide(ana(x=True), orders(), HERE).selectable == ("amount",)
        assert policies.decide(ana(x="1"), orders(), HERE).selectable == ("id",)
        assert policies.decide(ana(), orders(), HERE).selectable == ()
        assert policies.decide(ana(groups=["g"]), orders(), HERE).selectable == ("id", "amount")
        assert policies.decide(ana(purposes=["audit"]), orders(), audit).selectable == ("id", "amount")
        assert policies.decide(ana(), orders(), audit).selectable == ()
        assert policies.decide(ana(), orders(), Circumstances(NOW, "http")).selectable == ("id", "amount")
        assert policies.decide(Principal("bob"), orders(), HERE).selectable == ("id", "amount")
        assert policies.decide_share("shipping", Principal("bob"), orders(), HERE).selectable == ()


def test_a_relation_that_changed_is_decided_anew() -> None:
    policies = policy_set(sales=ALL + "p, n, role:any, sales, tag:secret, select, *, -, -, deny")
    assert policies.decide(ana(), orders(note=""), HERE).selectable == ("id", "amount", "note")
    assert policies.decide(ana(), orders(note="secret"), HERE).selectable == ("id", "amount")
    assert policies.decide(ana(), orders(note=""), HERE).selectable == ("id", "amount", "note")


def test_the_callers_later_changes_do_not_reach_what_is_remembered() -> None:
    policies = policy_set(sales=ALL + "p, n, role:any, sales, tag:secret, select, *, -, -, deny")
    columns = {"id": frozenset[str]()}
    relation = ProtectedRelation("sales", "orders", columns)
    assert policies.decide(ana(), relation, HERE).selectable == ("id",)
    columns["id"] = frozenset({"secret"})
    assert policies.decide(ana(), relation, HERE).selectable == ()


def test_the_cache_forgets_what_was_not_used_longest() -> None:
    cache = DecisionCache(2)
    decisions = {name: Decision(False, {}, (), (name,), None) for name in "abc"}
    for name in "ab":
        cache.put(name, {}, 0, decisions[name])
    assert cache.get("a", {}, 0) is decisions["a"]
    cache.put("c", {}, 0, decisions["c"])
    assert [cache.get(name, {}, 0) is not None for name in "abc"] == [True, False, True]
    assert len(cache) == 2


def test_the_cache_answers_for_its_time_only() -> None:
    cache = DecisionCache(2)
    cache.put("a", {}, 10, Decision(False, {}, (), (), 20))
    assert [cache.get("a", {}, now) is not None for now in (9, 10, 19.9, 20)] == [False, True, True, False]


def test_the_version_is_that_of_the_lines_meaning() -> None:
    def version(text: str, **parents: str) -> str:
        return PolicySet(lines_of(sales=text), parents).version

    assert version(ALL) == version("# a comment\n\n" + ALL.replace(", ", " ,  "))
    role = "g, user:a, role:sales.b, sales"
    texts = [ALL, ALL.replace("allow", "deny"), ALL.replace("orders", "orders.id"), "", ALL + role]
    assert len({*map(version, texts), version(ALL, pii="gdpr")}) == 6


def test_threads_get_the_decisions_of_one() -> None:
    """More threads than processors, few decisions remembered: every answer is worked out under contention."""
    text = "".join(
        f"p, a{n}, user:u{n}, sales, sales.orders, select, f{n}, -, -, allow\n"
        f"p, n{n}, user:u{n}, sales, sales.orders.c{n}, select, *, -, -, deny\n"
        f"p3, m{n}, user:u{n}, sales, tag:t{n % 5}, last4, 1, -, -\n"
        for n in range(20)
    )
    relation = ProtectedRelation("sales", "orders", {f"c{n}": frozenset({f"t{n % 5}"}) for n in range(20)})
    asked = [Principal(f"u{n % 20}") for n in range(400)]
    alone = policy_set(sales=text)
    expected = [alone.decide(principal, relation, HERE) for principal in asked]
    shared = policy_set(sales=text)
    moments = [Circumstances(NOW - index, "postgres") for index in range(len(asked))]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda asks: shared.decide(asks[0], relation, asks[1]), zip(asked, moments, strict=True))
        )
    assert answers == expected
    assert {grant.rows.name for answer in answers for grant in answer.columns["c0"].grants if grant.rows} == {
        f"f{n}" for n in range(20)
    }


def test_eight_threads_over_a_large_mesh_decide_as_one() -> None:
    """Random principals and relations, every decision worked out anew, in another order: as make bench-policies."""
    lines = large.read(large.files(10_000))
    rng = random.Random(8)
    people, relations = large.principals(60, 10_000), large.relations()
    asked = [(rng.choice(people), rng.choice(relations)) for _ in range(800)]
    audit = Circumstances(NOW, "postgres", "audit")
    alone = PolicySet(lines)
    expected = {question: alone.decide(*asked[question], audit) for question in range(len(asked))}
    shared = PolicySet(lines)
    order = rng.sample(range(len(asked)), len(asked))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda question: shared.decide(*asked[question], audit), order))
    assert answers == [expected[question] for question in order]
    assert len({decision.rules for decision in answers}) > 300
