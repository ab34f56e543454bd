"""What EXPLAIN tells a consumer, as a tree of facts, and its three layouts: PostgreSQL's text, JSON and XML."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from gateway.sql.explaining import Layout

XMLNS = "http://www.postgresql.org/2009/explain"

Fact = str | tuple[str, ...]
"""One text, of one line or several, or a list."""

Facts = tuple[tuple[str, Fact], ...]


@dataclass(frozen=True, slots=True)
class Node:
    """`type` is what PostgreSQL calls the node type; `facts` are by their names. `title` says type and `head`
    (facts too) in a line."""

    type: str
    title: str
    head: Facts = ()
    facts: Facts = ()
    below: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """`name` is what the roots are together: Plan or Policy. `note` says what they leave out."""

    name: str
    roots: tuple[Node, ...]
    note: str


def laid_out(told: Told, layout: Layout) -> tuple[str, ...]:
    """The rows of the answer: a line each, or the whole document in one."""
    if layout == "json":
        roots = [_document(root) for root in told.roots]
        plan: object = roots[0] if told.name == "Plan" else roots
        return (json.dumps([{told.name: plan, "Note": told.note}], indent=2, ensure_ascii=False),)
    if layout == "xml":
        return (_xml(told),)
    return (*(line for root in told.roots for line in _lines(root, "")), told.note)


def _lines(node: Node, indent: str) -> Iterator[str]:
    yield f"{indent}->  {node.title}" if indent else node.title
    inner = f"{indent}      " if indent else "  "
    for name, fact in node.facts:
        yield from _fact_lines(name, fact, inner)
    for below in node.below:
        yield from _lines(below, inner)


def _fact_lines(name: str, fact: Fact, indent: str) -> Iterator[str]:
    lines = fact.splitlines() if isinstance(fact, str) else [", ".join(fact)]
    if len(lines) == 1:
        yield f"{indent}{name}: {lines[0]}"
        return
    yield f"{indent}{name}:"
    yield from (f"{indent}  {line}" for line in lines)


def _document(node: Node) -> dict[str, object]:
    facts = {
        name: list(fact) if isinstance(fact, tuple) else fact for name, fact in (*node.head, *node.facts)
    }
    below = {"Plans": [_document(one) for one in node.below]} if node.below else {}
    return {"Node Type": node.type, **facts, **below}


def _xml(told: Told) -> str:
    root = ET.Element("explain", xmlns=XMLNS)
    query = ET.SubElement(root, "Query")
    for node in told.roots:
        _element(query, told.name, node)
    ET.SubElement(query, "Note").text = told.note
    ET.indent(root)
    return ET.tostring(root, encoding="unicode")


def _element(parent: ET.Element, name: str, node: Node) -> None:
    element = ET.SubElement(parent, name)
    ET.SubElement(element, "Node-Type").text = node.type
    for fact, value in (*node.head, *node.facts):
        own = ET.SubElement(element, fact.replace(" ", "-"))
        if isinstance(value, str):
            own.text = _printable(value)
            continue
        for item in value:
            ET.SubElement(own, "Item").text = _printable(item)
    plans = ET.SubElement(element, "Plans") if node.below else element
    for below in node.below:
        _element(plans, "Plan", below)


def _printable(text: str) -> str:
    """XML has no place for control characters, which a quoted name may hold."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
