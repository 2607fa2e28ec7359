"""Parquet files: other programs read them, and those of others are read."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from mock_s3vectors import UsageError
from mock_s3vectors.transfer.batches import Batch
from tests.transfer.records import SETTINGS, batch, read, write

if TYPE_CHECKING:
    from pathlib import Path

pa = pytest.importorskip("pyarrow")
parquet = import_module("pyarrow.parquet")

VECTORS = [[1.0, 2.0], [3.0, 4.0]]
TWO_COLUMNS = (
    "films.parquet: several columns are the metadata key 'year', which one of them may be: leave the others "
    "out, or rename them."
)


def table(**columns: Any) -> Any:
    return pa.table({"key": ["a", "b"], "vector": pa.array(VECTORS, pa.list_(pa.float32(), 2)), **columns})


def refusal(folder: Path, given: Any) -> str:
    path = folder / "films.parquet"
    parquet.write_table(given, path)
    with pytest.raises(UsageError) as caught:
        read(folder, "films.parquet")
    return str(caught.value).replace(str(path), "films.parquet")


def test_columns_have_the_types_of_the_values(tmp_path: Path) -> None:
    documents: list[dict[str, Any]] = [
        {
            "title": "Alien",
            "year": 1979,
            "rating": 8.5,
            "seen": True,
            "genres": ["horror"],
            "votes": [1, 2],
            "key": "x",
            "": 1,
            "metadata.a": 1,
            "big": 2**64 - 1,
            "mixed": 1,
            "numbers": 1,
            "sizes": [1, 2.5],
            "huge": 2**60,
        },
        {"title": "Heat", "mixed": "two", "numbers": 2.5, "huge": 0.5},
    ]
    write(tmp_path, "films.parquet", Batch(["a", "b"], np.array(VECTORS, np.float32), documents))
    found = parquet.read_table(tmp_path / "films.parquet")
    assert {field.name: str(field.type) for field in found.schema} == {
        "key": "string",
        "vector": "fixed_size_list<element: float>[2]",
        "title": "string",
        "year": "int64",
        "rating": "double",
        "seen": "bool",
        "genres": "list<element: string>",
        "votes": "list<element: int64>",
        "metadata.key": "string",
        "metadata.": "int64",
        "metadata.metadata.a": "int64",
        "big": "uint64",
        "mixed": "string",
        "numbers": "double",
        "sizes": "list<element: double>",
        "huge": "string",
    }
    assert found.column("vector").to_pylist() == VECTORS
    assert found.column("mixed").to_pylist() == ["1", '"two"']
    assert found.column("huge").to_pylist() == ["1152921504606846976", "0.5"]
    assert found.column("year").to_pylist() == [1979, None]
    assert found.schema.field("mixed").metadata[b"mock_s3vectors"] == b"json"
    assert read(tmp_path, "films.parquet").metadata == documents


def test_pandas_reads_the_file(tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    write(tmp_path, "films.parquet", batch("a", "b", metadata={"year": 1979, "genres": ["horror"]}))
    frame = pandas.read_parquet(tmp_path / "films.parquet")
    assert frame["key"].tolist() == ["a", "b"]
    assert np.stack(frame["vector"].tolist()).tolist() == [[1, 1], [2, 2]]
    assert frame["year"].tolist() == [1979, 1979]
    frame.assign(rating=[8.5, None]).to_parquet(tmp_path / "frame.parquet")
    documents = read(tmp_path, "frame.parquet").metadata
    assert documents == [
        {"year": 1979, "genres": ["horror"], "rating": 8.5},
        {"year": 1979, "genres": ["horror"]},
    ]


@pytest.mark.parametrize(
    "vector",
    [
        pa.array(VECTORS, pa.list_(pa.float32())),
        pa.array(VECTORS, pa.large_list(pa.float64())),
        pa.array(VECTORS, pa.list_(pa.float64(), 2)),
        pa.array([[1, 2], [3, 4]], pa.list_(pa.int32())),
        pa.chunked_array([pa.array(VECTORS[:1]), pa.array(VECTORS[1:])]),
    ],
    ids=lambda array: str(array.type),
)
def test_vectors_of_other_types_are_read(vector: Any, tmp_path: Path) -> None:
    key = pa.array(["a", "b"]).dictionary_encode()
    parquet.write_table(
        pa.table({"year": [1979, None], "vector": vector, "key": key}), tmp_path / "x.parquet"
    )
    found = read(tmp_path, "x.parquet")
    assert (found.keys, found.data.tolist()) == (["a", "b"], VECTORS)
    assert found.metadata == [{"year": 1979}, {}]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (
            pa.table({"id": ["a"], "vector": [[1.0]]}),
            (
                "films.parquet has no column 'key': rename the columns of keys and vectors to key and "
                "vector. It has 'id', 'vector'."
            ),
        ),
        (
            pa.table({"key": [1], "vector": [[1.0]]}),
            "films.parquet: the column key has type int64, and must have texts.",
        ),
        (
            pa.table({"key": ["a"], "vector": ["x"]}),
            "films.parquet: the column vector has type string, and must have lists of numbers.",
        ),
        (
            table(year=pa.array([1, 2], pa.timestamp("s"))),
            (
                "films.parquet: the column 'year' has type timestamp[ms], which metadata cannot have: turn "
                "it into texts, numbers, booleans, or lists of these, or leave it out."
            ),
        ),
        (
            table(year=[1.5, float("nan")]),
            "films.parquet, record 2: the column 'year' has nan, which metadata cannot have: leave it empty.",
        ),
        (
            table(years=[[1], [1, None]]),
            (
                "films.parquet, record 2: the column 'years' has [1, None], which metadata cannot have: "
                "leave it empty."
            ),
        ),
        (table(years=[[1], []]), "films.parquet, record 2: Empty arrays are not allowed in metadata."),
        (
            pa.table({"key": ["a", None], "vector": VECTORS}),
            "films.parquet, record 2: the key is None, and must be a text.",
        ),
        (
            pa.table({"key": ["a", "a"], "vector": VECTORS}),
            "films.parquet, record 2: the key 'a' is that of record 1 already.",
        ),
        (
            pa.table({"key": ["a", "b"], "vector": [[1.0, 2.0], None]}),
            "films.parquet, record 2: the vector is missing.",
        ),
        (
            pa.table({"key": ["a", "b"], "vector": [[1.0, 2.0], [1.0]]}),
            "films.parquet, record 2: the vector has 1 number, those before it have 2.",
        ),
        (
            pa.table(
                {"key": ["a"], "vector": [[]]},
                pa.schema({"key": pa.string(), "vector": pa.list_(pa.float32())}),
            ),
            "films.parquet, record 1: the vector is empty.",
        ),
        (
            pa.table({"key": ["a", "b"], "vector": [[1.0, 2.0], [1.0, None]]}),
            "films.parquet, record 2: the vector has an empty place instead of a number.",
        ),
        (
            pa.table({"key": ["a", "b"], "vector": [[1.0, 2.0], [1.0, 1e39]]}),
            "films.parquet, record 2: the vector has NaN, infinity, or a number beyond float32.",
        ),
        (
            pa.Table.from_arrays(
                [*table().columns, pa.array([1, 2]), pa.array([3, 4])], ["key", "vector", "year", "year"]
            ),
            TWO_COLUMNS,
        ),
        (table(**{"year": [1, 2], "metadata.year": [3, 4]}), TWO_COLUMNS),
        (
            table(title=pa.array([b"a", b"\xff"]).view(pa.string())),
            (
                "films.parquet is not a Parquet file that can be read: 'utf-8' codec can't decode byte 0xff "
                "in position 0: invalid start byte."
            ),
        ),
        (
            table().replace_schema_metadata({"mock_s3vectors": "[]"}),
            "films.parquet is not a Parquet file that can be read: the settings are not a JSON object.",
        ),
    ],
)
def test_bad_columns(given: Any, reason: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, given) == reason


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "films.parquet"
    write(tmp_path, "films.parquet", batch("a"))
    whole = path.read_bytes()
    for text in (b"", b"PAR1", whole[:-100], whole[:4] + b"\xff" * 40 + whole[44:]):
        path.write_bytes(text)
        with pytest.raises(UsageError) as caught:
            read(tmp_path, "films.parquet")
        assert str(caught.value).startswith(f"{path} is not a Parquet file that can be read: ")


def test_row_groups_hold_many_batches(tmp_path: Path) -> None:
    parts = [batch(*(f"{number}-{row}" for row in range(500))) for number in range(3)]
    write(tmp_path, "films.parquet", *parts, settings=SETTINGS)
    assert parquet.ParquetFile(tmp_path / "films.parquet").num_row_groups == 1


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError) as caught:
        write(tmp_path, "films.parquet", batch("a"))
    assert str(caught.value) == (
        "Parquet files need pyarrow, which is not installed: pip install 'mock_s3vectors[parquet]'."
    )


def test_a_pyarrow_that_does_not_go_with_numpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyarrow.py").write_text('raise ImportError("pyarrow requires NumPy 2.0 or newer")')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "pyarrow")
    with pytest.raises(UsageError) as caught:
        write(tmp_path, "films.parquet", batch("a"))
    assert str(caught.value) == (
        "Parquet files need pyarrow, which cannot be imported: pyarrow requires NumPy 2.0 or newer."
    )
