"""Who a principal is, as an identity provider says it: names, groups, attributes, purposes, read strictly."""

import re
from types import MappingProxyType

from gateway.documents import Place, Section
from policies.principal import AttributeValue, Principal, Scalar

IDENTITY = ("groups", "attributes", "purposes")
PREFIXES = ("user:", "group:", "role:", "domain:")
_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read_identity(name: str, entry: Section) -> Principal:
    """Who a principal is, as the keys of `IDENTITY` say."""
    _check_name(name, entry.place, entry.problems)
    return Principal(
        name=name,
        groups=frozenset(_groups(entry)),
        attributes=MappingProxyType(_attributes(entry.section("attributes"))),
        purposes=frozenset(entry.texts("purposes")),
    )


def _groups(entry: Section) -> tuple[str, ...]:
    groups = entry.texts("groups")
    for group in groups:
        _check_name(group, entry.place.at("groups"), entry.problems)
    return groups


def _check_name(name: str, place: Place, problems: list[str]) -> None:
    """Policies say `user:ana`; a principal called `role:sales.analyst` would have that role."""
    if name.casefold().startswith(PREFIXES):
        problems.append(
            place.problem(f"the name {name!r} must not begin with {', '.join(PREFIXES[:-1])} or domain:")
        )
    elif not name.strip() or name != name.strip() or name == "*" or not name.isprintable():
        problems.append(place.problem(f"{name!r} cannot be a name: use printable text without outer blanks"))


def _attributes(section: Section) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    for name, value in section.values.items():
        if not _ATTRIBUTE.fullmatch(name):
            section.problem(
                "must be a word of letters, digits and _: filters say principal.<attribute>", name
            )
        elif isinstance(value, str | int | float) and _finite(value):
            attributes[name] = value
        elif isinstance(value, list) and _uniform(value):
            attributes[name] = tuple(value)
        else:
            section.problem(
                "must be one text, number or true/false, or a flat list of one kind of these", name
            )
    return attributes


def _finite(value: Scalar) -> bool:
    return not isinstance(value, float) or abs(value) < float("inf")


def _uniform(values: list[object]) -> bool:
    kinds = {type(value) for value in values}
    scalars = all(isinstance(value, str | int | float) and _finite(value) for value in values)
    return scalars and (len(kinds) < 2 or kinds == {int, float})
