"""`.npz` files: what others write is read, and what nobody should read is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_LZMA, ZIP_STORED, ZipFile

import numpy as np
import pytest

from mock_s3vectors import UsageError
from mock_s3vectors.transfer.batches import Settings
from mock_s3vectors.transfer.places import open_place
from tests.transfer.records import batch, by_key, read, write

if TYPE_CHECKING:
    from pathlib import Path

KEYS = np.array(["a", "b"])
VECTORS = np.array([[1, 2], [3, 4]], np.float32)
ADVICE = "Write it with numpy.savez(file, keys=..., vectors=..., metadata=...)."


def refusal(folder: Path, **arrays: Any) -> str:
    np.savez(folder / "films.npz", **arrays)
    return refusal_of(folder / "films.npz")


def refusal_of(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        read(path.parent, path.name)
    return str(caught.value).replace(str(path), "films.npz")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    "vectors",
    [
        *(np.array([[1, 2], [3, 4]], kind) for kind in ("f2", "<f4", ">f4", "f8", "i1", "u8")),
        np.array([[1, 3], [2, 4]], "f4").T,
        np.array([[1, 2], [3, 4]], "f8", order="F"),
    ],
    ids=str,
)
def test_files_of_numpy_are_read(save: Any, vectors: Any, tmp_path: Path) -> None:
    metadata = ['{"year": 1979}', ""]
    for keys in (["a", "é"], np.array([b"a", "é".encode()])):
        save(tmp_path / "films.npz", keys=keys, vectors=vectors, metadata=metadata, other=[1])
        found = read(tmp_path, "films.npz")
        assert (found.keys, found.data.tolist()) == (["a", "é"], [[1, 2], [3, 4]])
        assert found.metadata == [{"year": 1979}, {}]


def test_numpy_reads_the_files(tmp_path: Path) -> None:
    write(tmp_path, "films.npz", batch("a", "é", metadata={"title": "Alien", "year": 1979}))
    with np.load(tmp_path / "films.npz", allow_pickle=False) as arrays:
        assert sorted(arrays) == ["keys", "metadata", "settings", "vectors"]
        assert arrays["keys"].tolist() == ["a", "é"]
        assert arrays["vectors"].dtype == np.float32
        assert arrays["vectors"].tolist() == [[1, 1], [2, 2]]
        assert [json.loads(text) for text in arrays["metadata"]] == [{"title": "Alien", "year": 1979}] * 2
        assert json.loads(str(arrays["settings"])) == {"dimension": 2, "distance_metric": "euclidean"}


def test_vectors_without_metadata(tmp_path: Path) -> None:
    np.savez(tmp_path / "films.npz", keys=KEYS, vectors=VECTORS)
    assert read(tmp_path, "films.npz").metadata == [{}, {}]


@pytest.mark.parametrize(
    ("arrays", "reason"),
    [
        (
            {"vectors": VECTORS},
            f"films.npz has no array 'keys'; of keys, vectors and metadata it has vectors. {ADVICE}",
        ),
        (
            {"x": VECTORS},
            f"films.npz has no array 'keys'; of keys, vectors and metadata it has neither. {ADVICE}",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS[0]},
            "films.npz: vectors has shape (2,) and dtype float32, and must be a matrix of real numbers.",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS.astype("c8")},
            "films.npz: vectors has shape (2, 2) and dtype complex64, and must be a matrix of real numbers.",
        ),
        (
            {"keys": np.array([1, 2]), "vectors": VECTORS},
            "films.npz: keys has shape (2,) and dtype int64, and must have 2 texts, one for each vector.",
        ),
        (
            {"keys": KEYS[:1], "vectors": VECTORS},
            "films.npz: keys has shape (1,) and dtype <U1, and must have 2 texts, one for each vector.",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS, "metadata": ["{}"] * 3},
            "films.npz: metadata has shape (3,) and dtype <U2, and must have 2 texts, one for each vector.",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS, "metadata": np.array([{}, {}], object)},
            (
                "films.npz is not an .npz file that can be read: an array holds Python objects, which only "
                f"pickle could read. {ADVICE}"
            ),
        ),
        (
            {"keys": KEYS, "vectors": VECTORS[:, :0]},
            "films.npz, record 1: the vector is empty.",
        ),
        (
            {"keys": ["a", "a"], "vectors": VECTORS},
            "films.npz, record 2: the key 'a' is that of record 1 already.",
        ),
        (
            {"keys": ["a", ""], "vectors": VECTORS},
            "films.npz, record 2: the key is empty, and must have 1 to 1,024 bytes.",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS * np.array([[1], [np.inf]])},
            "films.npz, record 2: the vector has NaN, infinity, or a number beyond float32.",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS.astype("f8") * 1e39},
            "films.npz, record 1: the vector has NaN, infinity, or a number beyond float32.",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS, "metadata": ["{}", "[]"]},
            "films.npz, record 2: the metadata is [], and must be an object.",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS, "metadata": ["{}", '{"a": {}}']},
            "films.npz, record 2: Metadata values must be strings, numbers, booleans, or arrays.",
        ),
        (
            {"keys": ["é", "b\ud800"], "vectors": VECTORS},
            "films.npz, record 2: the key 'b\\ud800' has half a surrogate pair.",
        ),
        (
            {"keys": KEYS, "vectors": VECTORS, "settings": np.array(5)},
            (
                "films.npz is not an .npz file that can be read: an array has dtype int64 instead of texts. "
                f"{ADVICE}"
            ),
        ),
    ],
)
def test_bad_arrays(arrays: Any, reason: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, **arrays) == reason


def test_bad_json(tmp_path: Path) -> None:
    found = refusal(tmp_path, keys=KEYS, vectors=VECTORS, metadata=["", "{"])
    assert found.startswith("films.npz, record 2: the metadata is not JSON: ")


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "films.npz"
    write(tmp_path, "films.npz", batch(*map(str, range(200)), metadata={"a": "b"}))
    whole = path.read_bytes()
    for text in (b"", b"PK", whole[: len(whole) // 2], b"x" * 100):
        path.write_bytes(text)
        assert refusal_of(path).startswith("films.npz is not an .npz file that can be read: ")
    middle = whole.index(b"keys.npy") + 150
    path.write_bytes(whole[:middle] + bytes(40) + whole[middle + 40 :])
    assert refusal_of(path).startswith("films.npz is not an .npz file that can be read: ")


def test_an_encrypted_file(tmp_path: Path) -> None:
    path = tmp_path / "films.npz"
    np.savez(path, keys=KEYS, vectors=VECTORS)
    text = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        start = text.find(mark)
        while start >= 0:
            text[start + flags] |= 1
            start = text.find(mark, start + 1)
    path.write_bytes(text)
    assert refusal_of(path).startswith(
        "films.npz is not an .npz file that can be read: File 'keys.npy' is encr"
    )


@pytest.mark.parametrize(
    ("header", "compression", "reason"),
    [
        (
            b"\x93NUMPY\1\0\x76\0" + b"{'descr': '<U1', 'fortran_order': False, 'shape': (-2,), }".ljust(118),
            ZIP_STORED,
            "an array has the shape (-2,)",
        ),
        (b"\x93NUMPY\1\0\x10\0{'descr': ((((((", ZIP_STORED, ""),
        (b"", ZIP_LZMA, "keys.npy is compressed in a way that numpy does not use"),
    ],
)
def test_archives_that_are_none_of_numpy(
    header: bytes, compression: int, reason: str, tmp_path: Path
) -> None:
    with ZipFile(tmp_path / "films.npz", "w", compression) as archive:
        archive.writestr("keys.npy", header)
    shown = refusal_of(tmp_path / "films.npz")
    assert shown.startswith(f"films.npz is not an .npz file that can be read: {reason}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            '{"distance_metric": "manhattan", "non_filterable_keys": [1], "text_search": {"a": 1}}',
            Settings(dimension=2),
        ),
        ('{"dimension": 7, "distance_metric": "cosine"}', Settings(dimension=2, distance_metric="cosine")),
    ],
)
def test_settings_of_others(text: str, expected: Settings, tmp_path: Path) -> None:
    np.savez(tmp_path / "films.npz", keys=KEYS, vectors=VECTORS, settings=text)
    (source,) = open_place(f"{tmp_path}/films.npz").sources()
    assert source.settings() == expected


def test_memory_is_that_of_a_batch(tmp_path: Path) -> None:
    """One long text makes every text of the array as long, which only the file has to hold."""
    whole = batch(*map(str, range(500)))
    whole.metadata[7]["text"] = "x" * 30_000
    write(tmp_path, "films.npz", whole)
    assert by_key(read(tmp_path, "films.npz")) == by_key(whole)
    assert (tmp_path / "films.npz").stat().st_size < 200_000
