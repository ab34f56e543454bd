"""What the README tells a newcomer to type is typed here, and gives what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

from gateway.server import Server
from gateway.settings import LIMIT_NAMES, Limits, load_settings

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_every_limit_is_told_with_its_default() -> None:
    lines = [line for line in section("Limits").splitlines() if line.startswith("| `")]
    told = dict(
        pair
        for line in lines
        for pair in zip(
            re.findall(r"`(\w+)`", line.split("|")[1]), line.split("|")[2].split("·"), strict=False
        )
    )
    assert set(told) <= set(LIMIT_NAMES)
    assert {name for line in lines for name in re.findall(r"`(\w+)`", line.split("|")[1])} == set(LIMIT_NAMES)
    for name, value in told.items():
        default = getattr(Limits(), name)
        if default is not None:
            assert float(value.replace(",", "")) == default, name


def section(title: str) -> str:
    return README.split(f"## {title}\n")[1].split("\n## ")[0]


def script(text: str) -> str:
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


def typed(commands: str, folder: Path) -> str:
    """What the commands print. They must all succeed."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", f"set -e\n{commands}"],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_mesh_of_ones_own_in_ten_minutes(tmp_path: Path) -> None:
    text = section("Your own mesh in ten minutes")
    expected = re.search(r"```\n(     customer.*?)```", text, re.DOTALL)
    assert expected is not None
    assert typed(script(text), tmp_path).endswith(expected[1])


def test_the_policies_of_that_mesh_are_tested(tmp_path: Path) -> None:
    text = section("Test your policies")
    expected = re.search(r"```\n(pass .*?)```", text, re.DOTALL)
    assert expected is not None
    commands = script(section("Your own mesh in ten minutes")) + script(text)
    assert typed(commands, tmp_path).endswith(f"\n{expected[1]}")


def test_what_explain_says_there_is_what_it_says(tmp_path: Path) -> None:
    text = section("Why an answer is what it is")
    expected = re.search(r"```\n( +QUERY PLAN\n.*?)```", text, re.DOTALL)
    assert expected is not None
    commands = script(section("Your own mesh in ten minutes")) + script(text)
    assert typed(commands, tmp_path).endswith(f"\n{expected[1]}")


def test_what_curl_gets_over_http_is_what_it_says(tmp_path: Path) -> None:
    text = section("Over HTTP")
    expected = re.search(r"```\n(id,customer.*?)```", text, re.DOTALL)
    assert expected is not None
    typed(script(section("Your own mesh in ten minutes")), tmp_path)
    settings = tmp_path / "bakery" / "mesh.toml"
    settings.write_text(settings.read_text().replace('postgres = "127.0.0.1:5433"', 'http = "127.0.0.1:0"'))
    server = Server(load_settings(settings.parent, {}))
    server.start()
    try:
        commands = script(text).replace("127.0.0.1:8080", str(server.addresses["http"]))
        printed = re.sub(r'"reference":"\w+"', '"reference":"..."', typed(commands, tmp_path))
    finally:
        server.stop(1)
    assert printed == expected[1]
