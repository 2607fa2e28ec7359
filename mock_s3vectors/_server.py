"""`s3vectors_server`: the mock, for clients in other processes and languages as well."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from mock_s3vectors._active import set_variables
from mock_s3vectors._mock import mock_s3vectors
from mock_s3vectors.errors import UsageError
from mock_s3vectors.locks import new_lock

if TYPE_CHECKING:
    from types import ModuleType, TracebackType

    from typing_extensions import Self, Unpack

    from mock_s3vectors._mock import MockS3Vectors
    from mock_s3vectors.config import Config, Options
    from mock_s3vectors.transports.uvicorn import HttpServer

ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_S3VECTORS"
# Set by somebody, it would have clients go past the server, to AWS.
_IGNORE_VARIABLE = "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"
_VARIABLES = (ENDPOINT_VARIABLE, _IGNORE_VARIABLE)
# Some clients read the one, some the other, and some the first that there is.
_NO_PROXY = ("no_proxy", "NO_PROXY")


class S3VectorsServer:
    """A mock of Amazon S3 Vectors that answers over HTTP too, off until it is entered or started.

    It shares the state of a mock that is on already, and has a state of its own otherwise. While it is on,
    child processes find it: the environment variable `AWS_ENDPOINT_URL_S3VECTORS` names it, and there
    are fake credentials if there were none. Clients of this process that are made meanwhile, and read
    that variable, go through it as well; the others are answered as by `mock_s3vectors`.
    """

    def __init__(self, mock: MockS3Vectors, host: str, port: int) -> None:
        self._mock = mock
        self._address = host, port
        self._http: HttpServer | None = None
        self._undo = ExitStack()

    def __repr__(self) -> str:
        return f"<S3VectorsServer {self._http.url if self._http else 'that is off'}>"

    @property
    def url(self) -> str:
        """The endpoint, for `endpoint_url`: `http://127.0.0.1:41234`.

        Raises:
            UsageError: the server is off.
        """
        if self._http is None:
            raise UsageError("The server is off and has no URL: use it in a `with` block, or start() it.")
        return self._http.url

    def start(self) -> None:
        """Answer clients until `stop()`.

        Raises:
            UsageError: it is on already, the extra `server` is not installed, or the port is taken.
        """
        if self._http is not None:
            raise UsageError(f"The server is on already, at {self.url}: stop() it first.")
        with ExitStack() as undo:
            self._mock.start()
            undo.callback(self._mock.stop)
            http = http_server(*self._address)
            http.start()
            undo.callback(http.stop)
            _ENVIRONMENT.enter(http.url)
            undo.callback(_ENVIRONMENT.leave, http.url)
            self._http, self._undo = http, undo.pop_all()

    def stop(self) -> None:
        """Finish what is being answered, and free the port.

        Raises:
            UsageError: it is off.
        """
        if self._http is None:
            raise UsageError("stop() was called on a server that is off: start() it first.")
        self._http = None
        self._undo.close()

    def reset(self) -> None:
        """Drop all vector buckets with everything in them, of every account and Region."""
        self._mock.reset()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def s3vectors_server(
    *, host: str = "127.0.0.1", port: int = 0, config: Config | None = None, **options: Unpack[Options]
) -> S3VectorsServer:
    """Mock Amazon S3 Vectors for other processes and languages, in a `with` block.

    Needs the extra `server`.

    Args:
        host: the name or address of this machine to listen on.
        port: 0 for any that is free.
        config: all options of the mock at once, instead of single ones.
        **options: the fields of Config, for instance `account_id="111122223333"`.

    Returns:
        A server to enter or start; its `url` is the endpoint for clients.

    Raises:
        UsageError: an option does not exist or cannot have its value.
    """
    settings: Any = {"config": config} if config is not None else {}
    return S3VectorsServer(mock_s3vectors(**settings, **options), host, port)


class _Environment:
    """What is in the environment while servers are on: where the last is, and that no proxy leads there."""

    def __init__(self) -> None:
        self._lock = new_lock()
        self._urls: list[str] = []
        self._replaced: dict[str, str | None] = {}

    def enter(self, url: str) -> None:
        """A server is on."""
        with self._lock:
            if not self._urls:
                self._replaced = {name: os.environ.get(name) for name in (*_VARIABLES, *_NO_PROXY)}
            self._urls.append(url)
            self._set()

    def leave(self, url: str) -> None:
        """It is not any more; servers may end in any order."""
        with self._lock:
            self._urls.remove(url)
            if self._urls:
                self._set()
            else:
                set_variables(self._replaced)

    def _set(self) -> None:
        hosts = sorted({str(urlsplit(url).hostname) for url in self._urls})
        # Who had one of the two meant it for all clients.
        common = self._replaced["no_proxy"] or self._replaced["NO_PROXY"]
        direct = {
            name: ",".join(filter(None, [self._replaced[name] or common, *hosts])) for name in _NO_PROXY
        }
        set_variables({ENDPOINT_VARIABLE: self._urls[-1], _IGNORE_VARIABLE: "false", **direct})


_ENVIRONMENT = _Environment()


def http_server(host: str, port: int, **callbacks: Any) -> HttpServer:
    """A server that has its port and does not run yet.

    Raises:
        UsageError: the extra `server` is not installed, or the port is taken.
    """
    module = _uvicorn()
    try:
        return module.HttpServer(host, port, **callbacks)  # type: ignore[no-any-return]
    except (OSError, UnicodeError) as error:
        raise UsageError(
            f"Cannot listen on port {port!r} of {host}: {error}. Port 0 is any that is free."
        ) from error


def _uvicorn() -> ModuleType:
    try:
        from mock_s3vectors.transports import uvicorn  # noqa: PLC0415 - of an extra, and heavy
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        raise UsageError(
            f"The server needs {missing}, which is not installed: pip install 'mock_s3vectors[server]'."
        ) from error
    return uvicorn
