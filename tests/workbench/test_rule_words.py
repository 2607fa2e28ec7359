"""Rules in words, as the server's page shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors, Rule
    from mock_s3vectors.workbench.rules import On

THROTTLED = "TooManyRequestsException"
OF_VECTORS = ("PutVectors", "GetVectors", "ListVectors", "DeleteVectors")


def is_late(call: Any) -> bool:
    return bool(call.time)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda on: on("*").delay(0.25), "Every call is answered 0.25 s later"),
        (
            lambda on: on("PutVectors", indexName="plots", region="us-east-1").fail(THROTTLED, times=1),
            "PutVectors with indexName 'plots' in us-east-1 fails with TooManyRequestsException, once",
        ),
        (
            lambda on: on(["GetVectors", "QueryVectors"], account="111122223333").fail(
                503, times=2, after=1, probability=0.5
            ),
            (
                "GetVectors or QueryVectors by account 111122223333 fails with status 503, at most 2 times, "
                "after 1 call, with a probability of 0.5"
            ),
        ),
        (
            lambda on: on("GetIndex", indexArn=None).fail("NotFoundException", "Gone"),
            "GetIndex without indexArn fails with NotFoundException and the text 'Gone'",
        ),
        (
            lambda on: on(["GetIndex", *OF_VECTORS]).fail(THROTTLED),
            "Every call of 5 operations fails with TooManyRequestsException",
        ),
        (
            lambda on: on("PutVectors", when=is_late).delay((0.1, 0.5)),
            "PutVectors that is_late chooses is answered 0.1 to 0.5 s later",
        ),
        (
            lambda on: on("PutVectors").limit(requests=1, vectors=2_500, per=0.5),
            "PutVectors fails beyond 1 request or 2,500 vectors to an index in 0.5 s",
        ),
        (lambda on: on("*").disconnect("timeout"), "Every call is lost: no answer comes in time"),
        (
            lambda on: on("PutVectors").disconnect(applied=True, after=2),
            "PutVectors is carried out, and loses its answer: the connection is reset, after 2 calls",
        ),
        (
            lambda on: on("ListVectors").answer({"vectors": []}),
            "ListVectors is not carried out, and gets the answer {'vectors': []}",
        ),
    ],
)
def test_the_words_of_a_rule(
    s3vectors_mock: MockS3Vectors, make: Callable[[Callable[..., On]], Rule], words: str
) -> None:
    made = make(s3vectors_mock.on)
    assert made.words == words
    assert made.document()["words"] == words
    made.remove()


def test_a_delay_by_a_function(s3vectors_mock: MockS3Vectors) -> None:
    made = s3vectors_mock.on("*").delay(lambda: 0)
    assert made.words.startswith("Every call is answered later, by the seconds of <function ")
    made.remove()
