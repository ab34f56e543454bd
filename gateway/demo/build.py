"""The demo's mesh folder: its text files, and the data behind them."""

import hashlib
import json
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path

from gateway.demo import sources
from gateway.demo.data import Tables, generate
from gateway.embedded import Postgres

TEXTS = Path(__file__).parent / "mesh"
NAME = "demo"
DOMAINS = ("sales", "shipping", "marketing")
DATA_VERSION = 1  # of what data.py and sources.py make: another number, and a folder is loaded afresh
GITIGNORE = "# Keys, servers, journals and data: `meshgate demo` makes them.\nstate/\n*.sqlite\nlake/\n"


class FolderError(Exception):
    """The folder cannot become a demo mesh. The text is for the terminal."""


@dataclass(frozen=True, slots=True)
class Servers:
    """`cloud` holds what sales has, `premises` the returns desk of shipping."""

    cloud: Postgres
    premises: Postgres


def write_texts(folder: Path) -> None:
    """Put the demo's text files into `folder` unless it holds them: what somebody changed there stays.

    mesh.toml comes last, so a folder with one is whole. FolderError: the folder holds other things.
    """
    if (folder / "mesh.toml").exists():
        _check_is_demo(folder)
        return
    ours = {entry.name for entry in TEXTS.iterdir()} | {"state", ".gitignore"}
    if folder.exists() and any(entry.name not in ours for entry in folder.iterdir()):
        raise FolderError(f"{folder}: not empty and no mesh: choose another folder")
    shutil.copytree(TEXTS, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("mesh.toml"))
    (folder / ".gitignore").write_text(GITIGNORE)
    shutil.copy(TEXTS / "mesh.toml", folder / "mesh.toml")


def _check_is_demo(folder: Path) -> None:
    try:
        name = tomllib.loads((folder / "mesh.toml").read_text("utf-8")).get("name")
    except (OSError, ValueError) as error:
        raise FolderError(f"{folder / 'mesh.toml'}: cannot be read: {error}") from error
    if name != NAME or not all((folder / "domains" / domain).is_dir() for domain in DOMAINS):
        raise FolderError(f"{folder}: holds a mesh that is not the demo: choose another folder")


def load_data(folder: Path, servers: Servers, scale: int) -> bool:
    """Fill the sources with `scale` orders; False if they hold them already."""
    marker = folder / "state" / "loaded.json"
    wanted = json.dumps({"version": DATA_VERSION, "scale": scale, "servers": _fingerprint(servers)})
    domains = folder / "domains"
    files = (domains / "shipping" / "parcels.sqlite", domains / "marketing" / "lake")
    if marker.exists() and marker.read_text() == wanted and all(file.exists() for file in files):
        return False
    marker.unlink(missing_ok=True)
    _load(generate(scale), servers, *files)
    marker.write_text(wanted)
    return True


def _fingerprint(servers: Servers) -> str:
    """Which servers were loaded: a removed and remade one is empty and has another password."""
    passwords = f"{servers.cloud.password} {servers.premises.password}"
    return hashlib.sha256(passwords.encode()).hexdigest()[:16]


def _load(tables: Tables, servers: Servers, parcels: Path, lake: Path) -> None:
    sources.create_database(servers.cloud, "crm")
    sources.fill_postgres(servers.cloud, "crm", sources.CUSTOMERS, "customers", tables.customers)
    sources.fill_postgres(servers.cloud, "crm", sources.ORDERS, "orders", tables.orders)
    sources.create_database(servers.premises, "depot")
    sources.fill_postgres(servers.premises, "depot", sources.RETURNS, "returns", tables.returns)
    sources.fill_sqlite(parcels, tables.parcels)
    sources.fill_lake(lake, tables.leads, tables.campaigns)


def environment(folder: Path, servers: Servers) -> dict[str, str]:
    """The variables that the domains' files refer to, also left in state/sources.env for a second shell."""
    variables = {
        "SALES_CRM_URI": sources.reader_uri(servers.cloud, "crm"),
        "SHIPPING_DEPOT_URI": sources.reader_uri(servers.premises, "depot"),
    }
    path = folder / "state" / "sources.env"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text("".join(f"export {name}='{value}'\n" for name, value in variables.items()))
    return variables
