"""Each flag of `serve`, `health` and `wait` is also an environment variable."""

from __future__ import annotations

import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import mock_s3vectors
from mock_s3vectors.__main__ import main
from mock_s3vectors.cli import health, serve, wait
from mock_s3vectors.cli.command_parser import CommandParser, is_list, variables_of
from mock_s3vectors.cli.environment import PREFIX, value_of
from mock_s3vectors.serving.http_server import HttpServer

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from mock_s3vectors.cli.server_options import ServerOptions

COMMANDS = {"serve": serve.define, "health": health.define, "wait": wait.define}


def parser_of(command: str) -> CommandParser:
    parser = CommandParser()
    COMMANDS[command](parser)
    return parser


def flags_of(command: str) -> list[tuple[str, argparse.Action]]:
    return list(parser_of(command).variables.items())


ALL = [(command, *flag) for command in COMMANDS for flag in flags_of(command)]
# The values of flags that take no text of any kind.
SAMPLES = {"PORT": "7381", "ALLOWED_HOST": "films.internal", "ACCOUNT_ID": "111122223333", "TIMEOUT": "2.5"}
SAMPLES |= {"TEXT_BUILD_SECONDS": "1.5", "INDEX_DELAY": "2", "RECALL": "0.5", "URL": "http://s3vectors:80"}
SAMPLES |= {"CORS": "http://localhost:5173"}


def sample_of(variable: str, action: argparse.Action) -> str:
    """A value of a flag, which is not its default."""
    values = str(action.metavar)
    if action.choices is not None:
        return str(list(action.choices)[-1])
    if values.startswith("{"):
        return values.strip("{}").rpartition(",")[2]
    return SAMPLES.get(variable.removeprefix(PREFIX)) or re.sub(r"\d+-\d+", "7", values)


def set_all(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, text in variables.items():
        monkeypatch.setenv(f"{PREFIX}{name}", text)


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ServerOptions]:
    """Starts no server, but returns what it would be asked to be."""
    seen: list[ServerOptions] = []

    def note(options: ServerOptions) -> list[BaseException]:
        seen.append(options)
        return []

    monkeypatch.setattr(serve, "_serve", note)

    def start(*arguments: str, **variables: str) -> ServerOptions:
        set_all(monkeypatch, **variables)
        assert main(["serve", *arguments]) == 0
        return seen.pop()

    return start


@pytest.fixture
def refusal(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Starts a command that is refused; returns its status, and the last line that it writes."""
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
    monkeypatch.setattr(HttpServer, "run", lambda _: None)  # for the one that is not refused

    def refuse(*arguments: str, **variables: str) -> tuple[object, str]:
        set_all(monkeypatch, **variables)
        try:
            status: object = main(arguments)
        except SystemExit as end:
            status = end.code
        said = capsys.readouterr()
        assert said.out == ""
        return status, said.err.splitlines()[-1]

    return refuse


@pytest.mark.parametrize(("command", "variable", "action"), ALL, ids=[f"{c} {v}" for c, v, _ in ALL])
def test_a_variable_gives_what_its_flag_gives(
    command: str, variable: str, action: argparse.Action, monkeypatch: pytest.MonkeyPatch
) -> None:
    (flag,) = [
        flag for flag in action.option_strings if PREFIX + flag[2:].replace("-", "_").upper() == variable
    ]
    text = "1" if action.nargs == 0 else sample_of(variable, action)
    of_flag = parser_of(command).parse_args([flag] if action.nargs == 0 else [flag, text])
    default = parser_of(command).parse_args([])
    monkeypatch.setenv(variable, text)
    of_variable = parser_of(command).parse_args([])
    assert of_variable.variables == (variable,)
    assert of_flag.variables == default.variables == ()
    given = vars(of_variable) | {"variables": ()}
    assert given == vars(of_flag)
    is_default = variable.startswith(f"{PREFIX}NO_") != ("--fast-client" in action.option_strings)
    assert (given == vars(default)) is is_default


def test_no_flag_has_a_variable_that_kubernetes_sets() -> None:
    assert all(value_of(name, {name: "text"}) == "text" for _, name, _ in ALL)


def test_the_package_names_no_other_variable() -> None:
    known = {name for _, name, _ in ALL}
    for file in Path(mock_s3vectors.__file__).parent.rglob("*.py"):
        if file.name != "environment.py":
            assert set(re.findall(rf"{PREFIX}\w+", file.read_text(encoding="utf-8"))) <= known


def test_the_command_line_wins(options: Callable[..., ServerOptions]) -> None:
    variables = {"PORT": "1", "ALLOWED_HOST": "a, b", "VERBOSE": "1", "SEARCH_ENGINE": "hnsw", "HNSW_M": "8"}
    flags = ["--port", "2", "--allowed-host", "c", "--no-verbose", "--search-engine", "quantized"]
    given = options(*flags, **variables)
    assert (given.port, given.allowed_hosts, given.verbose) == (2, ("c",), False)
    assert (given.mock["search_engine"], given.mock["hnsw_m"]) == ("quantized", 8)
    assert given.variables == ("MOCK_S3VECTORS_HNSW_M",)


def test_a_variable_that_the_command_line_replaces_is_not_read(options: Callable[..., ServerOptions]) -> None:
    assert options("--port", "2", PORT="many").port == 2


@pytest.mark.parametrize("text", ["a,b", "a b", " a,\n\tb, ", "a,,b"])
def test_lists(options: Callable[..., ServerOptions], text: str) -> None:
    assert options(ALLOWED_HOST=text, KMS_KEY=text).allowed_hosts == ("a", "b")


def test_flags_that_are_given_several_times(options: Callable[..., ServerOptions]) -> None:
    given = options("--cors", "http://a", "--cors", "http://b", KMS_KEY="arn:1 arn:2")
    assert given.cors == ("http://a", "http://b")
    assert given.kms_keys == ("arn:1", "arn:2")
    assert given.allowed_hosts == ()


@pytest.mark.parametrize("text", ["1", "true", "YES", "on", " On "])
def test_switches_that_are_on(options: Callable[..., ServerOptions], text: str) -> None:
    given = options(ADVICE=text, NO_FAST_CLIENT=text)
    assert (given.mock["advice"], given.mock["fast_client"]) == (True, False)


@pytest.mark.parametrize("text", ["0", "False", "no", "OFF"])
def test_switches_that_are_off(options: Callable[..., ServerOptions], text: str) -> None:
    given = options(FAST_CLIENT=text, VERBOSE=text, NO_ADVICE=text)
    assert (given.mock["fast_client"], given.verbose, given.mock["advice"]) == (False, False, True)


def test_an_empty_variable_is_as_none(options: Callable[..., ServerOptions]) -> None:
    given = options(PORT="", STATE="", ADVICE="", ALLOWED_HOST=" ", SEARCH_ENGINE="", SERCH_ENGINE="")
    assert (given.port, given.state, given.allowed_hosts, given.variables) == (7380, None, (), ())


def test_white_space_around_a_value_is_none_of_it(options: Callable[..., ServerOptions]) -> None:
    given = options(PORT=" 7381\r", STATE="films.db\r\n", SEARCH_ENGINE=" hnsw ", INIT="\tseeds")
    assert (given.port, given.state, given.init) == (7381, "films.db", Path("seeds"))
    assert given.mock["search_engine"] == "hnsw"


@pytest.mark.parametrize(
    ("name", "text", "status", "said"),
    [
        ("HNSW_M", "many", 2, "MOCK_S3VECTORS_HNSW_M: invalid int value: 'many'"),
        ("PORT", "http", 2, "MOCK_S3VECTORS_PORT: invalid int value: 'http'"),
        ("LOG_FORMAT", "xml", 2, "MOCK_S3VECTORS_LOG_FORMAT: invalid choice: 'xml' (choose from "),
        (
            "ADVICE",
            "2",
            2,
            "MOCK_S3VECTORS_ADVICE='2': it must be 1 or 0, true or false, yes or no, on or off",
        ),
        ("PORT", "65536", 1, "MOCK_S3VECTORS_PORT: port=65536: it must be from 0 (any free port) to 65535."),
        (
            "SEARCH_ENGINE",
            "ivf",
            1,
            "MOCK_S3VECTORS_SEARCH_ENGINE: search_engine='ivf': choose one of flat, hnsw, quantized",
        ),
        ("ACCOUNT_ID", "12", 1, "MOCK_S3VECTORS_ACCOUNT_ID: '12' is not an account id: give 12 digits"),
        ("CORS", "http://a *", 1, "MOCK_S3VECTORS_CORS: The origin '*' would let every web page"),
        ("ALLOWED_HOST", "a,http://b", 1, "MOCK_S3VECTORS_ALLOWED_HOST: The allowed host 'http://b' is not "),
    ],
)
def test_values_are_refused_as_those_of_flags(
    refusal: Callable[..., Any], name: str, text: str, status: int, said: str
) -> None:
    program = "mock-s3vectors" if status == 1 else "mock-s3vectors serve: error"
    found = refusal("serve", **{name: text})
    assert found[0] == status
    assert found[1].startswith(f"{program}: {said}")
    if name not in ("ALLOWED_HOST", "CORS", "ADVICE"):  # its flag takes one; its flag takes no value
        of_flag = refusal("serve", f"--{name.lower().replace('_', '-')}", text)
        assert of_flag[0] == status
        assert of_flag[1].rpartition(": ")[2] == found[1].rpartition(": ")[2]


def test_switches_that_contradict_each_other(refusal: Callable[..., Any]) -> None:
    status, said = refusal("serve", ADVICE="1", NO_ADVICE="1")
    assert status == 2
    assert said.endswith("error: MOCK_S3VECTORS_ADVICE and MOCK_S3VECTORS_NO_ADVICE contradict each other")


def test_switches_that_agree(options: Callable[..., ServerOptions]) -> None:
    assert options(ADVICE="1", NO_ADVICE="0").mock["advice"] is True


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("SERCH_ENGINE", " Did you mean 'MOCK_S3VECTORS_SEARCH_ENGINE'?"),
        ("ALLOWED_HOSTS", " Did you mean 'MOCK_S3VECTORS_ALLOWED_HOST'?"),
        ("TIMEOUTS", " Did you mean 'MOCK_S3VECTORS_TIMEOUT'?"),
        ("QQQ", ""),
    ],
)
def test_unknown_variables(refusal: Callable[..., Any], tmp_path: Path, name: str, hint: str) -> None:
    state, port = tmp_path / "state.db", tmp_path / "port"
    said = (
        f"mock-s3vectors: No flag has the environment variable MOCK_S3VECTORS_{name}.{hint} "
        "`mock-s3vectors serve --help` shows those that there are."
    )
    assert refusal("serve", "--state", str(state), "--port-file", str(port), **{name: "x"}) == (1, said)
    assert list(tmp_path.iterdir()) == []


def test_unknown_variables_in_json(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
    begun: list[str] = []
    monkeypatch.setattr(serve, "log_to_stderr", lambda log_format, **_: begun.append(log_format))
    set_all(monkeypatch, LOG_FORMAT="json", PRT="x")
    with pytest.raises(SystemExit, match="1"):
        main(["serve"])
    assert begun == ["json"]
    assert capsys.readouterr().err == ""
    (record,) = caplog.records
    assert record.levelname == "CRITICAL"
    assert record.getMessage().startswith("No flag has the environment variable MOCK_S3VECTORS_PRT.")


def test_variables_of_the_other_commands_are_known(options: Callable[..., ServerOptions]) -> None:
    assert options(URL="http://127.0.0.1:7380", TIMEOUT="many").variables == ()


def test_what_kubernetes_says_of_a_service_is_none_of_ours(options: Callable[..., ServerOptions]) -> None:
    of_services = {
        name: text
        for service in ("", "CI_")
        for name, text in {
            f"{service}PORT": "tcp://10.0.0.7:7380",
            f"{service}SERVICE_HOST": "10.0.0.7",
            f"{service}SERVICE_PORT": "7380",
            f"{service}SERVICE_PORT_HTTP": "7380",
            f"{service}PORT_7380_TCP": "tcp://10.0.0.7:7380",
            f"{service}PORT_7380_TCP_ADDR": "10.0.0.7",
        }.items()
    }
    given = options(**of_services)
    assert (given.port, given.variables) == (7380, ())


def test_a_value_that_fails_later_is_known_to_come_from_the_environment(
    refusal: Callable[..., Any], tmp_path: Path
) -> None:
    missing = tmp_path / "missing.json"
    said = (
        f"mock-s3vectors: Cannot read {missing}: No such file or directory. "
        "(The environment has set MOCK_S3VECTORS_IDENTITIES.)"
    )
    assert refusal("serve", IDENTITIES=str(missing)) == (1, said)


def test_the_start_names_the_variables_and_not_their_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
    monkeypatch.setattr(HttpServer, "run", lambda server: server._on_ready())  # noqa: SLF001 - as it does
    state, hidden = tmp_path / "state.db", "arn:aws:kms:us-east-1:123456789012:key/hidden"
    variables = {"PORT": "0", "STATE": str(state), "KMS_KEY": hidden, "SEARCH_ENGINE": "hnsw", "HNSW_M": "8"}
    set_all(monkeypatch, **variables)
    assert main(["serve", "--verify-signatures"]) == 0
    said = capsys.readouterr().out.splitlines()
    url = said[0].rpartition(" ")[2]
    assert said == [
        f"mock_s3vectors answers at {url}",
        f"AWS SDKs and the AWS CLI find it there after: export AWS_ENDPOINT_URL_S3VECTORS={url}",
        f"A page shows what it has: {url}/_mock_s3vectors/ui",
        "Search is approximate (hnsw: M 8, efConstruction 200, efSearch 100).",
        "Policies decide about calls of identities and calls across accounts; signatures are checked.",
        f"All changes are kept in {state}.",
        f"The environment has set {', '.join(PREFIX + name for name in variables)}.",
        "Press Ctrl+C to stop it.",
        "Ready.",
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_shows_the_variable_of_each_flag(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "1000")
    set_all(monkeypatch, PORT="many", NONSENSE="1")  # help is shown all the same
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    shown = capsys.readouterr().out
    for action in parser_of(command).flags:
        assert f"[{variables_of(action)[0]}]" in shown
    assert "The command line wins." in shown
    assert "MOCK_S3VECTORS_HELP" not in shown


def test_only_flags_that_may_be_repeated_are_lists() -> None:
    lists = {name.removeprefix(PREFIX) for name, action in flags_of("serve") if is_list(action)}
    assert lists == {"ALLOWED_HOST", "CORS", "KMS_KEY"}


def test_health_and_wait_take_wrong_values_as_serve_does(refusal: Callable[..., Any]) -> None:
    assert refusal("wait", TIMEOUT="soon") == (
        2,
        "mock-s3vectors wait: error: MOCK_S3VECTORS_TIMEOUT: invalid float value: 'soon'",
    )
    assert refusal("wait", TIMEOUT="-1") == (
        1,
        "mock-s3vectors: MOCK_S3VECTORS_TIMEOUT: --timeout -1: it must be a number of seconds, 0 or more.",
    )
    said = "--url localhost:7380: it is not the URL of a server: write http://127.0.0.1:7380."
    assert refusal("health", URL="localhost:7380") == (1, f"mock-s3vectors: MOCK_S3VECTORS_URL: {said}")
