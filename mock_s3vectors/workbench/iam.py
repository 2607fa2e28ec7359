"""`mock.iam`: users and roles with their policies, whose access keys the clients of a test sign with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mock_s3vectors.authorization import Policies, Principal
from mock_s3vectors.config import check_account_id
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.protocol.partitions import default_region, partition_of
from mock_s3vectors.workbench.iam_identity import IamIdentity, compiled_policy, inline_name, lasting_arn
from mock_s3vectors.workbench.iam_names import check_name, check_session_name, check_tags, documents_of
from mock_s3vectors.world.access_keys import access_key_id, secret_access_key, session_token, unique_id
from mock_s3vectors.world.identities import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mock_s3vectors.workbench.call import Call
    from mock_s3vectors.workbench.iam_names import Kind
    from mock_s3vectors.workbench.steered import Steered

    Document = Mapping[str, Any] | str


class Iam:
    """The users and roles of a mock: `mock.iam`.

    They end with the mock, as rules do. An inner mock begins with those of the outer one, and undoes its own
    changes. `reset()` leaves them.
    """

    def __init__(self, steered: Callable[[str], Steered]) -> None:
        self._steered = steered

    def __repr__(self) -> str:
        try:
            known = self._steered("iam").world.identities.all()
        except UsageError:
            return "<users and roles of a mock that is off>"
        return f"<users and roles: {', '.join(identity.principal.arn for identity in known) or 'none'}>"

    def user(  # noqa: PLR0913 - all that a user has
        self,
        name: str,
        policy: Document | None = None,
        *,
        policies: Iterable[Document] = (),
        boundary: Document | None = None,
        tags: Mapping[str, str] | None = None,
        account: str | None = None,
    ) -> IamIdentity:
        """Make a user, who may do what its policies allow, and at first nothing without one.

        Args:
            name: 1 to 64 characters, with a path before it if it has one: `/team/reader`.
            policy: its inline policy, a dict or JSON. `allow` and `deny` add statements to it.
            policies: further ones.
            boundary: its permissions boundary.
            tags: for policies with `aws:PrincipalTag/...`.
            account: 12 digits; None for that of the options.

        Returns:
            The user, who is the keyword arguments of a client: `boto3.client("s3vectors", **user)`.

        Raises:
            UsageError: the mock is off, IAM would refuse this, or the account has such a user.

        Example:
            >>> reader = mock.iam.user("reader").allow("Get*", on=mock.index("films", "plots"))
            >>> client = boto3.client("s3vectors", region_name="us-east-1", **reader)
            >>> client.delete_index(vectorBucketName="films", indexName="plots")
            Traceback (most recent call last):
                ...
            botocore.errorfactory.AccessDeniedException: An error occurred (AccessDeniedException) ...
        """
        new = self._new("user", name, account)
        principal = Principal(
            new.arn, new.account, "user", None, new.name, unique_id("AIDA", new.arn), check_tags(tags)
        )
        return self._keep(_identity(principal, new.policies(policy, policies, boundary)))

    def role(  # noqa: PLR0913 - all that a role and its session have
        self,
        name: str,
        policy: Document | None = None,
        *,
        session_name: str = "session",
        session_policy: Document | None = None,
        policies: Iterable[Document] = (),
        boundary: Document | None = None,
        tags: Mapping[str, str] | None = None,
        account: str | None = None,
    ) -> IamIdentity:
        """Make a role, and a session of it, which may do what its policies allow.

        Args:
            name: see `user`.
            policy: the inline policy of the role; see `user`.
            session_name: 2 to 64 characters, the end of the ARN of the session.
            session_policy: what the session may do at most; None for all that the role may.
            policies: further policies of the role.
            boundary: the permissions boundary of the role.
            tags: those of the role, and so of the session.
            account: see `user`.

        Returns:
            The session, which is the keyword arguments of a client: `boto3.client("s3vectors", **session)`.

        Raises:
            UsageError: the mock is off, IAM would refuse this, or the account has such a role.
        """
        new, session = self._new("role", name, account), check_session_name(session_name)
        arn = f"arn:{new.partition}:sts::{new.account}:assumed-role/{new.name}/{session}"
        of_session = f"{unique_id('AROA', new.arn)}:{session}"
        principal = Principal(arn, new.account, "session", new.arn, None, of_session, check_tags(tags))
        policies_of = new.policies(policy, policies, boundary, session_policy)
        issued = self._steered("iam.role()").world.clock.now()
        return self._keep(replace(_identity(principal, policies_of), issued=issued))

    def least_privilege(self, calls: Iterable[Call] | None = None) -> dict[str, Any]:
        """Return the smallest identity policy with which calls can be made again, as a dict.

        Calls that policies denied are left out. All others count, even if they failed, for instance with
        NotFoundException. Rights come by ARN, `*` for ListVectorBuckets only. A call into another account
        needs the policy of that account's bucket as well.

        Args:
            calls: some of `mock.calls`; None for all.

        Returns:
            A policy document, which is the same whatever the order of the calls.

        Raises:
            UsageError: the mock is off, or some of its calls were dropped, so that nobody knows.

        Example:
            >>> _ = client.get_index(vectorBucketName="films", indexName="plots")
            >>> (statement,) = mock.iam.least_privilege()["Statement"]
            >>> statement["Action"], statement["Resource"]
            (['s3vectors:GetIndex'], ['arn:aws:s3vectors:us-east-1:123456789012:bucket/films/index/plots'])
        """
        from mock_s3vectors.workbench import least_privilege  # noqa: PLC0415 - it loads botocore
        from mock_s3vectors.workbench.steered import calls_of  # noqa: PLC0415 - the same

        asked = "iam.least_privilege()"
        return least_privilege.policy_for(calls_of(self._steered(asked)) if calls is None else calls, asked)

    def _new(self, kind: Kind, name: str, account: str | None) -> _New:
        """Return the place of a new user or role.

        Raises:
            UsageError: IAM would refuse it, or it exists.
        """
        level = self._steered(f"iam.{kind}()")
        path, bare = check_name(kind, name)
        owner = level.config.account_id if account is None else check_account_id(account)
        new = _New(kind, path, bare, owner, partition_of(default_region()))
        for known in level.world.identities.all():
            if new.is_taken_by(known.principal):
                raise UsageError(
                    f"iam.{kind}({name!r}): account {owner} has {lasting_arn(known.principal)} already. Use "
                    f"what iam.{kind}() returned then, or choose another name."
                )
        return new

    def _keep(self, identity: Identity) -> IamIdentity:
        self._steered("iam").world.identities.put(identity)
        return IamIdentity(identity, self._steered)


@dataclass(frozen=True)
class _New:
    """A user or a role that is about to be made."""

    kind: Kind
    path: str
    name: str
    account: str
    partition: str

    @property
    def arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.account}:{self.kind}{self.path}{self.name}"

    def is_taken_by(self, known: Principal) -> bool:
        """Return whether a known one has its name. IAM distinguishes them neither by path nor by case."""
        _, _, rest = lasting_arn(known).partition(f":{self.account}:{self.kind}/")
        return rest.rpartition("/")[2].lower() == self.name.lower()

    def policies(
        self,
        policy: Document | None,
        policies: Iterable[Document],
        boundary: Document | None,
        session_policy: Document | None = None,
    ) -> Policies:
        """Return its policies, compiled.

        Raises:
            UsageError: one of them is none.
        """
        further = documents_of("policies", policies)
        documents = [(inline_name(self.name), policy)] if policy is not None else []
        documents += [
            (f"policies[{place}] of {self.name}", document) for place, document in enumerate(further)
        ]
        identity = tuple(compiled_policy(document, "identity", name) for name, document in documents)
        limit = of_session = None
        if boundary is not None:
            # Choice: boundary-arns.
            arn = f"arn:{self.partition}:iam::{self.account}:policy/{self.name}-boundary"
            limit = compiled_policy(boundary, "boundary", f"boundary of {self.name}", arn)
        if session_policy is not None:
            of_session = compiled_policy(session_policy, "session", f"session policy of {self.name}")
        return Policies(identity, limit, of_session)


def _identity(principal: Principal, policies: Policies) -> Identity:
    """Return an identity with access keys. Two that differ in their ARN differ in these."""
    arn, is_session = principal.arn, principal.kind == "session"
    return Identity(
        principal,
        policies,
        access_key_id("ASIA" if is_session else "AKIA", arn),
        secret_access_key(arn),
        session_token(arn) if is_session else None,
    )
