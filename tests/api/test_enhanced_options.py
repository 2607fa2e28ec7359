"""The options about ENHANCED indexes: what buckets are like, and how long BUILDING takes."""

from __future__ import annotations

import math
import sys
import unittest
from functools import partial
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import Config, UsageError, mock_s3vectors
from tests.support.helpers import (
    BUCKET,
    CLASSIC_UNTIL,
    ENHANCED_SINCE,
    INDEX,
    ORIGIN,
    SETTINGS,
    SetClock,
    default_of,
    mode_of,
    vector,
)
from tests.support.refusals import INVALID_FILTER, NO_CLASSIC_INDEX
from tests.support.shapes import MODES, TEXT_SEARCH, needs
from tests.support.text_search import add, delete, search, states

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.support.helpers import Client, MakeIndex, Refused


def client_of_an_index() -> Client:
    client: Client = boto3.client("s3vectors", region_name="us-east-1")
    client.create_vector_bucket(**BUCKET)
    client.create_index(**INDEX, **SETTINGS)
    return client


class TestDefaultIndexMode:
    @needs(*MODES)
    @pytest.mark.parametrize("now", [CLASSIC_UNTIL, ENHANCED_SINCE])
    @pytest.mark.parametrize("mode", ["CLASSIC", "ENHANCED"])
    def test_counts_whatever_the_clock_says(
        self, set_clock: SetClock, refused: Refused, now: float, mode: Any
    ) -> None:
        set_clock(now)
        with mock_s3vectors(default_index_mode=mode):
            client = client_of_an_index()
            assert (default_of(client), mode_of(client)) == (mode, mode)
            to_classic = partial(client.update_index_mode, **INDEX, indexMode="CLASSIC")
            if mode == "CLASSIC":
                to_classic()
            else:
                assert refused(to_classic) == NO_CLASSIC_INDEX

    @needs(*MODES)
    @pytest.mark.parametrize(("now", "mode"), [(CLASSIC_UNTIL, "CLASSIC"), (ENHANCED_SINCE, "ENHANCED")])
    @pytest.mark.parametrize("options", [{}, {"default_index_mode": None}], ids=str)
    def test_that_is_not_given_leaves_it_to_the_clock(
        self, set_clock: SetClock, now: float, mode: str, options: Any
    ) -> None:
        set_clock(now)
        with mock_s3vectors(**options):
            assert default_of(client_of_an_index()) == mode

    @needs(*MODES)
    @pytest.mark.s3vectors(default_index_mode="CLASSIC")
    def test_can_be_given_to_the_marker(self, client: Client, make_index: MakeIndex) -> None:
        make_index()
        assert (default_of(client), mode_of(client)) == ("CLASSIC", "CLASSIC")

    @needs(*MODES)
    def test_can_be_given_to_the_decorator(self) -> None:
        @mock_s3vectors(default_index_mode="CLASSIC")
        def decorated() -> Any:
            return default_of(client_of_an_index())

        assert decorated() == "CLASSIC"

    @needs(*MODES)
    def test_is_that_of_the_innermost_mock_and_stays_with_the_bucket(self, set_clock: SetClock) -> None:
        set_clock(ENHANCED_SINCE)
        with mock_s3vectors(default_index_mode="CLASSIC"):
            client: Client = boto3.client("s3vectors", region_name="us-east-1")
            client.create_vector_bucket(vectorBucketName="outer")
            with mock_s3vectors(shared=True, account_id="123456789012"):
                client.create_vector_bucket(vectorBucketName="inherited")
            with mock_s3vectors(shared=True, default_index_mode="ENHANCED"):
                client.create_vector_bucket(vectorBucketName="inner")
            with mock_s3vectors(shared=True, default_index_mode=None):
                client.create_vector_bucket(vectorBucketName="by-clock")
                client.create_index(vectorBucketName="outer", indexName="index", **SETTINGS)
            client.create_vector_bucket(vectorBucketName="afterwards")
            assert {
                entry["vectorBucketName"]: default_of(client, entry["vectorBucketName"])
                for entry in client.list_vector_buckets()["vectorBuckets"]
            } == {
                "outer": "CLASSIC",
                "inherited": "CLASSIC",
                "inner": "ENHANCED",
                "by-clock": "ENHANCED",
                "afterwards": "CLASSIC",
            }
            assert mode_of(client, bucket="outer") == "CLASSIC"

    @pytest.mark.parametrize("mode", ["CLASSIC", "ENHANCED"])
    def test_counts_for_filters_even_if_the_model_knows_no_modes(self, refused: Refused, mode: Any) -> None:
        with mock_s3vectors(default_index_mode=mode):
            client = client_of_an_index()
            client.put_vectors(**INDEX, vectors=[vector("k", t="pear"), vector("l", t="plum")])
            query = {**INDEX, **ORIGIN, "filter": {"t": {"$startsWith": "pe"}}}
            if mode == "CLASSIC":
                assert refused(client.query_vectors, **query, topK=9) == INVALID_FILTER
            else:
                assert client.query_vectors(**query, topK=9)["vectors"] == [{"key": "k"}]

    @pytest.mark.parametrize("wrong", ["classic", "", "HYBRID", "None", 0, False, b"CLASSIC", ["CLASSIC"]])
    def test_of_another_value_is_refused(self, wrong: Any) -> None:
        for refuse in (mock_s3vectors, Config):
            with pytest.raises(UsageError) as refusal:
                refuse(default_index_mode=wrong)
            text = f"default_index_mode={wrong!r}: choose one of CLASSIC, ENHANCED, None"
            assert str(refusal.value) == text


class TestTextBuildSeconds:
    @needs(*TEXT_SEARCH)
    def test_is_no_time_at_all_by_default(self, client: Client, make_index: MakeIndex) -> None:
        assert Config().text_build_seconds == 0
        make_index()
        client.put_vectors(**INDEX, vectors=[vector("k", t="a pear")])
        add(client, "t")
        assert (states(client), search(client, "t")) == ({"t": "ACTIVE"}, ["k"])

    @needs(*TEXT_SEARCH)
    @pytest.mark.parametrize("seconds", [0.5, 1, 86_400.0])
    def test_may_be_part_of_a_second_or_a_day(self, at: SetClock, seconds: float) -> None:
        with mock_s3vectors(text_build_seconds=seconds):
            client = client_of_an_index()
            add(client, "t")
            at(seconds - 2**-20)
            assert states(client) == {"t": "BUILDING"}
            at(seconds)
            assert states(client) == {"t": "ACTIVE"}

    @needs(*TEXT_SEARCH)
    def test_counts_at_the_moment_of_the_update(self, at: SetClock) -> None:
        with mock_s3vectors(text_build_seconds=10):
            client = client_of_an_index()
            with mock_s3vectors(shared=True, text_build_seconds=0):
                add(client, "none")
                assert states(client) == {"none": "ACTIVE"}
            with mock_s3vectors(shared=True, text_build_seconds=20):
                add(client, "long")
            at(19)
            assert states(client) == {"none": "ACTIVE", "long": "BUILDING"}
            at(20)
            with mock_s3vectors(shared=True, search_engine="flat"):
                add(client, "inherited")
            at(29)
            assert states(client)["inherited"] == "BUILDING"
            at(30)
            assert states(client) == {"none": "ACTIVE", "long": "ACTIVE", "inherited": "ACTIVE"}

    @pytest.mark.parametrize(
        "wrong",
        [-1, -0.001, math.nan, math.inf, -math.inf, True, False, "60", None, [60], 10**309],
        ids=lambda wrong: repr(wrong)[:16],
    )
    def test_of_another_value_is_refused(self, wrong: Any) -> None:
        for refuse in (mock_s3vectors, Config):
            with pytest.raises(UsageError) as refusal:
                refuse(text_build_seconds=wrong)
            text = f"text_build_seconds={wrong!r}: must be a number of seconds, 0 or more, an int or a float"
            assert str(refusal.value) == text

    @needs(*TEXT_SEARCH)
    def test_may_be_longer_than_any_test(self, at: SetClock) -> None:
        with mock_s3vectors(text_build_seconds=sys.float_info.max):
            client = client_of_an_index()
            add(client, "t")
            at(1e12)
            assert states(client) == {"t": "BUILDING"}


@needs(*MODES, *TEXT_SEARCH)
class TestState:
    def test_of_a_class_is_copied_for_each_test(self, at: SetClock) -> None:
        @mock_s3vectors(default_index_mode="CLASSIC", text_build_seconds=60)
        class Case(unittest.TestCase):
            client: Any

            @classmethod
            def setUpClass(cls) -> None:
                cls.client = client_of_an_index()
                cls.client.update_index_mode(**INDEX, indexMode="ENHANCED")
                add(cls.client, "ready")
                at(60)
                cls.client.put_vectors(**INDEX, vectors=[vector("k", ready="a pear")])
                assert search(cls.client, "ready") == ["k"]
                add(cls.client, "building")

            def as_the_class_left_it(self) -> None:
                at(60)
                assert states(self.client) == {"ready": "ACTIVE", "building": "BUILDING"}
                bucket = self.client.get_vector_bucket(vectorBucketName="bucket")["vectorBucket"]
                assert bucket["defaultIndexMode"] == "CLASSIC"
                assert self.client.get_index(**INDEX)["index"]["indexMode"] == "ENHANCED"
                assert search(self.client, "ready") == ["k"]

            def test_additions(self) -> None:
                self.as_the_class_left_it()
                self.client.put_vectors(**INDEX, vectors=[vector("l", ready="a pear")])
                assert search(self.client, "ready") == ["k", "l"]

            def test_configuration(self) -> None:
                self.as_the_class_left_it()
                at(120)
                delete(self.client, "ready", "building")
                add(self.client, "other")
                assert states(self.client) == {"other": "BUILDING"}

            def test_modes(self) -> None:
                self.as_the_class_left_it()
                self.client.update_index_mode(**INDEX, indexMode="CLASSIC")
                self.client.put_vector_bucket_default_index_mode(
                    vectorBucketName="bucket", defaultIndexMode="ENHANCED"
                )

        for cases in (Case, type("Derived", (Case,), {})):
            result = unittest.TestResult()
            at(0)
            unittest.defaultTestLoader.loadTestsFromTestCase(cases).run(result)
            assert (result.testsRun, result.errors, result.failures) == (3, [], [])

    @pytest.mark.s3vectors(text_build_seconds=60)
    def test_is_gone_after_a_reset(
        self, client: Client, make_index: MakeIndex, s3vectors_mock: MockS3Vectors
    ) -> None:
        make_index()
        client.put_vectors(**INDEX, vectors=[vector("k", t="a pear")])
        add(client, "t")
        s3vectors_mock.reset()
        client.create_vector_bucket(vectorBucketName="bucket")
        make_index()
        assert states(client) == {}
        add(client, "t")
        assert states(client) == {"t": "BUILDING"}
