"""Help: of the program, and of each command, with examples that work."""

from __future__ import annotations

import re
import shlex

import pytest

from mock_s3vectors.__main__ import main
from mock_s3vectors.cli.commands import COMMANDS, parser_with


def help_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as end:
        main([*arguments, "--help"])
    assert end.value.code == 0
    return capsys.readouterr().out


def examples_in(text: str) -> list[list[str]]:
    """The words of the examples, without what a shell makes of them."""
    _, _, examples = text.partition("\nexamples:\n")
    assert examples
    lines = [line for line in examples.splitlines() if line]
    assert all(line.startswith("  ") for line in lines)
    commands = [command for line in lines for command in re.split(r'&&|&|>|\$\(|\)"', line)]
    found = [shlex.split(command) for command in commands if "mock-s3vectors " in command]
    return [words[words.index("mock-s3vectors") + 1 :] for words in found]


def test_alone_it_prints_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    said = capsys.readouterr()
    assert (said.out, said.err) == (help_of(capsys), "")
    for name, text in COMMANDS.items():
        assert re.search(rf"^    {name}\s+{text}$", said.out, re.MULTILINE)
    assert [words[0] for words in examples_in(said.out)] == ["serve", "copy"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_examples_that_work(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    parser, _ = parser_with(COMMANDS)
    examples = examples_in(help_of(capsys, command))
    assert command in {words[0] for words in examples}
    for words in examples:
        assert callable(parser.parse_args(words).run)


def test_examples_are_not_wrapped(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    shown = help_of(capsys, "serve").splitlines()
    assert "  MOCK_S3VECTORS_PORT=7381 MOCK_S3VECTORS_STATE=films.db mock-s3vectors serve" in shown
    assert all(len(line) <= 60 for line in shown[shown.index("environment variables:") :] if line[:1] != " ")
