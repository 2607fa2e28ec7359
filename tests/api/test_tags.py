"""Tags of buckets and indexes: what they may be, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.support.constraints import TAG_PATTERN, not_matching
from tests.support.helpers import BUCKET_ARN, INDEX_ARN, answer_of, bucket_names, index_names
from tests.support.refusals import NO_RESOURCE, invalid
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from tests.support.helpers import Client, MakeIndex, Refused

pytestmark = needs(*TAGS)

TOO_MANY = invalid("Too many tags specified")
SYSTEM = invalid("System tags cannot be added/updated by requester")


def system_case(key: str) -> tuple[str, str, Any]:
    return invalid(f'Invalid System Tag: {key} must be prefixed with "aws:" in lowercase.')


def violation(path: str) -> tuple[str, str, Any]:
    return not_matching(path, TAG_PATTERN).refusal


def numbered(count: int) -> dict[str, str]:
    return {f"key-{number}": "value" for number in range(count)}


@pytest.fixture(params=["bucket", "index"])
def arn(request: pytest.FixtureRequest, index: dict[str, str]) -> str:  # noqa: ARG001 - there must be one
    """The ARN of a bucket, then the ARN of an index in it."""
    return {"bucket": BUCKET_ARN, "index": INDEX_ARN}[request.param]


def tags_of(client: Client, arn: str) -> Any:
    answer = answer_of(client.list_tags_for_resource, resourceArn=arn)
    assert list(answer) == ["tags"]
    return answer["tags"]


class TestResource:
    def test_has_none_at_first(self, client: Client, arn: str) -> None:
        assert tags_of(client, arn) == {}

    def test_gets_more_and_loses_some(self, client: Client, arn: str) -> None:
        assert answer_of(client.tag_resource, resourceArn=arn, tags={"a": "1", "b": "2"}) == {}
        client.tag_resource(resourceArn=arn, tags={"b": "3", "c": "4"})
        assert tags_of(client, arn) == {"a": "1", "b": "3", "c": "4"}
        assert answer_of(client.untag_resource, resourceArn=arn, tagKeys=["a", "c"]) == {}
        assert tags_of(client, arn) == {"b": "3"}

    def test_untag_of_absent_keys_succeeds(self, client: Client, arn: str) -> None:
        client.tag_resource(resourceArn=arn, tags={"a": "1"})
        client.untag_resource(resourceArn=arn, tagKeys=["b", "B", "A"])
        assert tags_of(client, arn) == {"a": "1"}

    def test_accepts(self, client: Client, arn: str) -> None:
        tags = {
            "empty": "",
            "value": "aws:value",
            "  leading": " ",
            "Ключ": "ไทย",
            "日本": "élève",
            "a+b-c=d._:/@": "0-9 +=._:/@",
            "aws": "no colon",
            "x-aws:": "not at the start",
        }
        client.tag_resource(resourceArn=arn, tags=tags)
        assert tags_of(client, arn) == tags
        client.untag_resource(resourceArn=arn, tagKeys=list(tags))
        assert tags_of(client, arn) == {}

    @pytest.mark.parametrize("text", ["\N{ROCKET}", "a\tb", "a!", "#a"])
    def test_refuses_other_characters(self, client: Client, refused: Refused, arn: str, text: str) -> None:
        assert refused(client.tag_resource, resourceArn=arn, tags={text: "v"}) == violation("/tags")
        assert refused(client.tag_resource, resourceArn=arn, tags={"k": text}) == violation("/tags/k")
        assert tags_of(client, arn) == {}

    def test_refuses_keys_that_belong_to_aws(self, client: Client, refused: Refused, arn: str) -> None:
        def answer(**tags: str) -> tuple[str, str, Any]:
            return refused(client.tag_resource, resourceArn=arn, tags=tags)

        assert answer(**{"a": "b", "aws:owner": "me"}) == SYSTEM
        assert answer(**{"aws:": ""}) == SYSTEM
        assert answer(**{"AWS:owner": "me"}) == system_case("AWS:owner")
        assert answer(**{"a": "b", "Aws:x": "me"}) == system_case("Aws:x")
        assert tags_of(client, arn) == {}

    def test_has_fifty_at_most(self, client: Client, refused: Refused, arn: str) -> None:
        assert refused(client.tag_resource, resourceArn=arn, tags=numbered(51)) == TOO_MANY
        client.tag_resource(resourceArn=arn, tags=numbered(50))
        assert refused(client.tag_resource, resourceArn=arn, tags={"one": "more"}) == TOO_MANY
        client.tag_resource(resourceArn=arn, tags={"key-7": "overwritten"})
        assert tags_of(client, arn) == {**numbered(50), "key-7": "overwritten"}

    def test_keeps_tags_of_its_own(self, client: Client, arn: str, make_index: MakeIndex) -> None:
        make_index("other")
        client.tag_resource(resourceArn=arn, tags={"a": "1"})
        others = {BUCKET_ARN, INDEX_ARN, f"{BUCKET_ARN}/index/other"} - {arn}
        assert [tags_of(client, other) for other in others] == [{}, {}]


class TestCreation:
    @pytest.fixture(params=["bucket", "index"])
    def create(self, request: pytest.FixtureRequest, client: Client, make_index: MakeIndex) -> Any:
        """Creates a bucket or an index with tags, and returns its ARN."""

        def create_bucket(tags: dict[str, str]) -> str:
            created = client.create_vector_bucket(vectorBucketName="tagged", tags=tags)
            return str(created["vectorBucketArn"])

        def create_index(tags: dict[str, str]) -> str:
            index = make_index(tags=tags)
            return str(client.get_index(**index)["index"]["indexArn"])

        return {"bucket": create_bucket, "index": create_index}[request.param]

    @pytest.mark.parametrize("tags", [{}, {"a": "1", "b": ""}, numbered(50)], ids=len)
    def test_takes_tags(self, client: Client, create: Any, tags: Any) -> None:
        assert tags_of(client, create(tags=tags)) == tags

    @pytest.mark.parametrize(
        ("tags", "answer"),
        [
            (numbered(51), TOO_MANY),
            ({"a": "b", "aws:owner": "me"}, SYSTEM),
            ({"AWS:owner": "me"}, system_case("AWS:owner")),
            ({"a!": "b"}, violation("/tags")),
            ({"a": "#b"}, violation("/tags/a")),
        ],
        ids=["too many", "system", "system case", "key", "value"],
    )
    def test_that_is_refused_creates_nothing(
        self, client: Client, create: Any, refused: Refused, tags: Any, answer: Any
    ) -> None:
        assert refused(create, tags=tags) == answer
        assert (bucket_names(client), index_names(client)) == (["bucket"], [])

    def test_of_an_index_does_not_inherit_the_buckets(self, client: Client, make_index: MakeIndex) -> None:
        client.tag_resource(resourceArn=BUCKET_ARN, tags={"a": "1"})
        make_index()
        assert tags_of(client, INDEX_ARN) == {}


class TestDeletion:
    def test_of_an_index_takes_its_tags_along(
        self, client: Client, make_index: MakeIndex, refused: Refused
    ) -> None:
        index = make_index(tags={"a": "1"})
        client.delete_index(**index)
        assert refused(client.list_tags_for_resource, resourceArn=INDEX_ARN) == NO_RESOURCE
        make_index()
        assert tags_of(client, INDEX_ARN) == {}

    def test_of_a_bucket_takes_its_tags_along(self, client: Client, refused: Refused) -> None:
        client.tag_resource(resourceArn=BUCKET_ARN, tags={"a": "1"})
        client.delete_vector_bucket(vectorBucketName="bucket")
        assert refused(client.list_tags_for_resource, resourceArn=BUCKET_ARN) == NO_RESOURCE
        client.create_vector_bucket(vectorBucketName="bucket")
        assert tags_of(client, BUCKET_ARN) == {}
