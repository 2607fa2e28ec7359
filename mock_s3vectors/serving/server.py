"""`s3vectors_server`: the mock, also for clients in other processes and languages."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, overload

from mock_s3vectors.config import Config, check_option_names
from mock_s3vectors.doors.hosts import checked_hosts
from mock_s3vectors.doors.local_endpoints import VARIABLES_OF_SERVERS, variables_of_servers
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.locks import new_lock
from mock_s3vectors.mocking.mock import options_of
from mock_s3vectors.mocking.stack import STACK
from mock_s3vectors.mocking.surroundings import set_variables
from mock_s3vectors.mocking.switch import NOTHING, Switch
from mock_s3vectors.serving.cors import checked_origins
from mock_s3vectors.serving.opening import check_address, http_server
from mock_s3vectors.serving.tls import server_context
from mock_s3vectors.workbench.workbench import BoundWorkbench

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from typing_extensions import Unpack

    from mock_s3vectors.config import Options
    from mock_s3vectors.mocking.decorate import Target
    from mock_s3vectors.mocking.levels import Level
    from mock_s3vectors.serving.http_server import HttpServer
    from mock_s3vectors.workbench.workbench import Workbench
    from mock_s3vectors.world import World

# Besides the options of the mock.
_ARGUMENTS = ("host", "port", "allowed_hosts", "cors", "certificate", "key", "config")


class S3VectorsServer(Switch):
    """A mock of Amazon S3 Vectors that also answers over HTTP, switched on and off like any mock.

    It shares the state of a mock that is already on, and otherwise has a state of its own. It answers from
    the newest mock inside it, so that the end of a test also undoes its changes over HTTP. While it is on,
    child processes find it: the environment variable `AWS_ENDPOINT_URL_S3VECTORS` names it, and there are
    fake credentials if there were none. Clients that this process makes while it is on, and that read the
    variable, go through it as well; all others are answered as by `mock_s3vectors`.
    """

    _made_by = "s3vectors_server"

    def __init__(self, options: Mapping[str, Any], host: str, port: int, settings: Mapping[str, Any]) -> None:
        """Make a server that is off.

        Args:
            options: those of the mock.
            host: the name or address of this machine to listen on.
            port: 0 for any free port.
            settings: more arguments of `HttpServer`.
        """
        Config(**options)  # refuses invalid options
        self._options = options
        self._host = host
        self._port = port
        self._last_port = 0
        self._settings = settings
        self._http: HttpServer | None = None
        # How many blocks keep it on: a decorated function may call itself, or run in several threads.
        self._blocks = 0
        self._lock = new_lock()
        self._started: ExitStack | None = None
        self._level: Level | None = None
        self._mock = BoundWorkbench(lambda: STACK.newest_in(self))

    def __repr__(self) -> str:
        http = self._http
        return f"<S3VectorsServer {http.url if http else 'that is off'}>"

    @property
    def url(self) -> str:
        """The endpoint, which clients take as `endpoint_url`.

        It has no slash at the end, as in `http://127.0.0.1:41234`.

        Raises:
            UsageError: the server is off.
        """
        if self._http is None:
            raise UsageError("The server is off and has no URL: use it in a `with` block, or start() it.")
        return self._http.url

    def start(self) -> None:
        """Answer clients until `stop()`.

        Raises:
            UsageError: the server is on already, the extra `server` is not installed, or the port is taken.
        """
        if self._started is not None:
            raise UsageError(f"The server is on already, at {self.url}: stop() it first.")
        with ExitStack() as undo:
            self._level = undo.enter_context(self._on(shared=True))
            self._started = undo.pop_all()

    def _end(self, *, failed: bool) -> None:
        """Finish the calls in progress, and free the port; see `Switch.stop`."""
        if self._started is None or self._level is None:
            raise UsageError("stop() was called on a server that is off: start() it first.")
        started, self._started = self._started, None
        self._level.has_failed = failed or self._level.has_failed
        started.close()

    @property
    def mock(self) -> Workbench:
        """The workbench of the mock that the server answers from, with its rules, calls, time and state."""
        return self._mock

    def reset(self) -> None:
        """Drop all vector buckets with everything in them, of every account and Region.

        Raises:
            UsageError: the server is off.
        """
        level = STACK.newest_in(self)
        if level is None:
            raise UsageError("reset() was called on a server that is off: start() it first.")
        level.world.clear()

    def block(self, world: World | None = None) -> AbstractContextManager[Level]:
        """See `Switch.block`. What the server decorates is a savepoint in the mock around it."""
        return self._on(world=world)

    @contextmanager
    def _on(self, *, shared: bool = False, world: World | None = None) -> Iterator[Level]:
        level = STACK.start(self, self._options, shared=shared, world=world)
        with STACK.until_stopped(level):
            self._enter()
            try:
                yield level
            finally:
                self._leave()
                if shared:  # not decorated: see `Workbench.calls`
                    self._mock.keep_calls(level)

    def _enter(self) -> None:
        with self._lock:
            if self._http is None:
                http = self._listen()
                http.start()
                _ENVIRONMENT.enter(http.url)
                self._http = http
            self._blocks += 1

    def _leave(self) -> None:
        with self._lock:
            self._blocks -= 1
            if self._http is not None and not self._blocks:
                http, self._http = self._http, None
                _ENVIRONMENT.leave(http.url)
                http.stop()

    def _listen(self) -> HttpServer:
        """Take the port; if any will do, the previous one, which clients from `setup_class` know."""
        settings = {**self._settings, "current": lambda: STACK.newest_in(self)}
        if self._last_port and not self._port:
            with suppress(UsageError):
                return http_server(self._host, self._last_port, **settings)
        http = http_server(self._host, self._port, **settings)
        self._last_port = http.port
        return http


@overload
def s3vectors_server(target: Target, /) -> Target: ...


@overload
def s3vectors_server(
    *,
    host: str = ...,
    port: int = ...,
    allowed_hosts: Iterable[str] = ...,
    cors: Iterable[str] = ...,
    certificate: str | os.PathLike[str] | None = ...,
    key: str | os.PathLike[str] | None = ...,
    config: Config | None = ...,
    **options: Unpack[Options],
) -> S3VectorsServer: ...


def s3vectors_server(  # noqa: PLR0913 - all have defaults, and names
    target: Any = NOTHING,
    /,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    allowed_hosts: Iterable[str] = (),
    cors: Iterable[str] = (),
    certificate: str | os.PathLike[str] | None = None,
    key: str | os.PathLike[str] | None = None,
    config: Config | None = None,
    **options: Any,
) -> Any:
    """Mock Amazon S3 Vectors for other processes and languages, in a decorated target or in a `with` block.

    This needs the extra `server`.

    Args:
        target: the function or class under `@s3vectors_server` without parentheses.
        host: the name or address of this machine to listen on.
        port: 0 for any free port.
        allowed_hosts: more names of the server, as they appear in clients' URLs. Without them a server on a
            loopback address answers only for names of the loopback interface, to prevent DNS rebinding.
        cors: origins whose web pages may call the server, such as `"http://localhost:5173"`.
        certificate: a file with the server's certificate in PEM, and perhaps its chain and key: the server
            answers over HTTPS. Clients have to trust it; AWS's SDKs do by the variable `AWS_CA_BUNDLE`.
        key: a file with the private key of the certificate in PEM.
        config: all options of the mock at once, instead of single ones.
        **options: the fields of Config, for instance `account_id="111122223333"`.

    Returns:
        The decorated target, or without one a server to enter, start or decorate with; its `url` is the
        endpoint for clients.

    Raises:
        UsageError: an option does not exist, or has an invalid value.

    Example:
        >>> with s3vectors_server() as server:
        ...     client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url)
        ...     _ = client.create_vector_bucket(vectorBucketName="scenes")
        ...     server.mock.bucket("scenes").name
        'scenes'
    """
    check_option_names(options, of="s3vectors_server", also=_ARGUMENTS)
    check_address(host, port)
    options = options_of("s3vectors_server", config, options)
    settings = {
        "allowed_hosts": checked_hosts(allowed_hosts),
        "cors": checked_origins(cors),
        "tls": server_context(certificate, key),
    }
    server = S3VectorsServer(options, host, port, settings)
    return server if target is NOTHING else server(target)


class _Environment:
    """The environment while servers are on: it names the newest one, and exempts all of them from proxies."""

    def __init__(self) -> None:
        self._lock = new_lock()
        self._replaced: dict[str, str | None] = {}

    def enter(self, url: str) -> None:
        """Point the environment to a server that is now on."""
        with self._lock:
            if not STACK.servers:
                self._replaced = {name: os.environ.get(name) for name in VARIABLES_OF_SERVERS}
            STACK.servers.append(url)
            self._set()

    def leave(self, url: str) -> None:
        """Take a server out again; servers may end in any order."""
        with self._lock:
            STACK.servers.remove(url)
            if STACK.servers:
                self._set()
            else:
                set_variables(self._replaced)

    def _set(self) -> None:
        set_variables(variables_of_servers(STACK.servers, self._replaced))


_ENVIRONMENT = _Environment()
