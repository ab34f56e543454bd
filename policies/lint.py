"""What can only be wrong with all files' lines together."""

from collections.abc import Iterable

from policies.lines import Line, RoleLine, duplicate_ids
from policies.roles import role_problems


def union_problems(lines: Iterable[Line]) -> tuple[str, ...]:
    """Ids used twice and tangled roles, as `file:line: what, what to do`. `lines` are those of the whole
    mesh."""
    listed = tuple(lines)
    return (*duplicate_ids(listed), *role_problems(line for line in listed if isinstance(line, RoleLine)))
