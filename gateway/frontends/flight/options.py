"""Options of a session: catalog, schema and purpose."""

from dataclasses import replace
from typing import Any

from gateway.errors import AccessDenied
from gateway.frontends.contract import Gateway
from gateway.frontends.flight.commands import Caller
from gateway.frontends.flight.messages import made, read

_INVALID_NAME, _INVALID_VALUE = 1, 2


def set_options(gateway: Gateway, caller: Caller, body: bytes) -> bytes:
    request = read("SetSessionOptionsRequest", body)
    errors = []
    for option in request.session_options:
        given = option.value
        is_text = given.HasField("string_value")
        try:
            if not is_text and given.ListFields():
                raise ValueError(option.key)
            _set(gateway, caller, option.key, given.string_value if is_text else None)
        except KeyError:
            errors.append(_option_error(option.key, _INVALID_NAME))
        except (ValueError, AccessDenied):
            errors.append(_option_error(option.key, _INVALID_VALUE))
    result: bytes = made("SetSessionOptionsResult", errors=errors).SerializeToString()
    return result


def _set(gateway: Gateway, caller: Caller, name: str, value: str | None) -> None:
    """A purpose is on record, also one that is not the principal's: that raises AccessDenied."""
    if name == "purpose" and value:
        asked = caller.session.request(f"SetSessionOptions(purpose = {value!r})", caller.client)
        gateway.visible(replace(asked, purpose=value))
    caller.session.choose(name, value, gateway.database)


def _option_error(key: str, value: int) -> Any:
    return made("SessionErrorOf", key=key, value=made("SessionError", value=value))


def get_options(gateway: Gateway, caller: Caller) -> bytes:
    known = {"catalog": gateway.database, **caller.session.options}
    options = [
        made("SessionOption", key=key, value=made("SessionOptionValue", string_value=value))
        for key, value in known.items()
    ]
    result: bytes = made("GetSessionOptionsResult", session_options=options).SerializeToString()
    return result
