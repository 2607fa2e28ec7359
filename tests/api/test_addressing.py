"""Names and ARNs: what they may be, which of them an operation takes, and where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.support.helpers import POLICY, vector
from tests.support.shapes import TAGS, find, needs

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, MakeIndex, Refused


OWNER = "arn:aws:s3vectors:us-east-1:123456789012"
BUCKET_ARN = f"{OWNER}:bucket/bucket"
INDEX_ARN = f"{OWNER}:bucket/bucket/index/index"

INDEX_SETTINGS = {"dataType": "float32", "dimension": 2, "distanceMetric": "euclidean"}

# What each operation needs besides its address.
BUCKET_OPERATIONS: dict[str, dict[str, Any]] = {
    "get_vector_bucket": {},
    "delete_vector_bucket": {},
    "list_indexes": {},
    "create_index": {"indexName": "another", **INDEX_SETTINGS},
    "put_vector_bucket_policy": {"policy": POLICY},
    "get_vector_bucket_policy": {},
    "delete_vector_bucket_policy": {},
}
INDEX_OPERATIONS: dict[str, dict[str, Any]] = {
    "get_index": {},
    "delete_index": {},
    "put_vectors": {"vectors": [vector("k")]},
    "get_vectors": {"keys": ["k"]},
    "list_vectors": {},
    "query_vectors": {"topK": 1, "queryVector": {"float32": [1, 2]}},
    "delete_vectors": {"keys": ["k"]},
}

NO_BUCKET = ("NotFoundException", "The specified vector bucket could not be found", None)
NO_INDEX = ("NotFoundException", "The specified index could not be found", None)
NO_RESOURCE = ("NotFoundException", "The specified resource could not be found", None)
BAD_BUCKET_ADDRESS = (
    "ValidationException",
    "Must specify either vectorBucketName or vectorBucketArn but not both",
    None,
)
BAD_INDEX_ADDRESS = (
    "ValidationException",
    "Must specify either indexArn or both vectorBucketName and indexName",
    None,
)
BAD_BUCKET_NAME = ("ValidationException", "Invalid vector bucket name", None)
BAD_INDEX_NAME = ("ValidationException", "Invalid index name", None)

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


def violation(subject: str, path: str, rule: str) -> tuple[str, str, Any]:
    message = f"{subject} '{path}' failed to satisfy constraint: Member must {rule}"
    text = f"1 validation error detected. {message}"
    return "ValidationException", text, [{"path": path, "message": message}]


@pytest.fixture
def region_client(s3vectors_mock: MockS3Vectors) -> Any:
    """Makes clients in other Regions and accounts."""

    def make(region: str = "us-east-1", account: str = "123456789012") -> Client:
        return boto3.client("s3vectors", region_name=region, **s3vectors_mock.credentials(account))

    return make


class TestBucketOperations:
    @pytest.mark.parametrize("address", [{"vectorBucketName": "bucket"}, {"vectorBucketArn": BUCKET_ARN}])
    @pytest.mark.parametrize("operation", BUCKET_OPERATIONS)
    def test_take_name_or_arn(self, client: Client, operation: str, address: Any) -> None:
        client.put_vector_bucket_policy(vectorBucketName="bucket", policy=POLICY)
        getattr(client, operation)(**address, **BUCKET_OPERATIONS[operation])

    @pytest.mark.parametrize("operation", BUCKET_OPERATIONS)
    def test_refuse_other_addresses(self, client: Client, refused: Refused, operation: str) -> None:
        def answer(**address: str) -> tuple[str, str, Any]:
            return refused(getattr(client, operation), **address, **BUCKET_OPERATIONS[operation])

        assert answer() == BAD_BUCKET_ADDRESS
        assert answer(vectorBucketName="bucket", vectorBucketArn=BUCKET_ARN) == BAD_BUCKET_ADDRESS
        assert answer(vectorBucketName="nowhere") == NO_BUCKET
        assert answer(vectorBucketArn=f"{OWNER}:bucket/nowhere") == NO_BUCKET
        assert answer(vectorBucketName="Bucket") == BAD_BUCKET_NAME

    @pytest.mark.skipif(HAS_ARN_PATTERNS, reason=KNOWS_ARNS)
    @pytest.mark.parametrize("arn", ["bucket", INDEX_ARN, "arn:aws:s3:::bucket"])
    def test_find_nothing_where_an_older_model_takes_any_text(
        self, client: Client, refused: Refused, arn: str
    ) -> None:
        assert refused(client.get_vector_bucket, vectorBucketArn=arn) == NO_BUCKET

    @pytest.mark.skipif(not HAS_ARN_PATTERNS, reason=KNOWS_NO_ARNS)
    @pytest.mark.parametrize("arn", ["bucket", INDEX_ARN, "arn:aws:s3:::bucket"])
    def test_refuse_what_is_no_bucket_arn(self, client: Client, refused: Refused, arn: str) -> None:
        assert refused(client.get_vector_bucket, vectorBucketArn=arn) == violation(
            "Value at", "/vectorBucketArn", f"satisfy regular expression pattern: ^{BUCKET_PATTERN}$"
        )


class TestIndexOperations:
    @pytest.mark.parametrize(
        "address", [{"vectorBucketName": "bucket", "indexName": "index"}, {"indexArn": INDEX_ARN}]
    )
    @pytest.mark.parametrize("operation", INDEX_OPERATIONS)
    @pytest.mark.usefixtures("index")
    def test_take_both_names_or_the_arn(self, client: Client, operation: str, address: Any) -> None:
        getattr(client, operation)(**address, **INDEX_OPERATIONS[operation])

    @pytest.mark.parametrize("operation", INDEX_OPERATIONS)
    @pytest.mark.usefixtures("index")
    def test_refuse_other_addresses(self, client: Client, refused: Refused, operation: str) -> None:
        def answer(**address: str) -> tuple[str, str, Any]:
            return refused(getattr(client, operation), **address, **INDEX_OPERATIONS[operation])

        assert answer() == BAD_INDEX_ADDRESS
        assert answer(vectorBucketName="bucket") == BAD_INDEX_ADDRESS
        assert answer(indexName="index") == BAD_INDEX_ADDRESS
        assert answer(vectorBucketName="bucket", indexArn=INDEX_ARN) == BAD_INDEX_ADDRESS
        assert answer(indexName="index", indexArn=INDEX_ARN) == BAD_INDEX_ADDRESS
        all_three = {"vectorBucketName": "bucket", "indexName": "index", "indexArn": INDEX_ARN}
        assert answer(**all_three) == BAD_INDEX_ADDRESS

        assert answer(vectorBucketName="bucket", indexName="nothing") == NO_INDEX
        assert answer(vectorBucketName="nowhere", indexName="index") == NO_INDEX
        assert answer(indexArn=f"{BUCKET_ARN}/index/nothing") == NO_INDEX
        assert answer(indexArn=f"{OWNER}:bucket/nowhere/index/index") == NO_INDEX

        assert answer(vectorBucketName="Bucket", indexName="index") == BAD_BUCKET_NAME
        assert answer(vectorBucketName="bucket", indexName="in_dex") == BAD_INDEX_NAME

    @pytest.mark.skipif(HAS_ARN_PATTERNS, reason=KNOWS_ARNS)
    @pytest.mark.parametrize("arn", ["index", BUCKET_ARN])
    def test_find_nothing_where_an_older_model_takes_any_text(
        self, client: Client, refused: Refused, arn: str
    ) -> None:
        assert refused(client.get_index, indexArn=arn) == NO_INDEX

    @pytest.mark.skipif(not HAS_ARN_PATTERNS, reason=KNOWS_NO_ARNS)
    @pytest.mark.parametrize("arn", ["index", BUCKET_ARN])
    def test_refuse_what_is_no_index_arn(self, client: Client, refused: Refused, arn: str) -> None:
        assert refused(client.get_index, indexArn=arn) == violation(
            "Value at", "/indexArn", f"satisfy regular expression pattern: ^{INDEX_PATTERN}$"
        )

    @pytest.mark.usefixtures("index")
    def test_name_and_arn_mean_the_same_index(self, client: Client) -> None:
        names = {"vectorBucketName": "bucket", "indexName": "index"}
        client.put_vectors(indexArn=INDEX_ARN, vectors=[vector("a"), vector("b")])
        assert len(client.list_vectors(**names)["vectors"]) == 2
        client.delete_vectors(indexArn=INDEX_ARN, keys=["a"])
        assert client.get_vectors(**names, keys=["a", "b"])["vectors"] == [{"key": "b"}]
        client.delete_index(indexArn=INDEX_ARN)
        assert client.list_indexes(vectorBucketName="bucket")["indexes"] == []


@needs(*TAGS)
class TestTagOperations:
    OPERATIONS: dict[str, dict[str, Any]] = {  # noqa: RUF012 - a table
        "list_tags_for_resource": {},
        "tag_resource": {"tags": {"a": "b"}},
        "untag_resource": {"tagKeys": ["a"]},
    }

    @pytest.mark.parametrize("arn", [BUCKET_ARN, INDEX_ARN])
    @pytest.mark.parametrize("operation", OPERATIONS)
    @pytest.mark.usefixtures("index")
    def test_take_either_arn(self, client: Client, operation: str, arn: str) -> None:
        getattr(client, operation)(resourceArn=arn, **self.OPERATIONS[operation])

    @pytest.mark.parametrize("operation", OPERATIONS)
    @pytest.mark.usefixtures("index")
    def test_of_an_unknown_arn(self, client: Client, refused: Refused, operation: str) -> None:
        def answer(arn: str) -> tuple[str, str, Any]:
            return refused(getattr(client, operation), resourceArn=arn, **self.OPERATIONS[operation])

        assert answer(f"{OWNER}:bucket/nowhere") == NO_RESOURCE
        assert answer(f"{OWNER}:bucket/nowhere/index/index") == NO_RESOURCE
        assert answer(f"{BUCKET_ARN}/index/nothing") == NO_RESOURCE
        assert answer(BUCKET_ARN.replace("us-east-1", "us-east-2")) == NO_RESOURCE
        assert answer(BUCKET_ARN.replace("arn:aws:", "arn:aws-cn:")) == NO_RESOURCE
        assert answer("arn:aws:s3:::bucket") == NO_RESOURCE
        assert answer("bucket") == NO_RESOURCE


class TestNames:
    @pytest.mark.parametrize("name", ["abc", "123", "a-b", "a--b", "0" * 63])
    def test_of_buckets_and_indexes(self, client: Client, name: str) -> None:
        client.create_vector_bucket(vectorBucketName=name)
        client.create_index(vectorBucketName=name, indexName=name, **INDEX_SETTINGS)
        [listed] = client.list_indexes(vectorBucketName=name)["indexes"]
        assert (listed["vectorBucketName"], listed["indexName"]) == (name, name)

    @pytest.mark.parametrize("name", DOTTED_NAMES)
    def test_dots_are_for_indexes_only(
        self, client: Client, make_index: MakeIndex, refused: Refused, name: str
    ) -> None:
        assert refused(client.create_vector_bucket, vectorBucketName=name) == BAD_BUCKET_NAME
        make_index(name)
        arn = client.get_index(vectorBucketName="bucket", indexName=name)["index"]["indexArn"]
        assert arn == f"{BUCKET_ARN}/index/{name}"
        client.delete_index(indexArn=arn)

    def test_with_bad_characters(self, client: Client, refused: Refused) -> None:
        for name in BAD_NAMES:
            assert refused(client.create_vector_bucket, vectorBucketName=name) == BAD_BUCKET_NAME
            create = {"vectorBucketName": "bucket", "indexName": name, **INDEX_SETTINGS}
            assert refused(client.create_index, **create) == BAD_INDEX_NAME

    def test_have_64_characters_at_most(self, client: Client, refused: Refused) -> None:
        subject, rule = "Value with length 64 at", "have length between 3 and 63, inclusive"
        answer = refused(client.create_vector_bucket, vectorBucketName="a" * 64)
        assert answer == violation(subject, "/vectorBucketName", rule)
        answer = refused(client.create_index, vectorBucketName="bucket", indexName="a" * 64, **INDEX_SETTINGS)
        assert answer == violation(subject, "/indexName", rule)


class TestRegionsAndAccounts:
    @pytest.mark.parametrize("where", [{"region": "eu-west-1"}, {"account": "210987654321"}], ids=str)
    def test_have_buckets_of_their_own(self, client: Client, region_client: Any, where: Any) -> None:
        other = region_client(**where)
        assert other.list_vector_buckets()["vectorBuckets"] == []
        other.create_vector_bucket(vectorBucketName="bucket")
        other.create_vector_bucket(vectorBucketName="second")
        assert len(other.list_vector_buckets()["vectorBuckets"]) == 2
        assert len(client.list_vector_buckets()["vectorBuckets"]) == 1

    def test_buckets_have_indexes_of_their_own(self, client: Client, make_index: MakeIndex) -> None:
        first = make_index()
        client.create_vector_bucket(vectorBucketName="second")
        second = {**first, "vectorBucketName": "second"}
        client.create_index(**second, **INDEX_SETTINGS)
        client.put_vectors(**first, vectors=[vector("k")])
        assert client.list_vectors(**second)["vectors"] == []

    @pytest.mark.parametrize(
        ("region", "partition"),
        [("eu-central-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
    )
    def test_stand_in_the_arn(self, region_client: Any, region: str, partition: str) -> None:
        there = region_client(region, "111122223333")
        there.create_vector_bucket(vectorBucketName="bucket")
        there.create_index(vectorBucketName="bucket", indexName="index", **INDEX_SETTINGS)
        bucket = there.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]["vectorBucketArn"]
        assert bucket == f"arn:{partition}:s3vectors:{region}:111122223333:bucket/bucket"
        index = there.get_index(vectorBucketName="bucket", indexName="index")["index"]["indexArn"]
        assert index == f"{bucket}/index/index"

    @pytest.mark.parametrize("where", [("eu-west-1",), ("us-east-1", "210987654321")], ids=str)
    def test_an_arn_leads_to_its_own(self, client: Client, region_client: Any, where: Any) -> None:
        there = region_client(*where)
        there.create_vector_bucket(vectorBucketName="bucket")
        arn = there.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]["vectorBucketArn"]
        client.create_index(vectorBucketArn=arn, indexName="index", **INDEX_SETTINGS)
        client.put_vectors(indexArn=f"{arn}/index/index", vectors=[vector("k")])
        names = {"vectorBucketName": "bucket", "indexName": "index"}
        assert there.list_vectors(**names)["vectors"] == [{"key": "k"}]
        assert client.list_indexes(vectorBucketName="bucket")["indexes"] == []
        client.delete_index(indexArn=f"{arn}/index/index")
        client.delete_vector_bucket(vectorBucketArn=arn)
        assert there.list_vector_buckets()["vectorBuckets"] == []

    def test_an_arn_of_another_partition_leads_nowhere(self, client: Client, refused: Refused) -> None:
        arn = BUCKET_ARN.replace("arn:aws:", "arn:aws-cn:")
        assert refused(client.get_vector_bucket, vectorBucketArn=arn) == NO_BUCKET
