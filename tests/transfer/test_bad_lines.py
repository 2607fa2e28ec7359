"""Lines of JSON Lines that are no vectors: each refusal names file and line, and its batch is not read."""

from __future__ import annotations

import gzip
import os
import re
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pytest

from mock_s3vectors import UsageError
from mock_s3vectors.transfer.places import open_place
from tests.transfer.records import read

if TYPE_CHECKING:
    from pathlib import Path

GOOD = b'{"key": "a", "data": [1, 2]}\n'


def refusal(folder: Path, text: bytes) -> str:
    path = folder / "films.jsonl"
    path.write_bytes(text)
    (source,) = open_place(str(path)).sources()
    with pytest.raises(UsageError) as caught:
        list(source.batches())
    return str(caught.value).replace(str(path), "films.jsonl")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"key": "\xff", "data": [1, 2]}', "the line is not UTF-8: byte 10 is 0xFF"),
        (b'["b", [1, 2]]', "['b', [1, 2]] is not an object with key, data and metadata"),
        (b'{"data": [1, 2]}', "the object has no key"),
        (b'{"key": "b"}', "the object has no data"),
        (b'{"key": "b", "data": [1, 2], "vector": [1, 2]}', "the object has both data and vector"),
        (
            b'{"key": "b", "vectors": [1, 2]}',
            (
                "a vector has no member 'vectors'. Did you mean 'vector'? It has key, data and metadata; "
                "put other values into metadata, or leave them out"
            ),
        ),
        (
            b'{"key": "b", "data": [1, 2], "year": 1979}',
            (
                "a vector has no member 'year'. It has key, data and metadata; put other values into "
                "metadata, or leave them out"
            ),
        ),
        (b'{"key": 7, "data": [1, 2]}', "the key is 7, and must be a text"),
        (b'{"key": "", "data": [1, 2]}', "the key is empty, and must have 1 to 1,024 bytes"),
        (
            b'{"key": "%s", "data": [1, 2]}' % ("é" * 513).encode(),
            f"the key {'é' * 100!r}... 413 more characters has 1,026 bytes, and at most 1,024 are allowed",
        ),
        (b'{"key": "a", "data": [1, 2]}', "the key 'a' is that of line 1 already"),
        (b'{"key": "b", "data": "x"}', "the vector is 'x', and must be a list of numbers"),
        (b'{"key": "b", "data": {"float32": 1}}', "the vector is 1, and must be a list of numbers"),
        (
            b'{"key": "b", "data": {"float64": [1, 2]}}',
            "the vector is {'float64': [1, 2]}, and must be a list of numbers",
        ),
        (b'{"key": "b", "data": [1, "2"]}', "the vector has '2' at position 2, not a number"),
        (b'{"key": "b", "data": [true, 2]}', "the vector has True at position 1, not a number"),
        (b'{"key": "b", "data": [1, null]}', "the vector has None at position 2, not a number"),
        (b'{"key": "b", "data": []}', "the vector is empty"),
        (b'{"key": "b", "data": [1]}', "the vector has 1 number, those before it have 2"),
        (b'{"key": "b", "data": [1, 2, 3]}', "the vector has 3 numbers, those before it have 2"),
        (b'{"key": "b", "data": [1, 1e39]}', "the vector has NaN, infinity, or a number beyond float32"),
        (b'{"key": "b", "data": [1, 2], "metadata": []}', "the metadata is [], and must be an object"),
        (b'{"key": "b", "data": [1, 2], "metadata": null}', "the metadata is None, and must be an object"),
        (
            b'{"key": "b", "data": [1, 2], "metadata": {"a": null}}',
            "Metadata values must be strings, numbers, booleans, or arrays",
        ),
        (
            b'{"key": "b", "data": [1, 2], "metadata": {"a": [1, "b"]}}',
            "Metadata array values must be strings or numbers",
        ),
        (
            b'{"key": "b", "data": [1, 2], "metadata": {"a": []}}',
            "Empty arrays are not allowed in metadata",
        ),
    ],
    ids=str,
)
def test_a_bad_line(line: bytes, reason: str, tmp_path: Path) -> None:
    assert refusal(tmp_path, GOOD + b"\n  \r\n" + line) == f"films.jsonl, line 4: {reason}."


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"key": "b", "data": [1, 2}', r"the line is not JSON: .* \(column 27\)"),
        (b'{"key": "b", "data": [NaN, 2]}', r"the line is not JSON: .* \(column 23\)"),
        (b'{"key": "b", "data": [1, 1e400]}', r"the line is not JSON: .* \(column \d+\)"),
        (b'{"key": "b", "data": [1, 2', r"the line is cut off: .* \(column 27\)"),
        (b'{"key": "\\ud800", "data": [1, 2]}', r"the line is not JSON: .* \(column \d+\)"),
    ],
)
def test_a_line_that_is_not_json(line: bytes, reason: str, tmp_path: Path) -> None:
    """The reason in the middle is orjson's, whose versions differ."""
    assert re.fullmatch(rf"films\.jsonl, line 2: {reason}\.", refusal(tmp_path, GOOD + line))


def test_the_first_bad_line_is_named(tmp_path: Path) -> None:
    beyond = b'{"key": "b", "data": [1, 1e39]}\n'
    beyond_text = "the vector has NaN, infinity, or a number beyond float32."
    assert refusal(tmp_path, GOOD + beyond + b"x\n") == f"films.jsonl, line 2: {beyond_text}"
    assert refusal(tmp_path, GOOD + beyond + GOOD) == f"films.jsonl, line 2: {beyond_text}"


def test_batches_before_a_bad_line_are_read(tmp_path: Path) -> None:
    good = b"".join(b'{"key": "k%d", "data": [1, 2]}\n' % number for number in range(1_100))
    (tmp_path / "films.jsonl").write_bytes(good + b"x\n")
    (source,) = open_place(f"{tmp_path}/films.jsonl").sources()
    batches = source.batches()
    assert [len(next(batches)), len(next(batches))] == [500, 500]
    with pytest.raises(UsageError, match="line 1,101: the line is not JSON"):
        next(batches)


def test_a_line_that_is_too_long(tmp_path: Path) -> None:
    assert refusal(tmp_path, GOOD + b'{"key": "' + b"x" * (4 << 20)) == (
        "films.jsonl, line 2: the line is longer than 4,194,304 bytes, which no vector is. Write one "
        "object a line."
    )


def test_a_compressed_file(tmp_path: Path) -> None:
    assert refusal(tmp_path, gzip.compress(GOOD)) == (
        "films.jsonl, line 1: the file is compressed by gzip. Uncompress it first."
    )


def test_a_pipe_is_read_only_once(tmp_path: Path) -> None:
    path = tmp_path / "films.jsonl"
    os.mkfifo(path)
    with pytest.raises(UsageError) as caught:
        list(open_place(str(path)).sources())
    assert str(caught.value) == f"{path} is not a regular file. Vectors are read from one, some parts twice."


def test_a_file_in_utf_16(tmp_path: Path) -> None:
    assert refusal(tmp_path, GOOD.decode().encode("utf-16")) == (
        "films.jsonl, line 1: the file is in UTF-16. Write it in UTF-8."
    )


@pytest.mark.parametrize(
    "text",
    [
        b"\xef\xbb\xbf" + GOOD,
        b"\xef\xbb\xbf\n" + GOOD,
        GOOD.rstrip(),
        GOOD.replace(b"\n", b"\r\n"),
        b"\n\n" + GOOD + b"\n",
        b'{"metadata": {}, "vector": [1.0, 2], "key": "a"}',
        b'{"data": {"float32": [1, 2]}, "key": "a"}',
        b'{"vector": {"float32": [1, 2]}, "key": "a"}',
    ],
)
def test_forms_of_one_vector(text: bytes, tmp_path: Path) -> None:
    (tmp_path / "films.jsonl").write_bytes(text)
    found = read(tmp_path, "films.jsonl")
    assert (found.keys, found.data.tolist(), found.metadata) == (["a"], [[1, 2]], [{}])


def test_integers_beyond_floats_are_refused_and_large_ones_rounded(tmp_path: Path) -> None:
    line = b'{"key": "b", "data": [%s, 1]}'
    assert refusal(tmp_path, line % (b"9" * 60)).endswith(
        "line 1: " + "the vector has NaN, infinity, or a number beyond float32."
    )
    (tmp_path / "films.jsonl").write_bytes(line % b"9007199254740993")
    assert read(tmp_path, "films.jsonl").data[0, 0] == np.float32(9007199254740993)


def test_what_list_vectors_returns_is_read(tmp_path: Path) -> None:
    record = {"key": "a", "data": {"float32": [0.8999999761581421, 2.0]}, "metadata": {"year": 1979}}
    (tmp_path / "films.jsonl").write_bytes(orjson.dumps(record))
    found = read(tmp_path, "films.jsonl")
    assert found.data.tolist() == [[np.float32(0.9), 2.0]]
    assert found.metadata == [{"year": 1979}]
