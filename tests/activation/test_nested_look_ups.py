"""Warnings of buckets and indexes that went with an inner mock, and tests of classes, whose mocks nest."""

from __future__ import annotations

import unittest
from typing import Any

import pytest

from mock_s3vectors import NestedMockWarning, mock_s3vectors, s3vectors_server
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.world import stores
from tests.activation.world import CLIENT, create, names, run_case, through

INDEX = {"vectorBucketName": "bucket", "indexName": "index"}


# --- what went with an inner mock ------------------------------------------------------------------------


@mock_s3vectors
def helper() -> None:
    """Make a bucket, as a helper under moto may."""
    create("of-helper")


def test_a_look_up_of_what_an_inner_mock_made_warns_once() -> None:
    with mock_s3vectors():
        helper()
        with pytest.warns(NestedMockWarning) as warned, pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="of-helper")
        [warning] = warned
        assert str(warning.message) == (
            "arn:aws:s3vectors:us-east-1:123456789012:bucket/of-helper was made in a mock inside the one "
            "that is on, and was dropped when that inner mock ended. If what happens in the inner mock is "
            "meant to last, let it write into the outer one: mock_s3vectors(shared=True)."
        )
        assert warning.filename == __file__
        with pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="of-helper")


def test_a_look_up_in_a_test_of_what_a_helper_of_the_class_made_warns() -> None:
    @mock_s3vectors
    class Tests(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            helper()

        def test(self) -> None:
            with pytest.warns(NestedMockWarning), pytest.raises(CLIENT.exceptions.NotFoundException):
                CLIENT.get_vector_bucket(vectorBucketName="of-helper")

    run_case(Tests)


def test_a_look_up_of_what_a_mock_two_levels_deeper_made_warns() -> None:
    with mock_s3vectors():
        mock_s3vectors(helper)()
        with pytest.warns(NestedMockWarning), pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="of-helper")


def test_a_look_up_of_what_a_mock_made_that_ended_after_the_one_around_it_warns() -> None:
    with mock_s3vectors():
        middle, inner = mock_s3vectors(), mock_s3vectors()
        middle.start()
        inner.start()
        create("bucket")
        middle.stop()
        inner.stop()
        with pytest.warns(NestedMockWarning), pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="bucket")


def test_a_look_up_of_an_index_warns_too() -> None:
    with mock_s3vectors():
        create("bucket")
        with mock_s3vectors():
            CLIENT.create_index(**INDEX, dataType="float32", dimension=2, distanceMetric="cosine")
        with (
            pytest.warns(NestedMockWarning, match="bucket/bucket/index/index was made in a mock inside"),
            pytest.raises(CLIENT.exceptions.NotFoundException),
        ):
            CLIENT.get_index(**INDEX)


def test_a_look_up_of_what_is_here_again_does_not_warn() -> None:
    with mock_s3vectors():
        helper()
        create("of-helper")
        CLIENT.create_index(
            vectorBucketName="of-helper",
            indexName="index",
            dataType="float32",
            dimension=2,
            distanceMetric="cosine",
        )
        CLIENT.delete_index(vectorBucketName="of-helper", indexName="index")
        CLIENT.delete_vector_bucket(vectorBucketName="of-helper")
        with pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="of-helper")


def test_a_look_up_of_what_no_inner_mock_made_does_not_warn() -> None:
    def is_missing() -> None:
        with pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="of-helper")

    with mock_s3vectors() as outer:
        helper()
        outer.reset()
        is_missing()
        create("of-helper")
        with mock_s3vectors():
            outer.reset()
        is_missing()
        mock = mock_s3vectors()
        mock.start()
        create("of-helper")
        CLIENT.delete_vector_bucket(vectorBucketName="of-helper")
        mock.stop()
        is_missing()


def test_the_newest_names_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "MOST_NAMES", 3)

    def look_up(name: str) -> None:
        with pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName=name)

    with mock_s3vectors():
        with mock_s3vectors():
            create(*(f"bucket-{number}" for number in range(5)))
        look_up("bucket-1")
        with pytest.warns(NestedMockWarning):
            look_up("bucket-2")


def test_a_server_logs_what_was_missed(caplog: pytest.LogCaptureFixture) -> None:
    with s3vectors_server() as server:
        helper()
        client = through(server)
        with pytest.raises(client.exceptions.NotFoundException):
            client.get_vector_bucket(vectorBucketName="of-helper")
    assert "of-helper was made in a mock inside the one that is on" in caplog.text


def test_a_look_up_of_anything_else_does_not_warn() -> None:
    with mock_s3vectors():
        helper()
        with pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="never-made")
        # A later test that looks whether its bucket is there yet: nothing of its own was dropped.
        with mock_s3vectors(), pytest.raises(CLIENT.exceptions.NotFoundException):
            CLIENT.get_vector_bucket(vectorBucketName="of-helper")


def test_what_the_outer_mock_has_made_itself_does_not_warn() -> None:
    with mock_s3vectors():
        helper()
        create("of-helper")
        CLIENT.delete_vector_bucket(vectorBucketName="of-helper")
        mock_s3vectors(shared=True)(create)("shared")
        assert names() == ["shared"]


# --- classes ------------------------------------------------------------------------------------------------


def test_a_test_case_of_unittest_runs_in_savepoints_of_its_class() -> None:
    seen: list[Any] = []

    @mock_s3vectors
    class Tests(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("class")

        def test_one(self) -> None:
            create("one")
            seen.append(names())

        def test_two(self) -> None:
            create("two")
            seen.append(names())

        @classmethod
        def tearDownClass(cls) -> None:
            seen.append(names())

    with mock_s3vectors():
        create("guard")
        run_case(Tests)
        assert names() == ["guard"]
    assert seen == [["class", "guard", "one"], ["class", "guard", "two"], ["class", "guard"]]
    assert not STACK


def test_a_server_in_a_class_answers_from_each_test() -> None:
    server = s3vectors_server()
    seen = []

    @server
    class Tests(unittest.TestCase):
        @classmethod
        def setUpClass(cls) -> None:
            create("class")

        def test_one(self) -> None:
            create("one")
            seen.append(names(through(server)))

        def test_two(self) -> None:
            seen.append(names(through(server)))

    run_case(Tests)
    assert seen == [["class", "one"], ["class"]]
    assert not STACK
