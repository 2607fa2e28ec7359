"""`mock-s3vectors serve` and `python -m mock_s3vectors serve`, as programs."""

from __future__ import annotations

import os
import re
import secrets
import select
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext, redirect_stderr, redirect_stdout, suppress
from dataclasses import fields
from functools import partial
from importlib.metadata import version
from io import StringIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import boto3
import pytest

from mock_s3vectors import Config, __main__
from mock_s3vectors.cli import serve
from mock_s3vectors.serving.http_server import HttpServer
from tests.activation.world import account_of, create, names
from tests.server.wire import Connection, head, request
from tests.support.drivers import Driver
from tests.support.life_cycle import expected_of, seen_of, steps_for, vocabulary_of
from tests.support.shapes import TAGS, needs, service_model

if TYPE_CHECKING:
    from collections.abc import Iterator

MODULE = [sys.executable, "-W", "error", "-m", "mock_s3vectors"]
SCRIPT = [str(Path(sys.executable).with_name("mock-s3vectors"))]
PROGRAMS = Path(__file__).with_name("programs")
# Holds calls while the file is there that its first argument names.
SLOW = [sys.executable, str(PROGRAMS / "slow.py")]
DEADLINE = 30
# Other tests of this file measure the lines of a server that runs. Without that it starts sooner.
unmeasured = pytest.mark.usefixtures("no_coverage")
OURS = "mock-s3vectors:"
ARGPARSE = "mock-s3vectors serve: error:"
# What comes between the first line and the last.
SAID = (
    r"AWS SDKs and the AWS CLI find it there after: export AWS_ENDPOINT_URL_S3VECTORS={url}\n"
    r"A page shows what it has: {url}/_mock_s3vectors/ui\n"
    r"Search is .+\.\n"
    r"Policies decide about [a-z, ]+; signatures are (?:not )?checked\.\n"
    r"All is in memory alone, and gone when the server ends\.\n"
    r"Press Ctrl\+C to stop it\.\n"
)


def line_of(stream: IO[str]) -> str:
    """The next line, without waiting for ever."""
    assert select.select([stream], [], [], DEADLINE)[0], "the server said nothing"
    return stream.readline()


@contextmanager
def serving(*options: str, command: list[str] = MODULE) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program and its URL, when it answers."""
    process = subprocess.Popen(
        [*command, "serve", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        try:
            assert process.stdout
            said = line_of(process.stdout)
            found = re.fullmatch(r"mock_s3vectors answers at (http://\S+)\n", said)
            assert found, said + (process.stderr.read() if process.stderr else "")
            # These came together with the first.
            said = "".join(iter(process.stdout.readline, "Ready.\n"))
            assert re.fullmatch(SAID.format(url=re.escape(found[1])), said)
            yield process, found[1]
        finally:
            process.kill()


def end(process: subprocess.Popen[str], ending: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
    """Ends it; its status, and what it wrote since it answered."""
    process.send_signal(ending)
    output, errors = process.communicate(timeout=DEADLINE)
    return process.returncode, output, errors


def wait_until_nobody_listens(url: str) -> None:
    deadline = time.monotonic() + DEADLINE
    with suppress(ConnectionRefusedError):
        while time.monotonic() < deadline:
            with suppress(ConnectionResetError):  # it was closed just then
                Connection(url).close()
        pytest.fail("somebody listens")


def client_of(url: str) -> Any:
    return boto3.client(
        "s3vectors", "us-east-1", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b"
    )


def refused(*options: str) -> tuple[Any, str]:
    """Return the exit status and the text of a command that fails, which needs no process of its own."""
    said, errors = StringIO(), StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(errors):
        patch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
        try:
            status: Any = __main__.main(list(options))
        except SystemExit as ending:
            status = ending.code
    assert said.getvalue() == ""
    return status, errors.getvalue()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_rule_that_never_fired_says_nothing(ending: signal.Signals) -> None:
    with serving("--port", "0") as (process, url):
        connection = Connection(url)
        rule = b'{"operation": "GetIndex", "fail": 503, "optional": false}'
        assert connection.ask("POST", "/_mock_s3vectors/rules", rule).json["optional"] is False
        connection.close()
        assert end(process, ending) == (0, "", "")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("command", [MODULE, SCRIPT], ids=["module", "script"])
def test_it_answers_until_a_signal_and_ends_well(command: list[str], ending: signal.Signals) -> None:
    with serving("--port", "0", command=command) as (process, url):
        client = client_of(url)
        create("films", client=client)
        assert names(client) == ["films"]
        # The client keeps its connection, which shall hold nothing up.
        assert end(process, ending) == (0, "", "")


@needs(*TAGS)
@unmeasured
def test_the_life_cycle() -> None:
    steps = steps_for(vocabulary_of(service_model()))
    with serving("--port", "0", "--default-index-mode", "ENHANCED") as (process, url):
        perform = partial(Driver().perform, client_of(url))
        assert seen_of(steps, perform) == expected_of(steps)
        assert end(process)[0] == 0


@unmeasured
def test_a_port_of_ones_own() -> None:
    with serving("--port", "0") as (process, url):
        end(process)
    port = url.rpartition(":")[2]
    with serving("--host", "127.0.0.1", "--port", port) as (process, again):
        assert again == url
        assert end(process)[0] == 0


def test_the_file_with_the_port(tmp_path: Path) -> None:
    file = tmp_path / "port"
    file.write_text("1\n")
    with serving("--port", "0", "--port-file", str(file)) as (process, url):
        # It is there as soon as the URL is printed.
        assert file.read_text() == url.rpartition(":")[2] + "\n"
        assert list(tmp_path.iterdir()) == [file]
        # Others may read it, as they may read what they have not been kept from.
        others = tmp_path / "others"
        others.touch()
        assert file.stat().st_mode == others.stat().st_mode
        others.unlink()
        assert end(process)[0] == 0
    assert not file.exists()


@pytest.mark.parametrize("where", ["", ".", "/", os.devnull])
def test_a_file_that_is_none(where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = f"{OURS} Cannot write {Path(where)}: it is not a regular file.\n"
    assert refused("serve", "--port", "0", "--port-file", where) == (1, text)
    assert Path(os.devnull).exists()


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refused("serve", "--port", "0", "--port-file", str(pipe))[0] == 1
    assert pipe.is_fifo()


@pytest.mark.parametrize("output", ["closed after a line", "full"])
@unmeasured
def test_it_goes_on_if_its_output_does_not(output: str, tmp_path: Path) -> None:
    file = tmp_path / "port"
    with Path("/dev/full").open("w") if output == "full" else nullcontext(subprocess.PIPE) as stdout:
        process = subprocess.Popen(
            [*MODULE, "serve", "--port", "0", "--port-file", str(file)],
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    with process:
        try:
            if process.stdout:
                process.stdout.readline()
                process.stdout.close()
            deadline = time.monotonic() + DEADLINE
            while not file.exists():
                assert time.monotonic() < deadline
                time.sleep(0.01)
            names(client_of(f"http://127.0.0.1:{file.read_text().strip()}"))
            process.terminate()
            assert process.stderr
            assert (process.wait(DEADLINE), process.stderr.read()) == (0, b"")
        finally:
            process.kill()


@pytest.mark.parametrize("where", ["missing/port", "."])
def test_a_file_that_cannot_be_written(tmp_path: Path, where: str) -> None:
    status, text = refused("serve", "--port", "0", "--port-file", str(tmp_path / where))
    assert status == 1
    assert text.startswith(f"{OURS} Cannot write {tmp_path / where}: ")
    assert len(text.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@unmeasured
def test_a_server_that_fails_leaves_the_file_of_the_one_that_runs(tmp_path: Path) -> None:
    file = tmp_path / "port"
    with serving("--port", "0", "--port-file", str(file)) as (process, url):
        port = url.rpartition(":")[2]
        for wrong in (["--port", port], ["--port", "65536"], ["--account-id", "12"]):
            assert refused("serve", *wrong, "--port-file", str(file))[0] == 1
            assert file.read_text() == f"{port}\n"
        assert end(process)[0] == 0
    assert list(tmp_path.iterdir()) == []


@unmeasured
def test_the_file_is_of_the_server_that_began_last(tmp_path: Path) -> None:
    file = tmp_path / "port"
    options = ("--port", "0", "--port-file", str(file))
    with serving(*options) as (first, _), serving(*options) as (second, url):
        assert end(first)[0] == 0
        assert file.read_text() == url.rpartition(":")[2] + "\n"
        assert end(second)[0] == 0
    assert list(tmp_path.iterdir()) == []


def test_the_file_of_a_killed_server_is_gone_before_the_next_one_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "port"
    file.write_text("1\n")
    seen = []
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
    monkeypatch.setattr(HttpServer, "run", lambda _: seen.append(file.exists()))
    assert __main__.main(["serve", "--port", "0", "--port-file", str(file)]) == 0
    assert seen == [False]
    assert list(tmp_path.iterdir()) == []


def test_nobody_can_have_prepared_the_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda _: "guessed")
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
    victim, file = tmp_path / "victim", tmp_path / "port"
    victim.write_text("precious")
    (tmp_path / "port.guessed").symlink_to(victim)
    assert __main__.main(["serve", "--port", "0", "--port-file", str(file)]) == 1
    assert capsys.readouterr().err == f"{OURS} Cannot write {file}: File exists.\n"
    assert victim.read_text() == "precious"


def test_no_file_is_left_by_a_server_that_cannot_listen(tmp_path: Path) -> None:
    assert refused("serve", "--port", "65536", "--port-file", str(tmp_path / "port"))[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_a_signal_before_it_listens_ends_it_too(tmp_path: Path) -> None:
    command = [sys.executable, str(PROGRAMS / "told_to_stop_early.py")]
    done = subprocess.run(
        command, cwd=tmp_path, timeout=DEADLINE, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@unmeasured
def test_what_is_being_answered_is_answered_to_the_end(tmp_path: Path, ending: signal.Signals) -> None:
    held = tmp_path / "held"
    held.touch()
    with serving("--port", "0", command=[*SLOW, str(held)]) as (
        process,
        url,
    ):
        line, half = Connection(url), Connection(url)
        half.send(head("POST", "/CreateVectorBucket", "content-length: 29") + b'{"vector')
        line.send(request("POST", "/CreateVectorBucket", b'{"vectorBucketName": "films"}'))
        deadline = time.monotonic() + DEADLINE
        while not (tmp_path / "entered").exists():
            assert time.monotonic() < deadline
        process.send_signal(ending)
        wait_until_nobody_listens(url)
        assert half.answer().status == 503
        assert half.closed_by_the_server
        held.unlink()
        assert line.answer().status == 200
        assert line.closed_by_the_server
        line.close()
        half.close()
        assert process.wait(DEADLINE) == 0


def test_ctrl_c_before_it_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serve, "http_server", interrupt)
    assert __main__.main(["serve", "--port", "0"]) == 130


@unmeasured
def test_quiet_unless_asked() -> None:
    with serving("--port", "0") as (process, url):
        names(client_of(url))
        assert end(process) == (0, "", "")


def test_a_bug_is_in_the_log_even_so() -> None:
    command = [sys.executable, "-W", "error", str(PROGRAMS / "broken.py")]
    with serving("--port", "0", command=command) as (process, url):
        line = Connection(url)
        answer = line.ask("POST", "/ListVectorBuckets")
        line.close()
        _, _, errors = end(process)
    assert answer.error == (
        500,
        "InternalServerException",
        "mock_s3vectors failed, and its log has the traceback: ZeroDivisionError: a bug of ours",
    )
    assert "POST /ListVectorBuckets failed\nTraceback (most recent call last):" in errors
    assert errors.rstrip().endswith("ZeroDivisionError: a bug of ours")


@unmeasured
def test_options_of_the_mock() -> None:
    options = ["--account-id", "111122223333", "--max-vector-buckets", "1", "--text-build-seconds", "0.5"]
    with serving("--port", "0", "--default-index-mode", "CLASSIC", *options) as (process, url):
        client = client_of(url)
        assert account_of(client) == "111122223333"
        with pytest.raises(client.exceptions.ServiceQuotaExceededException):
            create("second", client=client)
        assert end(process)[0] == 0


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ([], "calls of identities and calls across accounts; signatures are not checked"),
        (["--authorization", "enforce", "--verify-signatures"], "all calls; signatures are checked"),
        (["--authorization", "report"], "all calls, but deny none; signatures are not checked"),
        (["--authorization", "off"], "no calls; signatures are not checked"),
    ],
)
def test_it_says_at_the_start_who_is_decided_about(
    options: list[str], text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
    monkeypatch.setattr(HttpServer, "run", lambda server: server._on_ready())  # noqa: SLF001 - as it does
    assert __main__.main(["serve", "--port", "0", *options]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("mock_s3vectors answers at http://127.0.0.1:")
    assert f"Policies decide about {text}." in said


def test_a_port_that_is_taken() -> None:
    with serving("--port", "0") as (_, url):
        port = url.rpartition(":")[2]
        command = [*MODULE, "serve", "--port", port]
        done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"{OURS} Cannot listen on port {port} of 127.0.0.1: Address already in use. "
        f"Port 0 is any free port. A mock_s3vectors server answers there.\n"
    )


@pytest.mark.parametrize(
    ("options", "status", "text"),
    [
        (
            ["serve", "--account-id", "12"],
            1,
            f"{OURS} '12' is not an account id: give 12 digits as a string",
        ),
        (
            ["serve", "--search-engine", "ivf"],
            1,
            f"{OURS} search_engine='ivf': choose one of flat, hnsw, quantized",
        ),
        (
            ["serve", "--hnsw-m", "many"],
            2,
            f"{ARGPARSE} argument --hnsw-m: invalid int value",
        ),
        (["serve", "--port", "http"], 2, f"{ARGPARSE} argument --port: invalid int value"),
        (
            ["serve", "--port", "65536"],
            1,
            f"{OURS} port=65536: it must be from 0 (any free port) to 65535.",
        ),
        (
            ["serve", "--host", "nosuchhost.invalid"],
            1,
            f"{OURS} Cannot listen on the host 'nosuchhost.invalid': ",
        ),
        (["serve", "--nothing"], 2, "mock-s3vectors: error: unrecognized arguments: --nothing"),
        (["server"], 2, "mock-s3vectors: error: argument COMMAND: invalid choice: 'server'"),
    ],
)
def test_wrong_options(options: list[str], status: int, text: str) -> None:
    done, errors = refused(*options)
    assert done == status
    assert errors.splitlines()[-1].startswith(text)


def test_without_the_extra() -> None:
    program = (
        "import sys; sys.modules['uvicorn'] = None; from mock_s3vectors.__main__ import main; "
        "sys.exit(main(['serve']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"{OURS} The server needs uvicorn, which is not installed: pip install 'mock_s3vectors[server]'.\n"
    )


@unmeasured
def test_help_and_version() -> None:
    shown = subprocess.run([*MODULE, "serve", "--help"], capture_output=True, text=True, check=True).stdout
    assert "--port 0-65535" in shown
    assert "(default: 7380)" in shown
    shown = subprocess.run([*MODULE, "--version"], capture_output=True, text=True, check=True).stdout
    assert shown == version("mock_s3vectors") + "\n"


@unmeasured
def test_help_says_of_every_option_what_it_does() -> None:
    command = [*MODULE, "serve", "--help"]
    environment = {**os.environ, "COLUMNS": "1000"}
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found = re.findall(
        r"^  (?:-\w, )?--([\w-]+)(?:, --no-\1)?(?: (\S+))?\s+(.+) \[(\w+)\]$", shown, flags=re.MULTILINE
    )
    options = {name: (values, text) for name, values, text, _ in found}
    assert all(f"MOCK_S3VECTORS_{name.replace('-', '_').upper()}" == variable for name, *_, variable in found)
    ours = {"host", "port", "port-file", "certificate", "key", "allowed-host", "cors", "state", "identities"}
    ours |= {"kms-key", "init", "verbose", "log-format"}
    assert set(options) == ours | {field.name.replace("_", "-") for field in fields(Config)}
    for name, (_, text) in options.items():
        assert re.fullmatch(r"\S+ .{15,}( \(default: .+\)|By default .+)", text), name
    assert "--fast-client, --no-fast-client\n" in shown
    assert options["fast-client"][1].endswith("(default: yes)")
    assert options["search-engine"][0] == "{flat,hnsw,quantized}"
    assert options["hnsw-m"] == ("2-512", "neighbours per vector in the HNSW graph (M) (default: 32)")
    assert options["default-index-mode"][1] == (
        'the kind of new vector buckets. "CLASSIC": like those from before 2026-09-30, whose indexes are '
        'CLASSIC by default; "ENHANCED": like those since. By default the clock decides'
    )


@unmeasured
def test_options_may_be_undescribed_without_docstrings() -> None:
    program = "from mock_s3vectors.__main__ import main; main(['serve', '--help'])"
    done = subprocess.run([sys.executable, "-OO", "-c", program], capture_output=True, text=True, check=True)
    assert "--hnsw-m 2-512" in done.stdout
