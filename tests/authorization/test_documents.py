"""Policy documents: the forms in which they are accepted, and what is wrong with all others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

import pytest

from mock_s3vectors.authorization import PolicyError, compile_policy
from mock_s3vectors.authorization.statements import PolicyKind
from tests.support.linear import TIMES, assert_linear

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS: tuple[PolicyKind, ...] = get_args(PolicyKind)
OWN: dict[str, Any] = {"Effect": "Allow", "Action": "s3vectors:*", "Resource": "*"}
OF_BUCKET = {**OWN, "Principal": "*"}
VERSION = {"Version": "2012-10-17"}


def fault_of(document: Any, kind: PolicyKind = "identity") -> str:
    with pytest.raises(PolicyError) as refused:
        compile_policy(document, kind)
    return str(refused.value)


def fault_in(kind: PolicyKind = "identity", **elements: Any) -> str:
    """The fault of the second of two statements."""
    own = OF_BUCKET if kind == "resource" else OWN
    return fault_of({**VERSION, "Statement": [own, {**own, **elements}]}, kind)


def fault_when(condition: Any) -> str:
    place = "Statement[1].Condition"
    fault = fault_in(Condition=condition)
    assert fault.startswith(place)
    return fault.removeprefix(place)


# What is accepted


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dump", [dict, json.dumps, lambda document: json.dumps(document).encode()])
def test_a_document_is_json_or_what_json_stands_for(kind: PolicyKind, dump: Callable[[Any], Any]) -> None:
    document = {**VERSION, "Statement": [OF_BUCKET if kind == "resource" else OWN]}
    policy = compile_policy(dump(document), kind, name="mine", arn="arn:x")
    assert json.loads(policy.text) == document
    (statement,) = policy.statements
    assert (policy.kind, policy.name, policy.arn) == (kind, "mine", "arn:x")
    assert (statement.policy_kind, statement.policy_name, statement.policy_arn) == (kind, "mine", "arn:x")
    assert (statement.effect, statement.sid, statement.position) == ("Allow", None, 0)
    assert statement.source == document["Statement"][0]


def test_statements_know_their_place() -> None:
    policy = compile_policy(
        {"Statement": [{**OWN, "Sid": "a"}, {**OWN, "Sid": "b", "Effect": "Deny"}]}, "session"
    )
    assert [(own.sid, own.position, own.effect) for own in policy.statements] == [
        ("a", 0, "Allow"),
        ("b", 1, "Deny"),
    ]


@pytest.mark.parametrize("version", [{}, {"Version": "2008-10-17"}, VERSION])
def test_there_are_two_versions(version: dict[str, str]) -> None:
    compile_policy({**version, "Statement": OWN}, "identity")


def test_a_bucket_policy_takes_ids_and_names_that_iam_does_not() -> None:
    statement = {**OF_BUCKET, "Sid": "Zugriff für alle"}
    compile_policy({"Id": "mine and yours", "Statement": [statement, statement]}, "resource")


def test_statements_without_a_sid_may_be_many() -> None:
    compile_policy({"Statement": [OWN, OWN, {**OWN, "Sid": ""}, {**OWN, "Sid": ""}]}, "identity")


# What is no document


@pytest.mark.parametrize("document", ["", "{", b"\xff", b"[", {1, 2}, "NaN", {"Statement": float("inf")}])
def test_a_document_that_is_no_json(document: Any) -> None:
    assert fault_of(document) == "it is not JSON"


def test_a_document_that_holds_itself() -> None:
    document: dict[str, Any] = {}
    document["Statement"] = document
    assert fault_of(document) == "it is not JSON"


@pytest.mark.parametrize("nest", [lambda depth: "[" * depth, lambda depth: '{"Statement":' * depth])
def test_a_document_that_is_nested_too_deeply(nest: Callable[[int], str]) -> None:
    assert fault_of(nest(200_000)) == "it is nested too deeply"


def test_a_parsed_document_that_is_nested_too_deeply() -> None:
    document: Any = []
    for _ in range(200_000):
        document = [document]
    assert fault_of(document) == "it is nested too deeply"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('{"Statement": 1, "Statement": 2}', "Statement is given twice"),
        ('{"Statement": {"Effect": "Deny", "Effect": "Allow"}}', "Statement.Effect is given twice"),
        ('{"Statement": [{}, {"Sid": 1, "Sid": 1}]}', "Statement[1].Sid is given twice"),
        (
            '{"Statement": [{"Condition": {"Bool": {"a:b": 1, "c:d": 1, "c:d": 1}}}]}',
            "Statement[0].Condition.Bool.c:d is given twice",
        ),
        ('{"a": {"b": 1, "b": 2}, "a": 1}', "a is given twice"),
        ('[[{"b": 1, "b": 2}]]', "[0][0].b is given twice"),
    ],
)
def test_a_key_that_is_given_twice(text: str, fault: str) -> None:
    assert fault_of(text) == fault


# What is no policy


@pytest.mark.parametrize("version", ["2012-10-18", "", 1, None, ["2012-10-17"]])
def test_a_version_that_does_not_exist(version: Any) -> None:
    assert fault_of({"Version": version, "Statement": OWN}) == "Version must be 2008-10-17 or 2012-10-17"


def test_elements_that_no_policy_has() -> None:
    assert fault_of({"statement": OWN, "Statement": OWN}) == "statement is no element of a policy"
    assert fault_in(Conditions={}) == "Statement[1].Conditions is no element of a statement"


@pytest.mark.parametrize("kind", ["identity", "boundary", "session"])
@pytest.mark.parametrize("name", ["Principal", "NotPrincipal"])
def test_principals_are_for_resources(kind: PolicyKind, name: str) -> None:
    assert (
        fault_in(kind, **{name: "*"}) == f"Statement[1].{name} is an element of resource-based policies only"
    )


def test_ids_are_for_resources() -> None:
    assert fault_of({"Id": "x", "Statement": OWN}) == "Id is an element of resource-based policies only"
    assert fault_of({"Id": 1, "Statement": OF_BUCKET}, "resource") == "Id must be a string"


def test_sids() -> None:
    assert fault_in(Sid=1) == "Statement[1].Sid must be a string"
    assert fault_in("resource", Sid=None) == "Statement[1].Sid must be a string"
    assert fault_in(Sid="an id") == "Statement[1].Sid must consist of letters and digits"
    twice = {**OWN, "Sid": "mine"}
    fault = "Statement[1].Sid must be another one than that of a statement before: mine"
    assert fault_of({"Statement": [twice, twice]}) == fault


@pytest.mark.parametrize("name", ["Action", "NotAction"])
@pytest.mark.parametrize("value", ["", "QueryVectors", "**", ["s3vectors:*", "Query*"]])
def test_actions_have_a_service(name: str, value: Any) -> None:
    wrong = value if isinstance(value, str) else value[1]
    given = {"Effect": "Deny", name: value, "Resource": "*"}
    fault = f"Statement.{name} must be * or a service, a colon and an action: {wrong} is neither"
    assert fault_of({"Statement": given}) == fault


@pytest.mark.parametrize("value", ["", "bucket/films", "**", ["*", "films"]])
def test_resources_are_arns(value: Any) -> None:
    wrong = value if isinstance(value, str) else value[1]
    assert fault_in(Resource=value) == f"Statement[1].Resource must be * or an ARN: {wrong} is neither"


@pytest.mark.parametrize("name", ["Resource", "NotResource"])
def test_the_arns_of_a_session_policy_are_whole(name: str) -> None:
    short: dict[str, Any] = {"Effect": "Deny", "Action": "*", name: ["*", "arn:aws:s3vectors:*"]}
    fault = (
        f"Statement.{name} must be * or ARNs with six parts in a session policy: {short[name][1]} has fewer"
    )
    assert fault_of({"Statement": short}, "session") == fault
    compile_policy({"Statement": short}, "identity")
    compile_policy({"Statement": short}, "boundary")


@pytest.mark.parametrize(
    "variable",
    [
        "${}",
        "${aws:username",
        "${aws:user name}",
        "${aws:x, default}",
        "${aws:x 'd'}",
        "${'d'}",
        "${${aws:x}}",
    ],
)
def test_variables_that_are_none(variable: str) -> None:
    fault = fault_in(Resource=f"arn:aws:s3vectors:*:*:bucket/{variable}/*")
    assert fault.startswith("Statement[1].Resource has a malformed variable: ${")
    fault = fault_when({"StringLike": {"aws:username": ["x", variable]}})
    assert fault.startswith(".StringLike.aws:username has a malformed variable: ${")


def test_the_first_version_has_no_variables_that_could_be_malformed() -> None:
    compile_policy({"Statement": {**OWN, "Resource": "arn:aws:s3vectors:*:*:bucket/${"}}, "identity")


@pytest.mark.parametrize(
    ("principal", "fault"),
    [
        ("123456789012", " must be *, or an object with AWS principals, services or others"),
        ({"Aws": "*"}, ".Aws is no kind of principal: those are AWS, CanonicalUser, Federated, Service"),
        (
            {"AWS": ["123456789012", "arn:aws:iam::*:root"]},
            ".AWS must name principals without wildcards, or be *: arn:aws:iam::*:root is neither",
        ),
    ],
)
@pytest.mark.parametrize("name", ["Principal", "NotPrincipal"])
def test_principals_that_are_none(name: str, principal: Any, fault: str) -> None:
    statement = {**OWN, name: principal}
    assert fault_of({"Statement": statement}, "resource") == f"Statement.{name}{fault}"


NO_OPERATORS = (
    "StringEqual",
    "IfExists",
    "ForAll:StringEquals",
    ":StringEquals",
    "NullIfExists",
    "ForAnyValue:Null",
    "StringNotIpAddress",
    "StringEqualsIfExistsIfExists",
)
NO_KEYS: tuple[Any, ...] = ({}, "aws:SecureTransport", ["aws:SecureTransport"], None)
NO_VALUES: tuple[Any, ...] = (None, [], {}, ["a", None], [["a"]])
VALUES = "a string, a number, a boolean or an array of them, which is not empty"
# The values that are none of an operator, and what they must be.
WRONG: dict[str, tuple[str, tuple[Any, ...]]] = {
    "Bool": ("true or false", ("", "yes", 1, ["true", "no"])),
    "Null": ("true or false", ("yes", "${aws:y}")),
    "NumericEquals": ("a number", ("", "one", "1_000", "NaN", "1" * 41, "1e9999", "${aws:y}", True)),
    "DateLessThan": (
        "a date, or seconds since the epoch",
        ("", "today", "2026-13", "2026-02-30", "2026-01-01T24:00Z", "2026-01-01T12:00", "0000", "${aws:y}"),
    ),
    "BinaryEquals": ("Base64", ("red", "${aws:y}")),
    "IpAddress": (
        "an IP address or a range of them",
        ("", "here", "10.0.0.0/33", "10.0.0.256", "${aws:y}", 10),
    ),
    "ArnLike": ("an ARN, with or without wildcards", ("", "reader", "arn:aws:iam:*")),
}


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        (None, " must be an object"),
        ([], " must be an object"),
        *(({name: {"aws:x": "a"}}, f".{name} is no condition operator") for name in NO_OPERATORS),
        *(
            ({"Bool": keys}, ".Bool must be an object of condition keys, which is not empty")
            for keys in NO_KEYS
        ),
        ({"Bool": {"secure": "true"}}, ".Bool.secure is no condition key, such as aws:SourceIp"),
        *(({"StringLike": {"aws:x": own}}, f".StringLike.aws:x must be {VALUES}") for own in NO_VALUES),
        *(
            ({name: {"aws:x": value}}, f".{name}.aws:x must be {form}")
            for name, (form, values) in WRONG.items()
            for value in values
        ),
    ],
)
def test_conditions_that_are_none(condition: Any, fault: str) -> None:
    assert fault_when(condition) == fault


NO_PRINCIPALS: list[Any] = [None, 1, [], ["*"], {}, {"AWS": []}, {"AWS": [1]}, {"AWS": "*", "Service": {}}]


@pytest.mark.parametrize("principal", NO_PRINCIPALS)
def test_principals_of_a_wrong_form(principal: Any) -> None:
    fault = fault_of({"Statement": {**OWN, "Principal": principal}}, "resource")
    form = "a string or an object of strings and arrays of strings, which are not empty"
    assert fault == f"Statement.Principal must be {form}"


@pytest.mark.parametrize(
    ("lacking", "fault"),
    [
        ("Effect", "an Effect, which is Allow or Deny"),
        ("Principal", "either Principal or NotPrincipal"),
        ("Action", "either Action or NotAction"),
        ("Resource", "either Resource or NotResource"),
    ],
)
def test_elements_that_a_statement_lacks(lacking: str, fault: str) -> None:
    statement = {name: value for name, value in OF_BUCKET.items() if name != lacking}
    assert fault_of({"Statement": [statement]}, "resource") == f"Statement[0] must have {fault}"


@pytest.mark.parametrize("document", [None, 1, [], "Statement", {}, {"Statement": []}, {"Statement": "all"}])
def test_documents_without_statements(document: Any) -> None:
    assert (
        fault_of(json.dumps(document))
        == "Statement must be an object or an array of objects, which is not empty"
    )


@pytest.mark.parametrize("statement", [None, "Allow", []])
def test_statements_that_are_none(statement: Any) -> None:
    assert fault_of({"Statement": [OWN, statement]}) == "Statement[1] must be an object"


@pytest.mark.parametrize("names", [None, 1, [], {}, ["s3vectors:*", 1]])
@pytest.mark.parametrize("element", ["Action", "Resource"])
def test_names_that_are_none(element: str, names: Any) -> None:
    form = "a string or an array of strings, which is not empty"
    assert fault_in(**{element: names}) == f"Statement[1].{element} must be {form}"


# Long documents


def documents(make: Callable[[int], str], size: int) -> tuple[str, str]:
    return make(size), make(TIMES * size)


@pytest.mark.parametrize(
    "make",
    [
        lambda size: json.dumps({"Statement": [OWN] * size}),
        lambda size: json.dumps({"Statement": {**OWN, "Action": ["s3vectors:*"] * size}}),
        lambda size: json.dumps(
            {**VERSION, "Statement": {**OWN, "Resource": "arn:a:b:c:d:" + "${a:b" * size}}
        ),
        lambda size: json.dumps(
            {**VERSION, "Statement": {**OWN, "Resource": "arn:a:b:c:d:" + "${a:b}" * size}}
        ),
        lambda size: json.dumps({**VERSION, "Statement": {**OWN, "Resource": "arn:a:b:c:d:${" + " " * size}}),
        lambda size: json.dumps({"Statement": {**OWN, "Condition": {"NumericEquals": {"a:b": "1" * size}}}}),
        lambda size: '{"Statement": {' + '"Effect": "Allow",' * size + '"Sid": ""}}',
        lambda size: '{"Statement": [' + '{"a": 1, "a": 1},' * size + "1]}",
    ],
    ids=["statements", "actions", "no ends", "variables", "spaces", "digits", "repeated", "repeatedly"],
)
def test_reading_takes_time_in_proportion_to_the_length(make: Callable[[int], str]) -> None:
    def read(text: str) -> None:
        try:
            compile_policy(text, "identity")
        except PolicyError:
            return

    assert_linear(read, *documents(make, 1_000))
