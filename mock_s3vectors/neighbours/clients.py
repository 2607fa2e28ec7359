"""boto3, botocore and aiobotocore, seen from inside."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from mock_s3vectors.neighbours.loaded import find, is_derived_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Function = Callable[..., Any]


def default_session() -> Any:
    """Return the session that `boto3.client` uses, None if it has not made one yet.

    boto3 keeps it in `boto3.DEFAULT_SESSION`, and its public `setup_default_session` can only make a new one.
    """
    return find("boto3", "DEFAULT_SESSION")


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
    return is_derived_from(type(settings), "aiobotocore.config", "AioConfig")


def library_of_httpx(settings: Any) -> Any:
    """Return the module `httpx` or `httpx2` if a client of aiobotocore sends with it, None if with aiohttp.

    `AioConfig.http_session_cls`, which is public, says with which a client sends. `aiobotocore.httpxsession`
    imports one of the two modules as `httpx`.
    """
    sends_with_it = is_derived_from(settings.http_session_cls, "aiobotocore.httpxsession", "HttpxSession")
    return find("aiobotocore.httpxsession", "httpx") if sends_with_it else None


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
    is_known = type(headers) is find("botocore.awsrequest", "HeadersDict")
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
    return found if type(found) is find("botocore.serialize", "RestJSONSerializer") else None


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
    validator = find("botocore.validate", "ParamValidator")
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
    known = find("botocore.parsers", "RestJSONParser"), find("aiobotocore.parsers", "AioRestJSONParser")
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
        found: Callable[[str, str], Any] = find("aiobotocore.credentials", "AioCredentials")
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
