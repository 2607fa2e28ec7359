"""`mock-s3vectors describe`: what there is in a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_s3vectors.cli import describe
from mock_s3vectors.cli.command_parser import CommandParser
from mock_s3vectors.transfer.batches import Batch, Settings
from tests.transfer.records import batch, write

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client


def described(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    parser = CommandParser()
    describe.define(parser)
    given = parser.parse_args(arguments)
    given.run(given)
    return capsys.readouterr().out


def films() -> Batch:
    whole = batch(*map(str, range(3)))
    documents: list[dict[str, Any]] = [
        {"year": 1979, "genres": ["a"], "x\x1b": True},
        {"year": "MCMLXXIX", "votes": [1]},
        {"year": 1.5},
    ]
    return Batch(whole.keys, whole.data, documents)


SETTINGS = Settings(
    dimension=2,
    distance_metric="euclidean",
    non_filterable_keys=("plot",),
    text_search={"plot": "en", "title": None},
)
KEYS = """\
    year     3  number or text
    genres   1  list of texts
    votes    1  list of numbers
    'x\\x1b'  1  boolean
"""


def test_json_lines_are_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "films.jsonl", films(), batch("more"))
    path = tmp_path / "films.jsonl"
    assert described(capsys, str(path), "--sample", "1") == (
        f"{path}: a data file of {path.stat().st_size} bytes\n\n4 vectors, 2 dimensions\n"
        f"  metadata keys of all vectors:\n{KEYS}"
    )


def test_npz(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "films.npz", films(), settings=SETTINGS)
    path = tmp_path / "films.npz"
    assert described(capsys, str(path), "--sample", "2") == (
        f"{path}: a data file of {path.stat().st_size:,} bytes\n\n3 vectors, 2 dimensions, euclidean\n"
        "  not filterable: plot\n  text search: plot (en), title\n"
        f"  metadata keys of the first 2 vectors:\n{KEYS.replace('3', '2')}"
    )


def test_state_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "films.db::films/plots", films(), settings=SETTINGS)
    write(tmp_path, "films.db::films/plots")
    path = tmp_path / "films.db"
    where = "(Region us-east-1, account 123456789012)"
    assert described(capsys, str(path)) == (
        f"{path}: a state file of {path.stat().st_size:,} bytes\n\n"
        f"films/plots {where}: 3 vectors, 2 dimensions, euclidean, ENHANCED\n"
        "  not filterable: plot\n  text search: plot (en), title\n"
        f"  metadata keys of all vectors:\n{KEYS}"
    )


def test_buckets_without_indexes(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    s3vectors_mock: MockS3Vectors,
    s3vectors_client: Client,
) -> None:
    s3vectors_mock.save(tmp_path / "empty.db")
    assert described(capsys, f"{tmp_path}/empty.db").endswith(" bytes\nThere are no vector buckets.\n")
    s3vectors_client.create_vector_bucket(vectorBucketName="films")
    s3vectors_mock.save(tmp_path / "films.db")
    assert described(capsys, f"{tmp_path}/films.db").endswith(
        " bytes\n\nfilms (Region us-east-1, account 123456789012): no indexes\n"
    )


def test_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, "films.db::films/plots", films(), settings=SETTINGS)
    path = tmp_path / "films.db"
    bucket = {"account": "123456789012", "region": "us-east-1", "vectorBucketName": "films"}
    assert json.loads(described(capsys, str(path), "--json", "--sample", "1")) == {
        "place": str(path),
        "kind": "state file",
        "bytes": path.stat().st_size,
        "vectorBuckets": [bucket],
        "indexes": [
            {
                **bucket,
                "indexName": "plots",
                "vectors": 3,
                "dimension": 2,
                "distanceMetric": "euclidean",
                "indexMode": "ENHANCED",
                "nonFilterableMetadataKeys": ["plot"],
                "textSearch": {"plot": "en", "title": None},
                "sampled": 1,
                "metadataKeys": [
                    {"key": "genres", "vectors": 1, "types": ["list of texts"]},
                    {"key": "x\x1b", "vectors": 1, "types": ["boolean"]},
                    {"key": "year", "vectors": 1, "types": ["number"]},
                ],
            }
        ],
    }


def test_many_metadata_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    parts = [batch(f"k{number}", metadata={f"m{number:02}": number}) for number in range(60)]
    write(tmp_path, "films.jsonl", *parts)
    lines = described(capsys, f"{tmp_path}/films.jsonl").splitlines()
    assert lines[-2:] == ["    m49  1  number", "    and 10 more"]
