"""Users and roles that a test makes, through clients that sign with their access keys."""

from __future__ import annotations

import json
import re
import time
import unittest
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from mock_s3vectors import UsageError, current_mock, mock_s3vectors
from mock_s3vectors.authorization import NEEDS
from tests.activation.world import account_of, create, denial, error_of, names, new_client, run_case
from tests.support.linear import assert_linear

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
    assert re.fullmatch("AKIAS3VMOCK[A-Z2-7]{9}", user["aws_access_key_id"])
    assert re.fullmatch("mock/secret/[A-Z2-7]{28}", user["aws_secret_access_key"])
    assert re.fullmatch("AIDAS3VMOCK[A-Z2-7]{10}", user.unique_id)
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
    assert re.fullmatch("ASIAS3VMOCK[A-Z2-7]{9}", session["aws_access_key_id"])
    assert re.fullmatch("AROAS3VMOCK[A-Z2-7]{10}:of-test", session.unique_id)
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


@MAKERS
def test_statements_with_a_condition(mock: MockS3Vectors, kind: str) -> None:
    in_ireland = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    one = make(kind, "reader").allow("ListVectorBuckets", when=in_ireland)
    assert may_list(one, "eu-west-1")
    assert not may_list(one)
    one.allow("*").deny("s3vectors:*", when=in_ireland)
    assert may_list(one)
    assert not may_list(one, "eu-west-1")
    assert mock.calls[-1].error == "AccessDeniedException"


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize(
    "document",
    [MAY_LIST, json.dumps(MAY_LIST), MAY_ALL, MappingProxyType(MAY_LIST), {"Statement": LIST}],
    ids=["dict", "text", "one statement", "mapping", "no version"],
)
def test_documents(document: Any) -> None:
    user = current_mock().iam.user("reader", document)
    before = json.dumps(MAY_LIST)
    assert may_list(user)
    assert may_list(user.allow("GetIndex"))
    assert not may_list(user.deny("List*"))
    assert json.dumps(MAY_LIST) == before


@MAKERS
def test_several_policies(mock: MockS3Vectors, kind: str) -> None:
    may_create = {"Statement": {**LIST, "Action": "s3vectors:CreateVectorBucket"}}
    one = make(kind, "reader", policies=[MAY_LIST, json.dumps(may_create)])
    create("movies", client=new_client(**one))
    assert may_list(one)
    assert not may_list(one.deny("ListVectorBuckets"))
    assert [policy.name for policy in mock_policies(mock, one)] == [
        "policy reader",
        "policies[0] of reader",
        "policies[1] of reader",
    ]


def mock_policies(mock: MockS3Vectors, one: Mapping[str, Any]) -> tuple[Any, ...]:
    identity = mock._steered("test").world.identities.of(one["aws_access_key_id"])  # noqa: SLF001 - the same room
    assert identity is not None
    return identity.policies.identity or ()


@MAKERS
def test_a_boundary(mock: MockS3Vectors, kind: str) -> None:
    one = make(kind, "/team/reader", MAY_ALL, boundary=MAY_LIST)
    client = new_client(**one)
    assert names(client) == []
    assert denial(lambda: create("movies", client=client)).endswith(
        "because no permissions boundary allows the s3vectors:CreateVectorBucket action"
    )
    document = {"Statement": [{**LIST, "Action": "*", "Effect": "Deny"}]}
    denied = make(kind, "denied", MAY_ALL, boundary=document)
    text = denial(lambda: names(new_client(**denied)))
    assert text.endswith(
        "with an explicit deny in a permissions boundary: arn:aws:iam::123456789012:policy/denied-boundary"
    )
    assert mock.calls[-1].caller == denied.arn


def test_a_session_policy(mock: MockS3Vectors) -> None:
    session = mock.iam.role("reader", MAY_ALL, session_policy=json.dumps(MAY_LIST))
    assert may_list(session)
    assert denial(lambda: create("movies", client=new_client(**session))).endswith(
        "because no session policy allows the s3vectors:CreateVectorBucket action"
    )


@MAKERS
def test_tags(mock: MockS3Vectors, kind: str) -> None:
    condition = {"StringEquals": {"aws:PrincipalTag/team": "search"}}
    tags = {"team": "search"}
    tagged = make(kind, "reader", tags=tags).allow("List*", when=condition)
    tags["team"] = "changed"
    assert may_list(tagged)
    assert not may_list(make(kind, "other", tags=tags).allow("List*", when=condition))
    assert mock.calls[-1].error == "AccessDeniedException"


@MAKERS
def test_a_bucket_policy_names_them(mock: MockS3Vectors, kind: str) -> None:
    create("movies")
    one = make(kind, "/team/reader")
    client = new_client(**one)
    for principal in (one.arn, one.role_arn or one.arn):
        statement = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "*", "Resource": "*"}
        policy = json.dumps({"Statement": statement})
        denial(lambda: client.get_vector_bucket(vectorBucketName="movies"))
        new_client().put_vector_bucket_policy(vectorBucketName="movies", policy=policy)
        client.get_vector_bucket(vectorBucketName="movies")
        new_client().delete_vector_bucket_policy(vectorBucketName="movies")
    assert mock.calls[0].caller == f"arn:aws:iam::{ACCOUNT}:root"


# --- wrong uses -------------------------------------------------------------------------------


NAME = "give 1 to 64 letters, digits and characters of _+=,.@-"


@pytest.mark.usefixtures("mock")
@MAKERS
@pytest.mark.parametrize(
    "name", ["", "a b", "team/reader", "//reader", "/a//reader", "x" * 65, 5, None, "é", f"/{'a' * 511}/x"]
)
def test_a_wrong_name(kind: str, name: Any) -> None:
    wrong(
        lambda: make(kind, name), f" is not the name of a {kind}: {NAME}, with a path before it if you like"
    )


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize("name", ["a+b=c,d.e@f-g_h", "x" * 64, f"/{'a' * 510}/x", "/reader", "/!/~/r"])
def test_names_that_iam_allows(name: str) -> None:
    user = current_mock().iam.user(name)
    assert user.arn == f"arn:aws:iam::{ACCOUNT}:user/{name.removeprefix('/')}"
    assert not may_list(user)


@pytest.mark.usefixtures("mock")
@pytest.mark.parametrize("name", ["a", "", "a b", 5, "x" * 65, "/a/b"])
def test_a_wrong_name_of_a_session(name: Any) -> None:
    text = "is not the name of a session: give 2 to 64 letters, digits and characters of _+=,.@-"
    wrong(lambda: current_mock().iam.role("reader", session_name=name), f"session_name={name!r:.60}"[:60])
    wrong(lambda: current_mock().iam.role("reader", session_name=name), text)


@pytest.mark.usefixtures("mock")
@MAKERS
def test_names_and_tags_take_time_in_proportion(kind: str) -> None:
    def refuse_name(part: str) -> None:
        wrong(lambda: make(kind, part * 200), "is not the name of")

    def refuse_tag(part: str) -> None:
        wrong(lambda: make(kind, "reader", tags={part * 200: ""}), "is not the key of a tag")

    def refuse_action(part: str) -> None:
        wrong(lambda: make(kind, f"user{len(part)}-{time.monotonic_ns()}").allow(part * 4), "allow(")

    for unit in ("/a", "a", "/", "*a"):
        for work in (refuse_name, refuse_tag, refuse_action):
            assert_linear(work, unit * 50, unit * 400)


@pytest.mark.usefixtures("mock")
@MAKERS
@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"tags": {"a": 1}}, "tags: 1 is not the value of a tag: give up to 256 letters"),
        ({"tags": {"": "a"}}, "tags: '' is not the key of a tag: give 1 to 128 letters"),
        ({"tags": {"AWS:a": "a"}}, "which do not begin with aws:"),
        ({"tags": {"a": "x" * 257}}, "is not the value of a tag"),
        ({"tags": {"a#": ""}}, "tags: 'a#' is not the key of a tag"),
        ({"tags": {"a": "", "A": ""}}, "tags has 'a' and 'A': IAM does not distinguish keys by their case."),
        ({"tags": [("a", "b")]}, "give a dict of keys and values"),
        ({"tags": {str(n): "" for n in range(51)}}, "tags has 51 tags: a user or a role may have 50."),
        ({"account": "123"}, "'123' is not an account id: give 12 digits as a string"),
        ({"policy": "{"}, "policy reader: it is not JSON"),
        (
            {"policy": {"Statement": 5}},
            "policy reader: Statement must be an object or an array of objects, which is not empty",
        ),
        ({"policies": MAY_LIST}, "give several policies, in a list."),
        ({"policies": [MAY_LIST, {}]}, "policies[1] of reader: Statement must be"),
        ({"boundary": {"Statement": {**LIST, "Effect": "allow"}}}, "boundary of reader: Statement"),
    ],
)
def test_a_wrong_argument(kind: str, settings: dict[str, Any], text: str) -> None:
    wrong(lambda: make(kind, "reader", **settings), text)
    assert not may_list(make(kind, "reader"))


@pytest.mark.usefixtures("mock")
@MAKERS
@pytest.mark.parametrize("verb", ["allow", "deny"])
@pytest.mark.parametrize(
    ("actions", "settings", "text"),
    [
        ([], {}, '{}() was given no action: give some, as in {}("QueryVectors").'),
        (
            ["QueryVector"],
            {},
            "{}('QueryVector'): S3 Vectors has no such action. Did you mean 'QueryVectors'? Actions: "
            + ", ".join(NEEDS)
            + ".",
        ),
        (["s3vectors:Vectors"], {}, "S3 Vectors has no such action. Did you mean"),
        (["GetIndex", "s3:GetIndex"], {}, "{}('s3:GetIndex'): S3 Vectors has no such action."),
        (["Foo*"], {}, "{}('Foo*'): S3 Vectors has no such action. Actions: "),
        ([["GetIndex"]], {}, '{}([\'GetIndex\']): give actions, as in {}("QueryVectors", "Get*").'),
        (["GetIndex[s]"], {}, "give actions, as in"),
        (
            ["GetIndex"],
            {"on": "movies"},
            "{}(on='movies'): give \"*\", an ARN, a pattern of ARNs, or something",
        ),
        (["GetIndex"], {"on": ["*", 5]}, "{}(on=5): give"),
        (["GetIndex"], {"on": []}, "{}(on=[]): give"),
        (["GetIndex"], {"on": None}, "{}(on=None): give"),
        (["GetIndex"], {"when": 5}, "Statement[0].Condition must be an object"),
        (
            ["GetIndex"],
            {"when": {"Like": {"a": "b"}}},
            "Statement[0].Condition.Like is no condition operator",
        ),
    ],
)
def test_a_wrong_statement(kind: str, verb: str, actions: Any, settings: dict[str, Any], text: str) -> None:
    one = make(kind, "reader", MAY_LIST)
    wrong(lambda: getattr(one, verb)(*actions, **settings), text.replace("{}", verb).replace("[0]", "[1]"))
    assert may_list(one)


@pytest.mark.parametrize(
    "actions", [["*"], ["*:*"], ["S3VECTORS:lIST*"], ["ListVectorBucket?"], ["*buckets"]]
)
def test_actions_with_wildcards(mock: MockS3Vectors, actions: list[str]) -> None:
    assert may_list(mock.iam.user("reader").allow(*actions))


@MAKERS
def test_the_same_name_twice(mock: MockS3Vectors, kind: str) -> None:
    first = make(kind, "/team/reader")
    lasting = first.role_arn or first.arn
    for name in ("reader", "READER", "/other/Reader"):
        wrong(
            lambda name=name: make(kind, name),  # type: ignore[misc]
            f"iam.{kind}({name!r}): account {ACCOUNT} has {lasting} already. Use what iam.{kind}() returned "
            "then, or choose another name.",
        )
    other = make("role" if kind == "user" else "user", "reader")
    elsewhere = make(kind, "reader", account=OTHER)
    assert repr(mock.iam) == f"<users and roles: {first.arn}, {other.arn}, {elsewhere.arn}>"
    everyone = [first, other, elsewhere, make(kind, "writer")]
    assert len({one["aws_access_key_id"] for one in everyone}) == 4
    assert len({one["aws_secret_access_key"] for one in everyone}) == 4


def test_iam_of_a_mock_that_is_off() -> None:
    mock = mock_s3vectors()
    wrong(lambda: mock.iam, "iam was used on a mock that is off")
    with mock:
        iam = mock.iam
    assert repr(iam) == "<users and roles of a mock that is off>"


# --- the life of an identity --------------------------------------------------------------------


@MAKERS
def test_a_mock_that_has_ended(kind: str) -> None:
    with mock_s3vectors() as mock:
        one = getattr(mock.iam, kind)("reader")
    wrong(lambda: one.allow("GetIndex"), "allow() was used on a mock that is off")
    assert dict(one)
    assert repr(one) == f"<{one.arn}>"
    with mock:
        wrong(
            lambda: one.deny("GetIndex"),
            f"deny() was used on {one!r}, which was made on a mock that has ended, or was undone: make it "
            "on the mock that is on, with mock.iam.",
        )
        again = getattr(mock.iam, kind)("reader")
        assert dict(again) == dict(one)


def test_identities_survive_a_reset(mock: MockS3Vectors) -> None:
    user = mock.iam.user("reader", MAY_LIST)
    create("movies")
    mock.reset()
    assert names(new_client(**user)) == []
    assert not may_list(user.deny("*"))


def test_an_inner_mock_undoes_its_changes(mock: MockS3Vectors) -> None:
    user = mock.iam.user("reader", MAY_LIST)
    with mock_s3vectors() as inner:
        assert may_list(user)
        wrong(lambda: inner.iam.user("reader"), "already")
        own = inner.iam.user("own", MAY_LIST)
        assert may_list(own)
        later = mock.iam.user("later", MAY_LIST)
        assert may_list(later)
        user.deny("*")
        assert not may_list(user)
    assert not may_list(user)
    assert mock.iam.user("own").arn == own.arn


@pytest.mark.parametrize("shared", [False, True])
def test_identities_of_an_inner_mock_end_with_it(mock: MockS3Vectors, *, shared: bool) -> None:
    with mock_s3vectors(shared=shared) as inner:
        one = inner.iam.user("reader", MAY_LIST)
        assert may_list(one)
    assert repr(mock.iam) == "<users and roles: none>"
    with pytest.raises(UsageError, match=re.escape(f"The access key {one['aws_access_key_id']} is that of")):
        may_list(one)
    wrong(lambda: one.allow("GetIndex"), "allow() was used on a mock that is off")
    assert may_list(mock.iam.user("reader", MAY_LIST))


def test_a_decorated_function_begins_without_identities() -> None:
    @mock_s3vectors
    def function() -> str:
        user = current_mock().iam.user("reader", MAY_LIST)
        assert may_list(user)
        return user.arn

    assert function() == function()


def test_a_decorated_class_run_by_unittest() -> None:
    """Each test begins with the identities of `setUpClass`, and undoes what it does to them."""

    @mock_s3vectors
    class Case(unittest.TestCase):
        reader: Any

        @classmethod
        def setUpClass(cls) -> None:
            cls.reader = current_mock().iam.user("reader", MAY_LIST)

        def setUp(self) -> None:
            self.own = current_mock().iam.role("own", MAY_LIST)

        def test_1(self) -> None:
            self.reader.deny("*")
            assert not may_list(self.reader)
            assert may_list(self.own)

        def test_2(self) -> None:
            assert may_list(self.reader)
            assert may_list(self.own)

    run_case(Case)


def test_mocks_of_two_threads() -> None:
    """Each has a user of the same name, and so with the same keys."""
    together = Barrier(2, timeout=10)

    def use(policy: dict[str, Any]) -> bool:
        with mock_s3vectors() as mock:
            user = mock.iam.user("reader", policy)
            together.wait()
            may = may_list(user)
            together.wait()
            return may

    nothing = {"Statement": {**LIST, "Effect": "Deny"}}
    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(use, [MAY_LIST, nothing])) == [True, False]


# --- partitions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_partitions(mock: MockS3Vectors, region: str, partition: str) -> None:
    """A call has the partition of its Region."""
    for one in (mock.iam.user("/team/reader"), mock.iam.role("/team/reader")):
        text = denial(lambda one=one: names(new_client(region, **one)))  # type: ignore[misc]
        assert text.startswith(f"User: {one.arn.replace('arn:aws:', f'arn:{partition}:')} is not authorized")
        assert mock.calls[-1].caller == one.arn.replace("arn:aws:", f"arn:{partition}:")
        identity = mock.calls[-1].caller
        assert identity.startswith(f"arn:{partition}:")


def test_the_partition_of_the_environment(mock: MockS3Vectors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "cn-north-1")
    role = mock.iam.role("reader", MAY_LIST, boundary=MAY_ALL)
    assert role.arn == f"arn:aws-cn:sts::{ACCOUNT}:assumed-role/reader/session"
    assert role.role_arn == f"arn:aws-cn:iam::{ACCOUNT}:role/reader"
    assert may_list(role, "cn-north-1")
    assert mock.calls[-1].caller == role.arn
    assert may_list(role, "us-east-1")
    assert mock.calls[-1].caller == role.arn.replace("aws-cn", "aws")
