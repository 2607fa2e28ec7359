"""`mock-s3vectors completion`, in real shells."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.__main__ import main
from mock_s3vectors.cli.commands import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

# Asks for completions as bash does when somebody presses the tab key at the end of each line.
ASK = """
. ./script
read -ra registered <<< "$(complete -p mock-s3vectors)"
while IFS= read -r line; do
    read -ra COMP_WORDS <<< "$line"
    [[ $line == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    "${registered[-2]}" mock-s3vectors "${COMP_WORDS[-1]}" "${COMP_WORDS[-2]}"
    echo "${COMPREPLY[@]}"
done < lines
"""


@pytest.fixture(scope="module")
def scripts() -> dict[str, str]:
    """The script of each shell."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        for shell in ("bash", "zsh", "tcsh"):
            said: list[str] = []
            patch.setattr("mock_s3vectors.cli.completion.tell", said.append)
            assert main(["completion", shell]) == 0
            (made[shell],) = said
    return made


def completed(folder: Path, script: str, *lines: str) -> list[list[str]]:
    """The words that bash offers at the end of each line."""
    (folder / "script").write_text(script)
    (folder / "lines").write_text("".join(f"mock-s3vectors {line}\n" for line in lines))
    bash = shutil.which("bash")
    assert bash
    done = subprocess.run([bash, "-c", ASK], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return [line.split() for line in done.stdout.splitlines()]


def test_bash(tmp_path: Path, scripts: dict[str, str]) -> None:
    (tmp_path / "films.d").mkdir()
    (tmp_path / "films.jsonl").touch()
    offered = {
        "": list(COMMANDS),
        "de": ["describe", "delete"],
        "serve --search-engine ": ["flat", "hnsw", "quantized"],
        "serve --port 0 --search-engine h": ["hnsw"],
        "serve --no-advice --author": ["--authorization"],
        "serve --log-format ": ["text", "json"],
        "serve --state fi": ["films.d", "films.jsonl"],
        "serve --init fi": ["films.d"],
        "copy --distance-metric c": ["cosine"],
        "copy fi": ["films.d", "films.jsonl"],
        "copy films.jsonl fi": ["films.d", "films.jsonl"],
        "describe films.j": ["films.jsonl"],
        "wait --t": ["--timeout"],
        "health --": ["--help", "--url", "--certificate"],
        "completion ": ["bash", "zsh", "tcsh"],
        "--v": ["--version"],
    }
    found = completed(tmp_path, scripts["bash"], *offered)
    assert {line: sorted(words) for line, words in zip(offered, found, strict=True)} == {
        line: sorted(words) for line, words in offered.items()
    }


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_other_shells_understand_theirs(tmp_path: Path, scripts: dict[str, str], shell: str) -> None:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed")
    file = tmp_path / "script"
    file.write_text(scripts[shell])
    command = {"zsh": [program, "-n", str(file)], "tcsh": [program, "-f", str(file)]}[shell]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_zsh_says_what_commands_do(scripts: dict[str, str]) -> None:
    for name, text in COMMANDS.items():
        assert re.search(f"{name}:'?{text}['\"]\n", scripts["zsh"])
    assert "*--cors[" in scripts["zsh"]
    assert "[MOCK_S3VECTORS" not in scripts["zsh"]


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 1
    said = "Completion needs shtab, which is not installed: pip install 'mock_s3vectors[server]'."
    assert capsys.readouterr().err == f"mock-s3vectors: {said}\n"


def test_a_shell_that_is_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["completion", "fish"])
    assert end.value.code == 2
    assert "argument shell: invalid choice: 'fish' (choose from " in capsys.readouterr().err
