"""A world behind the PostgreSQL endpoint, in a process of its own: prints its port, ends with its standard input."""

import sys

from tests.security.drivers import OverPostgres
from tests.security.worlds import ANA, builder


def main() -> None:
    mesh = builder("A").memory()
    driver = OverPostgres()
    with driver.connected(mesh, ANA) as connection:
        print(connection.info.port, flush=True)
    sys.stdin.read()
    driver.close()
    mesh.engine.close()


if __name__ == "__main__":
    main()
