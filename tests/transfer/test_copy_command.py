"""`mock-s3vectors copy`: what it says and writes, and with which status it ends."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors.__main__ import main
from mock_s3vectors.cli.progress import ProgressLine, line_of, say
from mock_s3vectors.transfer.batches import Location
from mock_s3vectors.transfer.files.checking import Gathered
from mock_s3vectors.transfer.places import Access, open_place
from tests.transfer.records import batch, by_key, write
from tests.transfer.remote import AWS, READS, all_of, aws, many, operations, pieces, write_to, write_to_aws

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from mock_s3vectors import MockS3Vectors


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Paths in texts are short."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the program; returns its status, what it wrote, and what it said."""

    def run_it(*arguments: str) -> tuple[int, str, str]:
        status = main(["copy", *arguments])
        written = capsys.readouterr()
        return status, written.out, written.err

    return run_it


def test_a_copy(run: Any, tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", *pieces(many(1_203)))
    options = ("--distance-metric", "euclidean", "--non-filterable", "a", "--non-filterable", "b")
    status, out, err = run("films.jsonl", "films.db::films/plots", *options)
    assert (status, out) == (0, "Copied 1,203 vectors from films.jsonl to films.db::films/plots.\n")
    assert err.startswith("1,203 vectors in 0.")
    assert err.endswith("/s.\n")
    assert by_key(*all_of(open_place("films.db"))) == by_key(many(1_203))
    (found,) = open_place("films.db").sources()
    settings = found.settings()
    assert (settings.distance_metric, settings.non_filterable_keys) == ("euclidean", ("a", "b"))


def test_some_vectors(run: Any, tmp_path: Path) -> None:
    write(tmp_path, "films.db::films/plots", *pieces(many(1_203)))
    status, out, _ = run("films.db", "films.jsonl", "--filter", '{"row": {"$gte": 1000}}', "--limit", "1")
    assert (status, out) == (0, "Copied 1 vector from films.db::films/plots to films.jsonl.\n")
    status, out, _ = run("films.db", "films.jsonl", "--resume", "--limit", "600")
    assert out == "Copied 600 vectors from films.db::films/plots to films.jsonl.\n"
    status, out, _ = run("films.db", "films.jsonl", "--resume", "--dry-run")
    assert out == (
        "Would copy 602 vectors from films.db::films/plots to films.jsonl, which exists. 601 vectors are "
        "there already.\n"
    )
    status, out, err = run("films.db", "films.npz", "--dry-run")
    assert out == "Would copy 1,203 vectors from films.db::films/plots to films.npz, which would be made.\n"
    assert (status, err) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["films.db", "films.jsonl"]


def test_several_indexes(run: Any) -> None:
    for name in ("plots", "titles"):
        write_to(open_place("films.db"), batch("a"), where=Location("films", name))
    status, out, err = run("films.db::films", "copy.db::copies")
    assert (status, out) == (
        0,
        (
            "Copied 1 vector from films.db::films/plots to copy.db::copies/plots.\n"
            "Copied 1 vector from films.db::films/titles to copy.db::copies/titles.\n"
        ),
    )
    assert err.startswith("2 vectors in ")


def test_files_of_the_embedding_projector(run: Any, tmp_path: Path) -> None:
    """Instead of a target, or after it."""
    write(tmp_path, "films.db::films/plots", batch("a", "b", metadata={"year": 1979}))
    for arguments, lines in (
        (["--tsv", "one"], ["one"]),
        (["copy.jsonl", "--tsv", "two"], ["copy.jsonl", "two"]),
    ):
        status, out, _ = run("films.db", *arguments)
        assert (status, out.splitlines()) == (
            0,
            [f"Copied 2 vectors from films.db::films/plots to {target}." for target in lines],
        )
    for folder in ("one", "two"):
        assert (tmp_path / folder / "vectors.tsv").read_text() == "1.0\t1.0\n2.0\t2.0\n"
        assert (tmp_path / folder / "metadata.tsv").read_text() == "key\tyear\na\t1979\nb\t1979\n"
    assert by_key(*all_of(open_place("copy.jsonl"))) == by_key(batch("a", "b", metadata={"year": 1979}))
    assert run("films.db", "--tsv", "three", "--dry-run")[0] == 0
    assert not (tmp_path / "three").exists()
    status, _, err = run("films.db", "--tsv", "films.db")
    assert (status, err) == (
        1,
        "mock-s3vectors: films.db is not a folder: name one for vectors.tsv and metadata.tsv.\n",
    )


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["films.jsonl"], "There is nowhere to copy to: name a TARGET, or a folder with --tsv."),
        (["films.jsonl", "copy.npz", "--filter", "{"], "--filter {: it is not JSON: "),
        (
            ["films.jsonl", "copy.npz", "--filter", "{}"],
            "The filter {} is refused as S3 Vectors refuses it. ",
        ),
        (
            ["films.jsonl", "copy.npz", "--filter", "[]"],
            "The filter [] is refused as S3 Vectors refuses it. ",
        ),
        (["film.jsonl", "copy.npz"], "film.jsonl: No such file or directory. Did you mean 'films.jsonl'?"),
        (["films.jsonl", "films.jsonl"], "films.jsonl is the source and the target of the copy."),
        (["films.jsonl", "films.csv"], "'films.csv': .csv is no kind of file that is known here."),
    ],
)
def test_what_is_refused(run: Any, tmp_path: Path, arguments: list[str], error: str) -> None:
    write(tmp_path, "films.jsonl", batch("a"))
    status, out, err = run(*arguments)
    assert (status, out) == (1, "")
    assert err.startswith(f"mock-s3vectors: {error}")
    assert [path.name for path in tmp_path.iterdir()] == ["films.jsonl"]


@pytest.mark.parametrize("option", [["--limit", "-1"], ["--limit", "x"], ["--distance-metric", "dot"]])
def test_options_that_cannot_be(run: Any, option: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run("films.jsonl", "copy.npz", *option)
    assert ended.value.code == 2


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "copy.jsonl",
            "Up to 1,000 vectors were copied, in whole batches. The same command with --resume goes on.\n",
        ),
        ("copy.npz", "copy.npz is written as a whole, so nothing was written.\n"),
    ],
)
def test_an_interruption(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, said: str
) -> None:
    write(tmp_path, "films.jsonl", *pieces(many(1_203)))
    take = Gathered.take

    def take_and_stop(gathered: Any) -> Any:
        taken = take(gathered)
        if taken.keys[-1] == "k01202":
            raise KeyboardInterrupt
        return taken

    with monkeypatch.context() as interrupted:
        interrupted.setattr(Gathered, "take", take_and_stop)
        assert run("films.jsonl", target) == (130, "", said)
    status, out, _ = run("films.jsonl", target, "--resume")
    known = " 1,000 vectors are there already." if target == "copy.jsonl" else ""
    copied = 203 if known else "1,203"
    assert (status, out) == (0, f"Copied {copied} vectors from films.jsonl to {target}.{known}\n")
    assert by_key(*all_of(open_place(target))) == by_key(many(1_203))


def test_a_bad_line(run: Any, tmp_path: Path) -> None:
    write(tmp_path, "films.jsonl", *pieces(many(600)))
    with (tmp_path / "films.jsonl").open("a") as file:
        file.write("{}\n")
    assert run("films.jsonl", "films.db::films/plots") == (
        1,
        "",
        (
            "Up to 500 vectors were copied, in whole batches. The same command with --resume goes on.\n"
            "mock-s3vectors: films.jsonl, line 601: the object has no key.\n"
        ),
    )


def test_aws(run: Any, s3vectors_mock: MockS3Vectors, tmp_path: Path) -> None:
    """AWS is written to with --yes only, and the command says so first."""
    write(tmp_path, "films.db::films/plots", batch("a", "b"))
    where = "AWS, an account without vector buckets, Region eu-west-1: films/plots"
    assert run("films.db", AWS, "--region", "eu-west-1") == (
        1,
        "",
        (
            f"mock-s3vectors: All vectors of films.db::films/plots would be written to {where}, a new index. "
            "Nothing was written: confirm it with --yes.\n"
        ),
    )
    status, out, err = run("films.db", AWS, "--region", "eu-west-1", "--dry-run")
    assert (status, err) == (0, "")
    assert out == f"Would copy 2 vectors from films.db::films/plots to {where}, which would be made.\n"
    assert set(operations(s3vectors_mock)) <= READS
    status, out, err = run("films.db", AWS, "--region", "eu-west-1", "--yes")
    known = where.replace("an account without vector buckets", "account 123456789012")
    assert (status, out) == (0, f"Copied 2 vectors from films.db::films/plots to {known}.\n")
    assert err.splitlines()[0] == f"Writing to {where}."
    where = "AWS, account 123456789012, Region {}: films/plots"
    status, out, err = run(AWS, AWS, "--region", "eu-west-1", "--target-region", "us-west-2", "--yes")
    source, target = where.format("eu-west-1"), where.format("us-west-2")
    new = target.replace("account 123456789012", "an account without vector buckets")
    assert (status, out) == (0, f"Copied 2 vectors from {source} to {target}.\n")
    assert err.splitlines()[:2] == [f"Reading from {source}.", f"Writing to {new}."]
    assert by_key(*all_of(aws(Access(region="us-west-2")))) == by_key(batch("a", "b"))
    status, _, err = run(AWS, "copy.jsonl", "--region", "us-west-2", "--account", "999999999999")
    assert (status, err) == (
        1,
        (
            f"mock-s3vectors: {AWS}: the credentials are those of account 123456789012, and not of "
            "999999999999.\n"
        ),
    )


@pytest.mark.parametrize("options", [["--yes"], ["--dry-run"]])
def test_nothing_is_written_to_an_account_that_may_be_another(
    run: Any, s3vectors_mock: MockS3Vectors, tmp_path: Path, options: list[str]
) -> None:
    write(tmp_path, "films.jsonl", batch("a"))
    assert run("films.jsonl", AWS, "--region", "eu-west-1", "--account", "999999999999", *options) == (
        1,
        "",
        (
            f"mock-s3vectors: {AWS}: nothing tells whether the credentials are those of account "
            "999999999999: theirs has no vector buckets in Region eu-west-1. Leave the account out, or make "
            "a vector bucket first.\n"
        ),
    )
    assert set(operations(s3vectors_mock)) <= READS


NO_ACCOUNT = "'12' is no account, which has 12 digits, as 123456789012."
NO_REGION = "'US East' is no Region: write one as us-east-1."


@pytest.mark.parametrize("target", ["films.db::films/plots", "http://127.0.0.1:1/films/plots", AWS])
@pytest.mark.parametrize(
    ("option", "reason"),
    [
        (["--account", "12"], NO_ACCOUNT),
        (["--target-account", "12"], NO_ACCOUNT),
        (["--region", "US East"], NO_REGION),
        (["--target-region", "US East"], NO_REGION),
    ],
)
def test_no_such_account_or_region(
    run: Any, tmp_path: Path, target: str, option: list[str], reason: str
) -> None:
    """A state file that had one could not be loaded any more."""
    write(tmp_path, "films.jsonl", batch("a"))
    assert run("films.jsonl", target, *option) == (1, "", f"mock-s3vectors: {reason}\n")


def test_no_such_region_in_the_environment(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "films.jsonl", batch("a"))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "US East")
    assert run("films.jsonl", "films.db::films/plots") == (1, "", f"mock-s3vectors: {NO_REGION}\n")
    assert not (tmp_path / "films.db").exists()


def test_describe_on_aws(s3vectors_mock: MockS3Vectors, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: ARG001 - switches it on
    """The command counts the vectors if it has looked at all of them."""
    write_to_aws(*pieces(many(600)))
    for sample, count in ((601, "600 vectors"), (10, "vectors not counted")):
        assert main(["describe", AWS, "--region", "us-east-1", "--sample", str(sample)]) == 0
        written = capsys.readouterr()
        assert written.err == "Reading from AWS, account 123456789012, Region us-east-1: films/plots.\n"
        assert written.out.startswith(
            f"{AWS}: AWS\n\nfilms/plots (Region us-east-1, account 123456789012): {count}, 2 dimensions, "
        )


def test_every_option_has_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["copy", "--help"])
    _, _, options = capsys.readouterr().out.partition("\noptions:\n")
    entries = options.split("\n  -")[1:]
    assert len(entries) == 14
    assert all("(default: " in " ".join(entry.split()) for entry in entries)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("stream", [Terminal(), io.StringIO()])
def test_the_line_is_for_terminals(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_s3vectors.cli.progress._REFRESH", 0)
    with ProgressLine(stream) as line:
        line.show(5, 20, "vectors")
        line.show(1_000, None, "vectors")
    shown = stream.getvalue()
    if not stream.isatty():
        assert shown == ""
        return
    first, second, last = shown.split("\r\x1b[K")[1:]
    assert first.startswith("[#####               ]  25 %, 5 of 20 vectors, ")
    assert second.startswith("1,000 vectors, ")
    assert last == ""


@pytest.mark.parametrize(
    ("done", "total", "seconds", "text"),
    [
        (0, 10, 0.0, "[                    ]   0 %, 0 of 10 vectors, 0/s"),
        (2_000, 8_000, 4.0, "[#####               ]  25 %, 2,000 of 8,000 vectors, 500/s, 12 s left"),
        (10, 2_000, 1.0, "[                    ]   0 %, 10 of 2,000 vectors, 10/s, 3 min 19 s left"),
        (1, 10_000, 1.0, "[                    ]   0 %, 1 of 10,000 vectors, 1/s, 2 h 46 min left"),
        (10, 10, 1.0, "[####################] 100 %, 10 of 10 vectors, 10/s"),
        (12, 10, 1.0, "[####################] 100 %, 12 of 10 vectors, 12/s"),
        (1_500, None, 2.0, "1,500 vectors, 750/s"),
        (0, 0, 1.0, "0 vectors, 0/s"),
    ],
)
def test_the_line(done: int, total: int | None, seconds: float, text: str) -> None:
    assert line_of(done, total, "vectors", seconds) == text


def test_nobody_needs_to_listen(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(Terminal):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    with ProgressLine(Closed()) as line:
        line.show(1, 2, "vectors")
    monkeypatch.setattr("sys.stderr", Closed())
    say("text")
