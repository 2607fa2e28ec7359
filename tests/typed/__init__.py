"""Code as users write it, for mypy to read; `tests/test_typing.py` says what mypy finds in it."""
