"""Together with moto's `mock_aws`: in either order our mock answers s3vectors, and moto everything else."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, current_mock, mock_s3vectors
from mock_s3vectors.mocking.stack import STACK
from tests.activation.world import CLIENT, account_of, arn, create, denial, names, new_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

moto = pytest.importorskip("moto")
mock_aws: Any = moto.mock_aws
# Imports the modules that a mock of moto needs, above all its hook into botocore.
mock_aws()

DEFAULT, OTHER = "123456789012", "111122223333"
TRUST = '{"Version": "2012-10-17", "Statement": []}'
ORDERS: dict[str, list[Callable[[], Any]]] = {
    "moto outside": [mock_aws, mock_s3vectors],
    "moto inside": [mock_s3vectors, mock_aws],
}
both_orders = pytest.mark.parametrize("mocks", ORDERS.values(), ids=ORDERS)


def new_s3() -> Any:
    return boto3.client("s3", region_name="us-east-1")


def s3_names(s3: Any) -> list[str]:
    return [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]


@both_orders
def test_each_answers_its_own(mocks: list[Callable[[], Any]]) -> None:
    before = dict(os.environ)
    for _ in range(2):
        with ExitStack() as stack:
            for mock in mocks:
                stack.enter_context(mock())
            s3, client = new_s3(), new_client()
            s3.create_bucket(Bucket="of-moto")
            create("of-ours", client=client)
            assert s3_names(s3) == ["of-moto"]
            assert names(client) == names(CLIENT) == ["of-ours"]
            # moto's own s3vectors has no such operation.
            client.create_index(
                vectorBucketName="of-ours",
                indexName="index",
                dataType="float32",
                dimension=4096,
                distanceMetric="cosine",
            )
            query = {"vectorBucketName": "of-ours", "indexName": "index", "topK": 1}
            assert client.query_vectors(**query, queryVector={"float32": [1] * 4096})["vectors"] == []
    assert dict(os.environ) == before
    assert not STACK


@both_orders
def test_moto_is_not_asked_for_calls_that_our_mock_answers(mocks: list[Callable[[], Any]]) -> None:
    from moto.s3vectors.models import s3vectors_backends

    with ExitStack() as stack:
        for mock in mocks:
            stack.enter_context(mock())
        create("bucket", client=new_client())
        assert not s3vectors_backends["123456789012"]["aws"].vector_buckets
    with mock_aws():
        create("bucket", client=new_client())
        assert len(s3vectors_backends["123456789012"]["aws"].vector_buckets) == 1
    with mock_s3vectors():
        assert names() == []


@both_orders
def test_errors_that_moto_would_raise_do_not_surface(mocks: list[Callable[[], Any]]) -> None:
    """moto parses ARNs without checking them, and refuses services that are not on its whitelist."""
    with ExitStack() as stack:
        for mock in mocks:
            stack.enter_context(mock())
        client = new_client()
        create("bucket", client=client)
        with pytest.raises(ClientError):
            client.get_index(indexArn=arn("bucket", client))
    only_s3 = {"core": {"service_whitelist": ["s3"]}}
    with mock_s3vectors(), mock_aws(config=only_s3):
        create("bucket", client=new_client())
        new_s3().create_bucket(Bucket="bucket")


def test_functions_with_both_decorators() -> None:
    def function() -> tuple[list[str], list[str]]:
        s3 = new_s3()
        s3.create_bucket(Bucket="of-moto")
        create("of-ours")
        return s3_names(s3), names()

    for decorated in (mock_aws(mock_s3vectors(function)), mock_s3vectors(mock_aws(function))):
        for _ in range(2):
            assert decorated() == (["of-moto"], ["of-ours"])
    assert not STACK


class WithBoth:
    def setup_method(self, *_: Any) -> None:
        self.s3 = new_s3()
        self.s3.create_bucket(Bucket="of-moto")
        create("of-ours")

    def test(self) -> tuple[list[str], list[str]]:
        return s3_names(self.s3), names()


def test_classes_with_both_decorators() -> None:
    @mock_aws
    @mock_s3vectors
    class Outside(WithBoth):
        def setup_method(self, *_: Any) -> None:
            super().setup_method()

        def test(self) -> Any:
            return super().test()

    @mock_s3vectors
    @mock_aws
    class Inside(WithBoth):
        def setup_method(self, *_: Any) -> None:
            super().setup_method()

        def test(self) -> Any:
            return super().test()

    for cls in (Outside, Inside):
        for _ in range(2):
            instance = cls()
            instance.setup_method()
            assert instance.test() == (["of-moto"], ["of-ours"])
    assert not STACK


@both_orders
def test_the_account_of_an_assumed_role(mocks: list[Callable[[], Any]]) -> None:
    with ExitStack() as stack:
        for mock in mocks:
            stack.enter_context(mock())
        sts = boto3.client("sts", region_name="us-east-1")
        role = f"arn:aws:iam::{OTHER}:role/reader"
        given = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
        client = new_client(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        assert account_of(client) == OTHER
        # From the other account into a third one.
        there: Any = boto3.Session(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        third = there.client("sts", region_name="us-east-1").assume_role(
            RoleArn="arn:aws:iam::444455556666:role/reader", RoleSessionName="session"
        )["Credentials"]
        keys = {
            "aws_access_key_id": third["AccessKeyId"],
            "aws_secret_access_key": third["SecretAccessKey"],
        }
        assert account_of(new_client(**keys)) == "444455556666"
        assert names() == []


@both_orders
def test_the_account_of_an_access_key(mocks: list[Callable[[], Any]]) -> None:
    with ExitStack() as stack:
        for mock in mocks:
            stack.enter_context(mock())
        for account in ("123456789012", OTHER):
            iam = boto3.client("iam", region_name="us-east-1", **mock_s3vectors().credentials(account))
            if account == OTHER:
                sts = boto3.client("sts", region_name="us-east-1")
                role = f"arn:aws:iam::{OTHER}:role/admin"
                given = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
                iam = boto3.client(
                    "iam",
                    region_name="us-east-1",
                    aws_access_key_id=given["AccessKeyId"],
                    aws_secret_access_key=given["SecretAccessKey"],
                    aws_session_token=given["SessionToken"],
                )
            iam.create_user(UserName="user")
            key = iam.create_access_key(UserName="user")["AccessKey"]
            client = new_client(
                aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
            )
            assert account_of(client) == account


@both_orders
def test_a_session_token_of_ones_own_account(mocks: list[Callable[[], Any]]) -> None:
    with ExitStack() as stack:
        for mock in mocks:
            stack.enter_context(mock())
        given = boto3.client("sts", region_name="us-east-1").get_session_token()["Credentials"]
        client = new_client(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )
        assert account_of(client) == "123456789012"


def test_the_options_hold_beside_moto() -> None:
    with mock_aws(), mock_s3vectors(account_id=OTHER):
        assert account_of(new_client()) == OTHER
    with mock_s3vectors(account_id=OTHER), mock_aws():
        assert account_of(new_client()) == OTHER


def test_a_client_made_before_either() -> None:
    client = new_client()
    for mocks in ORDERS.values():
        with mocks[0](), mocks[1]():
            create("bucket", client=client)
            assert names() == ["bucket"]


def test_moto_is_put_back() -> None:
    from moto.core.botocore_stubber import BotocoreStubber

    before = BotocoreStubber.process_request
    with mock_s3vectors():
        assert BotocoreStubber.process_request is not before
    assert BotocoreStubber.process_request is before


@both_orders
def test_vectors_beside_moto(mocks: list[Callable[[], Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    """They come and go without botocore's loops."""
    monkeypatch.setattr("botocore.serialize.JSONSerializer._serialize_type_list", None)
    monkeypatch.setattr("botocore.parsers.BaseRestParser._handle_list", None)
    index = {"vectorBucketName": "bucket", "indexName": "index"}
    record = {"key": "a", "data": {"float32": [0.5, 0.25]}, "metadata": {"n": 1}}
    with ExitStack() as stack:
        for mock in mocks:
            stack.enter_context(mock())
        client = new_client()
        create("bucket", client=client)
        client.create_index(**index, dataType="float32", dimension=2, distanceMetric="cosine")
        client.put_vectors(**index, vectors=[record])
        got = client.get_vectors(**index, keys=["a"], returnData=True, returnMetadata=True)["vectors"]
    assert got == [record]


# --- who may do what ------------------------------------------------------------------------------


def statement(action: str, effect: str = "Allow", **more: Any) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": effect, "Action": action, "Resource": "*", **more}],
        }
    )


LIST = statement("s3vectors:ListVectorBuckets")
ANYTHING = statement("*")


class Moto:
    """moto's IAM and STS, with a user and a role, both named `reader`."""

    def __init__(self) -> None:
        self.iam = boto3.client("iam", region_name="us-east-1")
        self.iam.create_user(UserName="reader")
        self.iam.create_role(RoleName="reader", AssumeRolePolicyDocument=TRUST)

    def user(self) -> Any:
        """A client that acts as the user."""
        key = self.iam.create_access_key(UserName="reader")["AccessKey"]
        return new_client(aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"])

    def session(self, **more: Any) -> Any:
        """A client that acts as a session of the role."""
        role = f"arn:aws:iam::{DEFAULT}:role/reader"
        sts = boto3.client("sts", region_name="us-east-1")
        given = sts.assume_role(**{"RoleArn": role, "RoleSessionName": "session", **more})["Credentials"]
        return new_client(
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )


@pytest.fixture(params=ORDERS.values(), ids=list(ORDERS))
def moto_iam(request: pytest.FixtureRequest) -> Iterator[Moto]:
    with ExitStack() as stack:
        for mock in request.param:
            stack.enter_context(mock())
        yield Moto()


def why(action: str, ending: str, who: str = f"iam::{DEFAULT}:user/reader") -> str:
    """Return the text with which listing or creating buckets is denied."""
    on = "*" if action.startswith("List") else f"arn:aws:s3vectors:us-east-1:{DEFAULT}:bucket/bucket"
    return f"User: arn:aws:{who} is not authorized to perform: s3vectors:{action} on resource: {on} {ending}"


LACKING = "because no identity-based policy allows the s3vectors:CreateVectorBucket action"
NO_LIST = "because no identity-based policy allows the s3vectors:ListVectorBuckets action"
SESSION = f"sts::{DEFAULT}:assumed-role/reader/session"


def test_a_user_without_policies_acts_as_the_root(moto_iam: Moto) -> None:
    client = moto_iam.user()
    create("bucket", client=client)
    assert current_mock().calls[-1].caller == f"arn:aws:iam::{DEFAULT}:user/reader"
    assert current_mock().calls[-1].decision is None


def test_the_policies_of_a_user(moto_iam: Moto) -> None:
    iam, client = moto_iam.iam, moto_iam.user()
    iam.put_user_policy(UserName="reader", PolicyName="inline", PolicyDocument=LIST)
    assert names(client) == []
    assert denial(lambda: create("bucket", client=client)) == why("CreateVectorBucket", LACKING)
    managed = iam.create_policy(PolicyName="managed", PolicyDocument=ANYTHING)["Policy"]["Arn"]
    iam.attach_user_policy(UserName="reader", PolicyArn=managed)
    create("bucket", client=client)
    iam.delete_user_policy(UserName="reader", PolicyName="inline")
    assert names(client) == ["bucket"]
    iam.create_policy_version(
        PolicyArn=managed, PolicyDocument=statement("s3vectors:List*", "Deny"), SetAsDefault=True
    )
    ending = "with an explicit deny in an identity-based policy"
    assert denial(lambda: names(client)).startswith(why("ListVectorBuckets", ending))
    iam.detach_user_policy(UserName="reader", PolicyArn=managed)
    assert names(client) == ["bucket"]


def test_the_policies_of_groups(moto_iam: Moto) -> None:
    iam, client = moto_iam.iam, moto_iam.user()
    managed = iam.create_policy(PolicyName="managed", PolicyDocument=LIST)["Policy"]["Arn"]
    iam.create_group(GroupName="readers")
    iam.put_group_policy(
        GroupName="readers", PolicyName="inline", PolicyDocument=statement("s3vectors:Create*")
    )
    iam.attach_group_policy(GroupName="readers", PolicyArn=managed)
    iam.add_user_to_group(GroupName="readers", UserName="reader")
    create("bucket", client=client)
    assert names(client) == ["bucket"]
    iam.detach_group_policy(GroupName="readers", PolicyArn=managed)
    assert denial(lambda: names(client)) == why("ListVectorBuckets", NO_LIST)


def test_the_policies_of_a_role(moto_iam: Moto) -> None:
    iam, client = moto_iam.iam, moto_iam.session()
    create("before", client=client)
    assert current_mock().calls[-1].caller == f"arn:aws:{SESSION}"
    iam.put_role_policy(RoleName="reader", PolicyName="inline", PolicyDocument=LIST)
    assert names(client) == ["before"]
    assert denial(lambda: create("bucket", client=client)) == why("CreateVectorBucket", LACKING, SESSION)
    managed = iam.create_policy(PolicyName="managed", PolicyDocument=ANYTHING)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="reader", PolicyArn=managed)
    create("bucket", client=client)


def test_the_boundary_of_a_role(moto_iam: Moto) -> None:
    iam, client = moto_iam.iam, moto_iam.session()
    managed = iam.create_policy(PolicyName="limit", PolicyDocument=LIST)["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="reader", PermissionsBoundary=managed)
    assert denial(lambda: names(client)) == why("ListVectorBuckets", NO_LIST, SESSION)
    iam.put_role_policy(RoleName="reader", PolicyName="inline", PolicyDocument=ANYTHING)
    assert names(client) == []
    assert denial(lambda: create("bucket", client=client)) == why(
        "CreateVectorBucket",
        "because no permissions boundary allows the s3vectors:CreateVectorBucket action",
        SESSION,
    )


def test_the_policy_of_a_session(moto_iam: Moto) -> None:
    moto_iam.iam.put_role_policy(RoleName="reader", PolicyName="inline", PolicyDocument=ANYTHING)
    client = moto_iam.session(Policy=LIST)
    assert names(client) == []
    ending = "because no session policy allows the s3vectors:CreateVectorBucket action"
    assert denial(lambda: create("bucket", client=client)) == why("CreateVectorBucket", ending, SESSION)
    create("bucket", client=moto_iam.session())


def test_tags_of_a_principal(moto_iam: Moto) -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "search"}}
    document = statement("s3vectors:*", Condition=condition)
    moto_iam.iam.put_role_policy(RoleName="reader", PolicyName="inline", PolicyDocument=document)
    client = moto_iam.session()
    denial(lambda: names(client))
    moto_iam.iam.tag_role(RoleName="reader", Tags=[{"Key": "team", "Value": "search"}])
    assert names(client) == []


def test_a_role_that_moto_does_not_know(moto_iam: Moto) -> None:
    role = f"arn:aws:iam::{OTHER}:role/unknown"
    client = moto_iam.session(RoleArn=role)
    assert account_of(client) == OTHER
    assert current_mock().calls[-1].caller == f"arn:aws:sts::{OTHER}:assumed-role/unknown/session"
    limited = moto_iam.session(RoleArn=role, Policy=LIST)
    assert names(limited) == ["whose-am-i"]
    denial(lambda: create("bucket", client=limited))


def test_a_policy_of_moto_that_is_none(moto_iam: Moto) -> None:
    """moto checks them when they are made, but not those that others put into its state."""
    from moto.iam.models import iam_backends

    client = moto_iam.user()
    iam_backends[DEFAULT]["aws"].users["reader"].policies["broken"] = '{"Statement": 5}'
    with pytest.raises(UsageError) as caught:
        names(client)
    assert str(caught.value) == (
        f"The policies of arn:aws:iam::{DEFAULT}:user/reader in moto cannot be evaluated: policy broken: "
        "Statement must be an object or an array of objects, which is not empty. Mend this, or use "
        'authorization="off".'
    )
    with mock_s3vectors(authorization="off"):
        assert names(client) == []


def test_a_boundary_that_moto_lacks(moto_iam: Moto) -> None:
    """It knows AWS's own policies only if it is told to."""
    client = moto_iam.session()
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    moto_iam.iam.put_role_permissions_boundary(RoleName="reader", PermissionsBoundary=arn)
    with pytest.raises(UsageError) as caught:
        names(client)
    assert str(caught.value) == (
        f"The policies of arn:aws:{SESSION} in moto cannot be evaluated: policy {arn}: moto does not have "
        'it. Mend this, or use authorization="off".'
    )


@pytest.mark.parametrize("mode", ["off", "report", "enforce"])
def test_modes(moto_iam: Moto, mode: Any) -> None:
    user = moto_iam.user()
    with mock_s3vectors(authorization=mode) as mock:
        if mode == "enforce":
            assert denial(lambda: names(user)) == why("ListVectorBuckets", NO_LIST)
        else:
            assert names(user) == []
        decision = mock.calls[-1].decision
        assert (decision is None) is (mode == "off")
