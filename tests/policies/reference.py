"""The rules of governance.md once more, the plainest way: every line, every column, no index, no Casbin."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from policies.decision import Decision, ProtectedRelation
from policies.lines import FilterLine, GrantLine, Line, MaskLine, RoleLine, RuleLine
from policies.principal import Circumstances, Principal

RANK = ["none", "own", "year bucket", "partial email last4", "hash", "redact", "null"]

Column = tuple[frozenset[tuple[str, str]], frozenset[str], str | None]
"""(rule, filter or `*`) of the grants; rules that deny; name of the mask."""


@dataclass(frozen=True)
class Answer:
    discoverable: bool
    columns: dict[str, Column]
    restrictive: frozenset[tuple[str, str, str]]
    rules: frozenset[str]
    expires: float | None


def answer_of(decision: Decision) -> Answer:
    """A decision in the reference's terms. Which of equally strict masks applies is not compared."""
    columns: dict[str, Column] = {}
    for name, column in decision.columns.items():
        grants = frozenset((grant.rule, grant.rows.name if grant.rows else "*") for grant in column.grants)
        columns[name] = (grants, frozenset(column.denied_by), rank(column.mask.name) if column.mask else None)
    restrictive = frozenset((each.rule, each.domain, each.name) for each in decision.restrictive)
    return Answer(decision.discoverable, columns, restrictive, frozenset(decision.rules), decision.expires)


def ids(*lines: Iterable[RuleLine]) -> set[str]:
    return {line.id for listed in lines for line in listed}


def rank(mask: str) -> str:
    return next((names for names in RANK if mask in names.split()), "own")


def roles_held(lines: Iterable[Line], principal: Principal, domain: str) -> set[str]:
    held = {"role:any", f"user:{principal.name}", *(f"group:{group}" for group in principal.groups)}
    links = [line for line in lines if isinstance(line, RoleLine) and line.domain in ("*", domain)]
    for _ in range(len(links) + 1):
        held |= {line.role for line in links if line.member in held}
    return held


def covers(line: RuleLine, relation: ProtectedRelation, column: str) -> bool:
    if line.domain not in ("*", relation.domain) or line.owner not in ("*", relation.domain):
        return False
    if line.object.startswith("tag:"):
        wanted = line.object[4:]
        return any(tag == wanted or tag.startswith(wanted + ".") for tag in relation.columns[column])
    path = [relation.domain, relation.name, column]
    pieces = [piece for piece in line.object.split(".") if piece != "*"]
    return path[: len(pieces)] == pieces


def live(line: RuleLine, principal: Principal, circumstances: Circumstances) -> bool:
    if line.until is not None and circumstances.now >= line.until:
        return False
    return all(set(values) & actual(key, principal, circumstances) for key, values in line.condition.terms)


def actual(key: str, principal: Principal, circumstances: Circumstances) -> set[str]:
    if key == "purpose":
        return {circumstances.purpose} & set(principal.purposes) if circumstances.purpose else set()
    if key == "endpoint":
        return {circumstances.endpoint}
    value = principal.attributes.get(key.split(".")[1], ())
    return {str(each) for each in (value if isinstance(value, tuple) else (value,))}


def winner(masks: Iterable[MaskLine]) -> str:
    listed = list(masks)
    if not listed:
        return "none"
    highest = max(line.priority for line in listed)
    return max((rank(line.mask) for line in listed if line.priority == highest), key=RANK.index)


def expires(lines: Iterable[Line], relation: ProtectedRelation, now: float) -> float | None:
    ends = [
        line.until
        for line in lines
        if not isinstance(line, RoleLine) and line.until is not None and line.until > now
        if any(covers(line, relation, column) for column in relation.columns)
    ]
    return min(ends, default=None)


@dataclass(frozen=True)
class Reference:
    lines: tuple[Line, ...]
    relation: ProtectedRelation
    principal: Principal
    circumstances: Circumstances

    def matching(self, kind: type[RuleLine], subjects: set[str], column: str) -> Iterator[RuleLine]:
        for line in self.lines:
            if not isinstance(line, kind) or line.subject not in subjects:
                continue
            if covers(line, self.relation, column) and live(line, self.principal, self.circumstances):
                yield line

    def grants(self, subjects: set[str], column: str, action: str) -> list[GrantLine]:
        found = [line for line in self.matching(GrantLine, subjects, column) if isinstance(line, GrantLine)]
        return [line for line in found if line.action in (action, "*")]

    def masks(self, subjects: set[str], column: str) -> list[MaskLine]:
        return [line for line in self.matching(MaskLine, subjects, column) if isinstance(line, MaskLine)]

    def filters(self, subjects: set[str]) -> set[FilterLine]:
        columns = self.relation.columns
        found = [line for column in columns for line in self.matching(FilterLine, subjects, column)]
        return {line for line in found if isinstance(line, FilterLine)}

    def consumer(self) -> set[str]:
        return roles_held(self.lines, self.principal, self.relation.domain)

    def decide(self) -> Answer:
        who, columns, rules, open_to_see = self.consumer(), {}, set(), []
        for column in self.relation.columns:
            access, discovery = self.grants(who, column, "select"), self.grants(who, column, "discover")
            masks = self.masks(who, column)
            rules |= ids(access, discovery, masks)
            allowed = [line for line in access if line.effect == "allow"]
            denied = {line.id for line in access if line.effect == "deny"}
            if not allowed:
                denied |= {line.id for line in discovery if line.effect == "deny"}
            mesh = winner(line for line in masks if line.owner == "*")
            domain = winner(line for line in masks if line.owner != "*")
            columns[column] = self.column(allowed, denied, [mesh, domain])
            if not denied:
                open_to_see.append(any(line.effect == "allow" for line in discovery))
        return self.answer(columns, rules, self.filters(who), bool(open_to_see) and all(open_to_see))

    def decide_share(self, domain: str) -> Answer:
        consumer, definer, columns, rules = self.consumer(), {f"domain:{domain}"}, {}, set()
        for column in self.relation.columns:
            shared = self.grants(definer, column, "share")
            forbidden = [
                line
                for line in self.grants(consumer, column, "select")
                if line.owner == "*" and line.effect == "deny"
            ]
            theirs = [line for line in self.masks(consumer, column) if line.owner == "*"]
            masks = self.masks(definer, column)
            rules |= ids(shared, forbidden, theirs, masks)
            denied = {line.id for line in [*shared, *forbidden] if line.effect == "deny"}
            winners = [
                winner(theirs),
                winner(line for line in masks if line.owner == "*"),
                winner(line for line in masks if line.owner != "*"),
            ]
            allowed = [line for line in shared if line.effect == "allow"]
            columns[column] = self.column(allowed, denied, winners, own=domain == self.relation.domain)
        return self.answer(columns, rules, self.filters(consumer) | self.filters(definer), discovered=False)

    def column(
        self, allowed: list[GrantLine], denied: set[str], masks: list[str], *, own: bool = False
    ) -> Column:
        grants = {(line.id, line.rows or "*") for line in allowed}
        if own:
            grants.add((f"domain:{self.relation.domain}", "*"))
        mask = max(masks, key=RANK.index)
        return frozenset(grants), frozenset(denied), None if mask == "none" else mask

    def answer(
        self, columns: dict[str, Column], rules: set[str], filters: set[FilterLine], discovered: bool
    ) -> Answer:
        selectable = any(grants and not denied for grants, denied, _ in columns.values())
        return Answer(
            discovered or selectable,
            columns,
            frozenset((line.id, line.owner, line.rows) for line in filters),
            frozenset(rules | {line.id for line in filters}),
            expires(self.lines, self.relation, self.circumstances.now),
        )
