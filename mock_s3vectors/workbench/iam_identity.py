"""A user, or a session of a role, as a test has it in its hands: credentials, and statements to add."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from mock_s3vectors.authorization import LATEST_VERSION, PolicyError, compile_policy
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.refusals import shorten
from mock_s3vectors.workbench.iam_names import statement_of
from mock_s3vectors.workbench.steered import made_before

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.authorization import Policies, Policy, Principal
    from mock_s3vectors.authorization.statements import PolicyKind
    from mock_s3vectors.workbench.iam_names import On
    from mock_s3vectors.workbench.steered import Steered
    from mock_s3vectors.world.identities import Identity


class IamIdentity(Mapping[str, Any]):
    """A user, or a session of a role, as the keyword arguments with which `boto3.client` acts as it."""

    def __init__(self, identity: Identity, steered: Callable[[str], Steered]) -> None:
        self._principal = identity.principal
        self._arguments = {
            "aws_access_key_id": identity.access_key_id,
            "aws_secret_access_key": identity.secret_access_key,
        }
        if identity.session_token is not None:
            self._arguments["aws_session_token"] = identity.session_token
        self._steered = steered

    def __getitem__(self, name: str) -> str:
        return self._arguments[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arguments)

    def __len__(self) -> int:
        return len(self._arguments)

    def __repr__(self) -> str:
        return f"<{self.arn}>"

    @property
    def arn(self) -> str:
        """The ARN of the user, or of the session."""
        return self._principal.arn

    @property
    def role_arn(self) -> str | None:
        """The ARN of the role, for the Principal of a bucket policy; None for a user."""
        return self._principal.role_arn

    @property
    def account(self) -> str:
        """The account, 12 digits."""
        return self._principal.account

    @property
    def unique_id(self) -> str:
        """The unique id of the user, or of the role with the name of the session.

        It is the value of the condition key `aws:userid`.
        """
        return self._principal.unique_id

    def allow(self, *actions: str, on: On = "*", when: Mapping[str, Any] | None = None) -> IamIdentity:
        """Add a statement that allows something to its inline policy, or that of its role.

        Args:
            *actions: `"s3vectors:QueryVectors"`, short `"QueryVectors"`, or with wildcards: `"Get*"`.
            on: an ARN or a pattern of ARNs, something that has an ARN, such as a view, or several of these.
                The ARN of a vector bucket does not mean its indexes.
            when: the Condition of the statement: `{"Bool": {"aws:SecureTransport": "true"}}`.

        Returns:
            itself.

        Raises:
            UsageError: the mock is off or has ended, or this can mean no call of S3 Vectors.

        Example:
            >>> mock.iam.user("writer").allow("PutVectors", on=mock.index("films", "plots")).deny("Delete*")
            <arn:aws:iam::123456789012:user/writer>
        """
        return self._add("Allow", actions, on, when)

    def deny(self, *actions: str, on: On = "*", when: Mapping[str, Any] | None = None) -> IamIdentity:
        """Add a statement that denies something to its inline policy, or that of its role.

        Args:
            *actions: see `allow`.
            on: see `allow`.
            when: see `allow`.

        Returns:
            itself.

        Raises:
            UsageError: the mock is off or has ended, or this can mean no call of S3 Vectors.
        """
        return self._add("Deny", actions, on, when)

    def _add(
        self,
        effect: Literal["Allow", "Deny"],
        actions: tuple[str, ...],
        on: On,
        when: Mapping[str, Any] | None,
    ) -> IamIdentity:
        asked = f"{effect.lower()}()"
        statement = statement_of(effect, actions, on, when)
        identities = self._steered(asked).world.identities
        with identities.lock:
            identity = identities.of(self._arguments["aws_access_key_id"])
            if identity is None:
                raise made_before(asked, repr(self), "mock.iam")
            identities.put(replace(identity, policies=self._with(identity.policies, statement, asked)))
        return self

    def _with(self, policies: Policies, statement: dict[str, Any], asked: str) -> Policies:
        """Return policies of which the inline one has one more statement."""
        name = inline_name(lasting_arn(self._principal).rpartition("/")[2])
        known = policies.identity or ()
        inline = [policy for policy in known if policy.name == name]
        document = json.loads(inline[0].text) if inline else {"Version": LATEST_VERSION, "Statement": []}
        before = document["Statement"]
        document["Statement"] = [*([before] if isinstance(before, dict) else before), statement]
        try:
            longer = compile_policy(document, "identity", name=name)
        except PolicyError as error:
            raise UsageError(f"{asked} of {self!r}: {error}") from None
        return replace(policies, identity=(longer, *(policy for policy in known if policy not in inline)))


def lasting_arn(principal: Principal) -> str:
    """Return the ARN of a user, or that of the role of a session."""
    return principal.role_arn or principal.arn


def inline_name(name: str) -> str:
    """Return how texts for people call the inline policy of a user or a role."""
    return f"policy {name}"


def compiled_policy(document: Any, kind: PolicyKind, name: str, arn: str | None = None) -> Policy:
    """Return a policy, compiled.

    Raises:
        UsageError: it is none.
    """
    try:
        given = dict(document) if isinstance(document, Mapping) else document
        return compile_policy(given, kind, name=name, arn=arn)
    except PolicyError as error:
        raise UsageError(f"{name}: {shorten(str(error))}") from None
