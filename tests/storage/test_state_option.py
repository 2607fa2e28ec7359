"""The option `state`, and loading: when it happens, and what it leaves alone."""

from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mock_s3vectors import Config, UsageError, mock_s3vectors, s3vectors_server
from mock_s3vectors.storage import loading
from tests.activation.test_plugin import run
from tests.activation.world import create, names, run_case, through
from tests.storage.seen import files_in
from tests.support.mocks import world

if TYPE_CHECKING:
    from mock_s3vectors.world import World
    from tests.activation.test_plugin import Run

__all__ = ["run"]  # a fixture


@pytest.fixture
def films(tmp_path: Path) -> str:
    """A file with one bucket, `films`, a user and a key."""
    return save(tmp_path / "films.db", "films")


def save(path: Path, *buckets: str) -> str:
    with mock_s3vectors() as mock:
        create(*buckets)
        mock.iam.user("reader")
        mock.kms.key()
        mock.save(path)
    return str(path)


def held() -> tuple[list[str], int, int]:
    here = world()
    return names(), len(here.identities.all()), len(here.keys.all())


def test_each_mock_begins_with_the_file(films: str) -> None:
    mock = mock_s3vectors(state=films)
    for _ in range(2):
        with mock:
            assert held() == (["films"], 1, 1)
            create("more")
    with mock_s3vectors(config=Config(state=Path(films))):
        assert names() == ["films"]


def test_each_call_of_a_decorated_function_begins_with_the_file(films: str) -> None:
    @mock_s3vectors(state=films)
    def function() -> list[str]:
        create("more")
        return names()

    assert function() == function() == ["films", "more"]


def test_a_decorated_class(films: str) -> None:
    @mock_s3vectors(state=films)
    class TestFilms(unittest.TestCase):
        def setUp(self) -> None:
            create("set-up")

        def test_one(self) -> None:
            create("more")
            assert names() == ["films", "more", "set-up"]

        test_two = test_one

    run_case(TestFilms)


def test_methods_that_are_called_alone(films: str) -> None:
    """Outside of a test run, each test begins anew, and its set-up belongs to it."""

    @mock_s3vectors(state=films)
    class Films:
        def setup_method(self) -> None:
            create("set-up")

        def test(self) -> list[str]:
            create("more")
            return names()

    @mock_s3vectors(state=films)
    class Alone:
        def test(self) -> list[str]:
            create("more")
            return names()

    for _ in range(2):
        instance = Films()
        instance.setup_method()
        assert instance.test() == ["films", "more", "set-up"]
    alone = Alone()
    assert alone.test() == alone.test() == ["films", "more"]


def test_an_inner_mock_begins_with_the_file_and_not_with_what_the_outer_one_has(
    films: str, tmp_path: Path
) -> None:
    other = save(tmp_path / "other.db", "other")
    with mock_s3vectors(state=films) as outer:
        create("more")
        outer.iam.user("writer")
        with mock_s3vectors(state=other):
            assert held() == (["other"], 1, 1)
            # It is not loaded again, though its options hold inside.
            create("within")
            with mock_s3vectors():
                assert names() == ["other", "within"]
        assert held() == (["films", "more"], 2, 1)
        outer.load(other)
        assert held() == (["other"], 1, 1)


def test_load_is_undone_with_an_inner_mock(films: str) -> None:
    with mock_s3vectors():
        create("own")
        with mock_s3vectors() as inner:
            inner.on("*").fail(503, times=1, optional=True).remove()
            rule = inner.on("ListIndexes").fail(503, optional=True)
            inner.clock.shift(-1000)
            now = inner.clock.now()
            inner.load(films)
            assert held() == (["films"], 1, 1)
            assert inner.rules == (rule,)
            assert abs(inner.clock.now() - now) < 500
            assert len(inner.calls) == 1
        assert held() == (["own"], 0, 0)


def test_a_mock_that_shares_cannot_have_a_state_of_its_own(films: str) -> None:
    shared = mock_s3vectors(shared=True, state=films)
    with shared:
        assert names() == ["films"]
    for inner in (shared, s3vectors_server(state=films)):
        with mock_s3vectors(), pytest.raises(UsageError) as refused:
            inner.start()
        assert str(refused.value) == (
            f"state={films!r} was given to a mock that shares what the mock around it has: give it to that "
            "mock, or replace all that is there with current_mock().load(...)."
        )


def test_a_server_begins_with_the_file(films: str) -> None:
    with s3vectors_server(state=films) as server:
        assert names(through(server)) == ["films"]
        server.mock.load(films)
    with mock_s3vectors(state=films), s3vectors_server() as server:
        assert names(through(server)) == ["films"]


def test_a_file_is_read_once_until_it_changes(
    films: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    load = loading.load

    def load_and_note(path: Path) -> World:
        read.append(str(path))
        return load(path)

    monkeypatch.setattr(loading, "load", load_and_note)
    for _ in range(3):
        with mock_s3vectors(state=films) as mock:
            mock.load(tmp_path / "." / "films.db")
            assert names() == ["films"]
    assert len(read) == 1
    save(tmp_path / "films.db", "other")
    with mock_s3vectors(state=films):
        assert names() == ["other"]
    assert len(read) == 2
    for number in range(loading._MOST_FILES):  # noqa: SLF001 - how many it is does not matter
        with mock_s3vectors(state=save(tmp_path / f"{number}.db")):
            pass
    with mock_s3vectors(state=films):
        assert len(loading._LOADED) == loading._MOST_FILES  # noqa: SLF001 - the same
    assert len(read) == 3 + loading._MOST_FILES  # noqa: SLF001 - the same


def test_a_relative_path_begins_at_the_working_directory(films: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(films).parent)
    with mock_s3vectors(state="films.db") as mock:
        assert names() == ["films"]
        mock.save("more.db")
        mock.load("more.db")
    assert files_in(Path()) == ["films.db", "more.db"]


MARKED = """
from tests.activation.prelude import account
from tests.activation.world import create, names

@pytest.mark.s3vectors(state="data/films.db")
def test_marker():
    create("more")
    assert names() == ["films", "more"]

@pytest.mark.s3vectors(state=FILMS)
def test_marker_with_an_absolute_path(s3vectors_mock):
    assert names() == ["films"]
"""
BY_INI = """
from tests.activation.world import names

def test_fixture(s3vectors_mock):
    assert names() == ["films"]

@mock_s3vectors
def test_decorated():
    assert names() == ["films"]

@mock_s3vectors(state=None)
def test_without():
    assert names() == []

def test_inner():
    with mock_s3vectors() as mock:
        mock.reset()
        with mock_s3vectors():
            assert names() == []
"""


@pytest.fixture
def in_a_folder(pytester: pytest.Pytester) -> Path:
    """A file in a folder of the project; pytest starts elsewhere."""
    folder = pytester.mkdir("data")
    save(folder / "films.db", "films")
    return folder


def test_a_path_in_a_marker_begins_at_rootdir(
    run: Run, in_a_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(in_a_folder)
    source = MARKED.replace("FILMS", repr(str(in_a_folder / "films.db")))
    run(source, f"--rootdir={in_a_folder.parent}", str(in_a_folder.parent), passed=2)


def test_a_path_in_the_ini_file_begins_at_rootdir(
    run: Run, pytester: pytest.Pytester, in_a_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makeini("[pytest]\ns3vectors_options = state=data/films.db\n")
    monkeypatch.chdir(in_a_folder)
    run(BY_INI, str(in_a_folder.parent), passed=4)


READS = """
import sys
from mock_s3vectors import mock_s3vectors
with mock_s3vectors(state=sys.argv[1]) as mock:
    print(sorted(mock.index("films", "plots")) == [str(number) for number in range(10)], flush=True)
    sys.stdin.readline()
    mock.seed("films", "plots", [[2.0]] * 5)
    print(mock.index("films", "plots")["0"].vector[0], mock.index("films", "plots")["9"].vector[0])
"""


def test_two_processes_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "films.db"
    with mock_s3vectors() as mock:
        mock.seed("films", "plots", [[1.0]] * 10)
        mock.save(path)
    before = path.read_bytes()
    command = [sys.executable, "-c", READS, str(path)]
    with (
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as two,
    ):
        readers = [one, two]
        assert [reader.stdout and reader.stdout.readline() for reader in readers] == ["True\n"] * 2
        assert [reader.communicate("\n")[0] for reader in readers] == ["2.0 1.0\n"] * 2
    assert path.read_bytes() == before
    assert files_in(tmp_path) == ["films.db"]


def test_threads_that_load_at_once(films: str) -> None:
    """`loaded` has a lock, and each mock has a branch of its own."""
    from concurrent.futures import ThreadPoolExecutor

    def use(number: int) -> list[str]:
        with mock_s3vectors(state=films):
            create(f"own-{number}")
            return names()

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(use, range(16)))
    assert found == [["films", f"own-{number}"] for number in range(16)]


def test_the_command_line_has_no_such_option_of_the_mock(capsys: pytest.CaptureFixture[str]) -> None:
    """A server keeps its state in a file, see `serve`; it does not only begin with one."""
    from mock_s3vectors.__main__ import main

    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    listed = capsys.readouterr().out.split("options of the mock, as in Python")[1]
    listed = listed.split("environment variables:")[0]
    assert "--seed" in listed
    assert "--state" not in listed


def test_the_mock_shows_its_state(films: str) -> None:
    assert repr(mock_s3vectors(state=films)) == f"mock_s3vectors(state={films!r})"
