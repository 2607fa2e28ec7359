"""A block of a page runs alone, as its comments say, and can fail."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("sybil")

from sybil import Sybil

from tests.support.blocks.collecting import regions
from tests.support.blocks.page import PageError
from tests.support.blocks.running import evaluate

if TYPE_CHECKING:
    from collections.abc import Callable

    from sybil import Example

    Run = Callable[[str], list[str | None]]

pytestmark = pytest.mark.usefixtures("no_coverage")


@pytest.fixture
def examples(tmp_path: Path) -> Callable[[str], list[Example]]:
    """Parses a page whose fences are written as `~~~`."""

    def parse(text: str) -> list[Example]:
        page = tmp_path / "page.md"
        page.write_text(dedent(text).replace("~~~", "```"), encoding="utf-8")
        return list(Sybil([regions], patterns=["*.md"], path=str(tmp_path)).parse(page).examples())

    return parse


@pytest.fixture
def run(examples: Callable[[str], list[Example]]) -> Run:
    """Runs all blocks of a page; returns why each fails."""
    return lambda text: [evaluate(example) for example in examples(text)]


def test_tests_run_with_our_fixtures_and_marks(run: Run) -> None:
    page = """
        ~~~python
        import pytest

        @pytest.mark.s3vectors(search_engine="hnsw")
        def test_it(s3vectors_client, s3vectors_mock):
            s3vectors_client.create_vector_bucket(vectorBucketName="films")
            assert s3vectors_mock.config.search_engine == "hnsw"
        ~~~
    """
    assert run(page) == [None]


@pytest.mark.parametrize(
    ("source", "failure"),
    [
        ("def test_it():\n    assert 1 == 2", r"page\.md:4: in test_it\n    assert 1 == 2"),
        (
            "import unittest\nclass Films(unittest.TestCase):\n    def test_it(self): self.fail()",
            "page.md:5:",
        ),
        ("import warnings\ndef test_it():\n    warnings.warn('old')", "UserWarning: old"),
        ("import pytest\n@pytest.mark.skip\ndef test_it(): pass", "skipped"),
        ("import pytest\n@pytest.mark.unknown\ndef test_it(): pass", "'unknown' not found in `markers`"),
        ("import nothing\ndef test_it(): pass", "No module named 'nothing'"),
        ("def test_it(s3vectors_clientele): pass", "fixture 's3vectors_clientele' not found"),
        ("x = 1\nassert x == 2", r'page.md", line 4, in <module>\n    assert x == 2'),
        ("raise SystemExit(2)", "It ends with 2."),
        ("import warnings\nwarnings.warn('old')", "UserWarning: old"),
        ("from mock_s3vectors import mock_s3vectors\nmock_s3vectors().start()", "leaves a mock switched on"),
    ],
)
def test_python_can_fail(run: Run, source: str, failure: str) -> None:
    (found,) = run(f"\n~~~python\n{source}\n~~~\n")
    assert found is not None
    assert re.search(failure, found), found
    from mock_s3vectors.mocking.stack import STACK

    assert not STACK


def test_a_block_leaves_the_process_as_it_was(run: Run) -> None:
    before = Path.cwd(), dict(os.environ), list(sys.path)
    page = """
        <!-- file: films.py -->
        ~~~python
        NAME = "films"
        ~~~

        ~~~python
        import os, sys
        import films
        os.environ["AWS_REGION"] = "eu-west-1"
        sys.path.append("/nowhere")
        assert films.NAME == "films"
        ~~~
    """
    assert run(page) == [None, None]
    assert (Path.cwd(), dict(os.environ), list(sys.path)) == before
    assert "films" not in sys.modules


def test_a_block_does_not_see_the_one_before_unless_it_continues_it(run: Run) -> None:
    page = """
        ~~~python
        x = 1
        ~~~

        ~~~python
        assert x == 1
        ~~~

        <!-- after: previous -->

        ~~~python
        y = 2
        ~~~
    """
    first, second, third = run(page)
    assert first is None
    assert second is not None
    assert "name 'x' is not defined" in second
    assert third is not None
    assert 'page.md", line 7, in <module>' in third, "the block that it continues fails, at its own line"


def test_commands_stop_at_the_first_that_fails(run: Run) -> None:
    (failure,) = run("\n~~~sh\necho begun\nfalse\necho ended\n~~~\n")
    assert failure is not None
    assert "exit status 1\nbegun\nline 4: false: status 1" in failure
    assert "ended" not in failure


def test_commands_find_files_of_the_page_and_their_server_ends_with_them(run: Run) -> None:
    page = """
        <!-- file: films.jsonl -->
        ~~~json
        {"key": "a", "data": {"float32": [1, 0]}}
        ~~~

        ~~~sh
        mock-s3vectors serve &
        mock-s3vectors wait --timeout 30
        curl --silent --fail http://127.0.0.1:7380/health
        cat films.jsonl
        ~~~

        <!-- output -->
        ~~~text
        mock_s3vectors answers at http://127.0.0.1:7380
        ...
        All is in memory alone, and gone when the server ends.
        Press Ctrl+C to stop it.
        Ready.
        ...{"status":"ok",...}...{"key": "a", ...
        ~~~
    """
    assert run(page) == [None, None]


@pytest.mark.parametrize(
    ("block", "failure"),
    [
        ("ini\n[pytest]\ns3vectors_options = search_engine=fast", "search_engine='fast': choose one of flat"),
        ("ini\n[pytest]\ns3vectors_option = search_engine=hnsw", "Unknown config option: s3vectors_option"),
        ("ini\nno section", "page.md:2: File contains no section headers"),
        ("toml\n[tool.pytest.ini_options]\ns3vectors_guard = 'perhaps'", "s3vectors_guard"),
        ("toml\n[tool", "page.md:2:"),
        ('json\n{"a": }', "page.md:2: Expecting value"),
        ("yaml\na: [", "page.md:2: while parsing"),
    ],
)
def test_files_are_checked(run: Run, block: str, failure: str) -> None:
    (found,) = run(f"\n~~~{block}\n~~~\n")
    assert found is not None
    assert failure in found, found


def test_files_that_are_right_pass(run: Run) -> None:
    page = """
        ~~~ini
        [pytest]
        s3vectors_options = search_engine=hnsw account_id=111122223333
        s3vectors_guard = true
        ~~~

        ~~~toml
        [tool.pytest.ini_options]
        s3vectors_guard = true
        ~~~

        ~~~yaml
        services: {}
        ~~~
    """
    assert run(page) == [None, None, None]


def test_output_and_failures_are_compared(run: Run) -> None:
    page = """
        ~~~python
        print("one")
        print("two")
        ~~~

        <!-- output -->

        ~~~text
        one
        ~~~

        <!-- fails: division by zero -->
        ~~~python
        1 / 0
        ~~~

        <!-- fails: division by zero -->
        ~~~python
        1 / 1
        ~~~
    """
    shown, failed, passed = run(page)
    assert shown == "The page shows this output:\none\n\nThe block writes:\none\ntwo\n"
    assert (failed, passed) == (None, "It should fail with: division by zero")


@pytest.mark.parametrize(
    ("command", "failure"),
    [
        ('pip install "mock_s3vectors[server]"', None),
        ("npm install @aws-sdk/client-s3vectors", None),
        ('pip install "mock_s3vectors[servers]"', "No environment of tox installs mock_s3vectors[servers]."),
        ("pip install boto3 moto2", "No environment of tox installs moto2."),
        ("mkdir films\ncd films\n. .venv/bin/activate\npip install moto", None),
    ],
)
def test_commands_that_install_are_checked(run: Run, command: str, failure: str | None) -> None:
    assert run(f"\n<!-- needs: install -->\n~~~sh\n{command}\n~~~\n") == [failure]


def test_the_output_of_a_block_that_fails_is_compared_too(run: Run) -> None:
    page = """
        <!-- fails: status 3 -->
        ~~~sh
        echo one; exit 3
        ~~~

        <!-- output -->
        ~~~text
        two
        ~~~
    """
    (wrong,) = run(page)
    assert wrong is not None
    assert wrong.startswith("The page shows this output:\ntwo\n\nThe block writes:\none\n")


def test_a_missing_need_skips_with_the_reason(run: Run) -> None:
    with pytest.raises(pytest.skip.Exception, match=r"^needs botocore>=99, and this is "):
        run("\n<!-- needs: botocore>=99 -->\n~~~python\n1\n~~~\n")
    with pytest.raises(pytest.skip.Exception, match=r"^It costs money\.$"):
        run("\n<!-- not run: It costs money. -->\n~~~rust\nlet x = 1;\n~~~\n")


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("~~~\nx\n~~~", "page.md:1: a fence names its language"),
        ("~~~rust\nx\n~~~", "page.md:1: nothing can test `rust`"),
        ("<!-- not run -->\n~~~sh\nx\n~~~", "page.md:2: `not run` gives its reason"),
        ("<!-- not run: later -->\n~~~sh\nx\n~~~", "page.md:2: `not run` gives its reason"),
        ("<!-- needs: time -->\n~~~sh\nx\n~~~", "page.md:2: no environment of tox is known to have time"),
        ("<!-- need: node -->\n~~~sh\nx\n~~~", "page.md:2: <!-- need: node -->: a comment before a fence"),
        ("<!-- after: previous -->\n~~~sh\nx\n~~~", "page.md:2: no block of sh is before this one"),
        ("<!-- output -->\n~~~text\nx\n~~~", "page.md:2: `output` is for a `text` block after the block"),
    ],
)
def test_a_page_that_cannot_be_tested_is_refused(
    examples: Callable[[str], list[Example]], page: str, message: str
) -> None:
    with pytest.raises(PageError, match=re.escape(message)):
        examples(page)
