"""The options of `mock-s3vectors serve`: each is a flag."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_s3vectors.cli.address import HOST, PORT
from mock_s3vectors.cli.command_parser import checked
from mock_s3vectors.config import Config, option_descriptions, option_values
from mock_s3vectors.doors.hosts import checked_hosts
from mock_s3vectors.serving.cors import checked_origins
from mock_s3vectors.serving.initializing import USUAL_FOLDER
from mock_s3vectors.serving.logs import LOG_FORMATS
from mock_s3vectors.serving.opening import check_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_s3vectors.cli.command_parser import CommandParser

# The server keeps its state in a file of its own, and does not only begin with one.
_NOT_OF_MOCK = ("state",)


def add_options_of_server(serve: CommandParser) -> None:
    """Add what only a server has."""
    _add_options_of_address(serve)
    _add_options_of_clients(serve)
    _add_options_of_state(serve)
    _add_options_of_log(serve)


def _add_options_of_address(serve: CommandParser) -> None:
    serve.add_argument(
        "--host",
        default=HOST,
        help="the name or address of this machine to listen on (default: %(default)s)",
    )
    serve.add_argument(
        "--port",
        type=checked(int, lambda port: check_address("", port)),
        default=PORT,
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
        "--certificate",
        type=Path,
        metavar="FILE",
        help="the certificate of the server, and of those who vouch for it, in PEM: it answers over HTTPS "
        "(default: none)",
    )
    serve.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="the private key of the certificate, in PEM (default: that in the certificate's file)",
    )


def _add_options_of_clients(serve: CommandParser) -> None:
    serve.add_argument(
        "--allowed-host",
        action="append",
        type=checked(str, lambda host: checked_hosts([host])),
        default=(),
        dest="allowed_hosts",
        metavar="NAME",
        help="one more name of the server, as it appears in clients' URLs; may be given several times. "
        "Without it a server on a loopback address answers only for localhost and loopback addresses, so "
        "that no web page reads it by DNS rebinding (default: none)",
    )
    serve.add_argument(
        "--cors",
        action="append",
        type=checked(str, lambda origin: checked_origins([origin])),
        default=(),
        metavar="ORIGIN",
        help="an origin whose pages may call the server, such as http://localhost:5173; may be given several "
        "times (default: none)",
    )


def _add_options_of_state(serve: CommandParser) -> None:
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
        default=(),
        dest="kms_keys",
        metavar="ARN",
        help="the ARN of a KMS key that exists; may be given several times. With at least one, no other key "
        "exists; without any, every key of the right form does (default: none)",
    )
    serve.add_argument(
        "--init",
        type=Path,
        metavar="DIR",
        help="a folder of what the server begins with: its .sh and .py files are run, and its .db files are "
        "loaded, in order of name, at each start. Until all are done GET /health answers 503, and a failure "
        f"ends the server (default: {USUAL_FOLDER} where it exists)",
    )


def _add_options_of_log(serve: CommandParser) -> None:
    _add_switch(
        serve, "-v", "--verbose", default=False, text="log every request to stderr, with its error code"
    )
    serve.add_argument(
        "--log-format",
        choices=LOG_FORMATS,
        default=LOG_FORMATS[0],
        help="the form of the log's lines: for people, or one JSON object a line (default: %(default)s)",
    )


def add_options_of_mock(serve: CommandParser) -> None:
    """Add the options that the mock has in Python too."""
    mock = serve.add_argument_group("options of the mock, as in Python")
    described = option_descriptions()
    for field in fields(Config):
        if field.name in _NOT_OF_MOCK:
            continue
        flag, text = f"--{field.name.replace('_', '-')}", described.get(field.name, "")
        text = text.replace("`", "").replace("%", "%%")
        if isinstance(field.default, bool):
            _add_switch(mock, flag, default=field.default, text=text)
        else:
            mock.add_argument(
                flag,
                type=_type_of(field.name, field.default),
                default=field.default,
                metavar=option_values(field.name),
                help=text if field.default is None else f"{text} (default: {field.default})",
            )


def _type_of(name: str, default: object) -> Callable[[str], Any]:
    """Return the `type` of an option of the mock, which has a default of that type, or is a text."""
    kind = str if default is None else type(default)
    return checked(kind, lambda value: Config(**{name: value}))


def _add_switch(
    parser: CommandParser | argparse._ArgumentGroup, *flags: str, default: bool, text: str
) -> None:
    """Add a flag without a value, and the one that begins with --no-: a variable may be set."""
    action = parser.add_argument(*flags, action=argparse.BooleanOptionalAction, default=default)
    # Set later, since some versions of Python add the default to it.
    action.help = f"{text} (default: {'yes' if default else 'no'})"
