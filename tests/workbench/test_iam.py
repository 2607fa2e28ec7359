"""Users and roles that a test makes, through clients that sign with their access keys."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, current_mock, mock_s3vectors
from tests.activation.world import account_of, create, error_of, names, new_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors import MockS3Vectors

ACCOUNT, OTHER = "123456789012", "111122223333"
LIST: dict[str, Any] = {"Effect": "Allow", "Action": "s3vectors:ListVectorBuckets", "Resource": "*"}
MAY_LIST: dict[str, Any] = {"Version": "2012-10-17", "Statement": [LIST]}
MAY_ALL: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
MAKERS = pytest.mark.parametrize("kind", ["user", "role"])


@pytest.fixture
def mock(s3vectors_mock: MockS3Vectors) -> MockS3Vectors:
    return s3vectors_mock


def denial(call: Callable[[], Any]) -> str:
    """Return the text with which a call is denied."""
    with pytest.raises(ClientError) as caught:
        call()
    code, message = error_of(caught.value)
    assert code == "AccessDeniedException"
    return message


def may_list(identity: Mapping[str, Any], region: str = "us-east-1") -> bool:
    try:
        names(new_client(region, **identity))
    except ClientError as error:
        assert error_of(error)[0] == "AccessDeniedException"  # noqa: PT017 - no error is fine too
        return False
    return True


def bucket_arn(name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:s3vectors:us-east-1:{account}:bucket/{name}"


def make(kind: str, *arguments: Any, **named: Any) -> Any:
    """Make a user or a role in the mock that is on here."""
    return getattr(current_mock().iam, kind)(*arguments, **named)


def wrong(call: Callable[[], Any], text: str) -> None:
    """Check that a call is a wrong use of the mock, with a text of which this is a part."""
    with pytest.raises(UsageError, match=re.escape(text)):
        call()


# --- callers ----------------------------------------------------------------------------------


def test_a_user_is_the_keyword_arguments_of_a_client(mock: MockS3Vectors) -> None:
    user = mock.iam.user("reader", MAY_LIST)
    assert isinstance(user, Mapping)
    assert list(user) == ["aws_access_key_id", "aws_secret_access_key"]
    assert re.fullmatch("AKIAMOCK[A-Z2-7]{12}", user["aws_access_key_id"])
    assert re.fullmatch("mock/secret/[A-Z2-7]{28}", user["aws_secret_access_key"])
    assert re.fullmatch("AIDAMOCK[A-Z2-7]{13}", user.unique_id)
    assert (user.arn, user.account, user.role_arn) == (f"arn:aws:iam::{ACCOUNT}:user/reader", ACCOUNT, None)
    assert repr(user) == f"<{user.arn}>"
    client = new_client(**user)
    assert names(client) == []
    assert mock.calls[-1].caller == user.arn
    assert denial(lambda: create("bucket", client=client)) == (
        f"User: {user.arn} is not authorized to perform: s3vectors:CreateVectorBucket on resource: "
        f"{bucket_arn('bucket')} because no identity-based policy allows the s3vectors:CreateVectorBucket "
        "action"
    )


def test_a_session_of_a_role(mock: MockS3Vectors) -> None:
    session = mock.iam.role("/team/search/reader", MAY_LIST, session_name="of-test")
    assert list(session) == ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"]
    assert re.fullmatch("ASIAMOCK[A-Z2-7]{12}", session["aws_access_key_id"])
    assert re.fullmatch("AROAMOCK[A-Z2-7]{13}:of-test", session.unique_id)
    assert session.arn == f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/of-test"
    assert session.role_arn == f"arn:aws:iam::{ACCOUNT}:role/team/search/reader"
    assert may_list(session)
    assert mock.calls[-1].caller == session.arn
    text = denial(lambda: create("bucket", client=new_client(**session)))
    assert text.startswith(f"User: {session.arn} is not authorized to perform: s3vectors:CreateVectorBucket")


@MAKERS
def test_one_without_a_policy_may_do_nothing(mock: MockS3Vectors, kind: str) -> None:
    assert not may_list(make(kind, "nobody"))
    assert mock.calls[-1].error == "AccessDeniedException"


def test_one_of_another_account(mock: MockS3Vectors) -> None:
    assert account_of(new_client(**mock.iam.user("reader", MAY_ALL, account=OTHER))) == OTHER
    assert account_of(new_client(**mock.iam.role("reader", MAY_ALL, account=OTHER[::-1]))) == OTHER[::-1]
    assert mock.iam.user("reader").account == ACCOUNT
    with mock_s3vectors(account_id=OTHER[::-1]) as inner:
        assert inner.iam.user("reader").account == OTHER[::-1]


# --- policies ---------------------------------------------------------------------------------


@MAKERS
def test_allow_and_deny_add_statements(mock: MockS3Vectors, kind: str) -> None:
    create("movies", "plots")
    movies, plots = mock.bucket("movies"), mock.bucket("plots")
    one = (
        make(kind, "reader")
        .allow("ListVectorBuckets")
        .allow("Get*", "s3vectors:DeleteVectorBucket", on=movies)
    )
    client = new_client(**one)
    assert names(client) == ["movies", "plots"]
    client.get_vector_bucket(vectorBucketName="movies")
    denial(lambda: client.get_vector_bucket(vectorBucketName="plots"))
    assert one.allow("getvectorbucket", on=[movies, plots.arn]) is one
    client.get_vector_bucket(vectorBucketName="plots")
    assert one.deny("Get*", on=plots) is one
    assert denial(lambda: client.get_vector_bucket(vectorBucketName="plots")).endswith(
        "with an explicit deny in an identity-based policy"
    )
    client.delete_vector_bucket(vectorBucketName="movies")
