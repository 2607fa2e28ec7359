"""User code typed with types-boto3-s3vectors type-checks under the decorator and the fixtures."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import mock_s3vectors

pytestmark = pytest.mark.slow

GOOD = """
import unittest
from collections.abc import AsyncIterator, Iterator

import boto3
import pytest
from types_boto3_s3vectors import S3VectorsClient
from typing_extensions import assert_type

from mock_s3vectors import Config, MockS3Vectors, mock_s3vectors, patch_client


@mock_s3vectors
def plain(client: S3VectorsClient, top_k: int = 3) -> list[str]:
    answer = client.query_vectors(
        vectorBucketName="bucket", indexName="index", topK=top_k, queryVector={"float32": [0.1]}
    )
    return [vector["key"] for vector in answer["vectors"]]


@mock_s3vectors(account_id="111122223333", search_engine="hnsw", hnsw_m=16)
async def coroutine(name: str) -> int:
    return len(name)


@mock_s3vectors(config=Config(max_vector_buckets=3))
def generator() -> Iterator[str]:
    yield "a"


@mock_s3vectors(default_index_mode="CLASSIC", text_build_seconds=0.5)
async def async_generator() -> AsyncIterator[str]:
    yield "a"


@mock_s3vectors
class TestPlain:
    answer: int = 42

    def test_it(self) -> None:
        assert_type(self.answer, int)


@mock_s3vectors()
class TestUnit(unittest.TestCase):
    def test_it(self) -> None:
        self.assertEqual(1, 1)


@pytest.mark.s3vectors(search_engine="hnsw")
def test_fixtures(s3vectors_client: S3VectorsClient, s3vectors_mock: MockS3Vectors) -> None:
    s3vectors_client.create_vector_bucket(vectorBucketName="bucket")
    other = boto3.client("s3vectors", "eu-west-1", **s3vectors_mock.credentials("111122223333"))
    patch_client(other)
    s3vectors_mock.reset()


assert_type(plain(boto3.client("s3vectors"), top_k=1), list[str])
assert_type(TestPlain().answer, int)
with mock_s3vectors() as mock:
    assert_type(mock, MockS3Vectors)
    assert_type(mock.config, Config)


async def inside() -> None:
    assert_type(await coroutine("a"), int)
    async with mock_s3vectors(max_vectors_per_index=3) as mock:
        assert_type(mock, MockS3Vectors)
"""

BAD = {
    'mock_s3vectors(search_engine="faiss")': "Literal['flat', 'hnsw']",
    "mock_s3vectors(acount_id='111122223333')": "call-overload",
    "mock_s3vectors(hnsw_m='32')": "call-overload",
    "mock_s3vectors(default_index_mode='OLD')": "Literal['CLASSIC', 'ENHANCED']",
    "mock_s3vectors(text_build_seconds='1')": "call-overload",
    "mock_s3vectors(42)": "call-overload",
    "patch_client(42)": "arg-type",
    "Config(max_vectors_per_index='1')": "arg-type",
}


def mypy(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(path)]
    installed = Path(sysconfig.get_path("purelib"), "mock_s3vectors")
    # mypy finds an installed package by itself, but not one that pip installed as editable.
    found = {} if installed.exists() else {"MYPYPATH": str(Path(mock_s3vectors.__file__).parents[1])}
    return subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=path.parent, env={**os.environ, **found}
    )


def test_typed_user_code_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "user_code.py").write_text(GOOD)
    result = mypy(tmp_path / "user_code.py")
    assert result.returncode == 0, result.stdout + result.stderr


def test_wrong_user_code_is_found(tmp_path: Path) -> None:
    lines = ["from mock_s3vectors import Config, mock_s3vectors, patch_client", *BAD]
    (tmp_path / "user_code.py").write_text("\n".join(lines) + "\n")
    output = mypy(tmp_path / "user_code.py").stdout
    for number, (line, expected) in enumerate(BAD.items(), start=2):
        found = [text for text in output.splitlines() if text.startswith(f"user_code.py:{number}:")]
        assert any("error:" in text for text in found), line
        assert any(expected in text for text in found), (line, found)


@pytest.mark.parametrize("name", ["Config", "MockS3Vectors", "UsageError", "mock_s3vectors", "patch_client"])
def test_public_names(name: str) -> None:
    assert name in mock_s3vectors.__all__
    assert list(mock_s3vectors.__all__) == sorted(mock_s3vectors.__all__)
    assert getattr(mock_s3vectors, name).__doc__
