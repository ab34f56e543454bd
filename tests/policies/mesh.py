"""Small meshes for the tests: policy files as text, in a line each."""

from collections.abc import Iterable, Mapping

from policies.decision import Decision, ProtectedRelation
from policies.lines import MESH, Line, read_lines
from policies.policy_set import PolicySet
from policies.principal import AttributeValue, Circumstances, Principal

NOW = 1_700_000_000.0
EARLIER, LATER = "2023-11-14T22:13:19Z", "2023-11-14T22:13:21Z"
"""One second before and after NOW."""
LATER_SECONDS = NOW + 1

HERE = Circumstances(now=NOW, endpoint="postgres")


def lines_of(**files: str) -> tuple[Line, ...]:
    """`mesh` is the mesh's own file, every other name a domain's. All must be without problems."""
    found: list[Line] = []
    for name, text in files.items():
        owner = MESH if name == "mesh" else name
        lines, problems = read_lines(
            text, "policies.csv" if owner == MESH else f"domains/{name}/policies.csv", owner
        )
        assert problems == ()
        found += lines
    return tuple(found)


def policy_set(parents: Mapping[str, str] | None = None, **files: str) -> PolicySet:
    return PolicySet(lines_of(**files), parents or {})


def orders(**tags: str) -> ProtectedRelation:
    """`sales.orders` with the columns id and amount, and those named, with their tags apart by spaces."""
    named = {name: frozenset(text.split()) for name, text in tags.items()}
    return ProtectedRelation("sales", "orders", {"id": frozenset(), "amount": frozenset(), **named})


def ana(groups: Iterable[str] = (), purposes: Iterable[str] = (), **attributes: AttributeValue) -> Principal:
    return Principal("ana", frozenset(groups), attributes, frozenset(purposes))


def mask_names(decision: Decision) -> dict[str, str]:
    return {name: column.mask.name for name, column in decision.columns.items() if column.mask}


def filter_names(decision: Decision) -> tuple[str, ...]:
    return tuple(row_filter.name for row_filter in decision.restrictive)


def row_names(decision: Decision, column: str) -> set[str]:
    """Names of the filters that open the column's rows; `*` for every row."""
    return {grant.rows.name if grant.rows else "*" for grant in decision.columns[column].grants}
