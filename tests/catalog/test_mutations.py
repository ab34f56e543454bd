"""Any key of any file, misspelt: exactly one problem, which names it."""

import re
from pathlib import Path

import pytest

from tests.catalog.loading import problems_of
from tests.meshes import FILES

KEY = re.compile(r"(?m)(?:^|[{,]|- )[ \t]*([A-Za-z]\w*)(?::(?=\s)| = )")
CHOSEN_NAMES = {
    "crm",
    "depot",
    "lake",
    "own_region",
    "my_regions",
    "not_deleted",
    "initials",
    "cents",
    "ana",
    "felix",
    "olga",
    "region",
    "regions",
    "department",
    "level",
}

FREE = {"purpose", "usage"}
"""The standard allows other keys beside these."""


def misspellings() -> list[tuple[str, str, int]]:
    """(file, key, offset) of the first place of each key that the format defines."""
    found: dict[tuple[str, str], int] = {}
    for file, text in FILES.items():
        if file.endswith((".yaml", ".toml")):
            for match in KEY.finditer(text):
                if match.group(1) not in CHOSEN_NAMES | FREE:
                    found.setdefault((file, match.group(1)), match.start(1))
    return [(file, key, offset) for (file, key), offset in found.items()]


@pytest.mark.parametrize(("file", "key", "offset"), misspellings())
def test_a_misspelt_key_is_one_problem_that_names_it(
    tmp_path: Path, file: str, key: str, offset: int
) -> None:
    text = FILES[file]
    wrong = f"{key[:1]}x{key[1:]}"
    problems = problems_of(tmp_path, {file: f"{text[:offset]}{wrong}{text[offset + len(key) :]}"})
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{file}: ")
    assert wrong in problems[0]
    assert "unknown key" in problems[0]


def test_enough_keys_are_tried() -> None:
    tried = {key for _, key, _ in misspellings()}
    assert len(misspellings()) > 60
    assert {
        "classification",
        "tags",
        "physicalType",
        "physicalName",
        "properties",
        "filters",
        "masks",
    } <= tried
