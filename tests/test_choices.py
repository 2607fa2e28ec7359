"""Every unverified choice is in the registry, and in the code that decides it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from textwrap import dedent

import pytest

from mock_s3vectors.choices.registry import CHOICES, Choice
from tests.support.choices import PACKAGE, SECTIONS, references, references_in


def test_the_code_refers_to_every_choice_where_it_is_decided_and_to_no_other() -> None:
    entered = {(choice.id, choice.decided_in) for choice in CHOICES}
    used = set(references())
    assert used - entered == set(), "the package refers to these ids, and the registry says otherwise"
    assert entered - used == set(), "the registry has these entries, and the file does not refer to them"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("# Choice: list-order.", ["list-order"]),
        ("Choice: a-1. Choice: b (Choice: c)", ["a-1", "b", "c"]),
        ("# Choice: the text.", ["the"]),
        ("# Choice for buckets.", [""]),
        ("by it (Choice).", [""]),
        ("# Choice:\n# list-order", [""]),
        ("choices.registry, a choice, Choices", []),
    ],
)
def test_a_reference_has_one_form(text: str, names: list[str]) -> None:
    assert references_in(text) == names


@pytest.mark.parametrize("attribute", ["id", "sentence"])
def test_no_two_choices_share(attribute: str) -> None:
    counts = Counter(getattr(choice, attribute) for choice in CHOICES)
    assert [value for value, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: choice.id)
def test_an_entry_is_complete(choice: Choice) -> None:
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", choice.id)
    assert choice.section in SECTIONS
    assert re.fullmatch(r"[A-Z`].*\.", choice.sentence)
    assert (PACKAGE / choice.decided_in).is_file()


@pytest.mark.parametrize(
    "choice", [choice for choice in CHOICES if not choice.unasked], ids=lambda choice: choice.id
)
def test_a_choice_that_can_be_refuted_is_named_at_the_lines_that_decide(choice: Choice) -> None:
    """A report says which line to change; the head of a file decides nothing."""
    text = (PACKAGE / choice.decided_in).read_text(encoding="utf-8")
    head = text.splitlines()[: ast.parse(text).body[0].end_lineno]
    assert choice.id not in references_in("\n".join(head))


def test_no_section_is_empty() -> None:
    assert {choice.section for choice in CHOICES} == set(SECTIONS)


def test_the_mock_runs_without_the_sentences() -> None:
    program = """
        import sys
        import boto3
        from mock_s3vectors import mock_s3vectors

        with mock_s3vectors():
            boto3.client(
                "s3vectors", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
            ).create_vector_bucket(vectorBucketName="bucket")
        assert "mock_s3vectors.choices" in sys.modules
        assert not [name for name in sys.modules if name.startswith("mock_s3vectors.choices.registry")]
    """
    subprocess.run([sys.executable, "-c", dedent(program)], check=True)
