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
