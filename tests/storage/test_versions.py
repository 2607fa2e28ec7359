"""Files of every version of the format are read for ever. Each file here was written by its own version.

    python -m tests.storage.test_versions

writes that of the present version, if there is none yet.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import boto3
import pytest

from mock_s3vectors import mock_s3vectors
from mock_s3vectors.storage.schema import VERSION
from tests.storage.seen import fill, seen
from tests.support.mocks import world
from tests.support.shapes import MODES, TAGS, TEXT_SEARCH, needs

HERE = Path(__file__).parent
# The moment at which the worlds in the files were made.
MOMENT = "2027-01-31T12:00:00Z"


def file_of(version: int) -> Path:
    return HERE / f"version-{version}.db"


@needs(*MODES, *TAGS, *TEXT_SEARCH)
@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_file_of_an_older_version(tmp_path: Path, version: int) -> None:
    """The file has one of everything, as `fill` made it then: keep `fill` as it is, or compare only that."""
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


def test_what_a_later_version_has_added_is_ignored(tmp_path: Path) -> None:
    """Tables, columns and members of documents, in a file of the same format."""
    with mock_s3vectors() as mock:
        fill()
        before = seen()
        mock.save(tmp_path / "state.db")
    with closing(sqlite3.connect(tmp_path / "state.db")) as file, file:
        for table in ("vector_buckets", "indexes", "vectors", "identities", "kms_keys"):
            file.execute(f"ALTER TABLE {table} ADD COLUMN later TEXT NOT NULL DEFAULT 'x'")
        file.execute("CREATE TABLE later (id INTEGER PRIMARY KEY)")
        for table in ("identities", "kms_keys"):
            file.execute(f"UPDATE {table} SET document = json_set(document, '$.later', json('{{}}'))")  # noqa: S608 - names of ours
        file.execute("UPDATE identities SET document = json_set(document, '$.principal.later', 1)")
        later = "json_set(text_search, '$.text.later', 1)"
        file.execute(f"UPDATE indexes SET text_search = {later} WHERE text_search != '{{}}'")  # noqa: S608 - ours
    with mock_s3vectors(state=tmp_path / "state.db"):
        assert seen() == before


def test_members_that_an_earlier_version_did_not_have(tmp_path: Path) -> None:
    with mock_s3vectors() as mock:
        user, key = mock.iam.user("reader").allow("ListVectorBuckets"), mock.kms.key()
        mock.save(tmp_path / "state.db")
        before = repr((world().identities.all(), world().keys.all()))
    with closing(sqlite3.connect(tmp_path / "state.db")) as file, file:
        removed = "'$.always_decided', '$.fault', '$.issued', '$.principal.tags'"
        file.execute(f"UPDATE identities SET document = json_remove(document, {removed})")  # noqa: S608 - names of ours
        removed = "'$.state', '$.usage', '$.admits_indexing', '$.is_forgotten', '$.policy'"
        file.execute(f"UPDATE kms_keys SET document = json_remove(document, {removed})")  # noqa: S608 - names of ours
    with mock_s3vectors(state=tmp_path / "state.db") as mock:
        assert repr((world().identities.all(), world().keys.all())) == before
        assert mock.kms.key(arn=key.arn).state == "Enabled"
        assert boto3.client("s3vectors", region_name="us-east-1", **user).list_vector_buckets()


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
