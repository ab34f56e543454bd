"""EXPLAIN (POLICY): which policy lines decided what the principal sees of each relation, by id and place.

Own names only: the relations of the statement and the columns that it uses. Neither what filters and masks say, nor
anything of a column that the principal does not see: a denial of a named column is not told, and one by a tag is told
whether or not any column carries it. Of the rules for a product's inputs nothing is told either.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from gateway.query.authorize import AuthorizedQuery, GovernedRelation
from gateway.query.explain.nodes import Fact, Node, Told
from gateway.query.explain.rules import place_of
from gateway.query.visible import VisibleCatalog
from policies.decision import Decision, ProtectedRelation
from policies.lines import GrantLine, RoleLine
from policies.policy_set import PolicySet

NOTE = "What a product's own SQL leaves out, and rules about what it reads, are not listed: ask its owner."
PROBE = "#tags"
"""No relation's name: what is denied by tags is asked for without looking at any relation's columns."""


def consumer_policy(authorized: AuthorizedQuery) -> Told:
    visible = authorized.visible
    nodes = [
        _node(governed, authorized.bound.relations[number].decision, visible)
        for number, governed in authorized.relations.items()
    ]
    return Told("Policy", (_asker(visible), *dict.fromkeys(nodes)), NOTE)


def _asker(visible: VisibleCatalog) -> Node:
    asked, principal = visible.circumstances, visible.principal
    own = ", ".join(sorted(principal.purposes)) or "none"
    facts: tuple[tuple[str, Fact], ...] = (
        ("Purpose", f"{asked.purpose or 'none'} (yours: {own})"),
        ("Endpoint", asked.endpoint),
    )
    return Node("Principal", f"Principal {principal.name}", (("Name", principal.name),), facts)


def _node(governed: GovernedRelation, decision: Decision, visible: VisibleCatalog) -> Node:
    relation = governed.relation
    owner = visible.owner(relation)
    return Node(
        "Relation",
        f"Relation {relation.qualified_name}",
        (("Name", relation.qualified_name),),
        (
            ("Columns", governed.columns or "none: only rows are counted"),
            ("Grants", _cited(_grants(governed, decision), visible)),
            _rows(governed, visible),
            *_masks(governed, visible),
            *_denials(governed, visible),
            ("Ask", f"{owner.team} <{owner.email}>"),
        ),
    )


def _grants(governed: GovernedRelation, decision: Decision) -> tuple[str, ...]:
    columns = governed.columns or decision.selectable
    return tuple(dict.fromkeys(grant.rule for name in columns for grant in decision.columns[name].grants))


def _rows(governed: GovernedRelation, visible: VisibleCatalog) -> tuple[str, Fact]:
    """All that limit rows must let a row through, of each at least one of its lines."""
    if not governed.filters:
        return "Rows", "all that the product shows"
    limits = [_cited((row.rule for row in alternatives), visible) for alternatives in governed.filters]
    return "Rows Limited By", tuple(" or ".join(one) for one in limits)


def _masks(governed: GovernedRelation, visible: VisibleCatalog) -> Iterator[tuple[str, Fact]]:
    masks = [
        f"{column}: {mask.name} by {_cited((mask.rule,), visible)[0]}"
        for column, mask in governed.masks.items()
    ]
    if masks:
        yield "Masks", tuple(masks)


def _denials(governed: GovernedRelation, visible: VisibleCatalog) -> Iterator[tuple[str, Fact]]:
    policies = visible.policies
    tags = dict.fromkeys(_denied_tags(policies))
    probe = ProtectedRelation(governed.relation.domain, PROBE, {tag: frozenset({tag}) for tag in tags})
    decision = policies.decide(visible.principal, probe, visible.circumstances)
    rules = [rule for column in decision.columns.values() for rule in column.denied_by]
    told = [rule for rule in dict.fromkeys(rules) if _is_by_tag(rule, policies)]
    if told:
        yield "Denied By Tag", _cited(told, visible)


def _denied_tags(policies: PolicySet) -> Iterator[str]:
    for line in policies.lines:
        if isinstance(line, GrantLine) and line.effect != "allow" and line.object.lower().startswith("tag:"):
            yield line.object.lower().removeprefix("tag:")


def _is_by_tag(rule: str, policies: PolicySet) -> bool:
    line = policies.line(rule)
    return isinstance(line, GrantLine) and line.object.lower().startswith("tag:")


def _cited(rules: Iterable[str], visible: VisibleCatalog) -> tuple[str, ...]:
    return tuple(f"{rule} ({', '.join(_about(rule, visible))})" for rule in rules)


def _about(rule: str, visible: VisibleCatalog) -> Iterator[str]:
    """Where a line stands, what it looks at of who asks, and until when it holds."""
    yield place_of(rule, visible)
    line = visible.policies.line(rule)
    if isinstance(line, RoleLine):
        return
    if line.condition.terms:
        yield f"depends on {' and '.join(key.replace('attribute.', 'your ') for key, _ in line.condition.terms)}"
    if line.until is not None:
        yield f"until {datetime.fromtimestamp(line.until, UTC):%Y-%m-%d %H:%M}"
