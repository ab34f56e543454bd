"""YAML as configuration needs it: a key stands once, and a text does not turn into something else.

`NO` is Norway and not false, `01234` a postal code and not octal, `12:30` no number, a date stays text.
"""

import re
from collections.abc import Hashable
from pathlib import Path

import yaml

MAX_BYTES = 10_000_000
MAX_VALUES = 500_000
_NO_MERGED_KEYS = "tag:yaml.org,2002:merge"


class _Loader(yaml.CSafeLoader):
    yaml_implicit_resolvers = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, object]:  # noqa: FBT001, FBT002
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != _NO_MERGED_KEYS:
                if key.value in seen:
                    raise yaml.MarkedYAMLError(
                        problem=f"the key {key.value!r} stands twice", problem_mark=key.start_mark
                    )
                seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def _resolve(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), list(first))


_resolve("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_resolve("null", "~|null|Null|NULL|", "~nN\0")
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])
_resolve("int", "[-+]?(?:0|[1-9][0-9]*)", "-+0123456789")
_resolve(
    "float",
    r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[-+]?[0-9]+[eE][-+]?[0-9]+",
    "-+.0123456789",
)
_resolve("merge", "<<", "<")


class YamlError(Exception):
    """`str(error)` says what is wrong and where in the file."""


def read_yaml(path: Path) -> object:
    """The one document of a file. Raises YamlError, or FileNotFoundError."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise YamlError(f"is larger than {MAX_BYTES:,} bytes")
        document: object = yaml.load(path.read_bytes(), Loader=_Loader)  # noqa: S506 - a safe loader
    except FileNotFoundError:
        raise
    except OSError as error:
        raise YamlError(f"cannot be read ({error.strerror})") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise YamlError(f"{where}{error.problem or 'is not YAML'}") from error
    except (yaml.YAMLError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise YamlError("is not YAML") from error
    _check_size(document)
    return document


def _check_size(document: object) -> None:
    """Aliases can make a small text a huge, or endless, document."""
    values, stack = 0, [document]
    while stack:
        value = stack.pop()
        values += 1
        if values > MAX_VALUES:
            raise YamlError(f"holds more than {MAX_VALUES:,} values when its aliases are followed")
        if isinstance(value, dict):
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
