"""`mock-s3vectors parity`: what it asks, writes and says, and how it ends."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors.__main__ import main
from mock_s3vectors.choices.registry import CHOICES
from mock_s3vectors.parity import session, target
from tests.asking.conftest import FACTS, names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mock_s3vectors import S3VectorsServer

    Run = Callable[..., "tuple[int, list[str], str]"]

ANNOUNCED = re.compile(
    r"(http://127\.0\.0\.1:\d+), Region us-east-1\n"
    r"3 facts\. All vector buckets are named (parity-[0-9a-f]{8}-)\.\.\., and are deleted in the end\.\n"
    r"At most 500 requests, each attempt counted, and 120 vectors\.\n"
)


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str],
    s3vectors_server: S3VectorsServer,
    facts: Any,  # noqa: ARG001 - those to ask
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Run:
    """Runs the command against a server; returns its status, its lines and its errors."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.sleep", lambda _: None)

    def run_it(*arguments: str, url: str = s3vectors_server.url) -> tuple[int, list[str], str]:
        status = main(["parity", "--endpoint-url", url, *arguments])
        said = capsys.readouterr()
        return status, said.out.splitlines(), said.err

    return run_it


def test_all_hold(run: Run, s3vectors_server: S3VectorsServer) -> None:
    status, lines, said = run("--report", "report.json")
    assert status == 0
    assert lines == [
        "Facts: 3 hold, 0 differ, 0 not asked.",
        *lines[1:2],
        "The report is in report.json, and as a page in report.md.",
    ]
    assert re.fullmatch(r"Choices: 1 confirmed, 0 refuted, \d+ not asked\.", lines[1])
    announced = ANNOUNCED.fullmatch(said)
    assert announced
    assert announced[1] == s3vectors_server.url
    assert names(s3vectors_server.mock) == []


def test_some_differ(run: Run, s3vectors_server: S3VectorsServer, tmp_path: Path) -> None:
    s3vectors_server.mock.on("ListVectorBuckets").answer({"vectorBuckets": []}, times=1, after=1)
    status, lines, _ = run("--report", "report.json")
    assert status == 1
    assert lines[0] == "Facts: 2 hold, 1 differ, 0 not asked."
    assert lines[2:] == [
        "    list-order: Buckets are listed by name.",
        f"    The choice list-order is refuted; it is made in {lines[3].rpartition(' ')[2]}",
        "The report is in report.json, and as a page in report.md.",
        'Differences are of use to the project: attach the report to an issue "AWS answers differently".',
    ]
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["environment"]["service"] == "a server"
    assert [fact["result"] for fact in report["facts"]] == ["holds", "differs", "holds"]
    assert (tmp_path / "report.md").read_text().startswith("# Facts of S3 Vectors, asked of a server\n")
    assert "testing" not in json.dumps(report["facts"])
    assert names(s3vectors_server.mock) == []


@pytest.mark.parametrize(
    ("patterns", "asked"),
    [
        (["list-order"], ["list-order"]),
        (["films"], [fact.id for fact in FACTS]),
        (["index-*", "shared*"], ["index-is-new", "shared-index"]),
    ],
)
def test_only_some(run: Run, patterns: list[str], asked: list[str], tmp_path: Path) -> None:
    words = [word for pattern in patterns for word in ("--only", pattern)]
    assert run(*words, "--report", "report.json")[0] == 0
    report = json.loads((tmp_path / "report.json").read_text())
    assert [fact["id"] for fact in report["facts"]] == asked


def test_a_list_asks_nothing(run: Run, s3vectors_server: S3VectorsServer) -> None:
    status, lines, said = run("--list", "--only", "*-*er")
    assert (status, said) == (0, "")
    assert lines == [
        "Films:",
        "    list-order (choice): Buckets are listed by name. Choices: list-order.",
    ]
    assert len(s3vectors_server.mock.calls) == 0


def test_a_list_of_all_has_the_choices_that_no_fact_is_about(run: Run) -> None:
    _, lines, _ = run("--list")
    assert lines[lines.index("Choices that no fact is about:") :][1:] == [
        f"    {choice.id}: {choice.unasked}" for choice in CHOICES if choice.unasked
    ]


def test_something_is_left(run: Run, s3vectors_server: S3VectorsServer) -> None:
    denied = s3vectors_server.mock.fail("DeleteVectorBucket", "AccessDeniedException", "No.")
    status, _, said = run("--report", "report.json")
    assert status == 3
    *left, again, command = said.splitlines()[3:]
    assert left == [
        f"The vector bucket {name} is left: DeleteVectorBucket: AccessDeniedException: No."
        for name in sorted(row for row in listed(s3vectors_server))
    ]
    assert len(left) == 4
    assert again == "To try again:"
    denied.remove()
    # The command that it says to type, without the name of the program.
    program, *words = command.split()
    assert program == "mock-s3vectors"
    assert main(words) == 0
    assert names(s3vectors_server.mock) == []


def listed(server: S3VectorsServer) -> list[str]:
    client = boto3.client("s3vectors", region_name="us-east-1", endpoint_url=server.url)
    try:
        return [entry["vectorBucketName"] for entry in client.list_vector_buckets()["vectorBuckets"]]
    finally:
        client.close()


def test_cleaning_up_says_how_many(run: Run, s3vectors_server: S3VectorsServer) -> None:
    place = f"{s3vectors_server.url}, Region us-east-1\n"
    assert run("--clean-up", "parity-1a2b3c4d") == (0, ["0 vector buckets deleted."], place)
    s3vectors_server.mock.fail("ListVectorBuckets", "AccessDeniedException", "No.")
    text = "The vector buckets could not be listed: ListVectorBuckets: AccessDeniedException: No.\n"
    assert run("--clean-up", "parity-1a2b3c4d-") == (3, ["0 vector buckets deleted."], place + text)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--only", "nothing"], "--only nothing: no fact has this id or topic, or is about this choice."),
        (["--report", "report.txt"], "--report report.txt: a report is a .json file, and the page"),
        (["--report", "missing/report.json"], "--report missing/report.json: there is no folder missing."),
        (["--region", "Mars!"], "'Mars!' is no Region"),
        (["--profile", "nobody"], "The config profile (nobody) could not be found"),
        (["--endpoint-url", "ftp://x"], "'ftp://x' is no URL of a server"),
        (["--endpoint-url", "http://a:b@c"], "'http://a:b@c' is no URL of a server"),
        (["--clean-up", "films"], "--clean-up films: runs have prefixes such as parity-1a2b3c4d."),
    ],
)
def test_misuse(run: Run, words: list[str], text: str, s3vectors_server: S3VectorsServer) -> None:
    status, lines, said = run(*words)
    assert (status, lines) == (2, [])
    assert said.startswith(f"mock-s3vectors parity: {text}")
    assert len(s3vectors_server.mock.calls) == 0


def test_a_report_replaces_a_report_only(run: Run, tmp_path: Path) -> None:
    for json_file, other in (("README.json", "README.md"), ("package.json", "package.json")):
        (tmp_path / other).write_text("{}")
        text = f"--report {json_file}: it would replace {other}, which is another file."
        assert run("--report", json_file) == (2, [], f"mock-s3vectors parity: {text}\n")
        assert (tmp_path / other).read_text() == "{}"
    for _ in range(2):
        assert run("--report", "report.json", "--only", "shared-index")[0] == 0


def test_nobody_answers(run: Run, tmp_path: Path) -> None:
    status, lines, said = run("--report", "report.json", url="http://127.0.0.1:9")
    assert (status, lines) == (2, [])
    assert "mock-s3vectors parity: No fact can be asked: EndpointConnectionError: " in said
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_cannot_be_written(run: Run, tmp_path: Path, s3vectors_server: S3VectorsServer) -> None:
    """It is known before anything is asked."""
    (tmp_path / "report.md").mkdir()
    text = "--report report.json: report.md cannot be written: Is a directory."
    assert run("--report", "report.json") == (2, [], f"mock-s3vectors parity: {text}\n")
    assert len(s3vectors_server.mock.calls) == 0
    assert [file.name for file in tmp_path.iterdir()] == ["report.md"]


def test_a_report_that_cannot_be_written_any_more(
    run: Run, tmp_path: Path, s3vectors_server: S3VectorsServer
) -> None:
    """It has cost money, so it is shown."""
    in_the_way = tmp_path / "report.md"
    s3vectors_server.mock.on("GetIndex", when=lambda _: in_the_way.mkdir(exist_ok=True)).delay(
        0, optional=True
    )
    status, lines, said = run("--report", "report.json")
    assert status == 4
    text = "--report report.json cannot be written: Is a directory. The report is on standard output."
    assert said.endswith(f"mock-s3vectors parity: {text}\n")
    assert json.loads("\n".join(lines[2:]))["counts"]["facts"]["holds"] == 3
    assert names(s3vectors_server.mock) == []


def test_nothing_could_be_asked(run: Run, s3vectors_server: S3VectorsServer) -> None:
    s3vectors_server.mock.fail(["CreateIndex", "ListIndexes"], "AccessDeniedException", "No.")
    status, lines, said = run("--only", "index-is-new", "--only", "shared-index")
    assert (status, lines[0]) == (2, "Facts: 0 hold, 0 differ, 2 not asked.")
    text = "No fact could be asked: CreateIndex was refused: AccessDeniedException: No."
    assert said.endswith(f"mock-s3vectors parity: {text}\n")


def test_something_is_left_though_nothing_could_be_asked(run: Run, s3vectors_server: S3VectorsServer) -> None:
    s3vectors_server.mock.fail(["GetVectorBucket", "DeleteVectorBucket"], "AccessDeniedException", "No.")
    status, lines, said = run("--report", "report.json")
    assert (status, lines) == (3, [])
    assert "-shared is left: DeleteVectorBucket: AccessDeniedException: No.\nTo try again:\n" in said
    assert "mock-s3vectors parity: No fact can be asked: An error occurred (AccessDenied" in said


def test_nobody_learns_who_has_asked(
    run: Run, s3vectors_server: S3VectorsServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Whatever the service says of it, and wherever it gets lost."""
    keys = {
        "AWS_ACCESS_KEY_ID": "AKIAWXYZWXYZWXYZWXYZ",
        "AWS_SECRET_ACCESS_KEY": "wxyz/secret+",
        "AWS_SESSION_TOKEN": "wxyz/token+==",
    }
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    host = s3vectors_server.url.removeprefix("http://")
    arn = "arn:aws:sts::777788889999:assumed-role/wxyz-role/wxyz@example.com"
    text = f"{arn} in us-east-1 at {host} with {' '.join(keys.values())}"
    mock = s3vectors_server.mock
    mock.fail("CreateIndex", "AccessDeniedException", text, after=1, times=1)
    mock.fail("ListVectorBuckets", "ValidationException", text, after=1, times=1)
    mock.disconnect("GetIndex")
    run("--report", "report.json")
    facts = json.loads((tmp_path / "report.json").read_text())["facts"]
    shown = (tmp_path / "report.md").read_text().partition("## Choices")[0] + json.dumps(facts)
    for word in ("wxyz", "WXYZ", "7777", "127.0.0", "us-east-1"):
        assert word not in shown
    assert facts[0]["comparisons"][0]["met"]["message"] == (
        "arn:aws:sts::<account>:assumed-role/<caller> in <region> at <server> with <access key> <secret> "
        "<token>"
    )
    assert facts[2]["reason"] == "ConnectionClosedError"


# --- a service that somebody pays for


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is not on this machine."""
    monkeypatch.setattr(target, "is_loopback", lambda _: False)


class Terminal:
    def __init__(self, *, is_there: bool) -> None:
        self._is_there = is_there

    def isatty(self) -> bool:
        return self._is_there


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize(("answer", "status"), [("y", 0), (" YES ", 0), ("n", 2), ("", 2), (None, 2)])
def test_a_confirmation(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    s3vectors_server: S3VectorsServer,
    answer: str | None,
    status: int,
) -> None:
    def told() -> str:
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr(sys, "stdin", Terminal(is_there=True))
    monkeypatch.setattr("builtins.input", told)
    found, _, said = run()
    assert found == status
    announced = ANNOUNCED.match(said)
    assert announced
    rest = "Ask them? [y/N]\n" + ("mock-s3vectors parity: Nothing was asked.\n" if status else "")
    assert said[announced.end() :] == rest
    assert (len(s3vectors_server.mock.calls) > 0) == (status == 0)


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("terminal", [None, Terminal(is_there=False)])
def test_no_terminal(
    run: Run, monkeypatch: pytest.MonkeyPatch, s3vectors_server: S3VectorsServer, terminal: Any
) -> None:
    monkeypatch.setattr(sys, "stdin", terminal)
    status, _, said = run()
    assert status == 2
    text = "There is no terminal to confirm this on, so nothing was asked: give --yes."
    assert said.endswith(f"mock-s3vectors parity: {text}\n")
    assert len(s3vectors_server.mock.calls) == 0
    assert run("--yes")[0] == 0


@pytest.mark.parametrize(
    ("url", "is_local"),
    [
        ("http://127.0.0.1:7380", True),
        ("http://127.8.0.1", True),
        ("http://[::1]:7380", True),
        ("http://localhost:7380", True),
        ("http://s3vectors.localhost", True),
        ("http://10.0.0.1", False),
        ("https://example.com", False),
        ("http://localhost.example.com", False),
    ],
)
def test_which_servers_are_on_this_machine(url: str, is_local: bool) -> None:  # noqa: FBT001 - a column of the table
    found = target.target_of(endpoint=url, region="us-east-1", profile=None)
    assert found.needs_confirmation is not is_local
    assert found.title() == f"{url}, Region us-east-1"
    assert found.name == "a server"


# --- AWS, which no test calls


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@pytest.mark.usefixtures("credentials")
def test_aws_is_announced_with_the_account(monkeypatch: pytest.MonkeyPatch) -> None:
    class Sts:
        def get_caller_identity(self) -> dict[str, str]:
            return {"Account": "111122223333"}

    aws = target.target_of(endpoint=None, region="eu-west-1", profile=None)
    monkeypatch.setattr(
        aws.session, "client", lambda name, region_name: {("sts", "eu-west-1"): Sts()}[name, region_name]
    )
    assert aws.needs_confirmation
    assert aws.name == "AWS eu-west-1"
    assert aws.secrets == {"AKIAIOSFODNN7EXAMPLE": "<access key>", "secret": "<secret>"}
    lines = session.announcement(aws, "parity-00c0ffee-", bounds_of_nothing())
    assert lines[0] == "AWS account 111122223333, Region eu-west-1"
    assert session.how_to_clean_up(aws, "parity-00c0ffee-", "me") == (
        "mock-s3vectors parity --clean-up parity-00c0ffee- --region eu-west-1 --profile me"
    )


def bounds_of_nothing() -> Any:
    from mock_s3vectors.parity.bounds import bounds_of
    from mock_s3vectors.parity.gate import Amount

    return bounds_of({}, Amount())


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("url", ["http://127.0.0.1:7380", "http://s3vectors.localhost:4566"])
def test_an_endpoint_of_the_environment_is_not_taken_for_aws(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", url)
    with pytest.raises(RuntimeError, match=re.escape(f"sends calls of S3 Vectors to {url}. To ask")):
        target.target_of(endpoint=None, region="us-east-1", profile=None)


@pytest.mark.usefixtures("credentials")
def test_aws_without_a_region(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="Nothing says in which Region of AWS to ask: give --region"):
        target.target_of(endpoint=None, region=None, profile=None)


def test_aws_without_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    with pytest.raises(RuntimeError, match="There are no credentials for AWS: give --profile, or set"):
        target.target_of(endpoint=None, region="us-east-1", profile=None)


def test_the_own_credentials_sign_calls_of_a_server(
    run: Run, s3vectors_server: S3VectorsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A mock takes this key for an account.
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "210987654321")
    assert run("--only", "shared-index")[0] == 0
    assert {call.account for call in s3vectors_server.mock.calls} == {"210987654321"}
