"""Other libraries, seen from inside: their attributes that this package reads or sets, one function for each.

Hardly any of them is public, so any release may rename one. tests/activation/test_neighbours.py tries each
function with the real library: if a release changes something, one test says which function to mend. (A table
of `doors` lists the methods that a mock replaces, and the same tests try those.)

Exceptions: `doors.patches` and `loading`, whose task it is to change other modules, `locks` (those of
Python), and `serving.connections` and `serving.http_server`, which derive from classes of uvicorn and h11.

Neither importing this module nor calling its functions loads a library that nobody uses. The attributes were
seen in boto3 and botocore 1.39.5 to 1.44.8, aiobotocore 2.23.2 to 3.10.0, moto 5.1.9 to 5.2.5, Hypothesis
6.100.0 to 6.170.17 and pytest 8.2.0 to 9.2.0.
"""

from __future__ import annotations

import inspect
import json
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    Function = Callable[..., Any]


def _find(module: str, name: str) -> Any:
    """Return an attribute of a module, None if the module is not loaded or lacks the attribute."""
    return getattr(sys.modules.get(module), name, None)


# --- boto3, botocore and aiobotocore ------------------------------------------------------------


def default_session() -> Any:
    """Return the session that `boto3.client` uses, None if it has not made one yet.

    boto3 keeps it in `boto3.DEFAULT_SESSION`, and its public `setup_default_session` can only make a new one.
    """
    return _find("boto3", "DEFAULT_SESSION")


def set_default_session(session: Any) -> None:
    """Have `boto3.client` use a session; None has it make a new one. Do nothing if boto3 is not loaded."""
    boto3: Any = sys.modules.get("boto3")
    if boto3 is not None:
        boto3.DEFAULT_SESSION = session


def add_built_in_handlers(handlers: Any, early: Mapping[str, Function], late: Mapping[str, Function]) -> None:
    """Add handlers of events to those that every later session of botocore begins with.

    Each session copies `BUILTIN_HANDLERS`; `REGISTER_LAST` marks handlers that run after all others. A public
    way, `session.register`, exists only for a session that has been made.

    Args:
        handlers: the module `botocore.handlers`.
        early: handlers that run before botocore's own, by event.
        late: handlers that run after botocore's own.
    """
    entries = [*early.items(), *((*entry, handlers.REGISTER_LAST) for entry in late.items())]
    handlers.BUILTIN_HANDLERS[:0] = [entry for entry in entries if entry not in handlers.BUILTIN_HANDLERS]


def is_async(settings: Any) -> bool:
    """Return whether the settings of a client, a `Config` of botocore, are those of one of aiobotocore.

    `aiobotocore.config.AioConfig` is public.
    """
    return _is_derived_from(type(settings), "aiobotocore.config", "AioConfig")


def library_of_httpx(settings: Any) -> Any:
    """Return the module `httpx` or `httpx2` if a client of aiobotocore sends with it, None if with aiohttp.

    `AioConfig.http_session_cls`, which is public, says with which a client sends. `aiobotocore.httpxsession`
    imports one of the two modules as `httpx`.
    """
    sends_with_it = _is_derived_from(settings.http_session_cls, "aiobotocore.httpxsession", "HttpxSession")
    return _find("aiobotocore.httpxsession", "httpx") if sends_with_it else None


def send_through(manager: Any, request: Any) -> Any:
    """Send a request as a client of botocore does, but through something in the place of its network.

    `botocore.httpsession.URLLib3Session` keeps urllib3's `PoolManager` as `_manager`.

    Args:
        manager: has `connection_from_url`, which returns something with `urlopen`.
        request: an AWSPreparedRequest.
    """
    from botocore.httpsession import URLLib3Session  # noqa: PLC0415 - loaded already when a client calls

    session: Any = URLLib3Session()
    session._manager = manager
    # Not a method that a mock has put around the library's own.
    return inspect.unwrap(URLLib3Session.send)(session, request)


def header_items(headers: Any) -> Iterable[tuple[Any, Any]]:
    """Return the headers of a request, each as an object whose text is the name, and a value.

    `botocore.awsrequest.HeadersDict` keeps them as `_dict`. It looks each one up when it is asked for all.
    """
    is_known = type(headers) is _find("botocore.awsrequest", "HeadersDict")
    kept: Iterable[tuple[Any, Any]] = (getattr(headers, "_dict", headers) if is_known else headers).items()
    return kept


def event_emitter(endpoint: Any) -> Any:
    """Return what tells the handlers of a client of its events.

    `botocore.endpoint.Endpoint` keeps it as `_event_emitter`.
    """
    return endpoint._event_emitter


def service_of(endpoint: Any) -> str:
    """Return the name of the service that an endpoint of botocore or aiobotocore calls, as in host names.

    `botocore.endpoint.Endpoint` keeps it as `_endpoint_prefix`. An endpoint knows no client to ask.
    """
    return str(getattr(endpoint, "_endpoint_prefix", ""))


def json_serializer(serializer: Any) -> Any:
    """Return what writes the requests of a client, if it is what writes JSON over REST; else None.

    Args:
        serializer: that, or `botocore.validate.ParamValidationDecorator`, which keeps it as `_serializer`.
    """
    found = getattr(serializer, "_serializer", serializer)
    return found if type(found) is _find("botocore.serialize", "RestJSONSerializer") else None


def empty_request(serializer: Any, operation_model: Any) -> dict[str, Any]:
    """Return the request that a serializer makes without parameters."""
    # Not by a method that a mock has put around the library's own.
    serialize = inspect.unwrap(type(serializer).serialize_to_request)
    request: dict[str, Any] = serialize(serializer, {}, operation_model)
    return request


def validated_attributes() -> set[str]:
    """Return what botocore validates of a request besides types.

    `botocore.validate.ParamValidator` says so in `VALIDATED_METADATA_ATTRS`; older releases do not.
    """
    validator = _find("botocore.validate", "ParamValidator")
    return set(getattr(validator, "VALIDATED_METADATA_ATTRS", ()))


def parser_factory(endpoint: Any) -> Any:
    """Return what makes the parsers of responses for an endpoint of botocore or aiobotocore.

    `botocore.endpoint.Endpoint` keeps it as `_response_parser_factory`, and asks it for each response.
    """
    return endpoint._response_parser_factory


def parsing_methods(parser: Any) -> tuple[Function, Function] | None:
    """Return how a parser loads a body, and how it gets from a shape and a JSON value to a result.

    `RestJSONParser` of `botocore.parsers`, `AioRestJSONParser` of `aiobotocore.parsers` and no others do it
    with `_initial_body_parse` and `_parse_shape`. Return None for others.
    """
    known = _find("botocore.parsers", "RestJSONParser"), _find("aiobotocore.parsers", "AioRestJSONParser")
    if type(parser) not in known:
        return None
    load, parse = (getattr(parser, name, None) for name in _PARSING)
    return (load, parse) if load and parse else None


def set_parsing_methods(parser: Any, load: Function, parse: Function) -> None:
    """Replace, in one parser, the methods that `parsing_methods` returns."""
    for name, method in zip(_PARSING, (load, parse), strict=True):
        setattr(parser, name, method)


_PARSING = ("_initial_body_parse", "_parse_shape")


def set_content(response: Any, content: bytes) -> None:
    """Give a response of botocore its body, as if it had been read from the network.

    `botocore.awsrequest.AWSResponse` keeps the body that it has read as `_content`, and returns it as
    `content`. aiobotocore awaits the latter, so for its clients the body must be awaitable.
    """
    response._content = content


def credentials_of(signer: Any) -> Any:
    """Return the credentials with which a client of botocore or aiobotocore was made, None if it has none.

    `botocore.signers.RequestSigner` keeps them as `_credentials`.
    """
    return signer._credentials


def credentials_class(signer: Any) -> Callable[[str, str], Any]:
    """Return the class of credentials that a signer takes: that of botocore, or that of aiobotocore.

    `sign` is a coroutine function in aiobotocore's signers, which await the credentials they are given.
    """
    if inspect.iscoroutinefunction(signer.sign):
        found: Callable[[str, str], Any] = _find("aiobotocore.credentials", "AioCredentials")
        return found
    from botocore.credentials import Credentials  # noqa: PLC0415 - loaded already when a client signs

    return Credentials


def set_request_credentials(request: Any, credentials: Any) -> None:
    """Have one request signed with other credentials than those of its client.

    `RequestSigner.sign` reads `request_credentials` from the entry `signing` of the request's context, where
    botocore itself puts the credentials of S3 Express.
    """
    request.context.setdefault("signing", {})["request_credentials"] = credentials


def signature_of(
    request: tuple[str, str, Mapping[str, str], str],
    signed: str,
    key: tuple[str, str],
    scope: tuple[str, str],
) -> str:
    """Return the signature of a request by AWS's Signature Version 4, as botocore calculates it.

    `botocore.auth.SigV4Auth` has a public method for each step. It takes the time from the entry `timestamp`
    of the request's context, and asks `headers_to_sign` and `payload` for what is signed.

    Args:
        request: its method and URL, the headers that are signed, by name in lower case, and the hash of its
            body. Without the header `host`, the host of the URL is signed.
        signed: when it was signed, as `20270131T120000Z`.
        key: an access key and its secret.
        scope: a Region and the name of a service.
    """
    from botocore.auth import SigV4Auth  # noqa: PLC0415 - few tests have signatures checked
    from botocore.awsrequest import AWSRequest  # noqa: PLC0415 - the same
    from botocore.credentials import Credentials  # noqa: PLC0415 - the same

    method, url, headers, digest = request
    bare, signer = AWSRequest(method=method, url=url), SigV4Auth(Credentials(*key), scope[1], scope[0])
    bare.context["timestamp"] = signed
    found: Any = signer.headers_to_sign(bare)
    if "host" in headers:
        del found["host"]
    for name, value in headers.items():
        found[name] = value
    for name, answer in (("headers_to_sign", found), ("payload", digest)):
        setattr(signer, name, lambda _, answer=answer: answer)
    return signer.signature(signer.string_to_sign(bare, signer.canonical_request(bare)), bare)


# --- moto ---------------------------------------------------------------------------------------


def moto_is_on() -> bool:
    """Return whether moto answers the calls of clients at the moment.

    `moto.core.models.botocore_stubber` is moto's only handler, and `enabled` while any mock of moto is on.
    """
    return bool(getattr(_find("moto.core.models", "botocore_stubber"), "enabled", False))


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
    backends = _find("moto.iam.models", "iam_backends") or {}
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
    for partitions in list((_find("moto.sts.models", "sts_backends") or {}).values()):
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
    backends = _find("moto.kms.models", "kms_backends") or {}
    return moto_is_on() and any(
        backend.keys for regions in list(backends.values()) for backend in list(regions.values())
    )


def moto_kms_key(arn: str) -> MotoKey | None:
    """Return a key of moto's KMS; None if it has no such key, or if moto is not on.

    A key has `arn`, `key_state`, `policy` and `key_usage`, which is None if none was asked for. A template of
    CloudFormation gives it a policy that is no text, and if it is to be disabled, sets only `enabled`.
    """
    if not moto_is_on():
        return None
    _, _, _, region, account, resource = arn.split(":", 5)
    # `get`, because looking up by [] makes an account, a Region and a backend.
    regions = (_find("moto.kms.models", "kms_backends") or {}).get(account) or {}
    key = getattr(regions.get(region), "keys", {}).get(resource.partition("/")[2])
    if key is None or key.arn != arn:
        return None
    state = "Disabled" if key.key_state == "Enabled" and not key.enabled else key.key_state
    # YAML makes a date of the version of a policy.
    policy = key.policy if isinstance(key.policy, str) else json.dumps(key.policy, default=str)
    return MotoKey(state, key.key_usage or "ENCRYPT_DECRYPT", policy)


# --- unittest -----------------------------------------------------------------------------------


def is_unittest_case(cls: type) -> bool:
    """Return whether a class is derived from `unittest.TestCase`, which is public but need not be loaded."""
    return _is_derived_from(cls, "unittest", "TestCase")


def has_failed(case: object) -> bool:
    """Return whether the test that a `unittest.TestCase` runs has failed so far, or was skipped.

    It is asked in a clean-up of the test. By then `_outcome` knows of a failure that was expected, and the
    result has been told of others: `_outcome.result`. Python 3.10 tells it later, and keeps them in
    `_outcome` itself, with None for each part of the test that has not failed.
    """
    outcome = getattr(case, "_outcome", None)
    result = getattr(outcome, "result", None)
    told = [entry for kind in _FAILED for where in (outcome, result) for entry in getattr(where, kind, ())]
    tests = [getattr(test, "test_case", test) for test, what in told if what is not None]
    return getattr(outcome, "expectedFailure", None) is not None or any(test is case for test in tests)


_FAILED = ("errors", "failures", "skipped")


def _is_derived_from(cls: type, module: str, base: str) -> bool:
    found = _find(module, base)
    return isinstance(found, type) and issubclass(cls, found)


# --- Hypothesis ---------------------------------------------------------------------------------


def is_state_machine(cls: type) -> bool:
    """Return whether a class is a state machine of Hypothesis.

    `hypothesis.stateful.RuleBasedStateMachine` is public; nobody has derived from it while it is not loaded.
    """
    return _is_derived_from(cls, "hypothesis.stateful", "RuleBasedStateMachine")


def has_examples(function: object) -> bool:
    """Return whether Hypothesis made a function, with `@given`, that calls a test once for each example.

    Such a function has a true `is_hypothesis_test`, and the test itself as `hypothesis.inner_test`.
    """
    return _is_of_hypothesis(function) and hasattr(getattr(function, "hypothesis", None), "inner_test")


def inner_test(function: Any) -> Function:
    """Return the test that a function for which `has_examples` holds calls once for each example."""
    found: Function = function.hypothesis.inner_test
    return found


def wrap_examples(function: Any, wrap: Callable[[Function], Function]) -> None:
    """Replace the inner test of a function for which `has_examples` holds.

    Hypothesis documents `hypothesis.inner_test` for plugins that run async tests. The function itself stays,
    so that `@settings`, `@example` and others work above it and below it.

    Args:
        function: changed in place.
        wrap: makes the new inner test from the old one.
    """
    function.hypothesis.inner_test = wrap(function.hypothesis.inner_test)


def machine_of(function: Any) -> Any:
    """Return the state machine that a method `runTest` runs, None for every other function.

    Hypothesis makes a test case of each machine. Its `runTest` has a true `is_hypothesis_test`, and the
    machine as `_hypothesis_state_machine_class`. In 6.100 it has the machine only as `cls`, a variable of
    its closure.
    """
    if not _is_of_hypothesis(function) or has_examples(function):
        return None
    of_closure = inspect.getclosurevars(function).nonlocals.get("cls")
    return getattr(function, "_hypothesis_state_machine_class", of_closure)


def run_machine(machine: Any, settings: Any) -> None:
    """Run a state machine as Hypothesis does, which is loaded because there is a machine.

    `hypothesis.stateful.run_state_machine_as_test` is public.
    """
    _find("hypothesis.stateful", "run_state_machine_as_test")(machine, settings=settings)


def _is_of_hypothesis(function: object) -> bool:
    # Compared, because a mock of `unittest.mock` has every attribute.
    return getattr(function, "is_hypothesis_test", False) is True


# --- event loops --------------------------------------------------------------------------------


def is_in_event_loop() -> bool:
    """Return whether an event loop of asyncio or trio runs the caller.

    `asyncio._get_running_loop` is for event loops; the public `get_running_loop` raises an exception, which
    takes longer. `trio.lowlevel.current_task` is public.
    """
    running_loop = _find("asyncio", "_get_running_loop")
    if running_loop is not None and running_loop() is not None:
        return True
    return _is_in_trio()


def _is_in_trio() -> bool:
    current_task = _find("trio.lowlevel", "current_task")
    try:
        return current_task is not None and current_task() is not None
    except RuntimeError:
        return False


def sleep_in_event_loop(seconds: float) -> Awaitable[None]:
    """Return an awaitable that lets an event loop of asyncio or trio do something else for a while.

    Both have a public `sleep`. trio comes first, since its loop may run within one of asyncio.
    """
    sleep: Callable[[float], Awaitable[None]] = _find("trio" if _is_in_trio() else "asyncio", "sleep")
    return sleep(seconds)


# --- pytest -------------------------------------------------------------------------------------


def is_fixture(target: object) -> bool:
    """Return whether `@pytest.fixture` made an object.

    From pytest 8.4 on that is a `FixtureFunctionDefinition`, before a function with `_pytestfixturefunction`.
    """
    return type(target).__name__ == "FixtureFunctionDefinition" or hasattr(target, "_pytestfixturefunction")


def fixture_names(item: object) -> list[str] | None:
    """Return the names of the fixtures that pytest will make for a test, in order.

    An item has them as `fixturenames`. Return None if it has none, as items that other plugins collect.
    """
    found: list[str] | None = getattr(item, "fixturenames", None)
    return found


def set_fixture_names(item: Any, names: Iterable[str]) -> None:
    """Have pytest make these fixtures for a test, in this order.

    The list is a new one, because the items of a parametrized test share one.
    """
    item.fixturenames = list(names)


def is_shared_fixture(item: object, name: str) -> bool:
    """Return whether a fixture that a test asks for lives longer than the test.

    `_fixtureinfo.name2fixturedefs` of an item has the fixtures of each name; the last one counts.
    """
    known = getattr(getattr(item, "_fixtureinfo", None), "name2fixturedefs", {})
    return name in known and known[name][-1].scope != "function"
