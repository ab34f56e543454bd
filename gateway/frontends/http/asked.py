"""What a request asks: who, from where, for which purpose, which statement. Errors: Refused ones."""

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any, NoReturn

from flask import Request as Http

from gateway.errors import AuthenticationFailed
from gateway.frontends.contract import PURPOSE, Identities, sign_in_refused
from gateway.frontends.http.problems import BadRequest, UnsupportedMedia
from gateway.query.request import Parameter, Request
from policies.principal import Principal

ENDPOINT = "http"
KEYS = ("sql", "parameters", "purpose")
MAX_PARAMETERS = 65_535
CERTIFIED = "meshgate.certified"
"""Where in the WSGI environment the server puts the names that the client's certificate gives it."""
CREDENTIALS = "this needs a name and a password (Basic), or a token (Bearer)"
TYPES = ("BOOLEAN", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "VARCHAR", "BLOB", "DATE", "TIME",
         "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "INTERVAL", "UUID", "JSON")  # fmt: skip
_TYPE = re.compile(rf"(?:{'|'.join(TYPES)}|DECIMAL\((?:[1-9]|[12]\d|3[0-8]),(?:\d|[12]\d|3[0-8])\))(?:\[\])?")


def principal_of(http: Http, identities: Identities) -> Principal:
    """By password or token; where neither is sent, by a certificate that names one principal.

    Raises AuthenticationFailed, alike for all that is wrong with a credential.
    """
    sign_in = _sign_in(http, identities)
    if sign_in is None:
        raise AuthenticationFailed(CREDENTIALS)
    try:
        return sign_in()
    except AuthenticationFailed as error:
        sign_in_refused(ENDPOINT, http.remote_addr or "", error)
        raise


def _sign_in(http: Http, identities: Identities) -> Callable[[], Principal] | None:
    """None: no credential is shown."""
    given, names = http.authorization, http.environ.get(CERTIFIED)
    if given is not None and given.type == "basic":
        return partial(identities.authenticate, given.username or "", given.password or "")
    if given is not None and given.type == "bearer" and given.token:
        return partial(identities.bearer, given.token)
    if names and "Authorization" not in http.headers:
        return partial(_certified, names, identities)
    return None


def _certified(names: Collection[str], identities: Identities) -> Principal:
    found = [who for who in map(identities.principal, names) if who is not None]
    if len(found) != 1:
        raise AuthenticationFailed("the certificate does not name one principal")
    return found[0]


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and from where."""

    principal: Principal
    client: str
    purpose: str | None

    def request(self, text: str, parameters: tuple[Parameter, ...] = ()) -> Request:
        return Request(
            text=text,
            principal=self.principal,
            endpoint=ENDPOINT,
            client=self.client,
            purpose=self.purpose,
            parameters=parameters,
            parameter_types=tuple(parameter.type for parameter in parameters),
        )


def asker(http: Http, identities: Identities) -> Asker:
    purpose = http.headers.get(PURPOSE) or None
    return Asker(principal_of(http, identities), http.remote_addr or "", purpose)


def statement(http: Http, identities: Identities) -> Request:
    """The statement in the body. A body that is not JSON by its type is refused: a form of another site could send it
    with the name and password that a browser remembers."""
    who = asker(http, identities)
    body = _body(http)
    if "purpose" in body:
        if not isinstance(body["purpose"], str | None):
            raise BadRequest('"purpose" must be a text')
        who = Asker(who.principal, who.client, body["purpose"] or who.purpose)
    sql = body.get("sql")
    if not isinstance(sql, str):
        raise BadRequest('"sql" must be the text of one statement')
    return who.request(sql, _parameters(body.get("parameters")))


def _body(http: Http) -> Mapping[str, Any]:
    if http.mimetype != "application/json":
        raise UnsupportedMedia("the body must be JSON, with Content-Type: application/json")
    if http.content_encoding not in (None, "identity"):
        raise UnsupportedMedia("the body must come as it is, without Content-Encoding")
    try:
        body = _json(http.get_data().decode())
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON in UTF-8, or names a key twice") from error
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    unknown = sorted(set(body) - set(KEYS))
    if unknown:
        raise BadRequest(f"the body has an unknown key {json.dumps(unknown[0])}: it knows {', '.join(KEYS)}")
    return body


def _json(text: str) -> object:
    """Errors: ValueError, RecursionError."""
    found = json.loads(text, parse_float=Decimal, parse_constant=_refused, object_pairs_hook=_object)
    if "\\u" in text:
        json.dumps(found, ensure_ascii=False, default=str).encode()  # half a pair of surrogates is no text
    return found


def _object(pairs: Sequence[tuple[str, object]]) -> Mapping[str, object]:
    """Of two values for one key, which would be meant nobody can tell."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(pairs)
    return found


def _refused(name: str) -> NoReturn:
    raise ValueError(name)


def _parameters(given: object) -> tuple[Parameter, ...]:
    """Of `$1` first. A value, or `{"value": ..., "type": ...}` where the use of the parameter does not say its type."""
    if given is None:
        return ()
    if not isinstance(given, list):
        raise BadRequest('"parameters" must be a list of values, of $1 first')
    if len(given) > MAX_PARAMETERS:
        raise BadRequest(f"there are more than {MAX_PARAMETERS} parameters")
    return tuple(_parameter(value, number) for number, value in enumerate(given, start=1))


def _parameter(given: object, number: int) -> Parameter:
    value, kind = given, None
    if isinstance(given, dict):
        if set(given) != {"type", "value"}:
            raise BadRequest(f'parameter ${number} must be a value, or an object of "type" and "value"')
        value, kind = given["value"], _type(given["type"], number)
    if not _is_value(value):
        raise BadRequest(
            f"parameter ${number} must be null, true, false, a number, a text or a list of these"
        )
    return Parameter(value, kind)


def _type(given: object, number: int) -> str:
    kind = str(given).upper().replace(", ", ",")
    if not _TYPE.fullmatch(kind):
        raise BadRequest(f"parameter ${number}: its type must be one of {', '.join(TYPES)}, DECIMAL(p,s)")
    return kind


def _is_value(given: object) -> bool:
    items = given if isinstance(given, list) else [given]
    return all(isinstance(item, bool | int | Decimal | str | None) for item in items)
