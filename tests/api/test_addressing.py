"""Names and ARNs: what they may be, which of them an operation takes, and where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support import refusals
from tests.support.constraints import not_matching, wrong_length
from tests.support.helpers import (
    BUCKET,
    BUCKET_ARN,
    INDEX,
    INDEX_ARN,
    OWNER,
    POLICY,
    SETTINGS,
    index_names,
    vector,
)
from tests.support.operations import IN_A_BUCKET, IN_AN_INDEX, OF_A_RESOURCE, OF_AN_EMPTY_BUCKET, each_of
from tests.support.shapes import find

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused


OF_BUCKETS = pytest.mark.parametrize(
    ("operation", "arguments"), each_of({**IN_A_BUCKET, **OF_AN_EMPTY_BUCKET})
)
OF_INDEXES = pytest.mark.parametrize(("operation", "arguments"), each_of(IN_AN_INDEX))
OF_RESOURCES = pytest.mark.parametrize(("operation", "arguments"), each_of(OF_A_RESOURCE))

BAD_NAMES = ["Abc", "a_b", "-ab", "ab-", "a b", "äbc", "ab\n", "ab/c", "---", "\uff41bc", "٣٣٣", ".ab", "ab."]
DOTTED_NAMES = ["a.b", "a..b", "1.2"]


# The models of older botocores take any text for an ARN.
HAS_ARN_PATTERNS = all(
    "pattern" in find(path).metadata for path in ("GetVectorBucket.vectorBucketArn", "GetIndex.indexArn")
)
KNOWS_ARNS = "botocore's model knows what an ARN is"
KNOWS_NO_ARNS = "botocore's model does not know what an ARN is"
BUCKET_PATTERN = "arn:aws[-a-z0-9]*:s3vectors:[a-z0-9-]+:[0-9]{12}:bucket/[a-z0-9][a-z0-9-.]{1,61}[a-z0-9]"
INDEX_PATTERN = f"{BUCKET_PATTERN}/index/[a-z0-9][a-z0-9-.]{{1,61}}[a-z0-9]"


class TestBucketOperations:
    @pytest.mark.parametrize("address", [BUCKET, {"vectorBucketArn": BUCKET_ARN}])
    @OF_BUCKETS
    def test_take_name_or_arn(self, client: Client, operation: str, arguments: Any, address: Any) -> None:
        client.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY)
        getattr(client, operation)(**address, **arguments)

    @OF_BUCKETS
    def test_refuse_other_addresses(
        self, client: Client, refused: Refused, operation: str, arguments: Any
    ) -> None:
        def answer(**address: str) -> tuple[str, str, Any]:
            return refused(getattr(client, operation), **address, **arguments)

        assert answer() == refusals.BAD_BUCKET_ADDRESS
        assert answer(vectorBucketName="bucket", vectorBucketArn=BUCKET_ARN) == refusals.BAD_BUCKET_ADDRESS
        assert answer(vectorBucketName="nowhere") == refusals.NO_BUCKET
        assert answer(vectorBucketArn=f"{OWNER}:bucket/nowhere") == refusals.NO_BUCKET
        assert answer(vectorBucketName="Bucket") == refusals.BAD_BUCKET_NAME

    @pytest.mark.skipif(HAS_ARN_PATTERNS, reason=KNOWS_ARNS)
    @pytest.mark.parametrize("arn", ["bucket", INDEX_ARN, "arn:aws:s3:::bucket"])
    def test_find_nothing_where_an_older_model_takes_any_text(
        self, client: Client, refused: Refused, arn: str
    ) -> None:
        assert refused(client.get_vector_bucket, vectorBucketArn=arn) == refusals.NO_BUCKET

    @pytest.mark.skipif(not HAS_ARN_PATTERNS, reason=KNOWS_NO_ARNS)
    @pytest.mark.parametrize("arn", ["bucket", INDEX_ARN, "arn:aws:s3:::bucket"])
    def test_refuse_what_is_no_bucket_arn(self, client: Client, refused: Refused, arn: str) -> None:
        assert (
            refused(client.get_vector_bucket, vectorBucketArn=arn)
            == not_matching("/vectorBucketArn", BUCKET_PATTERN).refusal
        )


class TestIndexOperations:
    @pytest.mark.parametrize("address", [INDEX, {"indexArn": INDEX_ARN}])
    @OF_INDEXES
    @pytest.mark.usefixtures("index")
    def test_take_both_names_or_the_arn(
        self, client: Client, operation: str, arguments: Any, address: Any
    ) -> None:
        getattr(client, operation)(**address, **arguments)

    @OF_INDEXES
    @pytest.mark.usefixtures("index")
    def test_refuse_other_addresses(
        self, client: Client, refused: Refused, operation: str, arguments: Any
    ) -> None:
        def answer(**address: str) -> tuple[str, str, Any]:
            return refused(getattr(client, operation), **address, **arguments)

        assert answer() == refusals.BAD_INDEX_ADDRESS
        assert answer(vectorBucketName="bucket") == refusals.BAD_INDEX_ADDRESS
        assert answer(indexName="index") == refusals.BAD_INDEX_ADDRESS
        assert answer(vectorBucketName="bucket", indexArn=INDEX_ARN) == refusals.BAD_INDEX_ADDRESS
        assert answer(indexName="index", indexArn=INDEX_ARN) == refusals.BAD_INDEX_ADDRESS
        assert answer(**INDEX, indexArn=INDEX_ARN) == refusals.BAD_INDEX_ADDRESS

        assert answer(vectorBucketName="bucket", indexName="nothing") == refusals.NO_INDEX
        assert answer(vectorBucketName="nowhere", indexName="index") == refusals.NO_INDEX
        assert answer(indexArn=f"{BUCKET_ARN}/index/nothing") == refusals.NO_INDEX
        assert answer(indexArn=f"{OWNER}:bucket/nowhere/index/index") == refusals.NO_INDEX

        assert answer(vectorBucketName="Bucket", indexName="index") == refusals.BAD_BUCKET_NAME
        assert answer(vectorBucketName="bucket", indexName="in_dex") == refusals.BAD_INDEX_NAME

    @pytest.mark.skipif(HAS_ARN_PATTERNS, reason=KNOWS_ARNS)
    @pytest.mark.parametrize("arn", ["index", BUCKET_ARN])
    def test_find_nothing_where_an_older_model_takes_any_text(
        self, client: Client, refused: Refused, arn: str
    ) -> None:
        assert refused(client.get_index, indexArn=arn) == refusals.NO_INDEX

    @pytest.mark.skipif(not HAS_ARN_PATTERNS, reason=KNOWS_NO_ARNS)
    @pytest.mark.parametrize("arn", ["index", BUCKET_ARN])
    def test_refuse_what_is_no_index_arn(self, client: Client, refused: Refused, arn: str) -> None:
        assert refused(client.get_index, indexArn=arn) == not_matching("/indexArn", INDEX_PATTERN).refusal

    @pytest.mark.usefixtures("index")
    def test_name_and_arn_mean_the_same_index(self, client: Client) -> None:
        client.put_vectors(indexArn=INDEX_ARN, vectors=[vector("a"), vector("b")])
        assert len(client.list_vectors(**INDEX)["vectors"]) == 2
        client.delete_vectors(indexArn=INDEX_ARN, keys=["a"])
        assert client.get_vectors(**INDEX, keys=["a", "b"])["vectors"] == [{"key": "b"}]
        client.delete_index(indexArn=INDEX_ARN)
        assert index_names(client) == []


class TestTagOperations:
    @pytest.mark.parametrize("arn", [BUCKET_ARN, INDEX_ARN])
    @OF_RESOURCES
    @pytest.mark.usefixtures("index")
    def test_take_either_arn(self, client: Client, operation: str, arguments: Any, arn: str) -> None:
        getattr(client, operation)(resourceArn=arn, **arguments)

    @OF_RESOURCES
    @pytest.mark.usefixtures("index")
    def test_of_an_unknown_arn(
        self, client: Client, refused: Refused, operation: str, arguments: Any
    ) -> None:
        def answer(arn: str) -> tuple[str, str, Any]:
            return refused(getattr(client, operation), resourceArn=arn, **arguments)

        assert answer(f"{OWNER}:bucket/nowhere") == refusals.NO_RESOURCE
        assert answer(f"{OWNER}:bucket/nowhere/index/index") == refusals.NO_RESOURCE
        assert answer(f"{BUCKET_ARN}/index/nothing") == refusals.NO_RESOURCE
        assert answer(BUCKET_ARN.replace("us-east-1", "us-east-2")) == refusals.NO_RESOURCE
        assert answer(BUCKET_ARN.replace("arn:aws:", "arn:aws-cn:")) == refusals.NO_RESOURCE
        assert answer("arn:aws:s3:::bucket") == refusals.NO_RESOURCE
        assert answer("bucket") == refusals.NO_RESOURCE


class TestNames:
    @pytest.mark.parametrize("name", ["abc", "123", "a-b", "a--b", "0" * 63])
    def test_of_buckets_and_indexes(self, client: Client, name: str) -> None:
        client.create_vector_bucket(vectorBucketName=name)
        client.create_index(vectorBucketName=name, indexName=name, **SETTINGS)
        [listed] = client.list_indexes(vectorBucketName=name)["indexes"]
        assert (listed["vectorBucketName"], listed["indexName"]) == (name, name)

    @pytest.mark.parametrize("name", DOTTED_NAMES)
    def test_dots_are_for_indexes_only(
        self, client: Client, make_index: MakeIndex, refused: Refused, name: str
    ) -> None:
        assert refused(client.create_vector_bucket, vectorBucketName=name) == refusals.BAD_BUCKET_NAME
        make_index(name)
        arn = client.get_index(vectorBucketName="bucket", indexName=name)["index"]["indexArn"]
        assert arn == f"{BUCKET_ARN}/index/{name}"
        client.delete_index(indexArn=arn)

    def test_with_bad_characters(self, client: Client, refused: Refused) -> None:
        for name in BAD_NAMES:
            assert refused(client.create_vector_bucket, vectorBucketName=name) == refusals.BAD_BUCKET_NAME
            create = {"vectorBucketName": "bucket", "indexName": name, **SETTINGS}
            assert refused(client.create_index, **create) == refusals.BAD_INDEX_NAME

    def test_have_64_characters_at_most(self, client: Client, refused: Refused) -> None:
        answer = refused(client.create_vector_bucket, vectorBucketName="a" * 64)
        assert answer == wrong_length("/vectorBucketName", 64, 3, 63).refusal
        answer = refused(client.create_index, **BUCKET, indexName="a" * 64, **SETTINGS)
        assert answer == wrong_length("/indexName", 64, 3, 63).refusal
