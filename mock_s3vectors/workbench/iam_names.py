"""Names, tags, actions and resources of users and roles, as a test gives them, checked as IAM checks them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Literal, Protocol

from mock_s3vectors.abridging import show
from mock_s3vectors.authorization import NEEDS
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.errors.hints import near

Kind = Literal["user", "role"]


class HasArn(Protocol):
    """A view of a vector bucket or an index, for instance."""

    @property
    def arn(self) -> str:
        """Its ARN."""


On = str | HasArn | Iterable[str | HasArn]

# A path and a name; IAM allows 512 characters for a path, and 64 for a name.
_NAME = re.compile(r"(?P<path>/(?:[!-.0-~]{1,510}/){0,255})?(?P<name>[A-Za-z0-9_+=,.@-]{1,64})")
_ACTION = re.compile(r"[A-Za-z0-9:*?-]{1,200}")
_SESSION_NAME = re.compile(r"[A-Za-z0-9_+=,.@-]{2,64}")
_LONGEST_PATH = 512
_MOST_TAGS = 50
_LONGEST_TAG_KEY, _LONGEST_TAG_VALUE = 128, 256
_IN_TAGS = frozenset("_.:/=+-@")


def check_name(kind: Kind, name: object) -> tuple[str, str]:
    """Return the path and the name of a user or a role, if IAM would accept them.

    Args:
        kind: user or role.
        name: a name, `reader`, or one with a path, `/team/reader`.

    Raises:
        UsageError: IAM would not.
    """
    match = _NAME.fullmatch(name) if isinstance(name, str) and len(name) <= _LONGEST_PATH + 64 else None
    path = (match.group("path") or "/") if match else ""
    if match is None or len(path) > _LONGEST_PATH:
        raise UsageError(
            f"{show(name)} is not the name of a {kind}: give 1 to 64 letters, digits and characters of "
            '_+=,.@-, with a path before it if you like, as in "reader" or "/team/reader".'
        )
    return path, match.group("name")


def check_session_name(name: object) -> str:
    """Return the name of a role's session, if STS would accept it.

    Raises:
        UsageError: STS would not.
    """
    if not isinstance(name, str) or not _SESSION_NAME.fullmatch(name):
        raise UsageError(
            f"session_name={show(name)} is not the name of a session: give 2 to 64 letters, digits and "
            "characters of _+=,.@-"
        )
    return name


def check_tags(tags: object) -> dict[str, str]:
    """Return the tags of a user or a role, if IAM would accept them.

    Raises:
        UsageError: IAM would not.
    """
    if tags is None:
        return {}
    if not isinstance(tags, Mapping):
        raise UsageError(f'tags={show(tags)}: give a dict of keys and values, as in {{"team": "search"}}.')
    if len(tags) > _MOST_TAGS:
        raise UsageError(f"tags has {len(tags)} tags: a user or a role may have {_MOST_TAGS}.")
    for key, value in tags.items():
        _check_tag(key, value)
    seen: dict[str, str] = {}
    for key in tags:
        other = seen.setdefault(key.lower(), key)
        if other != key:
            raise UsageError(f"tags has {other!r} and {key!r}: IAM does not distinguish keys by their case.")
    return dict(tags)


def _check_tag(key: object, value: object) -> None:
    """Raise unless IAM would accept a tag.

    Raises:
        UsageError: it would not.
    """
    if not _is_tag_text(key, 1, _LONGEST_TAG_KEY) or str(key).lower().startswith("aws:"):
        raise UsageError(
            f"tags: {show(key)} is not the key of a tag: give 1 to {_LONGEST_TAG_KEY} letters, digits, "
            "spaces and characters of _.:/=+-@, which do not begin with aws:"
        )
    if not _is_tag_text(value, 0, _LONGEST_TAG_VALUE):
        raise UsageError(
            f"tags: {show(value)} is not the value of a tag: give up to {_LONGEST_TAG_VALUE} letters, "
            "digits, spaces and characters of _.:/=+-@"
        )


def _is_tag_text(text: object, shortest: int, longest: int) -> bool:
    return (
        isinstance(text, str)
        and shortest <= len(text) <= longest
        and all(character in _IN_TAGS or unicodedata.category(character)[0] in "LNZ" for character in text)
    )


def documents_of(what: str, documents: object) -> list[Any]:
    """Return several policies as a list.

    Raises:
        UsageError: they are one policy, or something else.
    """
    if isinstance(documents, (str, bytes, Mapping)) or not hasattr(documents, "__iter__"):
        raise UsageError(f"{what}={show(documents)}: give several policies, in a list.")
    return list(documents)


def statement_of(
    effect: Literal["Allow", "Deny"], actions: Sequence[str], on: On, when: Mapping[str, Any] | None
) -> dict[str, Any]:
    """Return a statement of a policy.

    Args:
        effect: Allow or Deny.
        actions: with or without the name of the service.
        on: see `IamIdentity.allow`.
        when: its Condition; None for none.

    Raises:
        UsageError: it can mean no call of S3 Vectors.
    """
    verb = effect.lower()
    if not actions:
        raise UsageError(f'{verb}() was given no action: give some, as in {verb}("QueryVectors").')
    condition = {} if when is None else {"Condition": when}
    return {
        "Effect": effect,
        "Action": [_action_of(verb, action) for action in actions],
        "Resource": _resources_of(verb, on),
        **condition,
    }


def _action_of(verb: str, action: object) -> str:
    """Return an action with the name of its service.

    Raises:
        UsageError: no operation of S3 Vectors needs its right.
    """
    full = action if isinstance(action, str) and (":" in action or action == "*") else f"s3vectors:{action}"
    if not isinstance(action, str) or not _ACTION.fullmatch(action):
        raise UsageError(f'{verb}({show(action)}): give actions, as in {verb}("QueryVectors", "Get*").')
    if not any(fnmatchcase(f"s3vectors:{name}".lower(), full.lower()) for name in NEEDS):
        short = full.partition(":")[2]
        raise UsageError(
            f"{verb}({action!r}): S3 Vectors has no such action.{near(short, NEEDS)} Actions: "
            f"{', '.join(NEEDS)}."
        )
    return full


def _resources_of(verb: str, on: object) -> list[str]:
    """Return the ARNs and patterns that an argument means.

    Raises:
        UsageError: it means none.
    """
    if isinstance(on, str) or hasattr(on, "arn"):
        several: list[Any] = [on]
    else:
        several = list(on) if isinstance(on, Iterable) and not isinstance(on, (bytes, Mapping)) else []
    found = [getattr(one, "arn", one) for one in several]
    for one in found:
        if not isinstance(one, str) or not (one == "*" or one.startswith("arn:")):
            raise UsageError(
                f'{verb}(on={show(one)}): give "*", an ARN, a pattern of ARNs, or something that has an ARN, '
                'such as mock.index("bucket", "index").'
            )
    if not found:
        raise UsageError(f'{verb}(on={show(on)}): give "*", an ARN, a pattern of ARNs, or several of these.')
    return found
