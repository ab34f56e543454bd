"""The OpenAPI document of the HTTP endpoint, as served."""

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def document() -> dict[str, Any]:
    text = files(__package__).joinpath("openapi.yaml").read_text("utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded
