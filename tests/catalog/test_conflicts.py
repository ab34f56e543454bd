"""Policy lines that conflict or never do anything: what `check` says, and what it does not cry about."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from gateway.catalog.conflicts import conflicts
from gateway.demo.build import TEXTS
from gateway.opening import check
from gateway.policy.folders import read_folder
from tests.meshes import ENVIRONMENT, FILES, added, write_mesh

SALES = "domains/sales/policies.csv"
LAST = FILES[SALES].count("\n")
NEXT, AFTER = f"{SALES}:{LAST + 1}", f"{SALES}:{LAST + 2}"
PRINCIPALS = FILES["principals.yaml"]


def said(folder: Path, *lines: str, principals: str | None = PRINCIPALS) -> tuple[str, ...]:
    """The warnings about the lines that are added to the small mesh, without those about passwords."""
    changes: Mapping[str, str | None] = {**added(SALES, "\n".join(lines)), "principals.yaml": principals}
    return tuple(one for one in check(write_mesh(folder, changes), ENVIRONMENT) if "password" not in one)


WARNED = {
    "an end in the past": (
        ["p, x, role:sales.analyst, sales, sales.customers, select, *, -, 2020-01-01T00:00:00Z, allow"],
        f"{NEXT}: x: ended at 2020-01-01T00:00:00Z and does nothing any more: remove it, or move its end",
    ),
    "a role of nobody": (
        [
            "g, role:sales.lead, role:sales.boss, sales",
            "p, x, role:sales.boss, sales, sales.orders, select, *, -, -, allow",
        ],
        f"{AFTER}: x: no principal holds role:sales.boss in sales, so the line matches nobody yet",
    ),
    "a purpose of others": (
        ["p, x, group:shipping-team, sales, sales.customers, select, *, purpose=audit, -, allow"],
        f"{NEXT}: x: nobody whom group:shipping-team stands for meets purpose=audit, so the line matches nobody yet",
    ),
    "an attribute of others": (
        ["p2, x, group:finance, sales, sales.orders, not_deleted, attribute.department=shipping, -"],
        f"{NEXT}: x: nobody whom group:finance stands for meets attribute.department=shipping, so the line matches "
        "nobody yet",
    ),
    "a grant that is denied to everybody": (
        ["p, x, role:sales.analyst, sales, sales.orders.note, select, *, -, -, allow"],
        f"{NEXT}: x: allows nothing, for sales-3 ({SALES}:4) always denies it: remove one of them",
    ),
    "a grant that is denied through a role, column by column": (
        [
            "p, x, group:finance, sales, sales.customers.email, select, *, purpose=audit, -, allow",
            "p, y, role:sales.finance, sales, tag:pii.email, select, *, purpose=audit|billing, -, deny",
        ],
        f"{NEXT}: x: allows nothing, for y ({AFTER}) always denies it: remove one of them",
    ),
    "two masks of one priority": (
        ["p3, x, role:sales.finance, sales, sales.customers, null, 10, -, -"],
        f"{NEXT}: x: mask 'null' meets on sales.customers.name with the same priority as mask 'initials' of sales-5 "
        f"({SALES}:6), and 'null' applies, the stricter: give the one you mean a higher priority",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WARNED)
def test_what_is_surely_so_is_said(tmp_path: Path, name: str) -> None:
    lines, warning = WARNED[name]
    found = said(tmp_path, *lines)
    assert warning in found, found


QUIET = {
    "an end in the future": [
        "p, x, role:sales.analyst, sales, sales.customers, select, *, -, 2090-01-01T00:00:00Z, allow"
    ],
    "a deny of a part": ["p, x, role:sales.finance, sales, sales.orders, select, *, -, -, allow"],
    "a deny to others": [
        "p, x, role:sales.analyst, sales, sales.customers, select, *, -, -, allow",
        "p, y, role:sales.finance, sales, sales.customers, select, *, -, -, deny",
    ],
    "a deny for one purpose": [
        "p, x, role:sales.finance, sales, sales.customers, select, *, purpose=audit|billing, -, allow",
        "p, y, role:sales.finance, sales, sales.customers, select, *, purpose=audit, -, deny",
    ],
    "a deny that ends first": [
        "p, x, role:sales.finance, sales, sales.customers, select, *, -, -, allow",
        "p, y, role:sales.finance, sales, sales.customers, select, *, -, 2090-01-01T00:00:00Z, deny",
    ],
    "a deny of another action": [
        "p, x, role:sales.finance, sales, sales.customers, discover, *, -, -, allow",
        "p, y, role:sales.finance, sales, sales.customers, select, *, -, -, deny",
    ],
    "masks of other priorities": ["p3, x, role:sales.finance, sales, sales.customers, null, 11, -, -"],
    "the same mask twice": ["p3, x, role:sales.finance, sales, sales.customers.name, initials, 10, -, -"],
    "masks for purposes that exclude each other": [
        "p3, x, role:sales.finance, sales, sales.customers.email, null, 10, purpose=audit, -",
        "p3, y, role:sales.finance, sales, sales.customers.email, redact, 10, purpose=billing, -",
    ],
    "masks for people who are not the same": [
        "p3, x, role:sales.finance, sales, sales.customers.email, null, 10, -, -",
        "p3, y, role:sales.analyst, sales, sales.customers.email, redact, 10, -, -",
    ],
    "masks of two layers": ["p3, x, role:any, sales, sales.customers.email, null, 10, -, -"],
}  # fmt: skip


@pytest.mark.parametrize("name", QUIET)
def test_there_are_no_false_alarms(tmp_path: Path, name: str) -> None:
    assert said(tmp_path, *QUIET[name]) == ()


def test_where_principals_are_kept_elsewhere_nothing_is_taken_for_granted(tmp_path: Path) -> None:
    lines = [
        "p, x, group:shipping-team, sales, sales.customers, select, *, purpose=audit, -, allow",
        "p3, y, role:sales.finance, sales, sales.customers.email, null, 10, -, -",
        "p3, z, role:sales.analyst, sales, sales.customers.email, redact, 10, -, -",
    ]
    found = said(tmp_path, *lines, principals=None)
    assert [one for one in found if ": x:" in one] == []
    assert "z: mask 'redact' may meet on sales.customers.email" in " ".join(found)


def test_the_demos_lines_are_beyond_reproach() -> None:
    folder = read_folder(TEXTS)
    assert conflicts(folder.policies.lines, folder.catalog, folder.principals, 1_800_000_000.0) == ()
