"""Files of every version of the format are read for ever. Each file here was written by its own version.

    python -m tests.storage.test_versions

writes that of the present version, if there is none yet.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.storage.schema import VERSION
from tests.storage.seen import fill, seen
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, needs

HERE = Path(__file__).parent
# The moment at which the worlds in the files were made.
MOMENT = "2027-01-31T12:00:00Z"


def file_of(version: int) -> Path:
    return HERE / f"version-{version}.db"


@needs(*MODES, *TAGS, *TEXT_SEARCH)
@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_file_of_an_older_version(tmp_path: Path, version: int) -> None:
    """It has one of everything, as `fill` made it then: keep that as it is, or compare only what it made."""
    shutil.copy(file_of(version), tmp_path / "state.db")
    with mock_s3vectors() as mock:
        mock.clock.freeze()
        mock.clock.move_to(MOMENT)
        fill()
        expected = seen()
    with mock_s3vectors(state=tmp_path / "state.db") as mock:
        mock.clock.freeze()
        mock.clock.move_to(MOMENT)
        assert seen() == expected
    assert (tmp_path / "state.db").read_bytes() == file_of(version).read_bytes()


def write() -> None:
    """Write the file of the present version."""
    if file_of(VERSION).exists():
        raise FileExistsError(file_of(VERSION))
    with mock_s3vectors() as mock:
        mock.clock.freeze()
        mock.clock.move_to(MOMENT)
        fill()
        mock.save(file_of(VERSION))


if __name__ == "__main__":
    write()
