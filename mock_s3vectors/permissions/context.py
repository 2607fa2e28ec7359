"""The condition keys of a call: each value is made when a condition asks for it.

Names of keys ignore case, those of tags in them too. A value that was too large to be kept with its call is
absent when the call is explained later.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_s3vectors.authorization.comparisons import date_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeGuard

    from mock_s3vectors.authorization import Principal
    from mock_s3vectors.exchange import Params, Record
    from mock_s3vectors.permissions.targets import Target

_TYPES = {"root": "Account", "user": "User", "session": "AssumedRole", "service": "Service"}
# Who asks for encryption, and who adds or removes tags. Other actions that a call needs have no such keys.
_CREATIONS = ("s3vectors:CreateVectorBucket", "s3vectors:CreateIndex")
_TAGGING = (*_CREATIONS, "s3vectors:TagResource")


class Context(Mapping[str, "str | Sequence[str]"]):
    """The values of condition keys, by their names in lower case; see `AccessRequest.context`.

    Choice: source-ip. Choice: secure-transport.

    Attributes:
        record: the call.
        params: its parameters.
        target: the resource that it acts on.
        principal: who calls.
        action: the right that it needs.
    """

    __slots__ = ("action", "params", "principal", "record", "target")

    def __init__(
        self, record: Record, params: Params, target: Target, principal: Principal, action: str
    ) -> None:
        self.record, self.params, self.target, self.principal = record, params, target, principal
        self.action = action

    def __getitem__(self, name: str) -> str | Sequence[str]:
        """Return the value of a condition key.

        Raises:
            KeyError: the call has no such key.
        """
        value = self._value(name)
        if value is None:
            raise KeyError(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a condition key, or something else if the call has no such key."""
        value = self._value(name)
        return default if value is None else value

    def _value(self, name: str) -> str | Sequence[str] | None:
        known = _VALUES.get(name)
        if known is not None:
            return known(self)
        prefix, _, tag = name.partition("/")
        tags = _TAGS.get(prefix)
        return None if tags is None else _by_key(tags(self)).get(tag)

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the keys that the call has."""
        for name, value in _VALUES.items():
            if value(self) is not None:
                yield name
        for prefix, tags in _TAGS.items():
            yield from (f"{prefix}/{tag}" for tag in _by_key(tags(self)))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _by_key(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the values of tags by their keys in lower case. Choice: tag-keys-by-case."""
    return {key.lower(): value for key, value in reversed([*tags.items()])}


def _encryption(context: Context, member: str) -> str | None:
    """Return a member of the encryption that a creation asks for. Choice: encryption-keys."""
    asked = context.params.get("encryptionConfiguration")
    found: str | None = asked.get(member) if context.action in _CREATIONS and _is_kept(asked) else None
    return found


def _requested_tags(context: Context) -> Mapping[str, str]:
    """Return the tags that a call adds."""
    tags = context.params.get("tags") if context.action in _TAGGING else None
    return tags if _is_kept(tags) else {}


def _is_kept(value: Any) -> TypeGuard[dict[str, str]]:
    return isinstance(value, dict)


def _tag_keys(context: Context) -> Sequence[str] | None:
    """Return the keys of the tags that a call adds or removes; they keep their case."""
    removed = context.params.get("tagKeys")
    return removed if isinstance(removed, list) and removed else list(_requested_tags(context)) or None


def _of_session(context: Context, value: str) -> str | None:
    """Return a value that calls with temporary credentials have."""
    return value if context.principal.kind == "session" else None


def _token_issue_time(context: Context) -> str | None:
    """Return when the credentials of a session were issued. Choice: token-issue-time."""
    identity = context.record.caller.identity
    return None if identity is None or identity.issued is None else date_of(identity.issued)


# The tags that each kind of key stands for, by the part of its name before the slash.
_TAGS: dict[str, Callable[[Context], Mapping[str, str]]] = {
    "aws:principaltag": lambda context: context.principal.tags,
    "aws:requesttag": _requested_tags,
    "aws:resourcetag": lambda context: context.target.tags,
    "s3vectors:vectorbuckettag": lambda context: context.target.bucket_tags,
}

# The value of each key; None where a call does not have it.
_VALUES: dict[str, Callable[[Context], str | Sequence[str] | None]] = {
    "aws:currenttime": lambda context: date_of(context.record.began),
    "aws:epochtime": lambda context: str(int(context.record.began)),
    "aws:multifactorauthpresent": lambda context: _of_session(context, "false"),
    "aws:principalaccount": lambda context: context.principal.account,
    "aws:principalarn": lambda context: context.principal.role_arn or context.principal.arn,
    "aws:principalisawsservice": lambda _: "false",
    "aws:principaltype": lambda context: _TYPES[context.principal.kind],
    "aws:referer": lambda context: context.record.request.headers.get("referer"),
    "aws:requestedregion": lambda context: context.record.caller.region,
    "aws:resourceaccount": lambda context: context.target.account,
    "aws:securetransport": lambda context: str(context.record.request.is_secure).lower(),
    "aws:sourceip": lambda context: context.record.request.source_ip,
    "aws:tagkeys": _tag_keys,
    "aws:tokenissuetime": _token_issue_time,
    "aws:useragent": lambda context: context.record.request.headers.get("user-agent"),
    "aws:userid": lambda context: context.principal.unique_id,
    "aws:username": lambda context: context.principal.name,
    "aws:viaawsservice": lambda _: "false",
    "s3vectors:kmskeyarn": lambda context: _encryption(context, "kmsKeyArn"),
    "s3vectors:ssetype": lambda context: _encryption(context, "sseType"),
}
