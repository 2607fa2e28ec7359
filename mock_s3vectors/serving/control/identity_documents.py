"""Users and roles as JSON, for the file that the command line names, and for the server's own paths.

An entry has what `mock.iam.user` or `mock.iam.role` takes, by the same names, and may have access keys of its
own, so that other processes know them beforehand.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_s3vectors.abridging import show
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.levels import Level
from mock_s3vectors.workbench.documents import check_names
from mock_s3vectors.workbench.workbench import BoundWorkbench
from mock_s3vectors.world import World

if TYPE_CHECKING:
    from mock_s3vectors.authorization import Policy
    from mock_s3vectors.config import Config
    from mock_s3vectors.world.identities import Identity

_OF_BOTH = ("policy", "policies", "boundary", "tags", "account")
# What an entry may have besides access keys, by the kind of identity. The first member is its name.
_MEMBERS = {
    "user": ("user", *_OF_BOTH),
    "role": ("role", "session_name", "session_policy", *_OF_BOTH),
}
_KEYS = ("access_key_id", "secret_access_key", "session_token")
# A member that was read, which a new one of the same document gets anew.
_OF_ITS_OWN = ("arn",)

# As IAM has them. An account id is none, so that it stays the account's root.
_ACCESS_KEY_ID = (re.compile("[A-Za-z0-9_]{16,128}"), "16 to 128 letters, digits and underscores")
_SECRET = (re.compile("[!-~]{1,4096}"), "1 to 4,096 characters of ASCII without white space")
# The members whose values texts for people may have. Others may be secrets, even if their name is wrong.
_SHOWN = frozenset(("user", "role", "session_name", "access_key_id", *_OF_BOTH))
_FORMS = {"access_key_id": _ACCESS_KEY_ID, "secret_access_key": _SECRET, "session_token": _SECRET}


def add_identity(level: Level, document: Any) -> Identity:
    """Add the user, or the role with a session, that a document describes.

    One that exists gets what the document has in the place of what it had. It keeps its access keys.

    Args:
        level: the mock to which it is added.
        document: for instance `{"user": "reader", "policy": {...}}`; also one that was read.

    Raises:
        UsageError: it does not describe a user or a role; or its access key is that of another one.
    """
    new = _identity_from(document, level.config)
    known = level.world.identities.all()
    for other in known:
        if other.access_key_id == new.access_key_id and other.principal.arn != new.principal.arn:
            raise UsageError(
                f"access_key_id={new.access_key_id!r} is that of {other.principal.arn}: give another one."
            )
    older = [other for other in known if other.principal.arn == new.principal.arn]
    if older and "access_key_id" not in document:
        kept: dict[str, Any] = {name: getattr(older[0], name) for name in _KEYS if name not in document}
        new = replace(new, **kept)
    changed = [replace(other, principal=new.principal, policies=new.policies) for other in older]
    level.world.identities.put(*changed, new)
    return new


def _identity_from(document: Any, config: Config) -> Identity:
    """Return the identity that a document describes, which no mock has yet.

    Raises:
        UsageError: it does not describe one.
    """
    if isinstance(document, dict):
        document = {name: value for name, value in document.items() if name not in _OF_ITS_OWN}
    kinds = [kind for kind in _MEMBERS if isinstance(document, dict) and kind in document]
    if len(kinds) != 1:
        shown = show(without_secrets(document))
        raise UsageError(f"{shown}: an identity is an object with either user or role, which is its name.")
    kind = kinds[0]
    keys = _KEYS if kind == "role" else _KEYS[:2]
    check_names(document, f"a {kind}", (*_MEMBERS[kind], *keys))
    # In a mock of its own, so that a document that is refused changes nothing.
    apart = Level(None, config, World(), None, is_dropped=False)
    iam = BoundWorkbench(lambda: apart).iam
    arguments = {name: document[name] for name in _MEMBERS[kind][1:] if name in document}
    (iam.user if kind == "user" else iam.role)(document[kind], **arguments)
    (made,) = apart.world.identities.all()
    own: dict[str, Any] = {name: _checked(name, document[name]) for name in keys if name in document}
    return replace(made, **own)


def without_secrets(document: Any) -> Any:
    """Return a document as it may be shown: with no values of members that may be secrets."""
    if isinstance(document, list):
        return [without_secrets(entry) for entry in document]
    if isinstance(document, dict):
        return {name: value if name in _SHOWN else "..." for name, value in document.items()}
    return document


def _checked(name: str, value: Any) -> str:
    pattern, described = _FORMS[name]
    if not isinstance(value, str) or not pattern.fullmatch(value):
        shown = show(value) if name == "access_key_id" else "the given one"
        raise UsageError(f"{name}: {shown} cannot be used: give {described}.")
    return value


def credentials_of(identity: Identity) -> dict[str, Any]:
    """Return the ARN of an identity, and what its clients sign with, as JSON values."""
    token = {} if identity.session_token is None else {"session_token": identity.session_token}
    return {
        "arn": identity.principal.arn,
        "access_key_id": identity.access_key_id,
        "secret_access_key": identity.secret_access_key,
        **token,
    }


def document_of_identity(identity: Identity) -> dict[str, Any]:
    """Return an identity as JSON values, without its secrets."""
    principal, policies = identity.principal, identity.policies
    session = {
        "session_name": principal.arn.rpartition("/")[2],
        "session_policy": _source(policies.session),
    }
    kind, _, name = (principal.role_arn or principal.arn).split(":", 5)[5].partition("/")
    return {
        kind: f"/{name}" if "/" in name else name,
        **(session if kind == "role" else {}),
        "policies": [_source(policy) for policy in policies.identity or ()],
        "boundary": _source(policies.boundary),
        "tags": dict(principal.tags),
        "account": principal.account,
        "arn": principal.arn,
        "access_key_id": identity.access_key_id,
    }


def _source(policy: Policy | None) -> Any:
    return None if policy is None else json.loads(policy.text)


def remove_identity(level: Level, name: str) -> None:
    """Forget the identity with an access key id or an ARN.

    Raises:
        UsageError: there is none, or it is one of the mock around this one.
    """
    identities = level.world.identities
    chosen = [known for known in identities.all() if name in (known.access_key_id, known.principal.arn)]
    if not chosen:
        known = ", ".join(known.principal.arn for known in identities.all()) or "none"
        raise UsageError(f"There is no identity with the access key or the ARN {show(name)}. Known: {known}.")
    identities.remove(*(identity.access_key_id for identity in chosen))
    if any(identities.of(identity.access_key_id) is identity for identity in chosen):
        raise UsageError(f"{chosen[0].principal.arn} is older than this mock, and stays.")
