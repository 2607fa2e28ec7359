"""`mock-s3vectors serve`: answer S3 Vectors over HTTP."""

from __future__ import annotations

import argparse
import logging
import secrets
import signal
from contextlib import closing, nullcontext, suppress
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_s3vectors.cli.output import tell
from mock_s3vectors.config import Config, check_path, option_descriptions, option_values
from mock_s3vectors.doors.hosts import checked_hosts
from mock_s3vectors.doors.local_endpoints import ENDPOINT_VARIABLE
from mock_s3vectors.errors.exceptions import UsageError
from mock_s3vectors.mocking.mock import mock_s3vectors
from mock_s3vectors.mocking.stack import NOT_STARTED, STACK
from mock_s3vectors.serving.opening import http_server

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from typing_extensions import Self

    from mock_s3vectors.mocking.mock import MockS3Vectors

# Outside 4510 to 4599, which other emulators of AWS use.
_PORT = 7380
# The server keeps its state in a file of its own, and does not only begin with one.
_NOT_OF_MOCK = ("state",)


def add_parser(commands: Any) -> None:
    """Add the command to those of the program."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "serve",
        help="answer S3 Vectors over HTTP",
        description="Answers S3 Vectors over HTTP, until SIGINT (Ctrl+C) or SIGTERM: from memory, or with "
        "--state from memory and a file that keeps every change.",
    )
    _add_options_of_server(parser)
    _add_options_of_mock(parser)
    parser.set_defaults(run=run)


def _add_options_of_server(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--host",
        default="127.0.0.1",
        help="the name or address of this machine to listen on (default: %(default)s)",
    )
    serve.add_argument(
        "--port",
        type=int,
        default=_PORT,
        metavar="0-65535",
        help="the port; 0 takes any free one (default: %(default)s)",
    )
    serve.add_argument(
        "--port-file",
        type=Path,
        metavar="FILE",
        help="a file that holds the port while the server answers clients (default: none)",
    )
    serve.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        dest="allowed_hosts",
        metavar="NAME",
        help="one more name of the server, as it appears in clients' URLs; may be given several times. "
        "Without it a server on a loopback address answers only for localhost and loopback addresses, so "
        "that no web page reads it by DNS rebinding (default: none)",
    )
    serve.add_argument(
        "--state",
        metavar="FILE",
        help="a state file that keeps the vector buckets with everything in them, identities and KMS keys: "
        "each change is on disk before its client is answered, and there again when a server is started with "
        "the file, even if this one is killed. A missing file is made; mock.save() in Python makes one too. "
        "Rules, calls and the clock are not kept, nor what --identities and --kms-key give (default: none)",
    )
    serve.add_argument(
        "--identities",
        type=Path,
        metavar="FILE",
        help='users and roles with their policies, in JSON: {"identities": [{"user": "reader", "policy": '
        '{"Statement": {"Effect": "Allow", "Action": "s3vectors:QueryVectors", "Resource": "*"}}, '
        '"access_key_id": "AKIAREADER0000000000", "secret_access_key": "testing"}, {"role": "batch", ...}]}. '
        "Each may have policy, policies, boundary, tags, account, access_key_id and secret_access_key; a "
        "role also session_name, session_policy and session_token (default: none)",
    )
    serve.add_argument(
        "--kms-key",
        action="append",
        default=[],
        dest="kms_keys",
        metavar="ARN",
        help="the ARN of a KMS key that exists; may be given several times. With at least one, no other key "
        "exists; without any, every key of the right form does (default: none)",
    )
    serve.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="log every request to stderr, with its error code (default: no)",
    )


def _add_options_of_mock(serve: argparse.ArgumentParser) -> None:
    mock = serve.add_argument_group("options of the mock, as in Python")
    described = option_descriptions()
    for field in fields(Config):
        if field.name in _NOT_OF_MOCK:
            continue
        flag, text = f"--{field.name.replace('_', '-')}", described.get(field.name, "")
        text = text.replace("`", "").replace("%", "%%")
        if isinstance(field.default, bool):
            action = argparse.BooleanOptionalAction if field.default else "store_true"
            help_text = f"{text} (default: {'yes' if field.default else 'no'})"
            mock.add_argument(flag, action=action, default=argparse.SUPPRESS, help=help_text)
            continue
        default = "" if field.default is None else f" (default: {field.default})"
        mock.add_argument(
            flag,
            type=str if field.default is None else type(field.default),
            default=argparse.SUPPRESS,
            metavar=option_values(field.name),
            help=f"{text}{default}",
        )


def run(arguments: argparse.Namespace) -> None:
    """Answer over HTTP until a signal.

    Raises:
        UsageError: an option, a file or the address cannot be used.
    """
    _serve(**{name: value for name, value in vars(arguments).items() if name != "run"})


def _serve(  # noqa: PLR0913 - one for each option
    *,
    host: str,
    port: int,
    port_file: Path | None,
    allowed_hosts: list[str],
    state: str | None,
    identities: Path | None,
    kms_keys: list[str],
    verbose: bool,
    **options: Any,
) -> None:
    from mock_s3vectors.serving.set_up import set_up  # noqa: PLC0415 - it loads botocore

    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, format="%(asctime)s %(message)s")

    hosts = checked_hosts(allowed_hosts)

    with mock_s3vectors(**options) as given:
        set_up(given, identities, kms_keys)
        # Clients see a savepoint: a reset takes back what they have done, and nothing that was given here.
        with mock_s3vectors() as mock, _kept_in(state, mock):

            def announce() -> None:
                file.publish()
                _say(_welcome(server.url, mock.config, state))

            def stop(*_: Any) -> None:
                server.should_exit = True

            server = http_server(host, port, on_ready=announce, allowed_hosts=hosts)
            # For signals before uvicorn handles them, and after: once it has ended, it raises them again.
            for ending in (signal.SIGINT, signal.SIGTERM):
                signal.signal(ending, stop)
            # Only once this server has the port: until then the file may belong to the server that has it.
            with closing(server), _PortFile(port_file, server.port) as file:
                server.run()
            for rule in mock.rules:  # no test is there to fail because of one that never fired
                rule.remove()


def _kept_in(state: str | None, mock: MockS3Vectors) -> AbstractContextManager[None]:
    """Have a file keep the state of a mock, if there is one."""
    if state is None:
        return nullcontext()
    from mock_s3vectors.storage.following import kept_in  # noqa: PLC0415 - it loads numpy and sqlite3

    check_path("--state", state)
    level = STACK.level_of(mock)
    if level is None:
        raise UsageError(NOT_STARTED)
    return kept_in(state, level.world)


def _welcome(url: str, config: Config, state: str | None) -> str:
    lines = _WELCOME if state is None else (*_WELCOME[:-1], _KEPT, _WELCOME[-1])
    return "\n".join(lines).format(
        url=url,
        variable=ENDPOINT_VARIABLE,
        policies=_POLICIES[config.authorization],
        signatures=_SIGNATURES[config.verify_signatures],
        state=state,
    )


def _say(text: str) -> None:
    """Write to standard output; the server keeps running if nobody reads it, or if the disk is full."""
    with suppress(UsageError):
        tell(text)


# The URL ends the first line, so that programs can read it there.
_WELCOME = (
    "mock_s3vectors answers at {url}",
    "AWS SDKs and the AWS CLI find it there after: export {variable}={url}",
    "Policies decide about {policies}; signatures are {signatures}.",
    "Press Ctrl+C to stop it.",
)
_KEPT = "All changes are kept in {state}."

# By the option `authorization`.
_POLICIES = {
    None: "calls of identities and calls across accounts",
    "enforce": "all calls",
    "report": "all calls, but deny none",
    "off": "no calls",
}
# By the option `verify_signatures`.
_SIGNATURES = {False: "not checked", True: "checked"}


class _PortFile:
    """The file that holds the port while the server answers clients; nobody sees it half written.

    Raises:
        UsageError: the file cannot be written, or is not a regular file.
    """

    def __init__(self, path: Path | None, port: int) -> None:
        # A file would replace anything else, such as a pipe; and a path such as "." has no name to write to.
        if path and (not path.name or (path.exists() and not path.is_file())):
            raise UsageError(f"Cannot write {path}: it is not a regular file.")
        self._path = path
        self._text = f"{port}\n"
        # A name that nobody can predict, to put a link there.
        self._draft = path and path.with_name(f"{path.name}.{secrets.token_hex(8)}")

    def __enter__(self) -> Self:
        if self._path and self._draft:
            try:
                # A file left by a killed server would mislead programs that wait for this one.
                self._path.unlink(missing_ok=True)
                with self._draft.open("x", encoding="ascii") as draft:
                    draft.write(self._text)
            except OSError as error:
                raise UsageError(f"Cannot write {self._path}: {error.strerror}.") from error
        return self

    def publish(self) -> None:
        """Show the port, now that clients can call."""
        if self._path and self._draft:
            self._draft.replace(self._path)

    def __exit__(self, *_: object) -> None:
        if self._path and self._draft:
            self._draft.unlink(missing_ok=True)
            # Another server may have put its port there since.
            with suppress(OSError, ValueError):
                if self._path.read_text(encoding="ascii") == self._text:
                    self._path.unlink()
