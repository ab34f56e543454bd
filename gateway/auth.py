"""Credential -> Principal: the built-in identity provider of principals.yaml."""

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from scramp.utils import ScramException, saslprep

from gateway.documents import Place, Section
from gateway.errors import AuthenticationFailed, ConfigurationError
from gateway.references import References, is_reference
from gateway.settings import Settings
from gateway.yaml_text import YamlError, read_yaml
from policies.principal import AttributeValue, Principal, Scalar

ITERATIONS = 4096
MAX_ITERATIONS = 1_000_000
SALT_BYTES = 16
IDENTITY = ("groups", "attributes", "purposes")
PREFIXES = ("user:", "group:", "role:", "domain:")
PROCESS_SECRET = secrets.token_bytes(32)
_VERIFIER = re.compile(r"SCRAM-SHA-256\$(\d{1,9}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)")
_LOOKS_LIKE_VERIFIER = re.compile(r"(?i:scram-|md5[0-9a-f]{32}$)")
_ATTRIBUTE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a SCRAM-SHA-256 server knows of a password (RFC 5802): enough to verify it, no more."""

    salt: bytes
    iterations: int
    stored_key: bytes = field(repr=False)
    server_key: bytes = field(repr=False)

    def verifier(self) -> str:
        salt, stored, server = (
            base64.b64encode(part).decode() for part in (self.salt, self.stored_key, self.server_key)
        )
        return f"SCRAM-SHA-256${self.iterations}:{salt}${stored}:{server}"


def verifier(password: str) -> str:
    """The verifier of a password, with a new salt, as principals.yaml and PostgreSQL write it."""
    return _derived(password, os.urandom(SALT_BYTES), ITERATIONS).verifier()


@dataclass(frozen=True, slots=True)
class Principals:
    """Everyone who may sign in. `secret` makes the credentials of unknown names look like real ones."""

    principals: Mapping[str, Principal]
    passwords: Mapping[str, Credentials] = field(repr=False)
    secret: bytes = field(default=PROCESS_SECRET, repr=False)
    warnings: tuple[str, ...] = ()

    def principal(self, name: str) -> Principal | None:
        return self.principals.get(name)

    def authenticate(self, name: str, password: str) -> Principal:
        """Who signs in with a clear-text password. AuthenticationFailed costs the same for unknown names."""
        expected = self.credentials(name)
        given = _derived(password, expected.salt, expected.iterations)
        fits = hmac.compare_digest(given.stored_key, expected.stored_key)
        if not fits or name not in self.passwords:
            raise AuthenticationFailed(f'password authentication failed for user "{name}"')
        return self.principals[name]

    def credentials(self, name: str) -> Credentials:
        """Of a name without a password: made up, the same each time, so an exchange fails only at its end."""
        known = self.passwords.get(name)
        made_up = self._made_up(name)
        return known or made_up

    def _made_up(self, name: str) -> Credentials:
        iterations, length = self._usual_shape()
        salt, stored, server = (
            _derived_bytes(self.secret, kind, name) for kind in ("salt", "stored", "server")
        )
        return Credentials(salt[:length], iterations, stored, server)

    def _usual_shape(self) -> tuple[int, int]:
        shapes = Counter((known.iterations, len(known.salt)) for known in self.passwords.values())
        return min(shapes, key=lambda shape: (-shapes[shape], shape), default=(ITERATIONS, SALT_BYTES))


def load_principals(settings: Settings, secret: bytes = PROCESS_SECRET) -> Principals:
    """The principals of a mesh. Raises ConfigurationError with everything that is wrong.

    Pass the mesh's hash key as `secret`: then what unknown names see stays the same over a restart.
    """
    principals, problems = read_principals(settings, secret)
    if problems:
        raise ConfigurationError(problems)
    return principals


def read_principals(settings: Settings, secret: bytes = PROCESS_SECRET) -> tuple[Principals, tuple[str, ...]]:
    """As `load_principals`, with the problems returned and what is wrong left out."""
    if not settings.principals:
        return Principals(MappingProxyType({}), MappingProxyType({}), secret), ()
    problems: list[str] = []
    warnings: list[str] = []
    place = Place(_shown(settings.principals, settings.folder))
    section = _document(settings.principals, place, problems)
    principals: dict[str, Principal] = {}
    passwords: dict[str, Credentials] = {}
    for name in section.values:
        principal, password = _entry(name, section, settings, warnings)
        principals[name] = principal
        if password:
            passwords[name] = _credentials(password, name, section, secret)
    passwords = {name: known for name, known in passwords.items() if known.stored_key}
    registry = Principals(MappingProxyType(principals), MappingProxyType(passwords), secret, tuple(warnings))
    return registry, tuple(dict.fromkeys(problems))


def _document(path: Path, place: Place, problems: list[str]) -> Section:
    try:
        document = read_yaml(path)
    except YamlError as error:
        problems.append(place.problem(str(error)))
        document = None
    except FileNotFoundError:
        problems.append(place.problem("there is no such file"))
        document = None
    return Section(document, place, problems, ("principals",)).section("principals")


def _entry(
    name: str, section: Section, settings: Settings, warnings: list[str]
) -> tuple[Principal, str | None]:
    entry = section.section(name, ("password", *IDENTITY))
    return read_identity(name, entry), _password(entry, settings, warnings)


def read_identity(name: str, entry: Section) -> Principal:
    """Who a principal is, as the keys of `IDENTITY` say."""
    _check_name(name, entry.place, entry.problems)
    return Principal(
        name=name,
        groups=frozenset(_groups(entry)),
        attributes=MappingProxyType(_attributes(entry.section("attributes"))),
        purposes=frozenset(entry.texts("purposes")),
    )


def _groups(entry: Section) -> tuple[str, ...]:
    groups = entry.texts("groups")
    for group in groups:
        _check_name(group, entry.place.at("groups"), entry.problems)
    return groups


def _check_name(name: str, place: Place, problems: list[str]) -> None:
    """Policies say `user:ana`; a principal called `role:sales.analyst` would have that role."""
    if name.casefold().startswith(PREFIXES):
        problems.append(
            place.problem(f"the name {name!r} must not begin with {', '.join(PREFIXES[:-1])} or domain:")
        )
    elif not name.strip() or name != name.strip() or name == "*" or not name.isprintable():
        problems.append(place.problem(f"{name!r} cannot be a name: use printable text without outer blanks"))


def _attributes(section: Section) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {}
    for name, value in section.values.items():
        if not _ATTRIBUTE.fullmatch(name):
            section.problem(
                "must be a word of letters, digits and _: filters say principal.<attribute>", name
            )
        elif isinstance(value, str | int | float) and _finite(value):
            attributes[name] = value
        elif isinstance(value, list) and _uniform(value):
            attributes[name] = tuple(value)
        else:
            section.problem(
                "must be one text, number or true/false, or a flat list of one kind of these", name
            )
    return attributes


def _finite(value: Scalar) -> bool:
    return not isinstance(value, float) or abs(value) < float("inf")


def _uniform(values: list[object]) -> bool:
    kinds = {type(value) for value in values}
    scalars = all(isinstance(value, str | int | float) and _finite(value) for value in values)
    return scalars and (len(kinds) < 2 or kinds == {int, float})


def _password(entry: Section, settings: Settings, warnings: list[str]) -> str | None:
    if "password" not in entry:
        return None
    written = entry.required("password")
    if not written.strip():
        return None
    references = References(settings.environment, entry_folder(settings), settings.folder)
    resolved = references.resolve(written)
    if not isinstance(resolved, str):
        entry.problem(resolved.reason, "password")
        return None
    if not is_reference(written) and not _LOOKS_LIKE_VERIFIER.match(written):
        report = warnings if settings.loopback_only else entry.problems
        report.append(entry.place.at("password").problem(LITERAL))
    return resolved


def entry_folder(settings: Settings) -> Path:
    """Paths in principals.yaml are relative to it."""
    return settings.principals.parent if settings.principals else settings.folder


def _credentials(password: str, name: str, section: Section, secret: bytes) -> Credentials:
    """Without keys when the verifier is bad. The salt of a clear password is derived: a reload keeps it."""
    if not _LOOKS_LIKE_VERIFIER.match(password):
        salt = _derived_bytes(secret, "salt", name)[:SALT_BYTES]
        return _derived(password, salt, ITERATIONS)
    credentials = _parsed(password)
    if not credentials:
        section.problem(BAD_VERIFIER, name, "password")
    return credentials or Credentials(b"", 0, b"", b"")


def _parsed(text: str) -> Credentials | None:
    match = _VERIFIER.fullmatch(text.strip())
    if not match:
        return None
    try:
        salt, stored, server = (base64.b64decode(part, validate=True) for part in match.groups()[1:])
    except binascii.Error:
        return None
    iterations = int(match.group(1))
    fits = len(stored) == len(server) == 32 and len(salt) >= 8
    if not fits or not ITERATIONS <= iterations <= MAX_ITERATIONS:
        return None
    return Credentials(salt, iterations, stored, server)


def _derived(password: str, salt: bytes, iterations: int) -> Credentials:
    salted = hashlib.pbkdf2_hmac("sha256", _prepared(password), salt, iterations)
    client_key = hmac.digest(salted, b"Client Key", "sha256")
    stored_key = hashlib.sha256(client_key).digest()
    return Credentials(salt, iterations, stored_key, hmac.digest(salted, b"Server Key", "sha256"))


def _prepared(password: str) -> bytes:
    """SASLprep; a password that it does not allow is used as it is, as PostgreSQL and libpq do."""
    try:
        return str(saslprep(password)).encode("utf-8", "surrogatepass")
    except (ScramException, UnicodeError):
        return password.encode("utf-8", "surrogatepass")


def _derived_bytes(secret: bytes, kind: str, name: str) -> bytes:
    return hmac.digest(secret, f"scram {kind} {name}".encode("utf-8", "surrogatepass"), "sha256")


def _shown(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


LITERAL = "a password stands here in clear: put its verifier (meshgate password) or a reference like ${NAME}"
BAD_VERIFIER = "is no SCRAM-SHA-256 verifier of 4096 to 1000000 iterations: meshgate password makes one"
