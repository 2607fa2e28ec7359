"""A call looks its store up once, and makes none: only CreateVectorBucket does."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors.world import Stores
from tests.support.helpers import (
    BUCKET,
    BUCKET_ARN,
    INDEX,
    INDEX_ARN,
    POLICY,
    bucket_names,
)
from tests.support.operations import IN_A_BUCKET, IN_AN_INDEX, OF_A_RESOURCE, OF_AN_EMPTY_BUCKET, each_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, ClientAt, MakeIndex, Refused

# A bucket that is empty, and can be deleted.
EMPTY = {"vectorBucketName": "empty"}


def calls_at(bucket: dict[str, str], index: dict[str, str], empty: dict[str, str], *arns: str) -> list[Any]:
    """A parameter for each operation: its name and all its arguments."""
    return [
        *each_of(IN_A_BUCKET, **bucket),
        *each_of(IN_AN_INDEX, **index),
        *each_of(OF_AN_EMPTY_BUCKET, **empty),
        *(call for arn in arns for call in each_of(OF_A_RESOURCE, resourceArn=arn)),
    ]


@pytest.mark.parametrize(("operation", "arguments"), calls_at(BUCKET, INDEX, EMPTY, BUCKET_ARN, INDEX_ARN))
def test_a_reset_after_a_call_has_found_its_store(
    client: Client,
    make_index: MakeIndex,
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    arguments: dict[str, Any],
) -> None:
    """The call goes on in the store that it has found; its changes are forgotten."""
    make_index()
    client.create_vector_bucket(**EMPTY)
    client.put_vector_bucket_policy(**BUCKET, policy=POLICY)
    look = Stores.at

    def look_and_reset(self: Stores, *place: str) -> Any:
        found = look(self, *place)
        self.clear()
        return found

    monkeypatch.setattr(Stores, "at", look_and_reset)
    getattr(client, operation)(**arguments)
    assert client.list_vector_buckets()["vectorBuckets"] == []


@pytest.mark.usefixtures("no_coverage")
def test_resets_while_buckets_are_made_and_deleted(client: Client, s3vectors_mock: MockS3Vectors) -> None:
    """Each call is answered, or refused as the service refuses: nothing else is raised."""
    done = threading.Event()

    def reset() -> None:
        while not done.is_set():
            s3vectors_mock.reset()

    def come_and_go() -> None:
        for _ in range(50):
            for call in client.create_vector_bucket, client.get_vector_bucket, client.delete_vector_bucket:
                with suppress(ClientError):
                    call(**EMPTY)

    resetter = threading.Thread(target=reset)
    resetter.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            for job in [pool.submit(come_and_go) for _ in range(4)]:
                job.result()
    finally:
        done.set()
        resetter.join()


HERE = ("123456789012", "us-east-1")
ELSEWHERE = [("999900001111", "us-east-1"), ("123456789012", "eu-west-1")]
GONE = [f"arn:aws:s3vectors:{region}:{account}:bucket/bucket" for account, region in ELSEWHERE]


@pytest.fixture
def kept(client: Client, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[tuple[str, str]]]:
    """Tells of which accounts and Regions there is a store: looked up twice, it is the same."""
    look = Stores.at
    looked_in: list[Stores] = []

    def look_and_note(self: Stores, *place: str) -> Any:
        looked_in.append(self)
        return look(self, *place)

    def places() -> list[tuple[str, str]]:
        client.list_vector_buckets()
        stores = looked_in[-1]
        return [place for place in (HERE, *ELSEWHERE) if look(stores, *place) is look(stores, *place)]

    monkeypatch.setattr(Stores, "at", look_and_note)
    return places


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        call
        for arn in GONE
        for call in calls_at(
            {"vectorBucketArn": arn},
            {"indexArn": f"{arn}/index/index"},
            {"vectorBucketArn": arn},
            arn,
            f"{arn}/index/index",
        )
    ],
)
def test_a_look_in_another_account_or_region_leaves_nothing(
    client: Client, refused: Refused, kept: Any, operation: str, arguments: dict[str, Any]
) -> None:
    code, *_ = refused(getattr(client, operation), **arguments)
    # A bucket that is not there has no policy that would let another account in.
    is_own = f":{HERE[0]}:" in str(arguments)
    assert code == ("NotFoundException" if is_own else "AccessDeniedException")
    assert kept() == [HERE]


def test_a_list_in_another_region_leaves_nothing(client: Client, client_at: ClientAt, kept: Any) -> None:
    elsewhere = client_at("eu-west-1")
    assert bucket_names(elsewhere) == []
    assert kept() == [HERE]
    elsewhere.create_vector_bucket(**BUCKET)
    assert kept() == [HERE, ELSEWHERE[1]]
    assert bucket_names(client) == ["bucket"]
