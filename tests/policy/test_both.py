"""`policy diff` and `policy replay` against what everybody really gets before and after a change."""

import json
from pathlib import Path

import pytest

from gateway.cli import main
from tests.meshes import ENVIRONMENT, write_mesh
from tests.policy.changes import CHANGES, PURPOSES, UNSEEN, answers

Key = tuple[str, str | None, str]
"""(principal, purpose, relation)"""


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[Key, object]]:
    """The mesh as it is, and all its answers: its journal holds each question once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MESH_HASH_KEY", ENVIRONMENT["MESH_HASH_KEY"])
        old = write_mesh(tmp_path_factory.mktemp("policy") / "old")
        return old, answers(old)


def reported(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[dict[str, object]]]:
    status = main(["policy", *map(str, arguments), "--format", "json"])
    changes: list[dict[str, object]] = json.loads(capsys.readouterr().out)["changes"]
    return status, changes


def said_by_diff(groups: list[dict[str, object]]) -> set[Key]:
    found = set()
    for group in groups:
        under = group["under"]
        for who in set(group["who"]) & PURPOSES.keys():  # type: ignore[call-overload]
            for purpose in PURPOSES[who]:
                if not under or (f"purpose={purpose}" if purpose else "without purpose") in under:  # type: ignore[operator]
                    found |= {(who, purpose, relation) for relation in group["relations"]}  # type: ignore[attr-defined]
    return found


def said_by_replay(changes: list[dict[str, object]]) -> set[Key]:
    return {
        (one["principal"], one["purpose"], str(one["statement"]).rpartition(" ")[2])  # type: ignore[misc]
        for one in changes
    }


@pytest.mark.parametrize("name", CHANGES)
def test_whoever_gets_another_answer_is_listed_and_nobody_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, asked: tuple[Path, dict[Key, object]]
) -> None:
    old, before = asked
    new = write_mesh(tmp_path / "new", CHANGES[name])
    status, groups = reported(capsys, "diff", old, new)
    replay_status, changes = reported(capsys, "replay", new, "--audit", old)
    assert list((new / "state").rglob("*.jsonl")) == [], "nothing was run"
    after = answers(new)
    different = {key for key, answer in before.items() if answer != after[key]}
    replayed = different if name != "another group" else set()  # groups are those of then
    assert different <= said_by_diff(groups)
    assert replayed <= said_by_replay(changes)
    if name not in UNSEEN:
        assert different == said_by_diff(groups)
        assert replayed == said_by_replay(changes)
    assert (status, replay_status) == (int(bool(groups)), int(bool(changes)))
