"""Step 1: text to tree."""

from dataclasses import dataclass

from sqlglot import exp

from gateway.settings import Limits
from gateway.sql.syntax import parse_query


@dataclass(frozen=True, slots=True)
class Statement:
    """One query; nothing in it is outside the allow-lists, no name in it is resolved yet."""

    text: str
    tree: exp.Query


def parse(text: str, limits: Limits) -> Statement:
    return Statement(text, parse_query(text, limits))
