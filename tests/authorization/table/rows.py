"""How rows of the table are written: callers, resources, statements and outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_s3vectors.authorization import AccessRequest, Policies, Principal, compile_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.authorization.statements import PolicyKind

HOME, ABROAD = "111122223333", "444455556666"
BUCKET = f"arn:aws:s3vectors:us-east-1:{HOME}:bucket/films"
INDEX = f"{BUCKET}/index/plots"
QUERY, GET, PUT, LIST = (
    f"s3vectors:{name}" for name in ("QueryVectors", "GetVectors", "PutVectors", "ListVectorBuckets")
)


def user(name: str, account: str = HOME, path: str = "/") -> Principal:
    arn = f"arn:aws:iam::{account}:user{path}{name}"
    return Principal(arn, account, "user", name=name, unique_id=f"AIDA{name}")


def session_of(role: str, name: str, account: str = HOME, path: str = "/") -> Principal:
    return Principal(
        f"arn:aws:sts::{account}:assumed-role/{role}/{name}",
        account,
        "session",
        role_arn=f"arn:aws:iam::{account}:role{path}{role}",
        unique_id=f"AROA{role}:{name}",
    )


USER, SESSION, ROOT = user("reader"), session_of("app", "run"), Principal.root(HOME)
ROLE = str(SESSION.role_arn)
OTHER_USER, OTHER_SESSION = user("visitor", ABROAD), session_of("guest", "run", ABROAD)
OTHER_ROLE, OTHER_ROOT = str(OTHER_SESSION.role_arn), Principal.root(ABROAD)

Statement = dict[str, Any]


def allow(
    *actions: str, on: Any = "*", when: Any = None, to: Any = None, effect: str = "Allow", **more: Any
) -> Statement:
    """A statement. `to` is its Principal, `when` its Condition; `more` are elements by their names."""
    made = {"Effect": effect, "Action": list(actions), "Resource": on, "Condition": when, "Principal": to}
    made.update(more)
    return {name: value for name, value in made.items() if value is not None and value != []}


def deny(*actions: str, **more: Any) -> Statement:
    return allow(*actions, effect="Deny", **more)


def only(arn: str) -> dict[str, str]:
    """The Principal element that names one principal."""
    return {"AWS": arn}


class Outcome(NamedTuple):
    """The words of a decision; `{action}` stands for the action in its words."""

    allowed: bool
    kind: PolicyKind | None
    why: str


def _lacks(kind: PolicyKind, name: str) -> Outcome:
    return Outcome(allowed=False, kind=kind, why=f"because no {name} allows the {{action}} action")


def _denies(kind: PolicyKind, name: str) -> Outcome:
    return Outcome(allowed=False, kind=kind, why=f"with an explicit deny in {name}")


ALLOWED = Outcome(
    allowed=True, kind="identity", why="because an identity-based policy allows the {action} action"
)
BY_BUCKET = Outcome(
    allowed=True, kind="resource", why="because a resource-based policy allows the {action} action"
)
BY_BOTH = Outcome(
    allowed=True,
    kind="identity",
    why="because an identity-based policy and a resource-based policy allow the {action} action",
)
UNLIMITED = Outcome(allowed=True, kind=None, why="because only an explicit deny limits the principal")
NO_IDENTITY = _lacks("identity", "identity-based policy")
NO_BUCKET = _lacks("resource", "resource-based policy")
NO_BOUNDARY = _lacks("boundary", "permissions boundary")
NO_SESSION = _lacks("session", "session policy")
DENY_IDENTITY = _denies("identity", "an identity-based policy")
DENY_BUCKET = _denies("resource", "a resource-based policy")
DENY_BOUNDARY = _denies("boundary", "a permissions boundary")
DENY_SESSION = _denies("session", "a session policy")


def by_arn(outcome: Outcome, arn: str) -> Outcome:
    """An explicit deny in a policy that has an ARN."""
    return outcome._replace(why=f"{outcome.why}: {arn}")


@dataclass(frozen=True)
class Row:
    """A request, the policies that apply to it, and the decision.

    Attributes:
        name: of the rule that the row is about.
        outcome: of the decision.
        identity, boundary, session, bucket: the statements of each policy. `identity=None`: the root.
        caller: who asks.
        action, on: for which right.
        context: the condition keys of the request, by their names in lower case.
        version: of all policies.
        arns: of the policies that have one, by their kind.
    """

    name: str
    outcome: Outcome
    identity: Sequence[Statement] | None = ()
    boundary: Sequence[Statement] | None = None
    session: Sequence[Statement] | None = None
    bucket: Sequence[Statement] | None = None
    caller: Principal = USER
    action: str = QUERY
    on: str = INDEX
    context: dict[str, Any] = field(default_factory=dict)
    version: str = "2012-10-17"
    arns: dict[str, str] = field(default_factory=dict)

    @property
    def request(self) -> AccessRequest:
        return AccessRequest(self.caller, self.action, self.on, HOME, self.context)

    @property
    def policies(self) -> Policies:
        own = self._policy("identity", self.identity)
        identity = None if self.identity is None else tuple(filter(None, [own]))
        return Policies(
            identity,
            self._policy("boundary", self.boundary),
            self._policy("session", self.session),
            self._policy("resource", self.bucket),
        )

    def _policy(self, kind: PolicyKind, statements: Sequence[Statement] | None) -> Policy | None:
        if not statements:
            return None
        document = {"Version": self.version, "Statement": list(statements)}
        return compile_policy(document, kind, arn=self.arns.get(kind))
