"""Which processes run on a folder, asked of the operating system."""

import subprocess
from pathlib import Path


def running_on(folder: Path) -> list[str]:
    """Command lines of live processes that name `folder`."""
    listing = subprocess.run(
        ["ps", "-ewwo", "stat=,args="], capture_output=True, text=True, check=True
    ).stdout
    return [line for line in listing.splitlines() if str(folder) in line and not line.startswith("Z")]
