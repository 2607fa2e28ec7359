"""The condition keys of a call: each value is made when a condition asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from mock_s3vectors.authorization import Principal
    from mock_s3vectors.exchange import Exchange, Params
    from mock_s3vectors.permissions.targets import Target

_TYPES = {"root": "Account", "user": "User", "session": "AssumedRole", "service": "Service"}
_CREATIONS = ("CreateVectorBucket", "CreateIndex")


class Context(Mapping[str, "str | Sequence[str]"]):
    """The values of condition keys, by their names in lower case; see `AccessRequest.context`.

    Attributes:
        exchange: the call.
        params: its parameters.
        target: the resource that it acts on.
        principal: who calls.
    """

    def __init__(self, exchange: Exchange, params: Params, target: Target, principal: Principal) -> None:
        self.exchange, self.params, self.target, self.principal = exchange, params, target, principal

    def __getitem__(self, name: str) -> str | Sequence[str]:
        """Return the value of a condition key.

        Raises:
            KeyError: the call has no such key.
        """
        prefix, slash, tag = name.partition("/")
        if slash:
            return _TAGS[f"{prefix}/"](self)[tag]
        value = _VALUES[name](self)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the keys that the call has."""
        for name, value in _VALUES.items():
            if value(self) is not None:
                yield name
        for prefix, tags in _TAGS.items():
            yield from (f"{prefix}{tag}" for tag in tags(self))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _lower(tags: Mapping[str, str]) -> dict[str, str]:
    return {key.lower(): value for key, value in tags.items()}


def _moment(context: Context) -> str:
    moment = datetime.fromtimestamp(int(context.exchange.began), timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _encryption(context: Context, member: str) -> str | None:
    """Return a member of the encryption that a creation asks for."""
    asked = (context.params.get("encryptionConfiguration") or {}) if _creates(context) else {}
    found: str | None = asked.get(member)
    return found


def _creates(context: Context) -> bool:
    return context.exchange.operation in _CREATIONS


def _tag_keys(context: Context) -> Sequence[str] | None:
    """Return the keys of the tags that a call adds or removes."""
    keys: Any = context.params.get("tags") or context.params.get("tagKeys")
    return list(keys) if keys else None


# The tags that each kind of key stands for, by the beginning of its name.
_TAGS: dict[str, Callable[[Context], Mapping[str, str]]] = {
    "aws:principaltag/": lambda context: _lower(context.principal.tags),
    "aws:requesttag/": lambda context: _lower(context.params.get("tags") or {}),
    "aws:resourcetag/": lambda context: _lower(context.target.tags),
    "s3vectors:vectorbuckettag/": lambda context: _lower(context.target.bucket_tags),
}

# The value of each key; None where a call does not have it.
_VALUES: dict[str, Callable[[Context], str | Sequence[str] | None]] = {
    "aws:currenttime": _moment,
    "aws:epochtime": lambda context: str(int(context.exchange.began)),
    "aws:principalaccount": lambda context: context.principal.account,
    "aws:principalarn": lambda context: context.principal.role_arn or context.principal.arn,
    "aws:principalisawsservice": lambda _: "false",
    "aws:principaltype": lambda context: _TYPES[context.principal.kind],
    "aws:referer": lambda context: context.exchange.request.headers.get("referer"),
    "aws:requestedregion": lambda context: context.exchange.caller.region,
    "aws:resourceaccount": lambda context: context.target.account,
    "aws:securetransport": lambda context: str(context.exchange.request.is_secure).lower(),
    "aws:sourceip": lambda context: context.exchange.request.source_ip,
    "aws:tagkeys": _tag_keys,
    "aws:useragent": lambda context: context.exchange.request.headers.get("user-agent"),
    "aws:userid": lambda context: context.principal.unique_id,
    "aws:username": lambda context: context.principal.name,
    "aws:viaawsservice": lambda _: "false",
    "s3vectors:kmskeyarn": lambda context: _encryption(context, "kmsKeyArn"),
    "s3vectors:ssetype": lambda context: _encryption(context, "sseType"),
}
