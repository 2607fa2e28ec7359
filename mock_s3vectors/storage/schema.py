"""The format of a state file, which others may read: a SQLite database.

Its `application_id` is 0x53335643, "S3VC" in ASCII, and its `user_version` the number of the format, 1. These
are the tables; a row of each has an integer as its key. Times are seconds since the epoch. Columns marked as
JSON hold text.

`vector_buckets`: the vector buckets of all accounts and Regions.
    account, region, partition, name: the parts of its ARN.
    creation_time: an integer.
    encryption: JSON, by AWS's names: `{"sseType": "AES256"}`.
    supports_classic: whether its indexes may be CLASSIC, 0 or 1.
    default_index_mode: `CLASSIC` or `ENHANCED`, the mode of new indexes.
    tags: JSON, key to value.
    policy: the policy as its text was put; NULL if there is none.
`indexes`: the indexes in them.
    bucket_id: that of the row of the vector bucket.
    name, creation_time, encryption, tags: as above.
    data_type, dimension, distance_metric: `float32`, an integer, `cosine` or `euclidean`.
    metadata_configuration: JSON, as given at creation, without text search; NULL if none was given.
    text_search: JSON, the metadata key to `{"language": ..., "active_from": ...}`, in the order in which they
        were configured. Either may be null: no language; or served at any time.
    mode: `CLASSIC` or `ENHANCED`.
    found_from: calls find the index from then on; NULL: at any time.
`vectors`: the vectors in these.
    index_id: that of the row of the index.
    key: text.
    data: `dimension` numbers, float32, little-endian, one after the other.
    metadata: JSON, as it was given: integers of 64 bits, and the order of keys.
`identities`: users, and sessions of roles, that a test has made. `access_key_id` is that of the document.
    document: JSON, see `rows.identity_columns`.
`kms_keys`: KMS keys that a test has made. `arn` is that of the document.
    document: JSON, see `rows.key_columns`.

Readers ignore tables, columns, and members of documents that they do not know. A version of the package may
add some, if readers that ignore them still understand the rest; else the number of the format grows.
Members of documents that are missing have the defaults of `Identity` and `Key`.

Nothing that follows from these is saved: no sizes, no listing order, no search structures.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = 0x53335643
VERSION = 1

# One statement each, so that they can be executed within a transaction.
TABLES = (
    """CREATE TABLE vector_buckets (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        region TEXT NOT NULL,
        partition TEXT NOT NULL,
        name TEXT NOT NULL,
        creation_time INTEGER NOT NULL,
        encryption TEXT NOT NULL,
        supports_classic INTEGER NOT NULL,
        default_index_mode TEXT NOT NULL,
        tags TEXT NOT NULL,
        policy TEXT,
        UNIQUE (account, region, name)
    )""",
    """CREATE TABLE indexes (
        id INTEGER PRIMARY KEY,
        bucket_id INTEGER NOT NULL REFERENCES vector_buckets (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        creation_time INTEGER NOT NULL,
        data_type TEXT NOT NULL,
        dimension INTEGER NOT NULL,
        distance_metric TEXT NOT NULL,
        metadata_configuration TEXT,
        text_search TEXT NOT NULL,
        encryption TEXT NOT NULL,
        mode TEXT NOT NULL,
        tags TEXT NOT NULL,
        found_from REAL,
        UNIQUE (bucket_id, name)
    )""",
    """CREATE TABLE vectors (
        id INTEGER PRIMARY KEY,
        index_id INTEGER NOT NULL REFERENCES indexes (id) ON DELETE CASCADE,
        key TEXT NOT NULL,
        data BLOB NOT NULL,
        metadata TEXT NOT NULL,
        UNIQUE (index_id, key)
    )""",
    """CREATE TABLE identities (
        id INTEGER PRIMARY KEY,
        access_key_id TEXT NOT NULL UNIQUE,
        document TEXT NOT NULL
    )""",
    """CREATE TABLE kms_keys (
        id INTEGER PRIMARY KEY,
        arn TEXT NOT NULL UNIQUE,
        document TEXT NOT NULL
    )""",
)

_MAGIC = b"SQLite format 3\0"
# The offset of the application id in the header of a database, by SQLite's own format.
_APPLICATION_ID_AT = 68
_FOREIGN = "it is not a state file of mock_s3vectors"


def create(connection: sqlite3.Connection) -> None:
    """Make the tables in an empty database, within the transaction of the caller."""
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    for statement in TABLES:
        connection.execute(statement)


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raise unless a database has the format that this version reads.

    Raises:
        UsageError: it is of another program, of a newer version, or damaged.
    """
    (application_id,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application_id != APPLICATION_ID:
        raise refused(path, _FOREIGN)
    if version > VERSION:
        raise refused(
            path,
            f"a newer version of mock_s3vectors wrote it, in format {version}, and this one reads formats up "
            f"to {VERSION}: install the newer one",
        )
    if version < 1:
        raise damaged(path, f"its format is {version}")


def _check_length(connection: sqlite3.Connection, path: Path) -> None:
    """Raise if the last page of a file is cut off: SQLite would read zeros in its place.

    Raises:
        UsageError: it is. That whole pages are missing, SQLite finds itself.
    """
    (page_bytes,) = connection.execute("PRAGMA page_size").fetchone()
    if path.stat().st_size % page_bytes:
        raise damaged(path, "it was cut off")


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a state file to read it, check it, and close it. It is not written, and nothing is left beside it.

    A file with a write-ahead log beside it is that of a server that runs, or was killed: SQLite then reads
    that too.

    Raises:
        UsageError: it cannot be read, here or in the block; the text names the file and the reason.
    """
    with explained(path):
        if path.exists() and not path.is_file() and not path.is_dir():
            raise refused(path, "it is not a regular file")  # to open a pipe may wait for ever
        path.open("rb").close()  # tells a better reason than SQLite: no such file, no permission, a directory
        is_quiet = not any(beside(path, suffix).exists() for suffix in ("-wal", "-journal"))
        # SQLite then takes no locks, and makes no shared memory beside the file: nobody writes it.
        options = "immutable=1" if is_quiet else "mode=ro"
        connection = sqlite3.connect(f"{path.absolute().as_uri()}?{options}", uri=True)
        try:
            check(connection, path)
            if is_quiet:  # else somebody may be writing it
                _check_length(connection, path)
            yield connection
        finally:
            connection.close()


@contextmanager
def explained(path: Path, doing: str = "load") -> Iterator[None]:
    """Have errors of SQLite and of the operating system be a UsageError that names the file and the reason.

    Args:
        path: the file.
        doing: what cannot be done: `load` or `save`.
    """
    try:
        yield
    except sqlite3.Error as error:
        reason = _UNFINISHED if (doing, str(error)) == ("load", _READ_ONLY) else str(error)
        raise refused(path, _REASONS.get(reason, reason), doing) from error
    except UnicodeDecodeError as error:  # SQLite names what is damaged, and the name is no text
        raise refused(path, f"it is damaged ({error})", doing) from error
    except OSError as error:
        raise refused(path, error.strerror or str(error), doing) from error


# SQLite says so, of a file that is only read, if it would have to undo a change first.
_READ_ONLY = "attempt to write a readonly database"
_UNFINISHED = (
    "a program that changed it was killed. Start a server with it once, by --state, and stop it: that undoes "
    "the unfinished change"
)
# By what SQLite says.
_REASONS = {
    "file is not a database": _FOREIGN,
    "database disk image is malformed": "it is damaged (database disk image is malformed)",
}


def refused(path: Path, reason: str, doing: str = "load") -> UsageError:
    """Return the error of a file that cannot be used."""
    return UsageError(f"Cannot {doing} {path}: {reason}.")


def damaged(path: Path, reason: str) -> UsageError:
    """Return the error of a file that is not as it was written."""
    return refused(path, f"it is damaged ({reason})")


def beside(path: Path, suffix: str) -> Path:
    """Return the path of a file that SQLite keeps beside a database: `-wal`, `-shm` or `-journal`."""
    return path.with_name(path.name + suffix)


def is_state_file(path: Path) -> bool:
    """Return whether a file looks like a state file of any version, by its first bytes."""
    with path.open("rb") as file:
        header = file.read(100)
    number = header[_APPLICATION_ID_AT : _APPLICATION_ID_AT + 4]
    return header.startswith(_MAGIC) and int.from_bytes(number, "big") == APPLICATION_ID
