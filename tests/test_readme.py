"""What the README tells a newcomer to type is typed here, and gives what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

README = (Path(__file__).parent.parent / "README.md").read_text("utf-8")


def test_a_mesh_of_ones_own_in_ten_minutes(tmp_path: Path) -> None:
    section = README.split("## Your own mesh in ten minutes")[1].split("\n## ")[0]
    script = "set -e\n" + "\n".join(re.findall(r"```sh\n(.*?)```", section, re.DOTALL))
    expected = re.search(r"```\n(     customer.*?)```", section, re.DOTALL)
    assert expected is not None
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(expected[1]), done.stdout
