"""The catalog over HTTP: what a principal may know of, and not a word more."""

import pytest

from tests.frontends.http.asking import Asked, serving
from tests.frontends.http.conftest import ENDPOINT
from tests.meshes import added, write_mesh

PATHS = ("domains", "products", "relations", "relations/sales/orders", "products/sales/orders", "search?q=o")


def columns(asked: Asked, relation: str, who: str, **headers: str) -> dict[str, str | None]:
    answer = asked.ask("GET", f"/v1/catalog/relations/{relation}", who=who, **headers)
    assert answer.status == 200, answer.body
    return {column["name"]: column["mask"] for column in answer.json["columns"]}


def test_relations_say_whether_they_may_be_queried(asked: Asked) -> None:
    found = asked.ask("GET", "/v1/catalog/relations").json["relations"]
    access = {f"{each['domain']}.{each['name']}": each["access"] for each in found}
    assert access["sales.orders"] == "select"
    assert access["sales.customers"] == "discover"
    for name, how in access.items():
        assert asked.query(f"SELECT count(*) FROM {name}").status == (200 if how == "select" else 403)


def test_a_relation_comes_with_what_a_query_of_it_would_have(asked: Asked) -> None:
    document = asked.ask("GET", "/v1/catalog/relations/Sales/ORDERS").json
    answer = asked.query("SELECT * FROM sales.orders").json
    assert [(c["name"], c["type"]) for c in document["columns"]] == [
        (c["name"], c["type"]) for c in answer["columns"]
    ]
    assert document["primary_key"] == ["order_id"]
    assert document["owner"] == {"team": "Sales data", "email": "sales-data@example.com"}
    assert document["description"] == "One row an order."


def test_masks_depend_on_who_asks_and_what_for(asked: Asked) -> None:
    assert columns(asked, "sales/customers", "felix")["email"] == "hash"
    assert columns(asked, "sales/customers", "felix", x_mesh_purpose="audit")["email"] == "email"


def test_a_denied_column_is_nowhere(asked: Asked) -> None:
    """`sales.orders.note`: what no audience may see has no name either."""
    paths = (*PATHS, "search?q=order")
    answers = [
        asked.ask("GET", f"/v1/catalog/{path}", who="felix", x_mesh_purpose="audit").body for path in paths
    ]
    assert b"sales.orders.order_id" in b"".join(answers)
    assert b"note" not in b"".join(answers)
    assert asked.ask("GET", "/v1/catalog/search?q=note", who="felix").json == {"found": []}


def test_what_is_hidden_is_answered_as_what_never_was(asked: Asked) -> None:
    for kind in ("relations", "products"):
        hidden = asked.ask("GET", f"/v1/catalog/{kind}/shipping/delays", who="olga")
        never = asked.ask("GET", f"/v1/catalog/{kind}/shipping/nothing", who="olga")
        assert (hidden.status, hidden.body.replace(b"delays", b"nothing")) == (never.status, never.body)
        assert never.status == 404


def test_words_are_searched_for_in_names_and_descriptions(asked: Asked) -> None:
    found = asked.ask("GET", "/v1/catalog/search?q=ORDER+id").json["found"]
    assert found[0] == {"kind": "column", "name": "sales.orders.order_id", "description": "Number."}
    found = asked.ask("GET", "/v1/catalog/search?q=row+order").json["found"]
    assert [each["name"] for each in found] == ["sales.orders"]
    assert asked.ask("GET", "/v1/catalog/search").status == 400


def test_every_look_is_on_record(asked: Asked) -> None:
    asked.ask("GET", "/v1/catalog/search?q=order%20x")
    record = asked.last_record()
    assert (record.endpoint, record.principal, record.outcome) == ("http", "ana", "done")
    assert record.statement == "GET /v1/catalog/search?q=order%20x"


@pytest.mark.parametrize("path", PATHS)
def test_two_meshes_that_differ_in_hidden_things_only_answer_alike(
    asked: Asked, path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The other grants felix more than ana: ana sees no difference."""
    grant = "p, sales-99, user:felix, sales, sales.*, select, *, -, -, allow"
    folder = tmp_path_factory.mktemp("other")
    with serving(write_mesh(folder, ENDPOINT | added("domains/sales/policies.csv", grant))) as other:
        answers = [each.ask("GET", f"/v1/catalog/{path}").body for each in (asked, other)]
        assert answers[0] == answers[1]
