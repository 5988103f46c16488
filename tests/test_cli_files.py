"""Which files ``asw validate`` looks at, and what it says of those it cannot read."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.test_cli import Run, asw, plain

__all__ = ["asw", "plain"]  # fixtures


@pytest.fixture
def folder(plain: Path, tmp_path: Path) -> Path:
    """A folder with one valid file, below a folder of its own."""
    made = tmp_path / "folder"
    (made / "below").mkdir(parents=True)
    (made / "below" / "good.xml").write_bytes(plain.read_bytes())
    return made


def test_a_suffix_in_capitals_is_looked_at(asw: Run, folder: Path) -> None:
    """BAD.XML is judged as bad.xml would be; what is called otherwise is not looked at."""
    (folder / "BAD.XML").write_bytes(b"<x>")
    (folder / "notes.txt").write_bytes(b"<x>")
    result = asw("validate", folder, "--json")
    assert result.code == 1
    told = {Path(each["file"]).name: each["valid"] for each in json.loads(result.out)["files"]}
    assert told == {"BAD.XML": False, "good.xml": True}


@pytest.mark.parametrize("target", ["nowhere.xml", "x.xml"])
def test_a_link_that_leads_nowhere_is_told(asw: Run, folder: Path, target: str) -> None:
    """In a folder, a link to nothing and a link to itself are no reason to call the rest all there is."""
    (folder / "x.xml").symlink_to(target)
    result = asw("validate", folder)
    assert result.code == 4
    assert f"{folder}/x.xml: cannot be read" in result.err


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may read everything")
def test_a_folder_that_may_not_be_read_is_told(asw: Run, folder: Path) -> None:
    """Nobody knows which files are in it."""
    (folder / "below").chmod(0)
    result = asw("validate", folder)
    (folder / "below").chmod(0o700)
    assert result.code == 4
    assert f"{folder}/below: cannot be read: permission denied" in result.err


def test_a_name_that_cannot_be_is_told(asw: Run) -> None:
    """Longer than any file system has it."""
    result = asw("validate", "x" * 5000)
    assert result.code == 4
    assert "file name too long" in result.err


def test_what_cannot_be_read_keeps_nothing_else_from_being_checked(asw: Run, folder: Path) -> None:
    """A missing file and an empty folder are told; the good and the bad file beside them are judged."""
    (folder / "bad.xml").write_bytes(b"<x>")
    (folder / "empty").mkdir()
    paths = (folder / "nope.xml", folder / "empty", folder / "bad.xml", folder / "below")
    result = asw("validate", *paths, "--json")
    report = json.loads(result.out)
    assert [(Path(each["file"]).name, each["valid"]) for each in report["files"]] == [
        ("bad.xml", False),
        ("good.xml", True),
    ]
    assert report["summary"]["files"] == 2
    assert f"{folder}/nope.xml: cannot be read: no such file" in result.err
    assert f"{folder}/empty: the folder holds no *.xml file" in result.err
    assert result.code == 4


def test_what_cannot_be_read_is_told_beside_words_for_people_too(asw: Run, folder: Path) -> None:
    """The verdict on the good file stands on standard output."""
    good = folder / "below" / "good.xml"
    result = asw("validate", good, folder / "nope.xml")
    assert (result.code, result.out.startswith(f"{good}: valid")) == (4, True)
    assert "nope.xml" in result.err


@pytest.mark.parametrize("option", [(), ("--json",)], ids=str)
def test_a_name_that_is_no_text_is_printed_with_escapes(
    asw: Run, plain: Path, option: tuple[str, ...]
) -> None:
    """File names are bytes; the verdict on such a file is as good as on any other."""
    file = plain.with_name(os.fsdecode(b"\xfe.xml"))
    file.write_bytes(plain.read_bytes())
    result = asw("validate", file, *option)
    assert result.code == 0
    name = json.loads(result.out)["files"][0]["file"] if option else result.out.partition(":")[0]
    assert name == f"{plain.parent}/\\xfe.xml"
