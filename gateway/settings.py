"""Frozen settings of a mesh. The only file that reads the environment."""

import difflib
import ipaddress
import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType

from gateway.documents import Place, Section, choices, did_you_mean
from gateway.errors import ConfigurationError
from gateway.origins import read_origins
from gateway.references import NAME, References, literal_secret
from gateway.tls_settings import KNOWN as TLS_KEYS
from gateway.tls_settings import TlsSettings, read_tls_settings
from gateway.token_settings import TokenSettings, read_token_settings

FILE = "mesh.toml"
ENDPOINTS = ("postgres", "flight", "http")
CLEAR = ("flight", "http")
"""Endpoints that passwords and tokens reach as they are, unless there is TLS."""
SECTIONS = {
    "endpoints": ENDPOINTS,
    "http": ("origins",),
    "tls": TLS_KEYS,
    "identity": ("principals", "oidc", "jwt"),
    "system": ("postgres", "state"),
    "masks": None,
    "filters": None,
    "engine": ("kind", "memory_limit", "threads", "temp_directory"),
    "audit": ("directory", "sinks"),
}
SINKS = ("jsonl",)
MIN_KEY_BYTES = 16
NO_TEXTS: Mapping[str, str] = MappingProxyType({})
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B\s*", re.IGNORECASE)
_POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4}


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int

    @property
    def loopback(self) -> bool:
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one statement (governance.md, "Bounds before work"). None: unlimited.

    `memory` and `spill` are in bytes, for all that the engine holds at one time in memory and on disk; `memory` None:
    half the machine. `work_bytes` and `held_bytes` bound what a statement
    makes out of its own text and of generated rows: all of it, and what of it is there at one time.
    `concurrency`, `connections` and `connections_per_principal` are an endpoint's: what runs and who is there at once.
    """

    text_bytes: int = 1_000_000
    nesting: int = 100
    nodes: int = 50_000
    in_list: int = 10_000
    generated_rows: int = 10_000_000
    join_rows: int = 1_000_000_000
    recursion: int = 1_000
    value_bytes: int = 16_000_000
    work_bytes: int = 4_000_000_000
    held_bytes: int = 500_000_000
    seconds: float = 300.0
    rows: int | None = None
    bytes: int | None = None
    concurrency: int = 32
    connections: int = 2_000
    connections_per_principal: int = 1_500
    memory: int | None = None
    spill: int = 10_000_000_000


LIMIT_NAMES = tuple(item.name for item in fields(Limits))


@dataclass(frozen=True, slots=True)
class EngineSettings:
    threads: int | None = None
    temp_directory: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What mesh.toml says, defaults filled in, paths absolute, secrets resolved.

    `filters` and `masks` are the mesh's own, as SQL texts. `hash_key` None: it is in, or goes to, the state
    folder (`hash_key()`). `environment` is what the other files of the folder may refer to. `loopback_only`:
    no endpoint is reachable from another machine. `origins`: whose pages may read what the HTTP endpoint answers.
    """

    name: str
    folder: Path
    postgres: Address | None
    flight: Address | None
    http: Address | None
    tls: TlsSettings | None
    principals: Path | None
    tokens: TokenSettings | None
    state: Path
    engine: EngineSettings
    limits: Limits
    audit_directory: Path
    system: str = field(default="embedded", repr=False)
    filters: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    masks: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS)
    hash_key: bytes | None = field(default=None, repr=False)
    environment: Mapping[str, str] = field(default_factory=lambda: NO_TEXTS, repr=False)
    loopback_only: bool = True
    origins: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def load_settings(folder: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a mesh folder; ConfigurationError with everything that is wrong with mesh.toml."""
    settings, problems = read_settings(folder, environment)
    if problems:
        raise ConfigurationError(problems)
    return settings


def read_settings(
    folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[Settings, tuple[str, ...]]:
    """As `load_settings`, with defaults in place of what is wrong, so that `check` can go on."""
    folder = folder.resolve()
    variables = MappingProxyType(dict(os.environ if environment is None else environment))
    problems: list[str] = []
    references = References(variables, folder, folder)
    known = ("name", *SECTIONS, "limits")
    root = Section(_toml(folder / FILE, problems), Place(FILE), problems, known, references)
    if not root.values and problems:
        root = Section({"name": "unnamed"}, Place(FILE), [])
    settings = _settings(root, folder, variables)
    return settings, tuple(dict.fromkeys(problems))


def hash_key(settings: Settings) -> bytes:
    """The secret of the `hash` mask: the configured one, or the state folder's, made on first use."""
    if settings.hash_key is not None:
        return settings.hash_key
    path = settings.state / "hash_key"
    try:
        if not path.exists():
            _write_key(path)
        if path.stat().st_mode & 0o077:
            raise ConfigurationError((f"{path}: others may read this key: run chmod 600 on it",))
        key = path.read_bytes().strip()
    except OSError as error:
        raise ConfigurationError((f"{path}: the key cannot be used ({error.strerror})",)) from error
    if len(key) < MIN_KEY_BYTES:
        raise ConfigurationError((f"{path}: the key is shorter than {MIN_KEY_BYTES} bytes: restore it",))
    return key


def _write_key(path: Path) -> None:
    """Whole or not at all: of two processes that start together, both end up with the same key."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"hash_key.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_hex(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def _toml(path: Path, problems: list[str]) -> object:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        problems.append(f"{FILE}: there is no such file: a mesh folder begins with one")
    except OSError as error:
        problems.append(f"{FILE}: cannot be read ({error.strerror})")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{FILE}: is not TOML: {error}")
    return None


def _settings(root: Section, folder: Path, variables: Mapping[str, str]) -> Settings:
    sections = {name: root.section(name, known) for name, known in SECTIONS.items()}
    warnings: list[str] = []
    addresses = _addresses(sections["endpoints"])
    loopback = all(address.loopback for address in addresses.values())
    state = sections["system"].path("state", folder) or folder / "state"
    settings = Settings(
        name=_name(root),
        folder=folder,
        postgres=addresses.get("postgres"),
        flight=addresses.get("flight"),
        http=addresses.get("http"),
        tls=read_tls_settings(sections["tls"], folder),
        principals=_principals(sections["identity"], folder, warnings),
        tokens=read_token_settings(sections["identity"], folder),
        state=state,
        engine=_engine(sections["engine"], folder),
        limits=_limits(root.section("limits", LIMIT_NAMES), sections["engine"], warnings),
        audit_directory=sections["audit"].path("directory", folder) or state / "audit",
        system=sections["system"].text("postgres", "embedded"),
        filters=_expressions(sections["filters"]),
        masks=_expressions(sections["masks"], besides=("hash_key",)),
        hash_key=_hash_key(sections["masks"]),
        environment=variables,
        loopback_only=loopback,
        origins=read_origins(sections["http"]),
    )
    _check_clear(sections["endpoints"], addresses, settings.tls)
    _check_sinks(sections["audit"], warnings)
    secret_places = ((sections["system"], "postgres"), (sections["masks"], "hash_key"))
    for section, key in secret_places:
        _check_secret(section, key, loopback_only=loopback, warnings=warnings)
    return replace(settings, warnings=tuple(warnings))


def _name(root: Section) -> str:
    name = root.required("name")
    if len(name.encode()) > 63 or any(ord(character) < 32 for character in name):
        root.problem("must be one line of at most 63 bytes: it is the database's name", "name")
    return name


def _addresses(section: Section) -> dict[str, Address]:
    addresses = {}
    for key in section.values:
        address = _address(section, key)
        if address:
            addresses[key] = address
    return addresses


def _address(section: Section, key: str) -> Address | None:
    text = section.text(key)
    host, _, port = text.rpartition(":")
    host = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if host and ("[" not in host) and port.isascii() and port.isdigit() and int(port) <= 65535:
        return Address(host, int(port))
    if text:
        section.problem(f"must be host:port, for example 127.0.0.1:5433, not {text!r}", key)
    elif key in section and section.raw(key) == "":
        section.problem("must be host:port; leave the key out to switch the endpoint off", key)
    return None


def _check_clear(section: Section, addresses: Mapping[str, Address], tls: TlsSettings | None) -> None:
    for name in CLEAR:
        if name in addresses and not addresses[name].loopback and tls is None:
            text = "passwords would be read on their way: set [tls], or listen on 127.0.0.1"
            section.problem(text, name)


def _principals(section: Section, folder: Path, warnings: list[str]) -> Path | None:
    if "oidc" in section:
        section.section("oidc")
        warnings.append(section.place.at("oidc").problem("this version does not have OIDC: it stays off"))
    default = folder / "principals.yaml"
    return section.file("principals", folder) or (default if default.is_file() else None)


def _engine(section: Section, folder: Path) -> EngineSettings:
    kind = section.text("kind", "duckdb")
    if kind != "duckdb":
        section.problem(f"unknown engine {kind!r}: this version has duckdb", "kind")
    return EngineSettings(
        threads=section.integer("threads"),
        temp_directory=section.path("temp_directory", folder),
    )


def _size(section: Section, key: str) -> int | None:
    """Bytes: a number, or a text like 512MB or 4GiB."""
    value = section.raw(key)
    if not isinstance(value, str):
        return section.integer(key)
    match = _SIZE.fullmatch(section.text(key))
    if match:
        number, power, binary = match.groups()
        size = int(float(number) * (1024 if binary else 1000) ** _POWERS[power.upper()])
        if size > 0:
            return size
    section.problem(f"must be a number of bytes, or a size like 4GB or 512MiB, not {value!r}", key)
    return None


def _limits(section: Section, engine: Section, warnings: list[str]) -> Limits:
    """`engine.memory_limit` is another name of `limits.memory`, which counts where both stand."""
    if "memory_limit" in engine and "memory" in section:
        text = "limits.memory stands there too, and that counts: leave this out"
        warnings.append(engine.place.at("memory_limit").problem(text))
    other = _size(engine, "memory_limit")
    sizes = {name: size for name in ("memory", "spill") if (size := _size(section, name)) is not None}
    whole = [name for name in LIMIT_NAMES if name not in ("seconds", "memory", "spill")]
    numbers = {name: number for name in whole if (number := section.integer(name)) is not None}
    limits = replace(Limits(memory=other), **sizes, **numbers)
    seconds = section.number("seconds")
    return limits if seconds is None else replace(limits, seconds=seconds)


def _expressions(section: Section, besides: tuple[str, ...] = ()) -> Mapping[str, str]:
    """Named SQL texts. `${` in them is SQL, not a reference."""
    plain = Section(section.values, section.place, section.problems)
    names = [name for name in plain.values if name not in besides]
    for key in besides:
        for name in difflib.get_close_matches(key, names, cutoff=0.85) if key not in plain else ():
            plain.problem(f"unknown key, did you mean '{key}'?", name)
            names.remove(name)
    return MappingProxyType({name: text for name in names if (text := plain.required(name))})


def _hash_key(section: Section) -> bytes | None:
    if "hash_key" not in section:
        return None
    key = section.text("hash_key").encode()
    if key and len(key) < MIN_KEY_BYTES:
        section.problem(f"must have at least {MIN_KEY_BYTES} bytes", "hash_key")
    elif section.raw("hash_key") == "":
        section.problem("must not be empty: leave it out to have one generated", "hash_key")
    return key or None


def _check_sinks(section: Section, warnings: list[str]) -> None:
    for sink in section.texts("sinks"):
        if sink not in SINKS:
            near = did_you_mean(sink, SINKS) or f": it has {choices(SINKS)}"
            text = f"this version does not have the sink {sink!r}{near}"
            warnings.append(section.place.at("sinks").problem(text))


def _check_secret(section: Section, key: str, *, loopback_only: bool, warnings: list[str]) -> None:
    value = section.raw(key)
    if isinstance(value, str) and literal_secret(key, value):
        report = warnings if loopback_only else section.problems
        report.append(section.place.at(key).problem(LITERAL))


LITERAL = "a secret stands here in clear: refer to it with ${NAME} or file:/run/secrets/name"


def with_placeholders(folder: Path, placeholder: str) -> Mapping[str, str]:
    """The environment, with `placeholder` for every variable that a mesh folder refers to and that is not set: for
    reading its policies where its secrets are not."""
    files = (*folder.glob("*.toml"), *folder.glob("*.yaml"), *folder.glob("domains/*/*.yaml"))
    texts = (file.read_text("utf-8", errors="replace") for file in files)
    named = {name for text in texts for name in NAME.findall(text)}
    return {**dict.fromkeys(named, placeholder), **{k: v for k, v in os.environ.items() if v}}
