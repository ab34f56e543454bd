"""The demo's folder is the example that people copy: valid by the standard, and true to the data."""

import base64
import csv
import json
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pyarrow as pa
import pytest
import yaml
from scramp.core import ScramMechanism

from gateway.demo.build import TEXTS, FolderError, write_texts
from gateway.demo.data import Tables
from gateway.demo.sources import CUSTOMERS, ORDERS, PARCELS, RETURNS
from gateway.demo.story import ANA, FELIX, MIA, OLGA

CONTRACTS = sorted(TEXTS.glob("domains/*/products/*/contract.odcs.yaml"))
TYPES = {
    pa.int64(): "bigint",
    pa.string(): "text",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", tz="UTC"): "timestamptz",
    pa.decimal128(12, 2): "numeric(12,2)",
    pa.decimal128(8, 2): "numeric(8,2)",
}
RENAMED = {"name": "full_name"}


def relations() -> Iterator[tuple[str, dict[str, object]]]:
    for path in CONTRACTS:
        for relation in yaml.safe_load(path.read_text())["schema"]:
            yield path.parents[2].name, relation


def ids(path: Path) -> str:
    return path.parent.name


@pytest.mark.parametrize("path", CONTRACTS, ids=ids)
def test_contracts_follow_the_standard(path: Path) -> None:
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text())
    validator = jsonschema_rs.validator_for(schema)
    errors = [
        f"{error.instance_path}: {error.message}"
        for error in validator.iter_errors(yaml.safe_load(path.read_text()))
    ]
    assert errors == []


@pytest.mark.parametrize("path", CONTRACTS, ids=ids)
def test_contracts_stand_in_their_domains_folder_and_explain_everything(path: Path) -> None:
    contract = yaml.safe_load(path.read_text())
    assert contract["domain"] == path.parents[2].name
    for relation in contract["schema"]:
        assert relation["description"]
        assert all(column["description"] for column in relation["properties"])


def test_there_are_contracts_of_three_domains() -> None:
    assert {domain for domain, _ in relations()} == {"sales", "shipping", "marketing"}


@pytest.mark.parametrize(("domain", "relation"), list(relations()), ids=lambda value: str(value)[:12])
def test_contract_columns_are_the_datas_columns(
    domain: str, relation: dict[str, object], tables: Tables
) -> None:
    if relation["name"] == "delays":
        return
    data: pa.Table = getattr(tables, str(relation["name"]))
    columns = [(RENAMED.get(c["name"], c["name"]), c["physicalType"]) for c in relation["properties"]]  # type: ignore[attr-defined]
    assert columns == [(field.name, TYPES[field.type]) for field in data.schema]


@pytest.mark.parametrize(("domain", "relation"), list(relations()), ids=lambda value: str(value)[:12])
def test_required_columns_are_never_null_and_keys_are_unique(
    domain: str, relation: dict[str, object], tables: Tables
) -> None:
    if relation["name"] == "delays":
        return
    data: pa.Table = getattr(tables, str(relation["name"]))
    for column in relation["properties"]:  # type: ignore[attr-defined]
        values = data[RENAMED.get(column["name"], column["name"])]
        assert (values.null_count == 0) == column.get("required", False), column["name"]
        if column.get("primaryKey") or column.get("unique"):
            assert len(values.unique()) == len(values), column["name"]


@pytest.mark.parametrize(
    ("definition", "name"),
    [(CUSTOMERS, "customers"), (ORDERS, "orders"), (RETURNS, "returns"), (PARCELS, "parcels")],
)
def test_source_tables_have_the_datas_columns(definition: str, name: str, tables: Tables) -> None:
    declared = [part.split()[0] for part in definition.split("(", 1)[1].replace("(12,2)", "").split(",")]
    assert [column for column in declared if column != "credit_limit"] == getattr(tables, name).column_names


def test_policy_lines_have_unique_ids_and_stay_in_their_domain() -> None:
    seen: set[str] = set()
    for path in (TEXTS / "policies.csv", *TEXTS.glob("domains/*/policies.csv")):
        domain = "*" if path.parent == TEXTS else path.parent.name
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
        for row in csv.reader(lines, skipinitialspace=True):
            fields = [field.strip() for field in row]
            assert fields[3] == domain, fields
            if fields[0] != "g":
                assert fields[1] not in seen
                seen.add(fields[1])
    assert len(seen) > 10


@pytest.mark.parametrize("asker", [ANA, FELIX, OLGA, MIA], ids=lambda asker: asker.name)
def test_printed_passwords_fit_the_verifiers(asker: object) -> None:
    principals = yaml.safe_load((TEXTS / "principals.yaml").read_text())["principals"]
    entry = principals[asker.name]  # type: ignore[attr-defined]
    name, parameters, keys = entry["password"].split("$")
    assert name == "SCRAM-SHA-256"
    iterations, salt = parameters.split(":")
    assert keys == verifier_keys(asker.password, salt, int(iterations))  # type: ignore[attr-defined]
    assert asker.purpose is None or asker.purpose in entry["purposes"]  # type: ignore[attr-defined]


def verifier_keys(password: str, salt: str, iterations: int) -> str:
    """`StoredKey:ServerKey`, computed by scramp."""
    mechanism = ScramMechanism("SCRAM-SHA-256")
    _, stored, server, _ = mechanism.make_auth_info(password, iterations, base64.b64decode(salt))
    return f"{base64.b64encode(stored).decode()}:{base64.b64encode(server).decode()}"


def test_texts_are_written_once_and_changes_stay(tmp_path: Path) -> None:
    folder = tmp_path / "mesh"
    write_texts(folder)
    policies = folder / "domains" / "sales" / "policies.csv"
    policies.write_text("# mine\n")
    write_texts(folder)
    assert policies.read_text() == "# mine\n"
    assert (folder / "mesh.toml").read_text() == (TEXTS / "mesh.toml").read_text()


def test_an_interrupted_copy_is_finished(tmp_path: Path) -> None:
    folder = tmp_path / "mesh"
    write_texts(folder)
    (folder / "mesh.toml").unlink()
    (folder / "domains" / "sales" / "domain.yaml").unlink()
    write_texts(folder)
    assert (folder / "mesh.toml").exists()
    assert (folder / "domains" / "sales" / "domain.yaml").exists()


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FolderError, match="choose another folder"):
        write_texts(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_another_mesh_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mesh.toml").write_text('name = "production"\n')
    with pytest.raises(FolderError, match="not the demo"):
        write_texts(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["mesh.toml"]
