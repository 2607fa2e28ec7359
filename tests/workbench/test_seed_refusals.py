"""Seeding: what is refused, in which words, and that nothing is left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import botocore
import numpy as np
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError
from tests.support.mocks import level
from tests.support.shapes import TEXT_SEARCH, has, needs
from tests.workbench.state import described, seed, seen_index

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.helpers import Client

pytestmark = pytest.mark.usefixtures("s3vectors_mock")

GOOD = [[1, 2]]
ADVICE = "Give an array of shape (n, d), or a list with a list or an array of numbers for each vector."
MASKED = "has masked entries, which no vector can have: fill them, as in array.filled(0)."
NOT_REAL = "which is not one of real numbers: convert it first, as in vectors.astype('float32')."
NO_DIMENSION = (
    "There is no index 'index' yet, and no vector says how many dimensions it should have: "
    "give an array of shape (0, d) to create it empty."
)
REFUSED = (
    "The service would refuse to seed index {!r} in vector bucket {!r}, so nothing was created or stored. "
)


def refusal_of(*arguments: Any, **named: Any) -> str:
    """The text of a refusal, which changes nothing."""
    before = described().rows
    with pytest.raises(UsageError) as refusal:
        seed(*arguments, **named)
    assert described().rows == before
    return str(refusal.value)


def answer(client: Client, bucket: str, index: str, vectors: Any, **named: Any) -> str:
    """Code and message for a client that makes a bucket and an index, and puts the vectors."""
    keys = named.get("keys") or [str(number) for number in range(len(vectors))]
    metadata = named.get("metadata") or [{}] * len(keys)
    configuration: dict[str, Any] = {}
    if "non_filterable_metadata_keys" in named:
        configuration["nonFilterableMetadataKeys"] = named["non_filterable_metadata_keys"]
    if "text_search" in named:
        configuration["textSearchConfigurations"] = [
            {"metadataKey": key, **({"language": language} if language else {})}
            for key, language in named["text_search"].items()
        ]
    address = {"vectorBucketName": bucket, "indexName": index}
    records = [
        {"key": key, "data": {"float32": list(map(float, row))}, "metadata": document}
        for key, row, document in zip(keys, vectors, metadata, strict=True)
    ]
    settings = {
        "dataType": "float32",
        "dimension": len(vectors[0]),
        "distanceMetric": named.get("distance_metric", "cosine"),
        **({"metadataConfiguration": configuration} if configuration else {}),
    }
    calls: list[Callable[[], Any]] = [
        lambda: client.create_vector_bucket(vectorBucketName=bucket),
        lambda: client.create_index(**address, **settings),
        lambda: client.put_vectors(**address, vectors=records),
    ]
    with pytest.raises(ClientError) as refusal:
        _ = [call() for call in calls]
    error: Any = refusal.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


CASES: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "a short name of a bucket": (("b", "index", GOOD), {}),
    "a bad name of a bucket": (("Bucket", "index", GOOD), {}),
    "a short name of an index": (("bucket", "i", GOOD), {}),
    "a bad name of an index": (("bucket", "in_dex", GOOD), {}),
    "no dimensions": (("bucket", "index", [[]]), {}),
    "too many dimensions": (("bucket", "index", [[1] * 4097]), {}),
    "an unknown metric": (("bucket", "index", GOOD), {"distance_metric": "manhattan"}),
    "too many non-filterable keys": (
        ("bucket", "index", GOOD),
        {"non_filterable_metadata_keys": [str(number) for number in range(11)]},
    ),
    "an empty non-filterable key": (("bucket", "index", GOOD), {"non_filterable_metadata_keys": [""]}),
    "an empty key": (("bucket", "index", GOOD * 2), {"keys": ["a", ""]}),
    "a key of too many characters": (("bucket", "index", GOOD), {"keys": ["k" * 1025]}),
    "a key of too many bytes": (("bucket", "index", GOOD), {"keys": ["é" * 513]}),
    "a key twice": (("bucket", "index", GOOD * 2), {"keys": ["a", "a"]}),
    "a short vector": (("bucket", "index", [[1, 2], [1], [0, 0]]), {}),
    "a zero vector": (("bucket", "index", [[1, 2], [0, 0], [0, np.inf]]), {}),
    "NaN": (("bucket", "index", [[1, 2], [np.nan, 1]]), {"distance_metric": "euclidean"}),
    "a number beyond float32": (("bucket", "index", [[1, 2], [1e39, 1]]), {}),
    "metadata that is no object": (("bucket", "index", GOOD), {"metadata": [["a"]]}),
    "metadata with an object": (("bucket", "index", GOOD), {"metadata": [{"a": {}}]}),
    "metadata with null": (("bucket", "index", GOOD), {"metadata": [{"a": None}]}),
    "metadata with an empty array": (("bucket", "index", GOOD), {"metadata": [{"a": []}]}),
    "metadata with a mixed array": (("bucket", "index", GOOD), {"metadata": [{"a": ["x", 1]}]}),
    "too many keys of metadata": (
        ("bucket", "index", GOOD),
        {"metadata": [dict.fromkeys(map(str, range(51)), 1)]},
    ),
    "too much filterable metadata": (("bucket", "index", GOOD), {"metadata": [{"a": "x" * 2048}]}),
    "too much metadata": (
        ("bucket", "index", GOOD),
        {"metadata": [{"a": "x" * 40960}], "non_filterable_metadata_keys": ["a"]},
    ),
    "a bad vector before bad metadata": (
        ("bucket", "index", [[1, 2], [0, 0], [1, 2]]),
        {"metadata": [{}, {}, {"a": None}]},
    ),
    "bad metadata before a bad vector": (
        ("bucket", "index", [[1, 2], [1, 2], [0, 0]]),
        {"metadata": [{}, {"a": None}, {}]},
    ),
}
if has(*TEXT_SEARCH):
    CASES |= {
        "an unknown language": (("bucket", "index", GOOD), {"text_search": {"title": "tlh"}}),
        "too many text searches": (
            ("bucket", "index", GOOD),
            {"text_search": dict.fromkeys(map(str, range(11)))},
        ),
    }


@pytest.mark.s3vectors(**({"default_index_mode": "ENHANCED"} if has(*TEXT_SEARCH) else {}))
@pytest.mark.parametrize("case", CASES)
def test_the_service_refuses_the_same_in_the_same_words(unchecked_client: Client, case: str) -> None:
    (bucket, index, vectors), named = CASES[case]
    text = refusal_of(bucket, index, vectors, **named)
    assert described().rows == ()
    assert text == REFUSED.format(index, bucket) + answer(unchecked_client, bucket, index, vectors, **named)


@needs(*TEXT_SEARCH)
@pytest.mark.s3vectors(default_index_mode="CLASSIC")
def test_text_search_needs_enhanced_mode() -> None:
    assert refusal_of("bucket", "index", GOOD, text_search=["title"]).endswith(
        "ValidationException: textSearchConfigurations cannot be specified when indexMode is CLASSIC"
    )


@pytest.mark.skipif(has("CreateIndex.metadataConfiguration.textSearchConfigurations"), reason="it has")
def test_text_search_needs_a_newer_botocore() -> None:
    assert refusal_of("bucket", "index", GOOD, text_search=["title"]) == (
        "text_search needs botocore 1.44.5 or newer: the installed one is "
        f"{botocore.__version__}, and its model has no textSearchConfigurations."
    )


class TestQuotas:
    @pytest.mark.s3vectors(max_vector_buckets=1, max_indexes_per_vector_bucket=1, max_vectors_per_index=2)
    def test_are_those_of_the_mock(self) -> None:
        vectors = np.ones((3, 2))
        too_many = "ServiceQuotaExceededException: You have reached the maximum number of "
        assert refusal_of("bucket", "index", vectors).endswith(f"{too_many}vectors in this index: 2")
        seed("bucket", "index", vectors[:2])
        assert refusal_of("bucket", "index", GOOD, keys=["new"]).endswith(
            f"{too_many}vectors in this index: 2"
        )
        assert refusal_of("bucket", "other", GOOD).endswith(f"{too_many}indexes in this vector bucket: 1")
        assert refusal_of("other", "index", GOOD).endswith(f"{too_many}vector buckets in this Region: 1")
        seed("bucket", "index", vectors[:2] * 2)
        assert seen_index("bucket", "index").vectors.tolist() == [[2, 2]] * 2


class TestExistingIndexes:
    @pytest.mark.parametrize(
        ("vectors", "named", "difference"),
        [
            (GOOD, {"distance_metric": "cosine"}, "distance_metric is 'euclidean', not 'cosine'"),
            (
                GOOD,
                {"non_filterable_metadata_keys": ["x", "z"]},
                "non_filterable_metadata_keys is ['x', 'y'], not ['x', 'z']",
            ),
            (np.zeros((0, 3)), {}, "the dimension of vectors is 2, not 3"),
            pytest.param(
                GOOD,
                {"text_search": {"t": "en"}},
                "text_search is {}, not {'t': 'en'}",
                marks=needs(*TEXT_SEARCH),
            ),
        ],
    )
    def test_keep_their_settings(self, vectors: Any, named: dict[str, Any], difference: str) -> None:
        seed("bucket", "index", GOOD, distance_metric="euclidean", non_filterable_metadata_keys=["y", "x"])
        assert refusal_of("bucket", "index", vectors, **named) == (
            f"Index 'index' in vector bucket 'bucket' exists, and keeps its settings: {difference}. "
            "Leave that out, or seed another index."
        )

    def test_take_vectors_of_their_length(self) -> None:
        seed("bucket", "index", GOOD)
        for vectors in ([[1, 2, 3]], np.ones((1, 3))):
            assert refusal_of("bucket", "index", vectors) == REFUSED.format("index", "bucket") + (
                "ValidationException: Invalid record for key '0': vector must have length 2, but has length 3"
            )


class TestMisuse:
    @pytest.mark.parametrize(
        ("vectors", "text"),
        [
            (None, f"vectors is of type NoneType. {ADVICE}"),
            ("ab", f"vectors is of type str. {ADVICE}"),
            ({"a": [1]}, f"vectors is of type dict. {ADVICE}"),
            ([1.0, 2.0], f"vectors[0] is 1.0. {ADVICE}"),
            ([[1], "ab"], f"vectors[1] is 'ab'. {ADVICE}"),
            ([[1], ["x"]], f"vectors[1] holds a value of type str. {ADVICE}"),
            ([[True]], f"vectors[0] holds a value of type bool. {ADVICE}"),
            ([[1, None]], f"vectors[0] holds a value of type NoneType. {ADVICE}"),
            ([np.ones((1, 1))], f"vectors[0] is an array of shape (1, 1) and dtype float64. {ADVICE}"),
            (np.ones(3), f"vectors has shape (3,). {ADVICE}"),
            (np.ones((1, 2), complex), f"vectors has dtype complex128, {NOT_REAL}"),
            (np.ones((1, 2), bool), f"vectors has dtype bool, {NOT_REAL}"),
            (np.ma.masked_equal([[1, 2]], 2), f"vectors {MASKED}"),
            ([[1, 2], np.ma.masked_equal([1, 2], 2)], f"vectors[1] {MASKED}"),
            ([], NO_DIMENSION),
        ],
    )
    def test_of_vectors(self, vectors: Any, text: str) -> None:
        assert refusal_of("bucket", "index", vectors) == text

    @pytest.mark.parametrize(
        ("named", "text"),
        [
            ({"keys": "0"}, "keys='0': give a list of str."),
            ({"keys": 1}, "keys=1: give a list of str."),
            ({"keys": [0]}, "keys[0] is 0, not a str."),
            ({"keys": []}, "keys has length 0, but vectors has length 1: give one for each vector."),
            ({"keys": ["\ud800"]}, "keys has a text with a lone surrogate, which UTF-8 cannot write."),
            (
                {"metadata": {}},
                "metadata is of type dict: give a list with a dict, or None, for each vector.",
            ),
            (
                {"metadata": [{}, {}]},
                "metadata has length 2, but vectors has length 1: give one for each vector.",
            ),
            ({"text_search": "title"}, "text_search='title': give a list of str."),
            ({"text_search": {"title": 1}}, "text_search['title'] is 1, not a str."),
            ({"non_filterable_metadata_keys": "x"}, "non_filterable_metadata_keys='x': give a list of str."),
            ({"distance_metric": 1}, "distance_metric=1 is not a name: give a str."),
            ({"region": "EU"}, "region='EU' is not a Region: give its name, as in region='eu-west-1'."),
            (
                {"account": "1"},
                "'1' is not an account id: give 12 digits as a string, '123456789012'",
            ),
        ],
    )
    def test_of_other_arguments(self, named: dict[str, Any], text: str) -> None:
        assert refusal_of("bucket", "index", GOOD, **named) == text

    def test_of_names(self) -> None:
        assert refusal_of(None, "index", GOOD) == "bucket=None is not a name: give a str."
        assert refusal_of("bucket", 1, GOOD) == "index=1 is not a name: give a str."

    @pytest.mark.parametrize("value", [np.int64(3), np.float32(3), (1, 2), {1, 2}, b"x"], ids=repr)
    def test_metadata_that_boto3_refuses_is_refused_likewise(
        self, s3vectors_client: Client, value: Any
    ) -> None:
        record = {"key": "0", "data": {"float32": [1.0]}, "metadata": {"a": value}}
        with pytest.raises(botocore.exceptions.ParamValidationError) as refusal:
            s3vectors_client.put_vectors(vectorBucketName="bucket", indexName="index", vectors=[record])
        reason = str(refusal.value).partition("\n")[2]
        assert refusal_of("bucket", "index", GOOD * 2, metadata=[None, {"a": value}]) == (
            f"boto3 refuses metadata[1]: {reason}"
        )

    @pytest.mark.parametrize("value", [float("nan"), "\ud800"], ids=ascii)
    def test_metadata_that_json_lacks(self, value: Any) -> None:
        assert refusal_of("bucket", "index", GOOD * 2, metadata=[None, {"a": value}]).startswith(
            "metadata[1] cannot be sent as JSON, which the service refuses with SerializationException: "
        )


def test_an_integer_beyond_all_floats() -> None:
    assert refusal_of("bucket", "index", [[10**400, 1]]).endswith(
        "ValidationException: Invalid record for key '0': vector contains NaNs or Infs"
    )


def test_a_refused_seed_leaves_no_bucket_behind() -> None:
    refusal_of("bucket", "index", [[0, 0]])
    assert level().world.stores.at("123456789012", "us-east-1").vector_buckets == {}
