"""`meshgate password`: from a pipe, from a terminal, and that what it prints lets in."""

import os
import pty
from pathlib import Path

from gateway.auth.principals import Principals
from tests.commands import COMMAND, meshgate


def accepted(line: str, password: str, tmp_path: Path) -> bool:
    """Whether principals.yaml with this verifier lets the password in."""
    from gateway.auth.reading import load_principals
    from gateway.errors import AuthenticationFailed
    from gateway.settings import load_settings

    (tmp_path / "mesh.toml").write_text('name = "small"\n')
    (tmp_path / "principals.yaml").write_text(f"principals:\n  ana:\n    password: {line}\n")
    principals: Principals = load_principals(load_settings(tmp_path, {}))
    try:
        return principals.authenticate("ana", password).name == "ana"
    except AuthenticationFailed:
        return False


def test_a_password_from_a_pipe(tmp_path: Path) -> None:
    done = meshgate("password", input="sésame öffne dich\n".encode())
    assert done.returncode == 0
    (line,) = done.stdout.decode().splitlines()
    assert line.startswith("SCRAM-SHA-256$4096:")
    assert accepted(line, "sésame öffne dich", tmp_path)
    assert not accepted(line, "other", tmp_path)


def test_an_empty_password_is_refused() -> None:
    done = meshgate("password", input=b"\n")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"empty" in done.stderr


def typed(first: str, again: str) -> tuple[int, str]:
    """Exit status and everything that a terminal shows while two lines are typed into `meshgate password`."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(COMMAND[0], [*COMMAND, "password"])
    shown = b""
    try:
        for prompt, line in ((b"Password: ", first), (b"Again: ", again)):
            while prompt not in shown:
                shown += os.read(terminal, 1024)
            os.write(terminal, f"{line}\n".encode())
        while data := os.read(terminal, 1024):
            shown += data
    except OSError:  # the other side has closed it
        pass
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()


def test_a_terminal_is_asked_twice_and_shows_nothing() -> None:
    status, shown = typed("open sesame", "open sesame")
    assert status == 0
    assert "SCRAM-SHA-256$" in shown
    assert "sesame" not in shown


def test_two_different_passwords_are_refused() -> None:
    status, shown = typed("open sesame", "open sesamy")
    assert status == 1
    assert "differ" in shown
    assert "SCRAM" not in shown
