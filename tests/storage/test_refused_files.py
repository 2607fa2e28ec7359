"""Files that are refused: the text names the file and the reason, and the file stays as it was."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from mock_s3vectors import UsageError, mock_s3vectors
from mock_s3vectors.storage.following import kept_in
from mock_s3vectors.storage.indexes import writing_indexes
from mock_s3vectors.transfer.places import open_place
from tests.storage.seen import files_in, fill, seen
from tests.support.mocks import world

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# The first byte of a page, by SQLite's own format.
LEAF_OF_INDEX = 0x0A
FOREIGN = "it is not a state file of mock_s3vectors"


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The bytes of a state file with one of everything."""
    path = tmp_path_factory.mktemp("saved") / "state.db"
    with mock_s3vectors() as mock:
        fill()
        mock.save(path)
    return path.read_bytes()


def refusal(path: Path) -> str:
    """A file that cannot be loaded is refused with a reason; folder and mock stay as they are."""
    before = {file.name: file.is_dir() or file.read_bytes() for file in path.parent.iterdir()}
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0]], keys=["a"])
        with pytest.raises(UsageError) as refused:
            mock.load(path)
        assert list(mock.index("films", "plots")) == ["a"]
    with pytest.raises(UsageError) as again, mock_s3vectors(state=path):
        pass
    assert str(again.value) == str(refused.value)
    assert {file.name: file.is_dir() or file.read_bytes() for file in path.parent.iterdir()} == before
    text = str(refused.value)
    assert text.startswith(f"Cannot load {path}: ")
    return text.removeprefix(f"Cannot load {path}: ")


def changed(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_missing_file(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.db") == "No such file or directory."


def test_a_directory(tmp_path: Path) -> None:
    (tmp_path / "films.db").mkdir()
    assert refusal(tmp_path / "films.db") == "Is a directory."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "films.db")
    for path in (tmp_path / "films.db", os.devnull):
        with pytest.raises(UsageError) as refused, mock_s3vectors(state=path):
            pass
        assert str(refused.value) == f"Cannot load {path}: it is not a regular file."


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads every file")
def test_a_file_without_permission(tmp_path: Path, saved: bytes) -> None:
    (tmp_path / "films.db").write_bytes(saved)
    (tmp_path / "films.db").chmod(0)
    with pytest.raises(UsageError, match="Permission denied"), mock_s3vectors(state=tmp_path / "films.db"):
        pass


@pytest.mark.parametrize("content", [b"", b"films", b'{"key": "a"}\n' * 1000, bytes(5000)])
def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "films.db").write_bytes(content)
    assert refusal(tmp_path / "films.db") == f"{FOREIGN}."


def test_a_database_of_another_program(tmp_path: Path) -> None:
    changed(tmp_path / "films.db", "PRAGMA application_id = 7", "CREATE TABLE vectors (id INTEGER)")
    assert refusal(tmp_path / "films.db") == f"{FOREIGN}."


def test_a_file_of_a_newer_version(tmp_path: Path, saved: bytes) -> None:
    (tmp_path / "films.db").write_bytes(saved)
    changed(tmp_path / "films.db", "PRAGMA user_version = 2")
    assert refusal(tmp_path / "films.db") == (
        "a newer version of mock_s3vectors wrote it, in format 2, and this one reads formats up to 1: "
        "install the newer one."
    )


DAMAGES: dict[str, tuple[str, str]] = {
    "version": ("PRAGMA user_version = 0", "its format is 0"),
    "table": ("DROP TABLE kms_keys", "no such table: kms_keys"),
    "column": ("ALTER TABLE indexes RENAME COLUMN mode TO modes", "KeyError: 'mode'"),
    "bucket name": ("UPDATE vector_buckets SET name = 'a/b' WHERE id = 1", "is not an ARN"),
    "mode": ("UPDATE indexes SET mode = 'classic'", "'classic' is none of CLASSIC, ENHANCED"),
    "metric": ("UPDATE indexes SET distance_metric = 'dot'", "'dot' is none of cosine, euclidean"),
    "dimension": ("UPDATE indexes SET dimension = 1e9", "1000000000 is not a dimension"),
    "tags": ("UPDATE indexes SET tags = '{\"a\": 1}'", "has a value that is not a text"),
    "JSON": ("UPDATE indexes SET tags = '{\"a\"'", "JSONDecodeError: "),
    "policy": ("UPDATE vector_buckets SET policy = '{}'", "PolicyError: Statement must be"),
    "bucket": ("DELETE FROM vector_buckets WHERE id = 1", "KeyError: 1"),
    "index": ("DELETE FROM indexes WHERE id = 1", "KeyError: 1"),
    "length": (
        "UPDATE vectors SET data = zeroblob(7) WHERE id = 1",
        "a vector has an impossible key or length",
    ),
    "key": ("UPDATE vectors SET key = x'00' WHERE id = 1", "a vector has an impossible key or length"),
    "NaN": (
        "UPDATE vectors SET data = x'0000c07f0000c07f' WHERE id = 1",
        "a vector has an impossible value",
    ),
    "metadata": ("UPDATE vectors SET metadata = '{\"a\": ' WHERE id = 1", "JSONDecodeError: "),
    "array": ("UPDATE vectors SET metadata = '[]' WHERE id = 1", "metadata is not a JSON object"),
    "two": ("UPDATE vectors SET metadata = '{},{}' WHERE id = 1", "metadata is not a JSON object"),
    "number": ("UPDATE vectors SET metadata = x'7b7d' WHERE id = 1", "TypeError: "),
    "identity": ("UPDATE identities SET document = '{}'", "KeyError: 'policies'"),
    "kms": ("UPDATE kms_keys SET document = '{\"colour\": 1}'", "TypeError: "),
    "kms state": ("UPDATE kms_keys SET document = json_set(document, '$.state', 5)", "TypeError: state is 5"),
    "time": ("UPDATE vector_buckets SET creation_time = 9e18", "9000000000000000000 is not a time"),
    "infinity": ("UPDATE indexes SET creation_time = 9e999", "inf is not a time"),
    "found_from": ("UPDATE indexes SET found_from = 'soon'", "found_from is 'soon'"),
    "active_from": (
        'UPDATE indexes SET text_search = \'{"a": {"language": null, "active_from": "soon"}}\'',
        "active_from is 'soon'",
    ),
    "pairs": ("UPDATE vector_buckets SET tags = '[]'", "[] is not a JSON object"),
    "surrogate": ('UPDATE indexes SET tags = \'{"a": "\\ud800"}\'', "JSONDecodeError: "),
    "depth": (
        "UPDATE indexes SET tags = replace(hex(zeroblob(9999)), '00', '[')",
        "JSONDecodeError: ",
    ),
    "encryption": (
        'UPDATE indexes SET encryption = \'{"sseType": "none"}\'',
        "'none' is none of AES256, aws:kms",
    ),
    "key of index": (
        'UPDATE indexes SET encryption = \'{"sseType": "aws:kms", "kmsKeyArn": "a"}\'',
        "a is not an ARN",
    ),
    "non-filterable": (
        "UPDATE indexes SET metadata_configuration = '{\"nonFilterableMetadataKeys\": 5}'",
        "5 is not a list of keys",
    ),
    "principal": (
        "UPDATE identities SET document = json_set(document, '$.principal.arn', 'a')",
        "a is not an ARN",
    ),
    "kind": (
        "UPDATE identities SET document = json_set(document, '$.principal.kind', 'group')",
        "'group' is none of user, session, root",
    ),
    "secret": (
        "UPDATE identities SET document = json_set(document, '$.secret_access_key', 5)",
        "secret_access_key is 5",
    ),
    "boundary": (
        "UPDATE identities SET document = json_set(document, '$.policies.boundary', '')",
        "TypeError: ",
    ),
    "policy kind": (
        "UPDATE identities SET document = json_set(document, '$.policies.identity[0].kind', 'a')",
        "'a' is none of identity, boundary, session",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_file(tmp_path: Path, saved: bytes, name: str) -> None:
    (tmp_path / "films.db").write_bytes(saved)
    statement, reason = DAMAGES[name]
    changed(tmp_path / "films.db", statement)
    assert reason in refusal(tmp_path / "films.db")


@pytest.mark.parametrize(
    "name", [name for name, (damage, _) in DAMAGES.items() if "UPDATE vectors" in damage]
)
def test_a_damaged_vector_is_not_copied(tmp_path: Path, saved: bytes, name: str) -> None:
    """A copy reads a file batch by batch, without loading it."""
    (tmp_path / "films.db").write_bytes(saved)
    statement, reason = DAMAGES[name]
    changed(tmp_path / "films.db", statement)
    with pytest.raises(UsageError, match=rf"^Cannot load {tmp_path}/films.db: it is damaged \(") as refused:
        [list(source.batches()) for source in open_place(f"{tmp_path}/films.db").sources()]
    assert reason in str(refused.value)


def test_a_file_whose_writer_was_killed(tmp_path: Path) -> None:
    path, copy = tmp_path / "films.db", tmp_path / "copy" / "films.db"
    copy.parent.mkdir()
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0, number] for number in range(999)])
        mock.save(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        for statement in ("PRAGMA cache_size = 2", "BEGIN IMMEDIATE", "DELETE FROM vectors"):
            writer.execute(statement)
        for name in ("films.db", "films.db-journal"):  # as they would be after `kill -9`
            shutil.copy(tmp_path / name, copy.parent)
    assert refusal(copy) == (
        "a program that changed it was killed. Start a server with it once, by --state, and stop it: that "
        "undoes the unfinished change."
    )
    with mock_s3vectors(), kept_in(copy, world()):
        pass
    with mock_s3vectors(state=copy) as mock:
        assert len(mock.index("films", "plots")) == 999


def test_a_damaged_name_that_is_no_text(tmp_path: Path, saved: bytes) -> None:
    """SQLite says the name, which Python cannot decode."""
    path = tmp_path / "films.db"
    path.write_bytes(saved.replace(b"UNIQUE (index_id, key)", b"UNIQUE (index\xffid, key)"))
    assert "it is damaged (" in refusal(path)
    with (
        pytest.raises(UsageError, match=r"^Cannot change .*films\.db: it is damaged \("),
        writing_indexes(path),
    ):
        pass


@pytest.mark.parametrize("missing", [1, 100, 4096, 5000])
def test_a_file_that_was_cut_off(tmp_path: Path, saved: bytes, missing: int) -> None:
    (tmp_path / "films.db").write_bytes(saved[:-missing])
    assert "it is damaged (" in refusal(tmp_path / "films.db")


def test_an_index_of_the_file_that_lacks_the_only_vector(tmp_path: Path) -> None:
    """Counting goes by the table's index, which has none; reading finds one."""
    path = tmp_path / "films.db"
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0]])
        mock.save(path)
    content = bytearray(path.read_bytes())
    changed(path, "UPDATE vectors SET index_id = 7")
    other = path.read_bytes()
    for start in range(4096, len(content), 4096):
        page = slice(start, start + 4096)
        if content[page] != other[page] and other[start] == LEAF_OF_INDEX:
            content[page] = other[page]
    path.write_bytes(content)
    assert "a table and its index do not agree" in refusal(path)


def test_metadata_that_no_vector_can_have_is_found_when_somebody_looks(tmp_path: Path, saved: bytes) -> None:
    path = tmp_path / "films.db"
    path.write_bytes(saved)
    changed(path, "UPDATE vectors SET metadata = '{\"a\": null}' WHERE id = 1")
    with mock_s3vectors(state=path) as mock, pytest.raises(UsageError) as refused:
        mock.index("films", "plots.en", "us-east-1")
    assert str(refused.value).startswith(f"Cannot load {path}: it is damaged (Invalid record for key '0 b'")


def flipped(saved: bytes, choices: random.Random) -> bytes:
    content = bytearray(saved)
    for _ in range(choices.randint(1, 3)):
        content[choices.randrange(len(content))] ^= 1 << choices.randrange(8)
    return bytes(content)


def cut(saved: bytes, choices: random.Random) -> bytes:
    return saved[: choices.randrange(len(saved))]


def overwritten(saved: bytes, choices: random.Random) -> bytes:
    """A disk that has lost a block."""
    start = choices.randrange(0, len(saved), 512)
    return saved[:start] + bytes(512) + saved[start + 512 :]


@pytest.mark.parametrize("spoil", [flipped, cut, overwritten])
def test_a_spoilt_file_is_refused_or_loaded_and_nothing_else(
    tmp_path: Path, saved: bytes, spoil: Callable[[bytes, random.Random], bytes]
) -> None:
    """No checksum tells a float with another bit from the true one. But nothing else comes of it."""
    path = tmp_path / "films.db"
    refusals: list[str] = []
    for seed in range(60):
        content = spoil(saved, random.Random(seed))
        path.write_bytes(content)
        try:
            with mock_s3vectors(state=path):
                pass
        except UsageError as error:
            refusals.append(str(error))
        assert path.read_bytes() == content
        assert files_in(tmp_path) == ["films.db"]
    assert refusals
    assert all(text.startswith(f"Cannot load {path}: ") for text in refusals)


def test_a_loaded_file_is_never_written(tmp_path: Path, saved: bytes) -> None:
    path = tmp_path / "films.db"
    path.write_bytes(saved)
    path.chmod(0o400)
    with mock_s3vectors(state=path) as mock:
        before = seen()
        mock.seed("films", "plots.en", [[1.0, 2.0]], keys=["a"], region="us-east-1")
        mock.reset()
    assert path.read_bytes() == saved
    assert files_in(tmp_path) == ["films.db"]
    with mock_s3vectors(state=path):
        assert seen() == before


def test_the_log_of_a_server_is_read_too(tmp_path: Path, saved: bytes) -> None:
    """The last changes of a server are in its log, and not yet in the file itself."""
    path = tmp_path / "films.db"
    path.write_bytes(saved)
    with closing(sqlite3.connect(path, isolation_level=None)) as server:
        server.execute("PRAGMA journal_mode = WAL")
        for text in ("once", "twice"):
            server.execute("UPDATE vectors SET metadata = ?", (f'{{"text": "{text}"}}',))
            before = path.read_bytes(), (tmp_path / "films.db-wal").read_bytes()
            with mock_s3vectors(state=path) as mock:
                vector = mock.index("films", "plots.en", "us-east-1")["0 a"]
            assert vector.metadata == {"text": text}
            assert (path.read_bytes(), (tmp_path / "films.db-wal").read_bytes()) == before


@pytest.mark.parametrize("method", ["save", "load"])
def test_a_mock_that_is_off(tmp_path: Path, method: str) -> None:
    with pytest.raises(UsageError, match=rf"^{method}\(\) was used on a mock that is off"):
        getattr(mock_s3vectors(), method)(tmp_path / "films.db")
    assert not files_in(tmp_path)


@pytest.mark.parametrize("method", ["save", "load"])
@pytest.mark.parametrize("path", ["", 7, None, b"films.db", "a\0b"])
def test_what_is_no_path(method: str, path: Any) -> None:
    with mock_s3vectors() as mock, pytest.raises(UsageError, match="must be the path of a file"):
        getattr(mock, method)(path)
