"""Random lines and principals: the policy set answers as the plainest reading of the rules does."""

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policies.decision import ProtectedRelation
from policies.fields import Condition
from policies.lines import FilterLine, GrantLine, Line, MaskLine, RoleLine
from policies.policy_set import PolicySet
from policies.principal import Circumstances, Principal
from tests.policies.reference import Reference, answer_of

DOMAINS = ("sales", "shipping")
ROLES = tuple(f"role:r{number}" for number in range(4))
PRINCIPALS = ("user:ana", "user:bob", "group:g1", "group:g2", "role:any")
TAGS = ("pii", "pii.email", "pii.email.work", "secret")
RELATIONS = tuple(
    ProtectedRelation(
        domain,
        "orders",
        {
            "id": frozenset(),
            "amount": frozenset(),
            "mail": frozenset({"pii.email"}),
            "work": frozenset({"pii.email.work", "secret"}),
            "note": frozenset({"secret"}),
        },
    )
    for domain in DOMAINS
)

conditions = st.sampled_from(
    [
        Condition(),
        Condition(),
        Condition((("purpose", ("audit",)),)),
        Condition((("attribute.region", ("EU", "US")),)),
        Condition((("endpoint", ("http",)), ("attribute.level", ("3",)))),
    ]
)
untils = st.sampled_from([None, None, 5.0, 10.0, 15.0])
circumstances = st.builds(
    Circumstances,
    now=st.sampled_from([0.0, 5.0, 12.0, 20.0]),
    endpoint=st.sampled_from(["http", "postgres"]),
    purpose=st.sampled_from([None, "audit", "billing"]),
)
principals = st.builds(
    Principal,
    name=st.sampled_from(["ana", "bob"]),
    groups=st.frozensets(st.sampled_from(["g1", "g2"])),
    attributes=st.fixed_dictionaries(
        {},
        optional={
            "region": st.sampled_from(["EU", "UK", (), ("UK", "US")]),
            "level": st.sampled_from([3, 4]),
        },
    ),
    purposes=st.frozensets(st.sampled_from(["audit", "billing"])),
)


@st.composite
def places(draw: st.DrawFn) -> dict[str, Any]:
    """Owner, domain and object as the reader would let them pass."""
    about = draw(st.sampled_from(DOMAINS))
    owner = draw(st.sampled_from(["*", about]))
    domain = draw(st.sampled_from(["*", about])) if owner == "*" else about
    named = [
        f"{about}.*",
        f"{about}.orders",
        *(f"{about}.orders.{column}" for column in ("id", "mail", "note")),
    ]
    objects = [*named, *(f"tag:{tag}" for tag in TAGS), *(["*"] if owner == "*" else [])]
    return {"owner": owner, "domain": domain, "object": draw(st.sampled_from(objects))}


@st.composite
def rule_lines(draw: st.DrawFn) -> Line:
    common: dict[str, Any] = {"file": "f", "number": 1, "id": "", **draw(places())}
    common |= {"condition": draw(conditions), "until": draw(untils)}
    to_domains = [f"domain:{domain}" for domain in DOMAINS]
    subject = draw(st.sampled_from((*PRINCIPALS, *ROLES, *to_domains)))
    match draw(st.integers(0, 5)):
        case 0:
            return FilterLine(subject=subject, rows=draw(st.sampled_from(["f1", "f2"])), **common)
        case 1:
            mask = draw(st.sampled_from(["none", "initials", "year", "email", "hash", "redact", "null"]))
            return MaskLine(subject=subject, mask=mask, priority=draw(st.integers(0, 2)), **common)
    effect = draw(st.sampled_from(["allow", "allow", "deny"]))
    action = "share" if subject in to_domains else draw(st.sampled_from(["select", "select", "discover"]))
    action = "*" if effect == "deny" and draw(st.booleans()) else action
    rows = draw(st.sampled_from([None, "f1", "f2"])) if effect == "allow" and action != "discover" else None
    return GrantLine(subject=subject, action=action, rows=rows, effect=effect, **common)


@st.composite
def role_lines(draw: st.DrawFn) -> Line:
    """Roles are given to roles of lower numbers only, so there are no circles."""
    number = draw(st.integers(0, len(ROLES) - 1))
    member = draw(st.sampled_from((*PRINCIPALS, *ROLES[:number])))
    return RoleLine("f", 1, "*", member, ROLES[number], draw(st.sampled_from(["*", *DOMAINS])))


def numbered(lines: list[Line]) -> tuple[Line, ...]:
    return tuple(
        replace(line, number=number) if isinstance(line, RoleLine) else replace(line, id=f"rule-{number}")
        for number, line in enumerate(lines)
    )


lines_drawn = st.lists(st.one_of(rule_lines(), rule_lines(), role_lines()), max_size=16).map(numbered)
questions = st.lists(st.tuples(principals, st.sampled_from(RELATIONS), circumstances), min_size=1, max_size=4)


@settings(max_examples=250, deadline=None)
@given(lines=lines_drawn, asked=questions)
def test_decisions(
    lines: tuple[Line, ...], asked: list[tuple[Principal, ProtectedRelation, Circumstances]]
) -> None:
    """Several questions to one policy set, so that remembered decisions are among the answers."""
    policies = PolicySet(lines)
    for principal, relation, when in [*asked, *asked]:
        reference = Reference(lines, relation, principal, when)
        assert answer_of(policies.decide(principal, relation, when)) == reference.decide()
        for domain in DOMAINS:
            shared = policies.decide_share(domain, principal, relation, when)
            assert answer_of(shared) == reference.decide_share(domain)


@settings(max_examples=100, deadline=None)
@given(lines=lines_drawn, principal=principals, when=circumstances, data=st.data())
def test_another_denial_never_shows_more(
    lines: tuple[Line, ...], principal: Principal, when: Circumstances, data: st.DataObject
) -> None:
    denials = rule_lines().filter(lambda line: isinstance(line, GrantLine) and line.effect == "deny")
    denial = data.draw(denials)
    assert isinstance(denial, GrantLine)
    denial = replace(denial, id="more")
    for relation in RELATIONS:
        before = PolicySet(lines).decide(principal, relation, when)
        after = PolicySet((*lines, denial)).decide(principal, relation, when)
        assert set(after.selectable) <= set(before.selectable)
        assert before.discoverable or not after.discoverable
