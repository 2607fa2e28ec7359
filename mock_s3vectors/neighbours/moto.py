"""moto, seen from inside: its switch, and the callers and keys that it knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from mock_s3vectors.neighbours.loaded import find

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def moto_is_on() -> bool:
    """Return whether moto answers the calls of clients at the moment.

    `moto.core.models.botocore_stubber` is moto's only handler, and `enabled` while any mock of moto is on.
    """
    return bool(getattr(find("moto.core.models", "botocore_stubber"), "enabled", False))


class MotoPolicy(NamedTuple):
    """A policy that moto's IAM has, or that moto's STS was given.

    Attributes:
        name: that of the policy.
        arn: that of a managed policy, else None.
        document: JSON; None if moto does not have the policy.
    """

    name: str
    arn: str | None
    document: str | None


class MotoCaller(NamedTuple):
    """The owner of an access key that moto's IAM or STS made, with all that decides what it may do.

    Attributes:
        account: 12 digits.
        secret_access_key: that of the access key.
        is_active: whether the access key is; IAM can switch one off.
        arn: that of a user, or of the session of a role; None for the root of the account.
        role_arn: that of the role of a session, else None.
        name: that of a user, else None.
        unique_id: that of a user; for a session that of its role, and the name of the session.
        tags: those of the user or the role.
        policies: those of the user and its groups, or those of the role; None for a role that moto lacks.
        boundary: the permissions boundary of the role; moto has none for users.
        session_policy: the one that AssumeRole was given.
        session_token: that of a session.
    """

    account: str
    secret_access_key: str
    is_active: bool = True
    arn: str | None = None
    role_arn: str | None = None
    name: str | None = None
    unique_id: str = ""
    tags: Mapping[str, str] = {}
    policies: tuple[MotoPolicy, ...] | None = ()
    boundary: MotoPolicy | None = None
    session_policy: MotoPolicy | None = None
    session_token: str | None = None


def moto_caller_of(access_key_id: str) -> MotoCaller | None:
    """Return the owner of an access key of moto's IAM or STS, as it is now; None if they did not make it.

    `moto.iam.models.iam_backends` maps each account to its partitions, and each of these to a backend, whose
    `access_keys` has the keys of IAM users and of assumed roles. A key has the `user_name` of a user.
    """
    backends = find("moto.iam.models", "iam_backends") or {}
    # Lists, here and below, because another thread may make an account meanwhile.
    for account, partitions in list(backends.items()):
        for partition, backend in list(partitions.items()):
            key = backend.access_keys.get(access_key_id)
            if key is not None:
                root = MotoCaller(
                    str(account), key.secret_access_key, getattr(key, "status", "") != "Inactive"
                )
                user = backend.users.get(key.user_name)
                if user is not None:
                    return _moto_user(root, user, backend)
                session = _moto_session(access_key_id, partition)
                return root if session is None else _moto_role(root, session, backend)
    return None


def _moto_user(root: MotoCaller, user: Any, backend: Any) -> MotoCaller:
    """Return a user. A group has its `users`; a user's `tags` is None or as AWS lists tags."""
    groups = [group for group in list(backend.groups.values()) if user in group.users]
    return root._replace(
        arn=user.arn,
        name=user.name,
        unique_id=user.id,
        tags=_moto_tags(user.tags),
        policies=tuple(policy for owner in (user, *groups) for policy in _moto_policies(owner)),
    )


def _moto_session(access_key_id: str, partition: str) -> Any:
    """Return a session of a role, None if STS does not know it.

    `moto.sts.models.sts_backends` is like `iam_backends`, with `get_assumed_role_from_access_key`. A session
    belongs to the account of its role, but one that was assumed by SAML to that of whoever assumed it.
    """
    for partitions in list((find("moto.sts.models", "sts_backends") or {}).values()):
        backend = partitions.get(partition)
        session = backend and backend.get_assumed_role_from_access_key(access_key_id)
        if session:
            return session
    return None


def _moto_role(root: MotoCaller, session: Any, backend: Any) -> MotoCaller:
    """Return a session of a role. Its `policy` is None or JSON; the role itself need not exist."""
    given = session.policy
    caller = root._replace(
        arn=session.arn,
        role_arn=session.role_arn,
        unique_id=session.user_id,
        policies=None,
        session_policy=MotoPolicy("of the session", None, given) if given else None,
        session_token=session.session_token,
    )
    role = next((role for role in list(backend.roles.values()) if role.arn == session.role_arn), None)
    if role is None:
        return caller
    arn = role.permissions_boundary_arn
    managed = backend.managed_policies.get(arn)
    limit = MotoPolicy(str(arn), arn, None) if managed is None else _moto_managed(managed)
    return caller._replace(
        tags=_moto_tags(role.tags),
        policies=tuple(_moto_policies(role)),
        boundary=limit if arn else None,
    )


def _moto_policies(owner: Any) -> Iterable[MotoPolicy]:
    """Yield the policies of a user, a group or a role: JSON by name in `policies`, and `managed_policies`."""
    for name, document in list(owner.policies.items()):
        yield MotoPolicy(name, None, document)
    yield from map(_moto_managed, list(owner.managed_policies.values()))


def _moto_managed(policy: Any) -> MotoPolicy:
    """Return a managed policy, of whose `versions` one holds."""
    documents = {version.version_id: version.document for version in policy.versions}
    return MotoPolicy(policy.name, policy.arn, documents.get(policy.default_version_id))


def _moto_tags(tags: Iterable[Mapping[str, str]] | None) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in tags or ()}


class MotoKey(NamedTuple):
    """A key of moto's KMS.

    Attributes:
        state: by KMS's names.
        usage: `ENCRYPT_DECRYPT`, for instance.
        policy: in JSON.
    """

    state: str
    usage: str
    policy: str


def moto_has_kms_keys() -> bool:
    """Return whether moto is on, and its KMS has a key.

    `moto.kms.models.kms_backends` maps each account to its Regions, and each of these to a backend, whose
    `keys` has them by id.
    """
    backends = find("moto.kms.models", "kms_backends") or {}
    return moto_is_on() and any(
        backend.keys for regions in list(backends.values()) for backend in list(regions.values())
    )


def moto_kms_key(arn: str) -> MotoKey | None:
    """Return a key of moto's KMS; None if it has no such key, or if moto is not on.

    A key has `arn`, `key_state`, `policy` and `key_usage`, which is None if none was asked for. A template of
    CloudFormation gives it a policy that is no text, and sets only `enabled` to disable it.
    """
    if not moto_is_on():
        return None
    _, _, _, region, account, resource = arn.split(":", 5)
    # `get`, because looking up by [] makes an account, a Region and a backend.
    regions = (find("moto.kms.models", "kms_backends") or {}).get(account) or {}
    key = getattr(regions.get(region), "keys", {}).get(resource.partition("/")[2])
    if key is None or key.arn != arn:
        return None
    state = "Disabled" if key.key_state == "Enabled" and not key.enabled else key.key_state
    # YAML makes a date of the version of a policy.
    policy = key.policy if isinstance(key.policy, str) else json.dumps(key.policy, default=str)
    return MotoKey(state, key.key_usage or "ENCRYPT_DECRYPT", policy)
