"""The README is short, and right about operations, links and the test command. Its blocks are tests, too."""

from __future__ import annotations

import re
from pathlib import Path

from mock_s3vectors.operations import OPERATIONS

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
# Without blocks of code and comments.
PROSE = re.sub(r"^```.*?^```|<!--.*?-->", "", README, flags=re.MULTILINE | re.DOTALL)
MOST_WORDS = 1_200


def test_it_is_read_in_five_minutes() -> None:
    assert len(README.split()) < MOST_WORDS


def test_the_table_of_operations_is_that_of_the_code() -> None:
    _, _, section = PROSE.partition("\n## Operations\n")
    table, _, _ = section.partition("\n## ")
    rows = re.findall(r"^\|.*\|$", table, re.MULTILINE)
    assert sorted(re.findall(r"\b[A-Z]\w+[a-z][A-Z]\w*\b", "\n".join(rows))) == sorted(OPERATIONS)
    assert f"All {len(OPERATIONS)} operations" in table or f"all {len(OPERATIONS)} operations" in table


def test_the_test_command_is_one_line_between_its_comments() -> None:
    """The checks take it from there, to the letter."""
    between = re.findall(r"^<!-- test command -->$(.*?)^<!-- end -->$", README, re.MULTILINE | re.DOTALL)
    (lines,) = [re.sub(r"^(```|<!--).*\n", "", text.lstrip(), flags=re.MULTILINE) for text in between]
    assert len(lines.strip().splitlines()) == 1
    assert "-m pytest" in lines


def test_a_server_is_stopped_and_forgotten() -> None:
    """The next blocks are typed in the same shell, and mocks let calls pass to a server that it names."""
    for block in re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        assert block.count(" serve &") == block.count("kill $!")
        assert sorted(re.findall(r"export (AWS_ENDPOINT\w+)", block)) == re.findall(r"unset (\w+)", block)


def test_links_work_on_a_package_index_too() -> None:
    """There are no files of the repository beside the README there."""
    headings = re.findall(r"^#+ (.*)$", PROSE, re.MULTILINE)
    anchors = {"#" + re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    targets = re.findall(r"\]\(([^)]+)\)", README)
    assert targets
    assert [target for target in targets if target not in anchors and not target.startswith("https://")] == []
