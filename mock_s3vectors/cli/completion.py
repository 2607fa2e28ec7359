"""`mock-s3vectors completion SHELL`: what completes the program's commands and flags in a shell."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mock_s3vectors.cli.commands import COMMANDS, parser_with
from mock_s3vectors.cli.output import tell
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from mock_s3vectors.cli.command_parser import CommandParser

_SHELLS = ("bash", "zsh", "tcsh")
# Values that are files; some places are none, and are typed.
_FILES = ("FILE", "SOURCE", "TARGET", "PLACE")
_FOLDERS = ("DIR",)


def define(parser: CommandParser) -> None:
    """Give a parser what the command has."""
    parser.describe(
        "Prints what completes commands, flags, values and files in a shell. It needs the extra server: "
        "pip install 'mock_s3vectors[server]'.",
        'eval "$(mock-s3vectors completion bash)"',
        "mock-s3vectors completion bash > ~/.local/share/bash-completion/completions/mock-s3vectors",
        "mock-s3vectors completion zsh > ~/.zsh/completions/_mock-s3vectors",
    )
    parser.add_argument("shell", choices=_SHELLS, help="the shell to complete in")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Write the script of a shell.

    Raises:
        UsageError: shtab is not installed.
    """
    try:
        import shtab  # noqa: PLC0415 - it needs an extra
    except ModuleNotFoundError:
        raise UsageError(
            "Completion needs shtab, which is not installed: pip install 'mock_s3vectors[server]'."
        ) from None
    parser, commands = parser_with(COMMANDS)
    for name, command in commands.items():
        command.description = COMMANDS[name]
        command.formatter_class = argparse.HelpFormatter  # it shows no variables
        for action in command.flags:
            action.help = (action.help or "").partition(". ")[0]
            _describe_values(action, file=shtab.FILE, folder=shtab.DIRECTORY)
    tell(shtab.complete(parser, shell=arguments.shell))


def _describe_values(action: argparse.Action, **kinds: object) -> None:
    """Say of a flag or an argument what its values are, by the name that the help gives them."""
    name = action.metavar
    if not isinstance(name, str):
        return
    if name.startswith("{"):  # checked elsewhere, so they are no choices of argparse
        action.choices = name.strip("{}").split(",")
    elif name in (*_FILES, *_FOLDERS):
        # shtab reads this attribute.
        setattr(action, "complete", kinds["folder" if name in _FOLDERS else "file"])  # noqa: B010 - it is not declared
