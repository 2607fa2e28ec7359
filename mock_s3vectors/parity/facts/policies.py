"""Facts about bucket policies: how they are kept, and what is no policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.comparing import refusal
from mock_s3vectors.parity.expecting import expect_own_text
from mock_s3vectors.parity.fact import Facts

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Policies")

NO_POLICY = refusal("NotFoundException", "The specified vector bucket policy could not be found")


def everybody_of(ask: Asking) -> dict[str, str]:
    """Return the account of the run as a principal, in the form that IAM gives it when it keeps a policy."""
    return {"AWS": f"arn:{ask.partition}:iam::{ask.account}:root"}


def statement(ask: Asking, **elements: Any) -> dict[str, Any]:
    """Return a statement by which nothing of a run is denied."""
    return {
        "Effect": "Deny",
        "Principal": everybody_of(ask),
        "Action": "s3vectors:PutVectors",
        "Resource": "*",
        **elements,
    }


def policy(*statements: Any, **elements: Any) -> str:
    """Return the text of a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **elements})


def compare_kept(ask: Asking, text: str, **bucket: str) -> None:
    """Compare the policy that a vector bucket has, as JSON."""
    answer = ask.settled(lambda each: read(each) == json.loads(text), "GetVectorBucketPolicy", **bucket)
    ask.compare("the policy", json.loads(text), read(answer))


def compare_missing(ask: Asking, bucket: str) -> None:
    """Compare that a vector bucket has no policy."""
    name = {"vectorBucketName": bucket}
    answer = ask.settled(lambda each: each == NO_POLICY, "GetVectorBucketPolicy", **name)
    ask.compare("GetVectorBucketPolicy", NO_POLICY, answer)


def read(answer: dict[str, Any]) -> Any:
    """Return the policy of an answer as JSON, or a refusal as it is."""
    return answer if "error" in answer else json.loads(answer.get("policy", "null"))


def expect_kept(ask: Asking, text: str) -> None:
    """Put a policy, and compare the one that comes back with it."""
    bucket = ask.bucket()
    ask.expect({}, "PutVectorBucketPolicy", vectorBucketName=bucket, policy=text)
    compare_kept(ask, text, vectorBucketName=bucket)


def expect_malformed(ask: Asking, bucket: str, text: str, fault: str) -> None:
    """Put what is no policy, and compare its refusal with the mock's."""
    expected = f"The specified policy is not a valid JSON policy document: {fault}"
    put = {"vectorBucketName": bucket, "policy": text}
    expect_own_text(ask, "ValidationException", expected, "PutVectorBucketPolicy", **put)


# --- how they are kept --------------------------------------------------------------------------


@facts("policy-kept", "seen", "A policy comes back as equal JSON.")
def _(ask: Asking) -> None:
    expect_kept(ask, policy(statement(ask)))


@facts("policy-missing", "seen", "A vector bucket without a policy says that it could not be found.")
def _(ask: Asking) -> None:
    ask.expect(NO_POLICY, "GetVectorBucketPolicy", vectorBucketName=ask.bucket())


@facts("policy-replaced", "documented", "A second policy replaces the first.")
def _(ask: Asking) -> None:
    bucket = ask.bucket()
    ask.prepare("PutVectorBucketPolicy", vectorBucketName=bucket, policy=policy(statement(ask)))
    text = policy(statement(ask, Action="s3vectors:DeleteVectors"))
    ask.expect({}, "PutVectorBucketPolicy", vectorBucketName=bucket, policy=text)
    compare_kept(ask, text, vectorBucketName=bucket)


@facts("policy-deleted", "documented", "A policy that is deleted could not be found any more.")
def _(ask: Asking) -> None:
    bucket = {"vectorBucketName": ask.bucket()}
    ask.prepare("PutVectorBucketPolicy", **bucket, policy=policy(statement(ask)))
    ask.expect({}, "DeleteVectorBucketPolicy", **bucket)
    compare_missing(ask, bucket["vectorBucketName"])


@facts(
    "policy-missing-deleted",
    "choice",
    "DeleteVectorBucketPolicy succeeds if there is no policy.",
    choices=("delete-missing-policy",),
)
def _(ask: Asking) -> None:
    ask.expect({}, "DeleteVectorBucketPolicy", vectorBucketName=ask.bucket())


@facts("policy-of-each-bucket", "documented", "Each vector bucket has a policy of its own.")
def _(ask: Asking) -> None:
    first, second = ask.bucket(), ask.bucket()
    ask.prepare("PutVectorBucketPolicy", vectorBucketName=first, policy=policy(statement(ask)))
    ask.expect(NO_POLICY, "GetVectorBucketPolicy", vectorBucketName=second)


# --- what is a policy ---------------------------------------------------------------------------


@facts("policy-of-another-bucket", "seen", "A policy may name another vector bucket as its resource.")
def _(ask: Asking) -> None:
    expect_kept(ask, policy(statement(ask, Resource=ask.arn(ask.name()))))


@facts("policy-of-an-account-id", "seen", "A policy may name an account by its id alone.")
def _(ask: Asking) -> None:
    text = policy(statement(ask, Principal={"AWS": ask.account}))
    ask.expect({}, "PutVectorBucketPolicy", vectorBucketName=ask.bucket(), policy=text)


@facts("policy-by-arn", "documented", "Operations on policies take the ARN of the vector bucket.")
def _(ask: Asking) -> None:
    arn, text = ask.arn(ask.bucket()), policy(statement(ask))
    ask.expect({}, "PutVectorBucketPolicy", vectorBucketArn=arn, policy=text)
    compare_kept(ask, text, vectorBucketArn=arn)
    ask.expect({}, "DeleteVectorBucketPolicy", vectorBucketArn=arn)


@facts(
    "policy-unknown-principal",
    "choice",
    "A user that the account does not have may be in a policy.",
    choices=("policy-names",),
)
def _(ask: Asking) -> None:
    nobody = f"arn:{ask.partition}:iam::{ask.account}:user/{ask.name()}"
    expect_kept(ask, policy(statement(ask, Principal={"AWS": nobody})))


@facts("policy-id-and-sid", "seen", "A policy may have an `Id`, and a statement a `Sid`.")
def _(ask: Asking) -> None:
    expect_kept(ask, policy(statement(ask, Sid="First"), Id="mine"))


@facts("policy-without-a-list", "documented", "A policy may have one statement that is not in a list.")
def _(ask: Asking) -> None:
    expect_kept(ask, json.dumps({"Version": "2012-10-17", "Statement": statement(ask)}))


@facts("policy-statements", "documented", "A policy may have several statements, of both effects.")
def _(ask: Asking) -> None:
    allow = statement(ask, Effect="Allow", Action=["s3vectors:GetVectors", "s3vectors:QueryVectors"])
    expect_kept(ask, policy(allow, statement(ask)))


@facts("policy-condition", "documented", "A statement may have conditions.")
def _(ask: Asking) -> None:
    condition = {"StringEquals": {"aws:ResourceTag/stage": ["test", "live"]}}
    expect_kept(ask, policy(statement(ask, Condition=condition)))


@facts(
    "policy-unknown-action",
    "choice",
    "An action that the service does not have may be in a policy.",
    choices=("policy-names",),
)
def _(ask: Asking) -> None:
    expect_kept(ask, policy(statement(ask, Action="s3vectors:PaintVectors")))


@facts(
    "policy-negations",
    "choice",
    "A statement may have NotPrincipal, NotAction and NotResource.",
    choices=("policy-grammar",),
)
def _(ask: Asking) -> None:
    # It denies only that vectors are put into its vector bucket, and allows only what is not of this service.
    given = statement(ask)
    del given["Principal"]
    expect_kept(ask, policy({**given, "NotPrincipal": everybody_of(ask)}))
    given = statement(ask)
    allow = {**given, "Effect": "Allow", "NotAction": "s3vectors:*", "NotResource": ask.arn(ask.name())}
    del allow["Action"], allow["Resource"]
    expect_kept(ask, policy(allow))


# --- what is none -------------------------------------------------------------------------------


@facts(
    "policy-no-json",
    "choice",
    "A text that is not JSON, or no object with statements, is a ValidationException.",
    choices=("malformed-policy-text",),
)
def _(ask: Asking) -> None:
    bucket = ask.bucket()
    no_statement = "Statement must be an object or an array of objects, which is not empty"
    for text, fault in (("{", "it is not JSON"), ("[]", no_statement), ("{}", no_statement)):
        expect_malformed(ask, bucket, text, fault)
    ask.expect(NO_POLICY, "GetVectorBucketPolicy", vectorBucketName=bucket)


@facts(
    "policy-grammar",
    "choice",
    "A statement without an effect, a principal, an action or a resource is a ValidationException.",
    choices=("policy-grammar", "malformed-policy-text"),
)
def _(ask: Asking) -> None:
    bucket, faults = (
        ask.bucket(),
        {
            "Effect": "Statement[0] must have an Effect, which is Allow or Deny",
            "Principal": "Statement[0] must have either Principal or NotPrincipal",
            "Action": "Statement[0] must have either Action or NotAction",
            "Resource": "Statement[0] must have either Resource or NotResource",
        },
    )
    for name, fault in faults.items():
        lacking = {element: value for element, value in statement(ask).items() if element != name}
        expect_malformed(ask, bucket, policy(lacking), fault)


@facts(
    "policy-unknown-elements",
    "choice",
    "A statement, or a policy, with an element that IAM's grammar does not have is a ValidationException.",
    choices=("policy-grammar",),
)
def _(ask: Asking) -> None:
    bucket = ask.bucket()
    fault = "Statement[0].Conditions is no element of a statement"
    expect_malformed(ask, bucket, policy(statement(ask, Conditions={})), fault)
    expect_malformed(ask, bucket, policy(statement(ask), Name="a"), "Name is no element of a policy")


@facts(
    "policy-condition-operators",
    "choice",
    "A condition with an operator that IAM does not have is a ValidationException.",
    choices=("policy-grammar",),
)
def _(ask: Asking) -> None:
    condition = {"StringIs": {"aws:username": "me"}}
    fault = "Statement[0].Condition.StringIs is no condition operator"
    expect_malformed(ask, ask.bucket(), policy(statement(ask, Condition=condition)), fault)


@facts(
    "policy-condition-types",
    "choice",
    "A condition with a value that is not of the operator's type is a ValidationException.",
    choices=("policy-condition-types",),
)
def _(ask: Asking) -> None:
    condition = {"IpAddress": {"aws:SourceIp": "here"}}
    fault = "Statement[0].Condition.IpAddress.aws:SourceIp must be an IP address or a range of them"
    expect_malformed(ask, ask.bucket(), policy(statement(ask, Condition=condition)), fault)


@facts(
    "policy-malformed-variables",
    "choice",
    "A policy with a variable that is not well-formed is a ValidationException.",
    choices=("policy-variable-values",),
)
def _(ask: Asking) -> None:
    resource = f"{ask.arn(ask.name())}/index/${{aws:x"
    fault = "Statement[0].Resource has a malformed variable: ${aws:x"
    expect_malformed(ask, ask.bucket(), policy(statement(ask, Resource=resource)), fault)


@facts("policy-keeps-the-old-one", "documented", "A policy that is refused leaves the one before in place.")
def _(ask: Asking) -> None:
    bucket, text = ask.bucket(), policy(statement(ask))
    ask.prepare("PutVectorBucketPolicy", vectorBucketName=bucket, policy=text)
    ask("PutVectorBucketPolicy", vectorBucketName=bucket, policy="{")
    compare_kept(ask, text, vectorBucketName=bucket)
