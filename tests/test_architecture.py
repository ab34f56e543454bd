"""The shape of the code, held by tests: what imports what, how long things are, who may do what."""

import ast
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import gateway.errors
from gateway.cli import parser
from gateway.errors import MeshgateError

ROOT = Path(__file__).parent.parent
PACKAGES = ("gateway", "policies", "connectors")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FORBIDDEN_CLASS = re.compile(r"(Manager|Handler|Processor|Service|Adapter|Backend|Helper|Utils?)$")
FORBIDDEN_MODULE = re.compile(r"^(utils?|helpers?|common|misc|duckdb|manager)$")
SQLSTATE = re.compile(r"[0-9A-Z]{5}")


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def nodes(*kinds: type[ast.AST]) -> Iterator[tuple[Path, ast.AST]]:
    for path in FILES:
        for node in ast.walk(tree(path)):
            if isinstance(node, kinds):
                yield path, node


def imported(node: ast.AST) -> Iterator[str]:
    """`from a import b` imports `a` and maybe the module `a.b`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def importers(module: str) -> set[str]:
    return {
        relative(path)
        for path, node in nodes(ast.Import, ast.ImportFrom)
        if any(name == module or name.startswith(f"{module}.") for name in imported(node))
    }


def test_imports_point_downwards() -> None:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_package_ships() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    packages = {relative(path.parent).replace("/", ".") for path in FILES if path.name == "__init__.py"}
    missing = sorted(name for name in packages if f'"{name}",' not in text)
    assert not missing, f"[tool.setuptools] packages lacks {missing}"


def test_imports_are_absolute() -> None:
    found = [relative(path) for path, node in nodes(ast.ImportFrom) if getattr(node, "level", 0)]
    assert not found


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_files_and_functions_are_small(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= 400, f"{lines} lines"
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 >= 60
    ]
    assert not long


def test_names_say_what_a_thing_is() -> None:
    classes = [
        f"{relative(path)}: {node.name}"
        for path, node in nodes(ast.ClassDef)
        if isinstance(node, ast.ClassDef) and FORBIDDEN_CLASS.search(node.name)
    ]
    modules = [relative(path) for path in FILES if FORBIDDEN_MODULE.match(path.stem)]
    assert not classes
    assert not modules


def test_only_settings_reads_the_environment() -> None:
    reading = {
        relative(path)
        for path, node in nodes(ast.Attribute)
        if isinstance(node, ast.Attribute)
        and node.attr in ("environ", "environb", "getenv")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    named = {
        relative(path)
        for path, node in nodes(ast.ImportFrom)
        if any(name in ("os.environ", "os.environb", "os.getenv") for name in imported(node))
    }
    # The demo starts servers of its own, which inherit the environment of whoever tries it.
    found = {path for path in reading | named if not path.startswith("gateway/demo/")}
    assert found <= {"gateway/settings.py"}, found


def test_only_authorize_makes_an_authorized_query() -> None:
    makers = {
        relative(path)
        for path, node in nodes(ast.Call)
        if isinstance(node, ast.Call)
        and (getattr(node.func, "id", None) or getattr(node.func, "attr", None)) == "AuthorizedQuery"
    }
    assert makers == {"gateway/query/authorize.py"}


def test_only_the_policy_set_knows_casbin() -> None:
    assert importers("casbin") == {"policies/policy_set.py"}


def test_policies_and_connectors_know_no_gateway() -> None:
    assert not {path for path in importers("gateway") if not path.startswith("gateway/")}
    assert not {path for path in importers("policies") if path.startswith("connectors/")}


def test_only_the_command_line_opens_meshes_and_composes_the_gateway() -> None:
    composing = {path for path in importers("gateway.server") if not path.startswith("gateway/demo/")}
    assert composing == {"gateway/serving.py"}
    opening = {"gateway/cli.py", "gateway/asking.py", "gateway/server.py", "gateway/policy/verbs.py"}
    assert importers("gateway.opening") <= opening


def test_help_does_not_wait_for_what_only_a_statement_needs() -> None:
    heavy = ("casbin", "cheroot", "duckdb", "flask", "sqlglot", "gateway.query", "gateway.frontends")
    script = f"import sys, gateway.cli; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT)
    assert done.stdout == b"[]\n"


def error_classes() -> list[type[MeshgateError]]:
    """Also those that an endpoint or a step adds."""
    for path in FILES:
        import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    found, waiting = list[type[MeshgateError]](), [MeshgateError]
    while waiting:
        waiting.extend(waiting[0].__subclasses__())
        found.append(waiting.pop(0))
    return [kind for kind in found if kind.__module__.startswith(PACKAGES)]


def test_every_error_carries_its_codes() -> None:
    kinds = error_classes()
    assert gateway.errors.QueryCanceled in kinds
    for kind in kinds:
        assert SQLSTATE.fullmatch(kind.sqlstate), kind
        assert 400 <= kind.http_status <= 599, kind
        assert re.fullmatch(r"[A-Z_]+", kind.flight_code), kind


def commands(text: str) -> list[str]:
    """The `meshgate ...` lines of a document's code blocks and inline code, continued lines joined."""
    blocks = re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    inline = re.findall(r"`(meshgate [^`]*)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    shown = [line.strip().removeprefix("$ ") for line in lines]
    return [
        re.sub(r"^\S*/bin/meshgate", "meshgate", line) for line in shown + inline if "meshgate " in line[:40]
    ]


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_the_commands_of_the_documents_exist(document: str) -> None:
    text = (ROOT / document).read_text("utf-8")
    for line in commands(text):
        words = shlex.split(line, comments=True)
        if words[:1] != ["meshgate"] or "..." in words or "|" in words:
            continue
        understood(words[1:])
    targets = set(re.findall(r"^([a-z-]+)%?:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    asked = {
        name
        for block in re.findall(r"```.*?```", text, re.DOTALL)
        for name in re.findall(r"^make ([a-z-]+)", block, re.M)
    }
    assert all(name in targets or name.startswith("bench-") for name in asked), asked - targets


def understood(arguments: list[str]) -> None:
    """The command line takes these arguments, or explains itself because of --help."""
    status: object = 0
    try:
        parser().parse_args(arguments)
    except SystemExit as end:
        status = end.code
    assert status == 0, f"meshgate {shlex.join(arguments)} is wrong usage"
