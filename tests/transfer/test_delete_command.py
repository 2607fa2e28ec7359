"""`mock-s3vectors delete`: in state files, on a server, and on what stands in for AWS."""

from __future__ import annotations

import _thread
import json
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import boto3
import numpy as np
import pytest

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.__main__ import main
from mock_s3vectors.cli import delete
from mock_s3vectors.cli.command_parser import CommandParser
from mock_s3vectors.storage.following import kept_in
from mock_s3vectors.storage.indexes import WritableIndexes, writing_indexes
from mock_s3vectors.transfer.batches import Batch
from mock_s3vectors.transfer.deletion import places
from mock_s3vectors.transfer.deletion.candidates import Candidates
from mock_s3vectors.transfer.places import Access, open_place
from mock_s3vectors.world import World
from tests.transfer.records import PARQUET, SETTINGS, batch, by_key, read, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mock_s3vectors import Call, MockS3Vectors, S3VectorsServer

PLOTS = {"vectorBucketName": "films", "indexName": "plots"}


def deleted(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    parser = CommandParser()
    delete.define(parser)
    given = parser.parse_args(arguments)
    capsys.readouterr()
    given.run(given)
    return capsys.readouterr().out


def refused(*arguments: str) -> str:
    parser = CommandParser()
    delete.define(parser)
    given = parser.parse_args(arguments)
    with pytest.raises(UsageError) as refusal:
        given.run(given)
    return str(refusal.value)


def numbered(count: int) -> Batch:
    """So many vectors, of which every other one is old."""
    data = np.arange(1, 2 * count + 1, dtype=np.float32).reshape(-1, 2)
    return Batch(
        [f"{number:04}" for number in range(count)],
        data,
        [{"number": number, "old": number % 2 == 1} for number in range(count)],
    )


@pytest.fixture
def state(tmp_path: Path) -> str:
    """An index of 2,100 vectors in a state file."""
    whole = numbered(2_100)
    write(tmp_path, "films.db::films/plots", *(whole.part(at, at + 500) for at in range(0, 2_100, 500)))
    return f"{tmp_path}/films.db::films/plots"


OLD = ["--filter", '{"old": true}']


def keys_in(folder: Path, name: str = "films.db::films/plots") -> list[str]:
    return list(read(folder, name).keys)


# --- a state file


def test_a_state_file(state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert deleted(capsys, state, *OLD) == (
        f"{state}: 1,050 vectors match:\n"
        "    '0001'  {'number': 1, 'old': True}\n"
        "    '0003'  {'number': 3, 'old': True}\n"
        "    '0005'  {'number': 5, 'old': True}\n"
        "    '0007'  {'number': 7, 'old': True}\n"
        "    '0009'  {'number': 9, 'old': True}\n"
        "    and 1,045 more\n"
        "1,050 vectors deleted.\n"
    )
    assert keys_in(tmp_path) == [f"{number:04}" for number in range(0, 2_100, 2)]
    assert deleted(capsys, state, *OLD) == f"{state}: 0 vectors match.\n0 vectors deleted.\n"


def test_by_key(state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert deleted(capsys, state, "--key", "0000", "--key", "0001", "--key", "none", *OLD) == (
        f"{state}: 1 vector matches:\n    '0001'  {{'number': 1, 'old': True}}\n1 vector deleted.\n"
    )
    assert deleted(capsys, state, "--key", "0000").endswith("\n1 vector deleted.\n")
    assert keys_in(tmp_path) == [f"{number:04}" for number in range(2, 2_100)]


def test_a_dry_run_changes_nothing(state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (tmp_path / "films.db").read_bytes()
    output = deleted(capsys, state, *OLD, "--dry-run", "--backup", f"{tmp_path}/backup.jsonl")
    assert output.endswith("    and 1,045 more\nNothing is deleted: this is a dry run.\n")
    assert (tmp_path / "films.db").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["films.db"]


def test_by_age(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(timezone.utc)
    dates: list[Any] = [(now - timedelta(days=days)).isoformat() for days in (1, 29, 31)]
    dates += [int((now - timedelta(days=40)).timestamp()) * 1000, "soon"]
    documents = [{"made=at": date} for date in dates]
    write(tmp_path, "films.db::films/plots", Batch(list("abcde"), np.ones((5, 2), np.float32), documents))
    place = f"{tmp_path}/films.db::films/plots"
    assert deleted(capsys, place, "--older-than", "made=at=30d") == (
        f"{place}: 2 vectors match:\n"
        f"    'c'  {{'made=at': {dates[2]!r}}}\n"
        f"    'd'  {{'made=at': {dates[3]}}}\n"
        "1 vector has no date under 'made=at': left alone.\n"
        "2 vectors deleted.\n"
    )
    assert keys_in(tmp_path) == ["a", "b", "e"]


@pytest.mark.parametrize("backup", ["backup.jsonl", "backup.npz", PARQUET.values[0]])
def test_a_backup_holds_what_is_deleted(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], backup: str
) -> None:
    if backup.endswith(".parquet"):
        pytest.importorskip("pyarrow")
    before = read(tmp_path, "films.db::films/plots")
    output = deleted(capsys, state, *OLD, "--backup", f"{tmp_path}/{backup}")
    assert output.endswith(f"1,050 vectors copied to {tmp_path}/{backup}.\n1,050 vectors deleted.\n")
    after, kept = by_key(read(tmp_path, "films.db::films/plots")), by_key(read(tmp_path, backup))
    assert after.keys() & kept.keys() == set()
    assert after | kept == by_key(before)
    # Back again, as a copy does it.
    write(tmp_path, "films.db::films/plots", *read_batches(tmp_path, backup))
    assert by_key(read(tmp_path, "films.db::films/plots")) == by_key(before)


def read_batches(folder: Path, name: str) -> Iterator[Batch]:
    (source,) = open_place(f"{folder}/{name}").sources()
    yield from source.batches()


def test_what_is_written_after_the_backup_is_left_alone(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if it still matches: the backup has it as it was."""
    keys = ["0001", "0003", "0005"]
    documents: list[dict[str, Any]] = [
        {"number": 1, "old": True},
        {"number": -3, "old": True},
        {"number": 5, "old": False},
    ]
    overwritten = Batch(keys, np.full((3, 2), 7, np.float32), documents)

    def write_first(path: Path) -> Any:
        write(tmp_path, "films.db::films/plots", overwritten)
        return writing_indexes(path)

    monkeypatch.setattr(places.StoredDeletion, "check", lambda _: None)
    monkeypatch.setattr(places, "writing_indexes", write_first)
    output = deleted(capsys, state, *OLD, "--backup", f"{tmp_path}/backup.jsonl")
    assert output.endswith(
        f"1,050 vectors copied to {tmp_path}/backup.jsonl.\n"
        "3 vectors were changed meanwhile: left alone.\n"
        "1,047 vectors deleted.\n"
    )
    left = by_key(read(tmp_path, "films.db::films/plots"))
    assert {key: left[key] for key in keys} == by_key(overwritten)


def test_what_is_written_before_the_deletion_and_does_not_match_is_left_alone(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = Batch(["0001", "0003"], np.ones((2, 2), np.float32), [{"old": False}, {"old": True}])

    def write_first(path: Path) -> Any:
        write(tmp_path, "films.db::films/plots", changed)
        return writing_indexes(path)

    monkeypatch.setattr(places.StoredDeletion, "check", lambda _: None)
    monkeypatch.setattr(places, "writing_indexes", write_first)
    output = deleted(capsys, state, *OLD)
    assert output.endswith("1 vector was changed meanwhile: left alone.\n1,049 vectors deleted.\n")
    assert keys_in(tmp_path)[:3] == ["0000", "0001", "0002"]


def test_the_last_look_and_the_deletion_are_one_transaction(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between them, nobody else can write."""
    still, refusals = Candidates.still, []

    def write_meanwhile(*arguments: Any) -> list[str]:
        monkeypatch.setattr("mock_s3vectors.storage.indexes._PATIENCE", 0)
        with pytest.raises(UsageError) as refusal:
            write(tmp_path, "films.db::films/plots", batch("0001"))
        refusals.append(str(refusal.value))
        return still(*arguments)

    monkeypatch.setattr(Candidates, "still", write_meanwhile)
    assert deleted(capsys, state, *OLD).endswith("\n1,050 vectors deleted.\n")
    assert refusals == [f"Cannot change {tmp_path}/films.db: database is locked."] * 3


def test_an_interruption_leaves_whole_batches(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    count = Candidates.count

    def interrupt(*arguments: Any) -> None:
        count(*arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Candidates, "count", interrupt)
        with pytest.raises(KeyboardInterrupt):
            deleted(capsys, state, *OLD)
    assert capsys.readouterr().out.endswith(
        "500 vectors deleted before this stopped. The same command deletes the rest.\n"
    )
    assert len(keys_in(tmp_path)) == 1_600
    assert deleted(capsys, state, *OLD).endswith("\n550 vectors deleted.\n")
    assert len(keys_in(tmp_path)) == 1_050


def test_only_what_the_file_keeps_is_counted(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = WritableIndexes.commit
    commits: list[None] = []

    def fail_later(indexes: WritableIndexes) -> None:
        commits.append(None)
        if len(commits) > 1:
            raise UsageError("The disk is full.")
        commit(indexes)

    monkeypatch.setattr(places.StoredDeletion, "check", lambda _: None)
    monkeypatch.setattr(WritableIndexes, "commit", fail_later)
    assert refused(state, *OLD) == "The disk is full."
    assert capsys.readouterr().out.endswith(
        "\n500 vectors deleted before this stopped. The same command deletes the rest.\n"
    )
    assert len(keys_in(tmp_path)) == 1_600


def test_a_file_of_a_server(state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with kept_in(tmp_path / "films.db", World()):
        assert refused(state, *OLD) == (
            f"Cannot change {tmp_path}/films.db: it belongs to a server that runs, or that was killed. Name "
            "the server instead, or start it once more and stop it."
        )
        assert deleted(capsys, state, *OLD, "--dry-run").startswith(f"{state}: 1,050 vectors match:\n")
    assert deleted(capsys, state, *OLD).endswith("\n1,050 vectors deleted.\n")


def test_an_index_that_is_gone_meanwhile(state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def lose(path: Path) -> Any:
        path.unlink()
        return writing_indexes(path)

    monkeypatch.setattr(places.StoredDeletion, "check", lambda _: None)
    monkeypatch.setattr(places, "writing_indexes", lose)
    assert refused(state, *OLD) == f"{tmp_path}/films.db has no index films/plots any more."


# --- a server, and what stands in for AWS


@pytest.fixture(scope="module")
def shared_server() -> Iterator[S3VectorsServer]:
    with s3vectors_server() as server:
        yield server


@pytest.fixture
def server(shared_server: S3VectorsServer) -> S3VectorsServer:
    """A server with an index of 2,100 vectors, half of them old."""
    shared_server.reset()
    seed(shared_server.mock)
    shared_server.mock.calls.clear()
    return shared_server


def seed(mock: Any) -> None:
    whole = numbered(2_100)
    mock.seed("films", "plots", whole.data, keys=whole.keys, metadata=whole.metadata)


def test_a_server(server: S3VectorsServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place, backup = f"{server.url}/films/plots", f"{tmp_path}/backup.npz"
    output = deleted(capsys, place, *OLD, "--backup", backup)
    assert output.startswith(f"{place}: 1,050 vectors match:\n    '0001'  {{'number': 1, 'old': True}}\n")
    assert output.endswith(f"1,050 vectors copied to {backup}.\n1,050 vectors deleted.\n")
    index = server.mock.index("films", "plots")
    assert len(index) == 1_050
    kept = by_key(read(tmp_path, "backup.npz"))
    assert kept == {key: found for key, found in by_key(numbered(2_100)).items() if found[1]["old"]}


def has_the_first(call: Call) -> bool:
    return "0001" in call.params["keys"]


def test_a_server_whose_vectors_change_after_the_backup(
    server: S3VectorsServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:

    def write_before() -> float:
        record: Any = {"key": "0001", "data": {"float32": [1, 3]}, "metadata": {"number": 1, "old": True}}
        client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url)
        client.put_vectors(**PLOTS, vectors=[record])
        client.close()
        return 0.0

    # It is read at first for the backup, and then before the deletion.
    with server.mock.delay("GetVectors", write_before, when=has_the_first, after=1):
        output = deleted(capsys, f"{server.url}/films/plots", *OLD, "--backup", f"{tmp_path}/backup.jsonl")
    assert output.endswith("1 vector was changed meanwhile: left alone.\n1,049 vectors deleted.\n")


def test_a_server_that_throttles(
    server: S3VectorsServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mock_s3vectors.transfer.remote.pacing._FIRST_PAUSE", 0.001)
    with server.mock.fail("*", "TooManyRequestsException", times=9) as rule:
        assert deleted(capsys, f"{server.url}/films/plots", *OLD).endswith("\n1,050 vectors deleted.\n")
        assert rule.hits == 9


def test_a_refused_call_says_how_many_are_deleted(
    server: S3VectorsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    place = f"{server.url}/films/plots"
    with server.mock.fail("DeleteVectors", "AccessDeniedException", "No."):
        assert refused(place, *OLD) == (f"{place}: DeleteVectors was refused. AccessDeniedException: No.")
    assert capsys.readouterr().out.endswith(
        "    and 1,045 more\n0 vectors deleted before this stopped. The same command deletes the rest.\n"
    )


def test_ctrl_c_leaves_whole_batches_and_says_how_many(
    server: S3VectorsServer, capsys: pytest.CaptureFixture[str]
) -> None:
    """The signal comes while calls are under way; they are waited for, and counted."""

    def press() -> float:
        _thread.interrupt_main()
        return 0.1

    place = f"{server.url}/films/plots"
    with server.mock.delay("DeleteVectors", press, times=1), pytest.raises(KeyboardInterrupt):
        deleted(capsys, place, *OLD)
    gone = 2_100 - len(server.mock.index("films", "plots"))
    assert gone in (50, 500, 550, 1_000, 1_050)
    assert capsys.readouterr().out.endswith(
        f"\n{gone:,} vectors deleted before this stopped. The same command deletes the rest.\n"
    )
    assert deleted(capsys, place, *OLD).endswith(f"\n{1_050 - gone:,} vectors deleted.\n")


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockS3Vectors]:
    """A mock in the place of AWS, with credentials, and the same index."""
    with mock_s3vectors() as mock:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        seed(mock)
        mock.calls.clear()
        yield mock


AWS = "s3vectors://films/plots"
READS = {"GetIndex", "ListVectors"}


def test_aws_needs_a_yes(aws: MockS3Vectors, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    backup = tmp_path / "backup.jsonl"
    assert refused(AWS, *OLD, "--region", "us-east-1", "--backup", str(backup)) == (
        "s3vectors://films/plots is on AWS, so nothing is deleted without --yes."
    )
    output, notice = capsys.readouterr()
    assert output.startswith("s3vectors://films/plots: 1,050 vectors match:\n")
    assert notice == "Reading from AWS, account 123456789012, Region us-east-1: films/plots.\n"
    assert {call.operation for call in aws.calls} == READS
    assert not backup.exists()


def test_aws_in_a_dry_run_is_only_read(aws: MockS3Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    output = deleted(capsys, AWS, *OLD, "--region", "us-east-1", "--dry-run", "--yes")
    assert output.endswith("Nothing is deleted: this is a dry run.\n")
    assert {call.operation for call in aws.calls} == READS


def test_aws_with_a_yes(aws: MockS3Vectors, capsys: pytest.CaptureFixture[str]) -> None:
    output = deleted(capsys, AWS, *OLD, "--region", "us-east-1", "--yes")
    assert output.endswith("\n1,050 vectors deleted.\n")
    assert {call.operation for call in aws.calls} == {*READS, "GetVectors", "DeleteVectors"}
    assert len(aws.index("films", "plots")) == 1_050


@pytest.mark.usefixtures("aws")
def test_aws_needs_no_yes_if_nothing_matches(capsys: pytest.CaptureFixture[str]) -> None:
    assert deleted(capsys, AWS, "--key", "none", "--region", "us-east-1").endswith(
        "s3vectors://films/plots: 0 vectors match.\n0 vectors deleted.\n"
    )


# --- wrong use


def test_without_a_condition_all_would_be_deleted(state: str) -> None:
    assert refused(state) == (
        "No condition is given, and without one all vectors would be deleted. Say which with --key, --filter "
        "or --older-than. To delete all, delete the index."
    )


@pytest.mark.parametrize(
    ("conditions", "text"),
    [
        (
            ["--filter", '{"a": 1, "b": 2}'],
            (
                "The filter {'a': 1, 'b': 2} is refused as S3 Vectors refuses it. "
                "ValidationException: Invalid filter"
            ),
        ),
        (
            ["--key", "a", "--filter", "null"],
            "--filter null: a filter is an object.",
        ),
        (
            ["--older-than", "30d"],
            "--older-than 30d: write a metadata key and an age, such as created_at=30d.",
        ),
        (
            ["--older-than", "at=1d", "--older-than", "at=2d"],
            "--older-than names the metadata key 'at' twice.",
        ),
        (
            ["--older-than", "at=30"],
            "'30' is no age: write a whole number and its unit, such as 30d, 12h, 90m (minutes), 45s or 2w.",
        ),
        (["--key", ""], "'' is no key of a vector, which is a text of 1 to 1,024 bytes."),
        ([*OLD, "--backup", "b.db"], "--backup b.db: a backup is a data file, .jsonl, .npz or .parquet."),
    ],
)
def test_wrong_conditions(state: str, conditions: list[str], text: str) -> None:
    assert refused(state, *conditions) == text


def test_a_filter_that_is_no_json(state: str) -> None:
    assert refused(state, "--filter", "old").startswith("--filter old: it is not JSON: ")


def test_a_backup_never_replaces_a_file(state: str, tmp_path: Path) -> None:
    backup = tmp_path / "backup.jsonl"
    backup.touch()
    assert refused(state, *OLD, "--backup", str(backup)) == (
        f"--backup {backup}: it exists already. Choose another name, and keep what it holds."
    )
    assert len(keys_in(tmp_path)) == 2_100


def test_a_backup_that_fails_leaves_all_as_it_was(
    state: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        places.StoredDeletion,
        "back_up",
        lambda _, write: (write(batch("a")), 1 / 0),  # a disk that is full
    )
    with pytest.raises(ZeroDivisionError):
        refused(state, *OLD, "--backup", f"{tmp_path}/backup.jsonl")
    assert [path.name for path in tmp_path.iterdir()] == ["films.db"]
    assert len(keys_in(tmp_path)) == 2_100


def test_a_data_file_is_never_changed_in_place(tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", batch("a"))
    path = f"{tmp_path}/films.jsonl"
    assert refused(path, *OLD) == (
        f"{path} is a data file, which is never changed in place: copy those of its vectors that are to stay "
        f"into another one, with mock-s3vectors copy {path} OTHER --filter ..."
    )


@pytest.mark.usefixtures("state")
def test_a_deletion_takes_one_index(tmp_path: Path) -> None:
    with open_place(f"{tmp_path}/films.db", Access()).sink(
        open_place(f"{tmp_path}/films.db::films/more").address.location
    ) as sink:
        sink.prepare(SETTINGS)
    assert refused(f"{tmp_path}/films.db::films", *OLD) == (
        f"{tmp_path}/films.db::films names 2 indexes, and a deletion takes one. "
        "Indexes there: films/more, films/plots."
    )
    assert refused(f"{tmp_path}/films.db::films/plot", *OLD) == (
        f"'{tmp_path}/films.db::films/plot': there is no index 'plot' in vector bucket 'films'. Did you mean "
        "'plots'? Indexes in it: more, plots."
    )


def test_the_program_has_the_command(state: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["delete", state, *OLD]) == 0
    assert capsys.readouterr().out.endswith("\n1,050 vectors deleted.\n")
    assert main(["delete", state, "--older-than", "at=soon"]) == 1
    assert capsys.readouterr().err.startswith("mock-s3vectors: 'soon' is no age: ")


def test_options_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    parser = CommandParser()
    delete.define(parser)
    with pytest.raises(SystemExit):
        parser.parse_args(["--help"])
    assert """such as '{"category": "old_docs"}'""" in " ".join(capsys.readouterr().out.split())
    assert json.loads(delete._EXAMPLE.strip("'")) == {"category": "old_docs"}  # noqa: SLF001 - shown to users
