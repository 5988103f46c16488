"""Opening a ledger: where it may be, and one clear sentence for everything that is in the way."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger, reconcile, tally
from asw_exchange.ledger.tables import VERSION
from tests.ledger_builders import MOMENT, sent, write

AT_ONCE = timedelta(milliseconds=20)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with one entry in it."""
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        write(ledger, sent())
    return tmp_path / "ledger.db"


def change(path: Path, *statements: str) -> None:
    """Do to the file what the ledger itself would never do."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_a_ledger_in_memory_is_gone_when_it_is_closed() -> None:
    """Each is a new one."""
    with Ledger.open(":memory:") as ledger:
        write(ledger, sent())
    with Ledger.open(":memory:") as ledger:
        assert ledger.entries() == ()


@pytest.mark.parametrize("name", ["l.db", "with space.db", "100%.db", "a?b=c#d.db", "chứng-thư.db"])
def test_a_ledger_may_have_any_name(tmp_path: Path, name: str) -> None:
    """As a path, as text and as a URL it is the same file."""
    for place in (tmp_path / name, str(tmp_path / name)):
        with Ledger.open(place) as ledger:
            write(ledger, sent())
    assert os.listdir(tmp_path) == [name]


def test_a_url_names_the_same_file(path: Path) -> None:
    """``sqlite:///`` and an absolute path."""
    with Ledger.open(f"sqlite:///{path}", read_only=True) as ledger:
        assert len(ledger.entries()) == 1


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    """As one made by a temporary-file function is."""
    (tmp_path / "l.db").touch()
    with Ledger.open(tmp_path / "l.db") as ledger:
        assert ledger.entries() == ()


def test_a_commit_is_on_the_disk(path: Path) -> None:
    """Write-ahead log, every commit synchronised, foreign keys checked."""
    with Ledger.open(path) as ledger:
        settings = {
            name: ledger.database.fetch(f"PRAGMA {name}")[0][0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "page_size")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "page_size": 8192}


@pytest.mark.parametrize(
    ("place", "read_only", "words"),
    [
        ("missing/l.db", False, r"missing/l\.db: its folder is missing; create .*missing first"),
        ("l.db", True, r"l\.db: there is no ledger here"),
        (".", False, "this is a folder, not a ledger"),
        (
            "mysql://user:secret@host/db",
            False,
            r"user:\*\*\*@host/db: a ledger is kept in a SQLite file or on a PostgreSQL server",
        ),
        ("nonsense://user:secret@", False, "a ledger is kept in a SQLite file|no address of a database"),
        ("://", False, "no address of a database"),
        (":memory:", True, "nothing to read"),
        ("l.db\0", False, "no NUL character"),
    ],
)
def test_a_place_without_a_ledger_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, read_only: bool, words: str
) -> None:
    """What is missing and what to do, and nothing is created."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(LedgerError, match=words) as caught:
        Ledger.open(place, read_only=read_only)
    assert "secret" not in str(caught.value)
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    """It is refused by name and not changed by a byte."""
    path = tmp_path / "letter.txt"
    path.write_bytes(b"Dear Sir or Madam, " * 400)
    for read_only in (False, True):
        with pytest.raises(
            LedgerError, match=r"letter\.txt: this file is no ledger, nor any SQLite database"
        ):
            Ledger.open(path, read_only=read_only)
    assert path.read_bytes() == b"Dear Sir or Madam, " * 400


@pytest.mark.parametrize("table", ["customers (id)", "about (name, value)", "about (id)"])
def test_another_database_is_left_alone(tmp_path: Path, table: str) -> None:
    """A SQLite file of another program is refused and not changed, also one with a table of our name."""
    path = tmp_path / "other.db"
    change(path, f"CREATE TABLE {table}")
    before = path.read_bytes()
    for read_only in (False, True):
        with pytest.raises(LedgerError, match=r"other\.db: this database is no ledger"):
            Ledger.open(path, read_only=read_only)
    assert path.read_bytes() == before


@pytest.mark.parametrize("read_only", [False, True])
def test_a_newer_ledger_is_refused_by_version(path: Path, read_only: bool) -> None:
    """Both versions are named, and what to do."""
    change(path, "UPDATE about SET value = '99' WHERE name = 'version'")
    words = f"has version 99, this program knows them up to {VERSION}; use a newer version of asw-exchange"
    with pytest.raises(LedgerError, match=words):
        Ledger.open(path, read_only=read_only)


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A ledger as version 1 wrote it, with one certificate in the outbox and one that was taken."""
    place = tmp_path / "earlier.db"
    with closing(sqlite3.connect(place)) as connection:
        connection.executescript((Path(__file__).parent / "ledger_version_1.sql").read_text())
    return place


def test_a_ledger_of_version_1_is_brought_up_to_date_when_it_is_opened(earlier: Path) -> None:
    """What was recorded is all there; what waited is due since it was written."""
    with Ledger.open(earlier) as ledger:
        assert [entry.message_id for entry in ledger.entries()] == ["VN-1", "VN-2", "VN-2"]
        (queued,) = ledger.due_to("asean", "TH", MOMENT)
        assert (queued.entry.message_id, queued.due, queued.attempts) == ("VN-1", MOMENT, 0)
        ledger.bury(queued.sequence, moment=MOMENT, failure="gone", may_have_arrived=False)
        assert reconcile(ledger).reconciled
    with Ledger.open(earlier, read_only=True) as ledger:
        assert ledger.queue_depth().dead == 1


def test_a_ledger_brought_up_to_date_is_as_one_made_new(earlier: Path, path: Path) -> None:
    """The same columns, indexes and triggers."""
    Ledger.open(earlier).close()
    kinds = []
    for place in (earlier, path):
        with closing(sqlite3.connect(place)) as connection:
            names = connection.execute("SELECT type, name FROM sqlite_master ORDER BY 1, 2").fetchall()
            columns = connection.execute(
                'SELECT m.name, c.name, c.type, c."notnull", c.pk FROM sqlite_master m, '
                "pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY 1, 2"
            ).fetchall()
        kinds.append((names, columns))
    assert kinds[0] == kinds[1]


def test_a_ledger_of_version_1_is_not_changed_by_reading(earlier: Path) -> None:
    """It says how to bring it up to date."""
    before = earlier.read_bytes()
    with pytest.raises(LedgerError, match="has the earlier version 1; open it once for writing"):
        Ledger.open(earlier, read_only=True)
    assert earlier.read_bytes() == before


def test_a_ledger_without_a_version_is_refused(path: Path) -> None:
    """Nobody can tell what its columns mean."""
    change(path, "UPDATE about SET value = 'x' WHERE name = 'version'")
    with pytest.raises(LedgerError, match="does not tell its version"):
        Ledger.open(path)


def test_an_empty_file_cannot_be_read_as_a_ledger(tmp_path: Path) -> None:
    """Reading never creates anything."""
    (tmp_path / "l.db").touch()
    with pytest.raises(LedgerError, match="no ledger yet"):
        Ledger.open(tmp_path / "l.db", read_only=True)
    assert (tmp_path / "l.db").read_bytes() == b""


def test_a_ledger_opened_for_reading_is_not_written(path: Path) -> None:
    """Reading works, writing says why not."""
    with Ledger.open(path, read_only=True) as ledger:
        assert len(tally(ledger)) == 1
        with pytest.raises(LedgerError, match=r"ledger\.db: the ledger cannot be written; check the rights"):
            write(ledger, sent("VN-2"))
        assert len(ledger.entries()) == 1


def test_a_damaged_ledger_says_so(path: Path) -> None:
    """Pages overwritten in the middle of the file are noticed when they are read."""
    with Ledger.open(path) as ledger, ledger.transaction():
        write(ledger, *(sent(f"VN-{number}") for number in range(2, 300)))
    content = bytearray(path.read_bytes())
    content[8192 * 2 :] = b"\xa5" * (len(content) - 8192 * 2)
    path.write_bytes(content)

    def read() -> None:
        with Ledger.open(path, read_only=True) as ledger:
            ledger.entries()

    with pytest.raises(LedgerError, match="the ledger is damaged"):
        read()


def test_a_ledger_locked_by_another_says_so_and_works_again_after(path: Path) -> None:
    """A writer waits for its turn as long as it was told, and no longer; readers do not wait at all."""
    with Ledger.open(path) as first, Ledger.open(path, wait=AT_ONCE) as second:
        with first.transaction():
            write(first, sent("VN-2"))
            with pytest.raises(LedgerError, match="locked by another process; wait for it"):
                write(second, sent("VN-3"))
            with pytest.raises(LedgerError, match="locked by another process"):
                Ledger.open(path, wait=AT_ONCE)
            assert len(second.entries()) == 1
        write(second, sent("VN-3"))
        assert [entry.message_id for entry in first.entries()] == ["VN-1", "VN-2", "VN-3"]


def test_two_servers_do_not_share_a_file(path: Path) -> None:
    """The second is refused by name while the first has it; readers are not kept away."""
    with Ledger.open(path, exclusive=True):
        with pytest.raises(LedgerError, match=r"ledger\.db: another server has this ledger; stop it"):
            Ledger.open(path, exclusive=True)
        with Ledger.open(path, read_only=True, exclusive=True) as reader:
            assert len(reader.entries()) == 1
    Ledger.open(path, exclusive=True).close()


@pytest.mark.parametrize("options", [{}, {"exclusive": True, "durable": False}, {"read_only": True}])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE about SET value = '99' WHERE name = 'version'",
        "UPDATE about SET value = 'other' WHERE name = 'name'",
        "CREATE TRIGGER more AFTER INSERT ON about BEGIN SELECT 1; END",
    ],
)
def test_what_is_refused_has_nothing_new_beside_it(
    tmp_path: Path, statement: str, options: dict[str, bool]
) -> None:
    """A newer version, another program's, a trigger of its own: no lock, no log, and no byte changed."""
    place = tmp_path / "l.db"
    Ledger.open(place).close()
    change(place, statement)
    before = place.read_bytes()
    with pytest.raises(LedgerError):
        Ledger.open(place, **options)  # type: ignore[arg-type]
    assert [each.name for each in tmp_path.iterdir()] == ["l.db"]
    assert place.read_bytes() == before


def test_a_lock_that_was_there_stays_when_the_ledger_is_refused(tmp_path: Path) -> None:
    """Somebody may be waiting at it."""
    place, lock = tmp_path / "l.db", tmp_path / "l.db.lock"
    Ledger.open(place, exclusive=True).close()
    change(place, "UPDATE about SET value = '99' WHERE name = 'version'")
    with pytest.raises(LedgerError, match="version 99"):
        Ledger.open(place, exclusive=True)
    assert lock.exists()


def test_a_lock_that_was_taken_away_holds_nobody_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever gets the lock of a file that is there no more takes the one that is, so two never have it."""
    place, lock = tmp_path / "l.db", tmp_path / "l.db.lock"
    flock, gone = fcntl.flock, []

    def take(file: int, how: int) -> None:
        flock(file, how)
        if not gone:
            gone.append(file)
            lock.unlink()

    monkeypatch.setattr(fcntl, "flock", take)
    with Ledger.open(place, exclusive=True):
        assert lock.exists()
        with pytest.raises(LedgerError, match="another server has this ledger"):
            Ledger.open(place, exclusive=True)


def test_what_is_in_the_log_of_another_is_looked_at_too(tmp_path: Path) -> None:
    """Read while it is written: the trigger is not in the file yet."""
    place = tmp_path / "l.db"
    with Ledger.open(place), closing(sqlite3.connect(place)) as other:
        other.execute("CREATE TRIGGER more AFTER INSERT ON about BEGIN SELECT 1; END")
        with pytest.raises(LedgerError, match="'more'"):
            Ledger.open(place, read_only=True)


def test_a_ledger_that_cannot_be_opened_is_not_kept_locked(tmp_path: Path) -> None:
    """The one who repairs it may open it at once."""
    place = tmp_path / "l.db"
    place.write_bytes(b"no ledger" * 999)
    with pytest.raises(LedgerError, match="no ledger"):
        Ledger.open(place, exclusive=True)
    place.unlink()
    Ledger.open(place, exclusive=True).close()


def test_many_may_create_a_ledger_at_the_same_moment(tmp_path: Path) -> None:
    """One creates it, all find it, none is told that it is locked."""
    start, opened = Barrier(6), []

    def work() -> None:
        start.wait()
        with Ledger.open(tmp_path / "l.db") as ledger:
            opened.append(write(ledger, sent()))

    threads = [Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 6


@pytest.fixture
def shared() -> Iterator[Path]:
    """A ledger in a folder that any user may enter, which pytest's own folders do not allow."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with Ledger.open(Path(folder) / "ledger.db") as ledger:
            write(ledger, sent())
        yield Path(folder) / "ledger.db"


AS_NOBODY = """
import os, sys
from asw_exchange.errors import LedgerError
from asw_exchange.ledger import Ledger
Ledger.open(":memory:").close()
if os.geteuid() == 0:
    os.setuid(65534)
"""


def as_nobody(code: str, path: Path) -> str:
    """Run code as a user without rights, as permissions mean nothing to root; return what it prints."""
    command = [sys.executable, "-c", AS_NOBODY + code, str(path)]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


OPEN_TO_WRITE = """
try:
    Ledger.open(sys.argv[1])
except LedgerError as error:
    print(error)
"""


def test_a_file_that_may_not_be_written_is_refused_when_it_is_opened(shared: Path) -> None:
    """Not only when the first message has come."""
    shared.chmod(0o444)
    shared.parent.chmod(0o555)
    assert "the ledger cannot be" in as_nobody(OPEN_TO_WRITE, shared)


def test_a_folder_that_may_not_be_written_takes_no_new_ledger(shared: Path) -> None:
    """The sentence says what to check."""
    shared.parent.chmod(0o555)
    said = as_nobody(OPEN_TO_WRITE, shared.parent / "new.db")
    assert "the ledger cannot be opened; check that its folder is there and may be written to" in said


def test_a_ledger_on_a_medium_that_cannot_be_written_can_be_read(shared: Path) -> None:
    """SQLite would want to put files beside it; a copy on a read-only disk needs none."""
    shared.chmod(0o444)
    shared.parent.chmod(0o555)
    code = "print(len(Ledger.open(sys.argv[1], read_only=True).entries()))"
    assert as_nobody(code, shared) == "1\n"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER more AFTER INSERT ON entries BEGIN DELETE FROM outbox; END",
        "CREATE VIEW more AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT i FROM n",
        "CREATE VIRTUAL TABLE more USING fts5(x)",
    ],
)
@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_does_more_than_hold_rows_is_refused(
    tmp_path: Path, statement: str, read_only: bool
) -> None:
    """What somebody has put into a session file would run with whatever the server does."""
    place = tmp_path / "l.db"
    Ledger.open(place).close()
    with closing(sqlite3.connect(place)) as connection:
        connection.execute(statement)
    with pytest.raises(LedgerError, match=r"has a (trigger|view|table) that no ledger has .*'more"):
        Ledger.open(place, read_only=read_only)


def test_a_trigger_with_the_name_of_ours_must_be_ours(tmp_path: Path) -> None:
    """Its words are looked at, not its name."""
    place = tmp_path / "l.db"
    Ledger.open(place).close()
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("DROP TRIGGER entries_no_update")
        connection.execute("CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT 1; END")
    with pytest.raises(LedgerError, match="entries_no_update"):
        Ledger.open(place)
