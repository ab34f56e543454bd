"""What one domain may read of another's relations, as the policy lines say."""

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.catalog.bodies import BodyError, Readable
from gateway.catalog.product import Column, Relation
from policies.lines import MESH, GrantLine, Line, MaskLine, declassified
from policies.masks import MAKES_TEXT
from policies.relation_lines import object_key, with_parents


@dataclass(frozen=True, slots=True)
class Shares:
    """The lines that matter to products over products. `declassified`: columns that drop inherited tags."""

    lines: tuple[GrantLine | MaskLine, ...]
    declassified: frozenset[str]

    def readable(self, relation: Relation, domain: str) -> Readable:
        """What a product of `domain` may read of the relation, its own in full. Raises BodyError: nothing."""
        name = (relation.domain, relation.name)
        if relation.domain == domain:
            return Readable({column.name: column.type for column in relation.columns}, name, relation=name)
        columns = {
            column.name: self._type(relation, column, domain)
            for column in relation.columns
            if self._is_shared(relation, column, domain)
        }
        if not columns:
            raise BodyError(_not_shared(relation, domain))
        hidden = frozenset(column.name for column in relation.columns) - columns.keys()
        return Readable(columns, name, relation=name, hidden=hidden)

    def _is_shared(self, relation: Relation, column: Column, domain: str) -> bool:
        lines = [line for line in self._covering(relation, column, domain) if isinstance(line, GrantLine)]
        denied = any(line.effect == "deny" and not line.condition.terms for line in lines)
        return not denied and any(line.effect == "allow" and line.action == "share" for line in lines)

    def _type(self, relation: Relation, column: Column, domain: str) -> str:
        """A hashed column is text for the domain that reads it."""
        lines = self._covering(relation, column, domain)
        hashed = any(isinstance(line, MaskLine) and line.mask in MAKES_TEXT for line in lines)
        return "VARCHAR" if hashed else column.type

    def _covering(self, relation: Relation, column: Column, domain: str) -> list[GrantLine | MaskLine]:
        keys = covering_keys(relation.domain, relation.name, column)
        return [
            line
            for line in self.lines
            if line.subject == f"domain:{domain}"
            and line.owner in (MESH, relation.domain)
            and line.domain in (MESH, relation.domain)
            and object_key(line.object) in keys
        ]


def _not_shared(relation: Relation, domain: str) -> str:
    owner, name = relation.domain, relation.qualified_name
    line = f"p, <id>, domain:{domain}, {owner}, {name}, share, *, -, -, allow"
    return f"{name} is not shared with {domain}: {owner} must add a line like {line}"


def shares_of(lines: Iterable[Line]) -> Shares:
    listed = tuple(lines)
    to_domains = tuple(
        line
        for line in listed
        if isinstance(line, GrantLine | MaskLine) and line.subject.startswith("domain:")
    )
    return Shares(to_domains, frozenset(name.lower() for name in declassified(listed)))


def covering_keys(domain: str, relation: str, column: Column) -> frozenset[str]:
    """The objects of policy lines that cover a column, as `object_key` spells them."""
    name = f"{domain}.{relation}".lower()
    tags = (f"tag:{tag}" for tag in with_parents(column.tags, {}))
    return frozenset({"*", f"{domain}.*", name, f"{name}.{column.name.lower()}", *tags})
