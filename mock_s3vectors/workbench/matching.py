"""Matchers: they select the calls that a rule, or a question about calls, is about."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore

from mock_s3vectors.abridging import NotKept, show, show_members
from mock_s3vectors.arns import parse_arn
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near
from mock_s3vectors.protocol.model import operation_models

if TYPE_CHECKING:
    from botocore.model import OperationModel

    from mock_s3vectors.workbench.call import Call

# Where a call may name its bucket or index by an ARN.
_ARNS = ("indexArn", "vectorBucketArn", "resourceArn")
_NAMED_BY_ARN = ("vectorBucketName", "indexName")
_ABSENT = object()


@cache
def models() -> dict[str, OperationModel]:
    """Return the operations of the installed model, by name."""
    return {model.name: model for model in operation_models()}


@dataclass(frozen=True)
class Matcher:
    """Calls of some operations, in a Region or an account, with some parameters.

    Attributes:
        operations: their names; empty for all.
        region: None for any.
        account: None for any.
        when: a function that takes the call, and returns whether it is meant; None for any call.
        members: the values that parameters must equal, by AWS's names. None: the parameter is absent.
    """

    operations: tuple[str, ...] = ()
    region: str | None = None
    account: str | None = None
    when: Callable[[Call], object] | None = None
    members: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, operation: Any, members: dict[str, Any]) -> Matcher:
        """Return the matcher that a test has written; `region`, `account`, `when` may be among the members.

        Raises:
            UsageError: there is no such operation, or it has no such member.
        """
        members = dict(members)
        region, account, when = (members.pop(name, None) for name in ("region", "account", "when"))
        for name, value in (("region", region), ("account", account)):
            if value is not None and not isinstance(value, str):
                raise UsageError(f"{name}={value!r}: give a str, or None for any.")
        if when is not None and (not callable(when) or inspect.iscoroutinefunction(when)):
            raise UsageError(f"when={when!r}: give a function that takes the call, not async, or None.")
        operations = _operation_names(operation)
        for name in members:
            _check_member(name, operations)
        return cls(operations, region, account, when, _as_read(members))

    def matches(self, call: Call) -> bool:
        """Return whether a call is meant.

        Raises:
            UsageError: nobody knows, because a parameter was too large to be kept.
        """
        if self.operations and call.operation not in self.operations:
            return False
        if self.region is not None and call.region != self.region:
            return False
        if self.account is not None and call.account != self.account:
            return False
        # Those that are not kept come last: another member may decide.
        pairs = [(expected, actual(call, name)) for name, expected in self.members.items()]
        pairs.sort(key=lambda pair: isinstance(pair[1], NotKept))
        if any(not _agrees(expected, was) for expected, was in pairs):
            return False
        return self.when is None or bool(self.when(call))

    def differences(self, call: Call) -> list[str]:
        """Return how a call that is not meant differs from those that are, a line for each difference."""
        found = []
        if self.operations and call.operation not in self.operations:
            found.append(f"operation: expected {' or '.join(self.operations)}, was {call.title()}")
        for name, expected, was in (
            ("region", self.region, call.region),
            ("account", self.account, call.account),
        ):
            if expected is not None and was != expected:
                found.append(f"{name}: expected {expected!r}, was {was!r}")
        for name, expected in self.members.items():
            was = actual(call, name)
            if not _may_agree(expected, was):
                shown = "absent" if was is _ABSENT else show(was)
                wanted = "absent" if expected is None else show(expected)
                alike = ", which differs in what is not shown" if wanted == shown else ""
                found.append(f"{name}: expected {wanted}, was {shown}{alike}")
        # It is not asked: it may make calls, fail, or want what was not kept, and the mock may be off.
        if not found and self.when is not None:
            found.append(f"when: {show(self.when)} did not return true")
        return found

    def distance(self, call: Call) -> int:
        """Return by how much a call misses: another operation counts most."""
        is_other = bool(self.operations) and call.operation not in self.operations
        return 100 * is_other + len(self.differences(call))

    @property
    def text(self) -> str:
        """The arguments that make it."""
        names = self.operations or ("*",)
        first = repr(names[0]) if len(names) == 1 else repr(list(names))
        return ", ".join(filter(None, (first, self._conditions)))

    def __str__(self) -> str:
        name = " or ".join(self.operations) or "any operation"
        return f"{name}({self._conditions})" if self._conditions else name

    @property
    def _conditions(self) -> str:
        """All but the operations, as arguments; empty if there is nothing else."""
        given = {"region": self.region, "account": self.account, "when": self.when}
        return show_members(
            {**{name: value for name, value in given.items() if value is not None}, **self.members}
        )


def actual(call: Call, name: str) -> Any:
    """Return a parameter of a call; the names of a bucket and an index also where an ARN names them."""
    params = call.params
    if name in params:
        return params[name]
    if name in _NAMED_BY_ARN:
        arn = next(
            (parse_arn(params[member]) for member in _ARNS if isinstance(params.get(member), str)), None
        )
        named = arn and (arn.bucket if name == "vectorBucketName" else arn.index)
        return named or _ABSENT
    return _ABSENT


def _agrees(expected: Any, was: Any) -> bool:
    if was is _ABSENT:
        return expected is None
    return bool(expected == was)


def _may_agree(expected: Any, was: Any) -> bool:
    try:
        return _agrees(expected, was)
    except UsageError:  # it was not kept; a failure shows that
        return False


def _as_read(value: Any) -> Any:
    """Return an expected value as a call has it, with lists for tuples and for arrays of numpy."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if type(value) is dict:
        return {name: _as_read(item) for name, item in value.items()}
    if type(value) is list or type(value) is tuple:
        return [_as_read(item) for item in value]
    return value


def _operation_names(operation: Any) -> tuple[str, ...]:
    """Return the names of operations; none for `*`.

    Raises:
        UsageError: there is no such operation.
    """
    if operation == "*":
        return ()
    names = (operation,) if isinstance(operation, str) else operation
    if not isinstance(names, Iterable) or isinstance(names, bytes):
        raise UsageError(f'operation={operation!r}: give a name, several in a list, or "*" for all.')
    names = tuple(names)
    if not names:
        raise UsageError('No operation is given: give a name, several in a list, or "*" for all.')
    for name in names:
        if not isinstance(name, str) or name not in models():
            raise UsageError(
                f"{name!r} is not an operation of Amazon S3 Vectors in the installed botocore "
                f"{botocore.__version__}.{near(name, models())} Operations: {', '.join(models())}."
            )
    return names


def _check_member(name: str, operations: tuple[str, ...]) -> None:
    """Raise unless each of the operations has a member; of all operations, one must have it."""
    for operation in operations or (None,):
        known = members_of(operation)
        if name not in known:
            of = f"{operation} has" if operation else "No operation has"
            raise UsageError(
                f"{of} {'no' if operation else 'a'} member {name!r}.{near(name, known)} "
                f"Members: {', '.join(sorted(known))}."
            )


@cache
def members_of(operation: str | None) -> frozenset[str]:
    """Return the names that a rule on an operation may use; None for all operations."""
    if operation is None:
        return frozenset().union(*(members_of(name) for name in models()))
    shape = models()[operation].input_shape
    members = set(shape.members) if shape is not None else set()
    if members & {"indexArn", "resourceArn"}:
        members |= {"indexName"}
    if members & set(_ARNS):
        members |= {"vectorBucketName"}
    return frozenset(members)
