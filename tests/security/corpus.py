"""The attack corpus: YAML files of one schema, the project's own and, beside a checkout, a shared sample."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
OWN = HERE / "attacks"
SHARED = HERE.parents[2] / "shared" / "attacks" / "attacks.yaml"

KEYS = {
    "id",
    "class",
    "sql",
    "sql_parts",
    "why",
    "expected",
    "check",
    "variant",
    "principal",
    "params",
    "setup",
}


@dataclass(frozen=True)
class Attack:
    """`row_filter` and `source` are the variant's; `principal` holds attributes that replace the fixture's."""

    id: str
    kind: str
    sql: str
    check: str
    why: str
    source: str = ""
    row_filter: str = "region='EU'"
    principal: Mapping[str, Any] = field(default_factory=dict)
    parameters: tuple[Any, ...] = ()
    setup: tuple[str, ...] = ()


def attacks() -> list[Attack]:
    """All of the corpus. ValueError for a case with an unknown key, or an id that stands twice."""
    files = sorted(OWN.glob("*.yaml")) + ([SHARED] if SHARED.exists() else [])
    found = [_attack(case) for file in files for case in yaml.safe_load(file.read_text("utf-8"))["attacks"]]
    ids = [attack.id for attack in found]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise ValueError(f"attacks with the same id: {twice}")
    return found


def _attack(case: Mapping[str, Any]) -> Attack:
    if unknown := set(case) - KEYS:
        raise ValueError(f"attack {case.get('id')}: unknown keys {sorted(unknown)}")
    variant = case.get("variant") or {}
    return Attack(
        id=case["id"],
        kind=case["class"],
        sql=case["sql"] if "sql" in case else "".join(map(_repeated, case["sql_parts"])),
        check=case["check"],
        why=case["why"],
        source=variant.get("source", ""),
        row_filter=variant.get("row_filter", "region='EU'"),
        principal=case.get("principal") or {},
        parameters=tuple(case.get("params") or ()),
        setup=tuple(case.get("setup") or ()),
    )


def _repeated(part: Mapping[str, Any]) -> str:
    """`t` n times with `sep` between, `{i}` being the round's number and `{j}` the next."""
    rounds = range(part["n"])
    if "{" not in part["t"]:
        return str(part.get("sep", "")).join([part["t"]] * part["n"])
    return str(part.get("sep", "")).join(part["t"].format(i=number, j=number + 1) for number in rounds)
