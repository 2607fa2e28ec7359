"""Standard output of the commands: nobody may read it, it may be full, closed, or in another encoding."""

from __future__ import annotations

import io
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.__main__ import main
from tests.transfer.records import batch, write

if TYPE_CHECKING:
    from typing import TextIO

COMMANDS = [
    ["describe", "films.db"],
    ["describe", "films.db", "--json"],
    ["copy", "films.db", "copy.jsonl"],
    ["delete", "films.db::films/plots", "--key", "é"],
]
FULL = Path("/dev/full")


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "films.db::films/plots", batch("é", "b", metadata={"日": "本"}))


def to_nobody() -> TextIO:
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_nobody_needs_to_read(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with to_nobody() as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(command) == 0
    monkeypatch.setattr(sys, "stdout", None)  # as it is with `>&-`
    monkeypatch.setattr(sys, "stderr", None)
    Path("copy.jsonl").unlink(missing_ok=True)
    assert main(command) == 0
    assert main(["describe", "missing.db"]) == 1


@pytest.mark.skipif(not FULL.exists(), reason="there is no such device")
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_full_disk(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with FULL.open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert main(command) == 1
    said = capsys.readouterr().err
    assert said.endswith("mock-s3vectors: Standard output cannot be written: No space left on device.\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_characters_that_the_encoding_lacks(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii"))
    assert main(command) == 0
    text = written.getvalue().decode("ascii")
    if "--json" in command:
        assert json.loads(text)["indexes"][0]["metadataKeys"][0]["key"] == "日"
    elif command[0] == "describe":
        assert "\\u65e5" in text


@pytest.mark.parametrize("target", ["{}.jsonl", "{}.npz", "{}.db::films/plots"])
def test_names_that_are_too_long(target: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = target.format("n" * 300)
    options = ["films.db::films/plots", "--key", "b", "--backup", name]
    commands = [
        ["copy", "films.db", name],
        ["describe", name],
        *([] if "db" in target else [["delete", *options]]),
    ]
    for command in [*commands, ["copy", "films.db", "--tsv", "n" * 300]]:
        assert main(command) == 1
        assert capsys.readouterr().err.rstrip().endswith(": File name too long.")


@pytest.mark.parametrize("name", ["empty.npz", "empty.parquet"])
def test_no_vectors_have_no_dimension(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    Path("empty.jsonl").touch()
    assert main(["copy", "empty.jsonl", name]) == 0
    assert main(["describe", name]) == 0
    assert capsys.readouterr().out.endswith("\n\n0 vectors\n")
    assert main(["copy", name, "new.db::films/plots"]) == 1
    assert capsys.readouterr().err == (
        "mock-s3vectors: There is no vector, and so nothing says how many dimensions a new index has.\n"
    )
    assert not Path("new.db").exists()
