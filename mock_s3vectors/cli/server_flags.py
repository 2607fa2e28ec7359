"""The options of `mock-s3vectors serve`: each is a flag."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

from mock_s3vectors.config import Config, option_descriptions, option_values

# Outside 4510 to 4599, which other emulators of AWS use.
_PORT = 7380
# The server keeps its state in a file of its own, and does not only begin with one.
_NOT_OF_MOCK = ("state",)


def add_options_of_server(serve: argparse.ArgumentParser) -> None:
    """Add what only a server has."""
    _add_options_of_address(serve)
    _add_options_of_clients(serve)
    _add_options_of_state(serve)
    _add_options_of_log(serve)


def _add_options_of_address(serve: argparse.ArgumentParser) -> None:
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


def _add_options_of_clients(serve: argparse.ArgumentParser) -> None:
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
        "--cors",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="an origin whose pages may call the server, such as http://localhost:5173; may be given several "
        "times (default: none)",
    )


def _add_options_of_state(serve: argparse.ArgumentParser) -> None:
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
        "--init",
        type=Path,
        metavar="DIR",
        help="a folder of what the server begins with: its .sh and .py files are run, and its .db files are "
        "loaded, in order of name (default: none)",
    )


def _add_options_of_log(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "-v",
        "--verbose",
        action="store_true",
        help="log every request to stderr, with its error code (default: no)",
    )
    serve.add_argument(
        "--log-format",
        choices=("text", "json"),
        default="text",
        help="the form of the log's lines: for people, or one JSON object a line (default: %(default)s)",
    )


def add_options_of_mock(serve: argparse.ArgumentParser) -> None:
    """Add the options that the mock has in Python too."""
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
