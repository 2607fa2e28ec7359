"""How a filter is refused, for the tests that expect it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mock_s3vectors.errors.exceptions import FieldError, ValidationException
from mock_s3vectors.filtering import compile_filter


def shown(document: Any) -> str:
    return json.dumps(document)[:60]


def refusal(document: Any, **options: Any) -> ValidationException:
    with pytest.raises(ValidationException) as caught:
        compile_filter(document, **options)
    return caught.value


def assert_invalid(document: Any, **options: Any) -> None:
    error = refusal(document, **options)
    assert error.code == "ValidationException"
    assert error.message == "Invalid filter"
    assert error.fields == (FieldError("filter", "Invalid filter"),)
