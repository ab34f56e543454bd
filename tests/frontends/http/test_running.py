"""GET and DELETE /v1/queries: one's own statements, and for operators all."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.frontends.http.asking import Answer, Asked, serving
from tests.frontends.http.conftest import ENDPOINT
from tests.frontends.http.test_query import LONG
from tests.meshes import added, write_mesh


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    """felix is an operator, and nothing else of note."""
    line = "p, mesh-9, user:felix, *, *, administer, *, -, -, allow"
    with serving(
        write_mesh(tmp_path_factory.mktemp("mesh"), ENDPOINT | added("policies.csv", line))
    ) as served:
        yield served


class Asking(threading.Thread):
    def __init__(self, asked: Asked, who: str) -> None:
        super().__init__()
        self._asked, self._who = asked, who
        self.answer: Answer | None = None

    def run(self) -> None:
        self.answer = self._asked.query(LONG, who=self._who)

    def __enter__(self) -> dict[str, Any]:
        """What is said of the statement while it runs."""
        self.start()
        deadline = time.monotonic() + 5
        while not (running := seen_by(self._asked, self._who)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        (one,) = running
        return one

    def __exit__(self, *_: object) -> None:
        self.join()


def seen_by(asked: Asked, who: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = asked.ask("GET", "/v1/queries", who=who).json["queries"]
    return found


@pytest.mark.parametrize("who", ["ana", "felix"])
def test_a_statement_is_seen_and_canceled_by_its_principal_and_by_operators(
    operated: Asked, who: str
) -> None:
    asking = Asking(operated, "ana")
    with asking as one:
        assert (one["statement"], one["principal"], one["endpoint"]) == (LONG, "ana", "http")
        assert [each["id"] for each in seen_by(operated, who)] == [one["id"]]
        assert operated.ask("DELETE", f"/v1/queries/{one['id']}", who=who).status == 204
    assert asking.answer is not None
    assert (asking.answer.status, asking.answer.json["sqlstate"]) == (499, "57014")
    assert seen_by(operated, who) == []
    assert operated.ask("DELETE", f"/v1/queries/{one['id']}", who=who).status == 404


def test_others_do_not_know_of_it(operated: Asked) -> None:
    with Asking(operated, "ana") as one:
        assert seen_by(operated, "olga") == []
        foreign = operated.ask("DELETE", f"/v1/queries/{one['id']}", who="olga")
        unknown = operated.ask("DELETE", "/v1/queries/0", who="olga")
        assert (foreign.status, foreign.body) == (unknown.status, unknown.body) == (404, unknown.body)
        assert [each["id"] for each in seen_by(operated, "ana")] == [one["id"]]
        operated.ask("DELETE", f"/v1/queries/{one['id']}")
