"""What a request asks: who, from where, for which purpose, which statement. Errors: Refused ones."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from flask import Request as Http

from gateway.errors import AuthenticationFailed
from gateway.frontends.contract import PURPOSE, Identities
from gateway.frontends.http.problems import BadRequest
from gateway.query.request import Parameter, Request
from policies.principal import Principal

ENDPOINT = "http"
KEYS = ("sql", "parameters", "purpose")
MAX_PARAMETERS = 65_535
CREDENTIALS = "this needs a name and a password (Basic), or a token (Bearer)"
TYPES = ("BOOLEAN", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "FLOAT", "DOUBLE", "VARCHAR", "BLOB", "DATE", "TIME",
         "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "INTERVAL", "UUID", "JSON")  # fmt: skip
_TYPE = re.compile(rf"(?:{'|'.join(TYPES)}|DECIMAL\((?:[1-9]|[12]\d|3[0-8]),(?:\d|[12]\d|3[0-8])\))(?:\[\])?")


def principal_of(http: Http, identities: Identities) -> Principal:
    """Raises AuthenticationFailed, alike for all that is wrong with a credential."""
    given = http.authorization
    if given is None:
        raise AuthenticationFailed(CREDENTIALS)
    if given.type == "basic":
        return identities.authenticate(given.username or "", given.password or "")
    if given.type == "bearer" and given.token:
        return identities.bearer(given.token)
    raise AuthenticationFailed(CREDENTIALS)


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
        raise BadRequest("the body must be JSON, with Content-Type: application/json")
    try:
        body = json.loads(http.get_data(), parse_float=Decimal, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error
    if not isinstance(body, dict):
        raise BadRequest("the body must be a JSON object")
    unknown = sorted(set(body) - set(KEYS))
    if unknown:
        raise BadRequest(f"the body has an unknown key {json.dumps(unknown[0])}: it knows {', '.join(KEYS)}")
    return body


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
