"""The Open Data Contract Standard's own schema, and what is wrong with a contract by it.

The standard's pydantic model accepts a misspelt `classificaton` silently, which leaves a column untagged and
so unmasked; its JSON schema does not (governance.md, "Casbin").
"""

import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from jsonschema_rs import Draft201909Validator, ValidationError, ValidationErrorKind

from gateway.documents import Place, did_you_mean

PROPERTY_LISTS = ("properties", "items")
Path = tuple[str | int, ...]


@functools.cache
def _schema() -> dict[str, Any]:
    text = files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@functools.cache
def _validator() -> Draft201909Validator:
    return Draft201909Validator(_schema())


def contract_problems(document: object, place: Place) -> tuple[str, ...]:
    """What the standard's schema refuses, each with its key's path; empty: the contract is well-formed."""
    document = _with_logical_types(document)
    errors = list(_told_apart(_validator().iter_errors(document)))
    paths = [tuple(error.instance_path) for error in errors]
    problems: list[str] = []
    misspelt: set[tuple[Path, str]] = set()
    for error, path in zip(errors, paths, strict=True):
        for key in _unexpected(error):
            if (*path, key) not in {inner[: len(path) + 1] for inner in paths}:
                known = _known_keys(path)
                near = did_you_mean(key, known)
                misspelt.add((path, near))
                problems.append(_at(place, document, (*path, key)).problem(f"unknown key{near}"))
    for error, path in zip(errors, paths, strict=True):
        text = _text(error, path, misspelt)
        if text:
            problems.append(_at(place, document, path).problem(text))
    return tuple(dict.fromkeys(problems))


def _told_apart(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """With what is wrong inside in place of `is not valid under any of the schemas`, where it is clear which."""
    for error in errors:
        kind = error.kind
        alternatives = kind.context if isinstance(kind, _ALTERNATIVES) else []
        meant = [
            branch for branch in alternatives if not any(_is_other_kind(error, inner) for inner in branch)
        ]
        if len(meant) == 1:
            yield from _told_apart(meant[0])
        else:
            yield error


_ALTERNATIVES = (ValidationErrorKind.OneOfNotValid, ValidationErrorKind.AnyOf)


def _is_other_kind(error: ValidationError, inner: ValidationError) -> bool:
    """Whether an alternative is not meant at all: it is for a list where a mapping stands."""
    same = list(inner.instance_path) in ([], list(error.instance_path))
    return same and isinstance(inner.kind, ValidationErrorKind.Type)


def _unexpected(error: ValidationError) -> Sequence[str]:
    """Keys that the schema does not know, and outer keys with something wrong inside."""
    kind = error.kind
    known = (ValidationErrorKind.UnevaluatedProperties, ValidationErrorKind.AdditionalProperties)
    return kind.unexpected if isinstance(kind, known) else ()


def _text(error: ValidationError, path: Path, misspelt: set[tuple[Path, str]]) -> str | None:
    kind = error.kind
    if _unexpected(error):
        return None
    if isinstance(kind, ValidationErrorKind.Required):
        there = (path, did_you_mean(kind.property, (kind.property,))) in misspelt
        return None if there else f"'{kind.property}' is missing"
    if isinstance(kind, ValidationErrorKind.Type):
        return f"must be of type {' or '.join(map(str, kind.types))}"
    if isinstance(kind, ValidationErrorKind.Enum):
        options = json.loads(kind.options) if isinstance(kind.options, str) else list(kind.options)
        near = did_you_mean(str(error.instance), [str(option) for option in options])
        return f"{error.instance!r} is not one of {', '.join(map(str, options))}{near}"
    return error.message[:300]


def _with_logical_types(value: object) -> object:
    """The schema's conditions on `logicalType` hold, wrongly, also where it is left out, which is allowed."""
    if isinstance(value, list):
        return [_with_logical_types(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    copy = {key: _with_logical_types(item) for key, item in value.items()}
    for key in PROPERTY_LISTS:
        inner = copy.get(key)
        for item in inner if isinstance(inner, list) else [inner]:
            if isinstance(item, dict) and "logicalType" not in item:
                item["logicalType"] = (
                    "object" if "properties" in item else "array" if "items" in item else "string"
                )
    return copy


def _known_keys(path: Path) -> Iterable[str]:
    """The keys that may stand at a path, as candidates for a suggestion."""
    if not path:
        return _keys_of(_schema()["properties"])
    if len(path) == 2 and path[0] == "schema":
        return (*_definition("SchemaElement"), *_definition("SchemaObject"))
    parent = path[-2] if isinstance(path[-1], int) and len(path) > 1 else path[-1]
    if parent in PROPERTY_LISTS:
        return (
            *_definition("SchemaElement"),
            *_definition("SchemaBaseProperty"),
            "properties",
            "items",
            "map",
        )
    return _all_keys()


def _definition(name: str) -> Iterable[str]:
    return _keys_of(_schema()["$defs"][name].get("properties"))


def _keys_of(properties: object) -> tuple[str, ...]:
    return tuple(properties) if isinstance(properties, Mapping) else ()


@functools.cache
def _all_keys() -> tuple[str, ...]:
    found: dict[str, None] = {}
    stack: list[object] = [_schema()]
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            found.update(dict.fromkeys(_keys_of(node.get("properties"))))
            stack.extend(node.values())
        elif isinstance(node, list):
            stack.extend(node)
    return tuple(found)


def _at(place: Place, document: object, path: Path) -> Place:
    """The key's path in names: `schema.orders.properties.amount`, not `schema.0.properties.3`."""
    node = document
    keys: list[str] = []
    for step in path:
        node = _child(node, step)
        name = node.get("name") if isinstance(step, int) and isinstance(node, Mapping) else None
        keys.append(name if isinstance(name, str) and name else str(step))
    return place.at(*keys)


def _child(node: object, step: str | int) -> object:
    if isinstance(node, Mapping):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None
