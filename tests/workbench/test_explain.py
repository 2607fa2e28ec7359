"""`mock.explain`: why policies allowed or denied a call, in words."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, mock_s3vectors, s3vectors_server
from tests.activation.test_plugin import run
from tests.support.helpers import BUCKET, BUCKET_ARN, INDEX, INDEX_ARN, ORIGIN, SETTINGS
from tests.support.mocks import index_named
from tests.support.permissions import (
    OTHER,
    OWN,
    bucket_policy,
    client_of,
    denied,
    policy,
    statement,
)
from tests.support.shapes import TAGS, needs

if TYPE_CHECKING:
    from mock_s3vectors import MockS3Vectors
    from tests.activation.test_plugin import Run
    from tests.support.helpers import Client

__all__ = ["run"]  # a fixture

QUERY = {**INDEX, **ORIGIN, "topK": 1}
READER = f"arn:aws:iam::{OWN}:user/reader"


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    return s3vectors_mock


@pytest.fixture
def root(mock: MockS3Vectors) -> Client:
    owner = client_of(mock.credentials(OWN))
    owner.create_vector_bucket(**BUCKET)
    owner.create_index(**INDEX, **SETTINGS)
    return owner


@pytest.mark.usefixtures("root")
def test_a_right_that_is_missing(mock: MockS3Vectors) -> None:
    reader = client_of(mock.iam.user("reader").allow("QueryVectors", on=INDEX_ARN))
    error = denied(reader.query_vectors, **QUERY, returnMetadata=True, filter={"year": 1975})
    text = f"""\
Policies denied QueryVectors.

caller:   {READER}
needs:    s3vectors:QueryVectors (allowed)
needs:    s3vectors:GetVectors, for returnMetadata and filter (denied)
on:       {INDEX_ARN}
decision: no identity-based policy of {READER} allows s3vectors:GetVectors on {INDEX_ARN}
  the 1st statement of policy reader does not: its Action is s3vectors:QueryVectors
asked:    policy reader, 1 statement; the vector bucket has no policy"""
    assert str(mock.explain(error)) == text
    # The same of the call, and as a notebook shows it.
    assert mock.explain(mock.calls.last) == text
    assert repr(mock.explain(mock.calls.last)) == text


@needs(*TAGS)
def test_a_statement_that_denies(mock: MockS3Vectors, root: Client) -> None:
    root.tag_resource(resourceArn=INDEX_ARN, tags={"team": "red"})
    reader = mock.iam.user("reader", policy(statement("Allow", "*")))
    reader.deny("Get*", on=INDEX_ARN, when={"StringNotEquals": {"aws:ResourceTag/Team": "blue"}})
    text = mock.explain(denied(client_of(reader).get_index, **INDEX))
    assert text.endswith(
        f"""\
needs:    s3vectors:GetIndex (denied)
on:       {INDEX_ARN}
decision: the 2nd statement of policy reader denies s3vectors:GetIndex on {INDEX_ARN}
  {{
    "Effect": "Deny",
    "Action": [
      "s3vectors:Get*"
    ],
    "Resource": [
      "{INDEX_ARN}"
    ],
    "Condition": {{
      "StringNotEquals": {{
        "aws:ResourceTag/Team": "blue"
      }}
    }}
  }}
  aws:ResourceTag/Team: the call has "red\""""
    )
    # As it was then, whatever has become of it.
    root.tag_resource(resourceArn=INDEX_ARN, tags={"team": "green"})
    root.delete_index(**INDEX)
    assert mock.explain(mock.calls.of("GetIndex").last) == text


def test_a_condition_that_is_not_met(mock: MockS3Vectors, root: Client) -> None:
    where = {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "StringEquals": {"aws:ResourceTag/team": "blue"}}
    reader = client_of(mock.iam.user("reader").allow("GetIndex", when=where))
    text = mock.explain(denied(reader.get_index, **INDEX))
    assert (
        "  the 1st statement of policy reader does not: its IpAddress of aws:SourceIp wants '10.0.0.0/8', "
        "and the request has '127.0.0.1'; its StringEquals of aws:ResourceTag/team wants 'blue', and the "
        "request has no such key\n"
    ) in text
    root.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Deny", "*", "Get*"))
    named = "decision: the 1st statement of the bucket policy denies"
    assert named in mock.explain(denied(reader.get_index, **INDEX))


def test_who_was_asked_across_accounts(mock: MockS3Vectors, root: Client) -> None:
    visitor = mock.iam.user("visitor", account=OTHER)
    call = client_of(visitor).get_index
    asked = "asked:    the caller has no policies; the vector bucket"
    text = mock.explain(denied(call, indexArn=INDEX_ARN))
    assert f"no statement of the bucket's policy for {visitor.arn} allows s3vectors:GetIndex" in text
    assert text.endswith(f"{asked} has no policy")
    # A root needs no policies of its own.
    other_root = client_of(mock.credentials(OTHER)).get_index
    text = mock.explain(denied(other_root, indexArn=INDEX_ARN))
    assert text.endswith("asked:    the vector bucket has no policy")
    elsewhere = INDEX_ARN.replace("bucket/bucket", "bucket/nowhere")
    assert mock.explain(denied(call, indexArn=elsewhere)).endswith(
        f"{asked} does not exist, and so has no policy"
    )
    root.put_vector_bucket_policy(**BUCKET, policy=bucket_policy("Allow", {"AWS": visitor.arn}))
    text = mock.explain(denied(call, indexArn=INDEX_ARN))
    assert text.endswith("asked:    the caller has no policies; the bucket policy, 1 statement")
    visitor.allow("GetIndex")
    call(indexArn=INDEX_ARN)
    assert mock.explain(mock.calls.last).startswith("Policies allowed GetIndex.\n\n")


@pytest.mark.usefixtures("root")
def test_limits(mock: MockS3Vectors) -> None:
    only_lists = policy(statement("Allow", "List*"))
    bounded = mock.iam.user("bounded", policy(statement("Allow", "*")), boundary=only_lists)
    arn = f"arn:aws:iam::{OWN}:policy/bounded-boundary"
    text = mock.explain(denied(client_of(bounded).get_index, **INDEX))
    assert text.endswith(f"asked:    boundary of bounded ({arn}), 1 statement")
    session = mock.iam.role("role", policy(statement("Allow", "*")), session_policy=only_lists)
    text = mock.explain(denied(client_of(session).get_index, **INDEX))
    assert text.endswith("asked:    session policy of role, 1 statement")


@pytest.mark.usefixtures("root")
def test_a_call_that_fails_for_another_reason(mock: MockS3Vectors) -> None:
    reader = client_of(mock.iam.user("reader").allow("Get*"))
    with pytest.raises(ClientError) as caught:
        reader.get_index(**BUCKET, indexName="missing")
    assert mock.explain(caught.value).startswith(
        "Policies allowed GetIndex.\n"
        "It failed for another reason: 404 NotFoundException: The specified index could not be found\n\n"
    )
    text = mock.explain(mock.calls.last)
    assert "decision: the 1st statement of policy reader allows s3vectors:GetIndex on " in text


def test_calls_about_which_policies_were_not_asked(mock: MockS3Vectors, root: Client) -> None:
    root.get_index(**INDEX)
    as_root = mock.explain(mock.calls.last)
    assert as_root.startswith(
        "Policies were not asked about GetIndex: the caller acts as the root of its own account, "
    )
    with pytest.raises(ClientError) as missing:
        root.delete_index(**BUCKET, indexName="missing")
    assert mock.explain(missing.value).endswith(
        "\nIt failed for another reason: 404 NotFoundException: The specified index could not be found"
    )
    nobody = client_of(mock.iam.user("nobody"))
    with pytest.raises(ClientError):
        nobody.get_index(**BUCKET)
    assert mock.explain(mock.calls.last).startswith(
        "Policies were not asked about GetIndex: it was refused before that.\nIt failed for another reason"
    )
    rule = mock.fail("QueryVectors", 503)
    with pytest.raises(ClientError):
        nobody.query_vectors(**QUERY)
    early = f"Policies were not asked about QueryVectors: {rule!r} decided what became of it before that."
    assert mock.explain(mock.calls.last).startswith(early)


@pytest.mark.parametrize(("mode", "begins"), [("off", "Policies were not"), ("report", "Policies would")])
def test_other_modes(mode: Any, begins: str) -> None:
    with mock_s3vectors(authorization=mode) as mock:
        client_of(mock.iam.user("nobody")).list_vector_buckets()
        text = mock.explain(mock.calls.last)
        line = repr(mock.calls.last)
    assert text.startswith(begins)
    if mode == "off":
        assert text == ('Policies were not asked about ListVectorBuckets: the option authorization is "off".')
        assert "denied" not in line
    else:
        assert text.startswith("Policies would have denied ListVectorBuckets.\n\ncaller:")
        # A list is about no single bucket, whose policy could have allowed it.
        assert text.endswith("asked:    the caller has no policies")
        assert "would be denied because no identity-based policy allows" in line


def test_the_record_of_a_decided_call_keeps_no_index(mock: MockS3Vectors, root: Client) -> None:
    reader = client_of(mock.iam.user("reader").allow("GetIndex"))
    reader.get_index(**INDEX)
    index = weakref.ref(index_named())
    assert index() is not None
    root.delete_index(**INDEX)
    gc.collect()
    assert index() is None
    assert mock.explain(mock.calls.of("GetIndex").last).startswith("Policies allowed GetIndex.")


def test_root_under_enforcement() -> None:
    with mock_s3vectors(authorization="enforce") as mock:
        owner = client_of(mock.credentials(OWN))
        owner.create_vector_bucket(**BUCKET)
        text = mock.explain(mock.calls.last)
        assert text.endswith(
            f"arn:aws:iam::{OWN}:root may do all that no policy denies, so "
            f"s3vectors:CreateVectorBucket on {BUCKET_ARN} is allowed"
        )


def test_after_the_mock_has_ended() -> None:
    with mock_s3vectors() as mock:
        error = denied(client_of(mock.iam.user("nobody")).list_vector_buckets)
    assert mock.explain(error).startswith("Policies denied ListVectorBuckets.")


def test_an_error_that_came_over_a_server() -> None:
    with s3vectors_server() as server:
        nobody = {**server.mock.iam.user("nobody"), "endpoint_url": server.url}
        error = denied(client_of(nobody).list_vector_buckets)
        assert server.mock.explain(error).startswith("Policies denied ListVectorBuckets.")


@pytest.mark.parametrize("wrong", [None, "ListVectorBuckets", ValueError("no")])
def test_what_is_no_call(mock: MockS3Vectors, wrong: Any) -> None:
    with pytest.raises(UsageError, match=r"give a call, such as mock\.calls\.last, or the ClientError"):
        mock.explain(wrong)


def test_the_error_of_another_mock(mock: MockS3Vectors) -> None:
    nobody = client_of(mock.iam.user("nobody"))
    with mock_s3vectors() as inner:
        error = denied(nobody.list_vector_buckets)
        assert inner.explain(error).startswith("Policies denied")
    with pytest.raises(UsageError, match=r"no call of this mock was answered with the request id .*-"):
        mock.explain(error)
    with pytest.raises(UsageError, match="request id None"):
        mock.explain(ClientError({}, "ListVectorBuckets"))


def test_the_error_of_a_call_that_was_dropped() -> None:
    with mock_s3vectors(calls_kept=1) as mock:
        nobody = client_of(mock.iam.user("nobody"))
        error = denied(nobody.list_vector_buckets)
        denied(nobody.list_vector_buckets)
        with pytest.raises(UsageError, match=r" [(]but 1 before these were dropped[)]\. Ask the mock"):
            mock.explain(error)


# --- briefly, in lists of calls and reports of tests --------------------------------------------


@pytest.mark.usefixtures("root")
def test_a_call_shows_briefly_why_it_was_denied(mock: MockS3Vectors) -> None:
    reader = mock.iam.user("reader")
    denied(client_of(reader).get_index, **INDEX)
    why = "denied because no identity-based policy allows the s3vectors:GetIndex action"
    assert repr(mock.calls.last).endswith(f"ms, {why} (mock.explain tells more)>")
    reader.allow("GetIndex")
    client_of(reader).get_index(**INDEX)
    assert "denied" not in repr(mock.calls.last)


def test_the_report_of_a_failed_test_shows_why_a_call_was_denied(run: Run) -> None:
    result = run(
        """
import boto3

def test(s3vectors_mock):
    nobody = s3vectors_mock.iam.user("nobody")
    boto3.client("s3vectors", region_name="us-east-1", **nobody).get_index(
        vectorBucketName="films", indexName="plots"
    )
""",
        failed=1,
    )
    lacks = "no identity-based policy allows the s3vectors:GetIndex action"
    why = f"denied because {lacks} (mock.explain tells more)"
    result.stdout.fnmatch_lines(
        [
            "*S3 Vectors calls*",
            f"GetIndex films/plots => 403 AccessDeniedException in us-east-1, * ms, {why}",
        ]
    )
