"""The parser of a command: its help has examples, and environment variables stand for flags."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING, Any

from mock_s3vectors.cli.environment import SWITCH_VALUES, switch_of, value_of, variable_of, words_of
from mock_s3vectors.errors.exceptions import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_EXAMPLE = "  "
_ABOUT_VARIABLES = (
    "Each flag is also an environment variable, which stands beside it in brackets. The command line wins. A "
    "variable of a flag that may be given several times is a list, with commas or white space between its "
    "elements; a flag on the command line replaces all of it. A variable of a flag without a value is "
    f"{SWITCH_VALUES}; where there is --no-advice, there is {variable_of('--no-advice')}. An empty "
    "variable is as one that is not set."
)


class CommandParser(argparse.ArgumentParser):
    """A parser of a command's arguments.

    Attributes:
        reads_environment: whether environment variables stand for flags that are not given. The parsed
            arguments then have `variables`, the names of those that did.
    """

    reads_environment = False

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **{"formatter_class": _HelpFormatter, **settings})

    def describe(self, text: str, *examples: str) -> None:
        """Have the help begin with a text, and end with examples."""
        self.description = text
        self.epilog = "\n".join(("examples:", *(f"{_EXAMPLE}{example}" for example in examples)))

    def read_environment(self) -> None:
        """Have environment variables stand for flags that are not given, and the help show them."""
        self.reads_environment = True
        self.formatter_class = _HelpFormatterWithVariables
        self.epilog = f"environment variables:\n{_ABOUT_VARIABLES}\n\n{self.epilog or ''}"

    @property
    def flags(self) -> tuple[argparse.Action, ...]:
        """The flags and the other arguments of the command, without --help."""
        return tuple(action for action in self._actions if action.dest != "help")

    @property
    def variables(self) -> dict[str, argparse.Action]:
        """The flag that each environment variable stands for."""
        return {name: action for action in self.flags for name in variables_of(action)}

    def parse_known_args(  # type: ignore[override] # the overloads of typeshed are about other namespaces
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Parse arguments, and take what they do not give from the environment, else from the defaults."""
        if not self.reads_environment:
            return super().parse_known_args(args, namespace)
        # A flag that is not given leaves None, whatever its default.
        empty = argparse.Namespace(**dict.fromkeys(action.dest for action in self.flags))
        given, rest = super().parse_known_args(args, empty)
        used: list[str] = []
        for action in self.flags:
            if getattr(given, action.dest) is None:
                self._take_from_environment(action, given, used)
        given.variables = tuple(used)
        return given, rest

    def _take_from_environment(
        self, action: argparse.Action, given: argparse.Namespace, used: list[str]
    ) -> None:
        """Give a flag the value of its variable, else its default."""
        texts = {name: value_of(name, os.environ) for name in variables_of(action)}
        values = {name: self._value(name, action, text) for name, text in texts.items() if text is not None}
        first, *others = values.values() or (action.default,)
        if any(other != first for other in others):
            self.error(f"{' and '.join(values)} contradict each other")
        setattr(given, action.dest, first)
        used.extend(values)

    def _value(self, name: str, action: argparse.Action, text: str) -> object:
        """Return the value that a variable gives a flag; refuse it as the flag would be."""
        if action.nargs == 0:
            switch = switch_of(text)
            if switch is None:
                self.error(f"{name}={text!r}: it must be {SWITCH_VALUES}")
            return switch is not _is_off(name, action)
        try:
            words = words_of(text) if is_list(action) else [text]
            values = [self._get_value(action, word) for word in words]
            for value in values:
                self._check_value(action, value)
        except argparse.ArgumentError as error:
            self.error(f"{name}: {error.message}")
        except UsageError as error:
            raise UsageError(f"{name}: {error}") from None
        return values if is_list(action) else values[0]


def checked(kind: Callable[[str], Any], check: Callable[[Any], object]) -> Callable[[str], Any]:
    """Return the `type` of a flag: it makes a value of a text, and has it checked.

    Args:
        kind: makes the value, or raises a ValueError.
        check: raises a UsageError unless the value can be used.
    """

    def value_of_flag(text: str) -> Any:
        value = kind(text)
        check(value)
        return value

    value_of_flag.__name__ = getattr(kind, "__name__", "")  # argparse says what the text is not
    return value_of_flag


def variables_of(action: argparse.Action) -> list[str]:
    """Return the environment variables of a flag: one for each of its long forms."""
    return [variable_of(flag) for flag in action.option_strings if flag.startswith("--")]


def is_list(action: argparse.Action) -> bool:
    """Return whether a flag may be given several times."""
    return isinstance(action, argparse._AppendAction)  # noqa: SLF001 - argparse has no other name for it


def _is_off(name: str, action: argparse.Action) -> bool:
    """Return whether a variable of a switch turns it off, as --no-advice does."""
    return isinstance(action, argparse.BooleanOptionalAction) and name.startswith(variable_of("--no-"))


class _HelpFormatter(argparse.HelpFormatter):
    """Wraps paragraphs, and leaves examples as they are."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        fill = super()._fill_text
        return "\n".join(
            line if not line or line.startswith(_EXAMPLE) else fill(line, width, indent)
            for line in text.split("\n")
        )


class _HelpFormatterWithVariables(_HelpFormatter):
    def _get_help_string(self, action: argparse.Action) -> str | None:
        text = super()._get_help_string(action) or ""
        return text if action.dest == "help" else f"{text} [{variables_of(action)[0]}]"
