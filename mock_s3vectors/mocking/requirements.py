"""The check that a mock makes before it starts: whether the installed botocore knows S3 Vectors."""

from __future__ import annotations

import re
from functools import cache

from mock_s3vectors.errors.exceptions import UsageError

# The first release that knows S3 Vectors.
_FIRST_BOTOCORE = (1, 39, 5)


def check_botocore() -> None:
    """Raise unless the installed botocore knows S3 Vectors.

    Raises:
        UsageError: it is too old; its clients would say that there is no such service.
    """
    import botocore  # noqa: PLC0415 - only a mock that starts needs it; it loads nothing else

    if _is_too_old(str(botocore.__version__)):
        raise UsageError(
            f"mock_s3vectors needs botocore {'.'.join(map(str, _FIRST_BOTOCORE))} or newer, and "
            f"{botocore.__version__} is installed: pip install -U botocore boto3"
        )


@cache
def _is_too_old(version: str) -> bool:
    numbers = re.match(r"(\d+)\.(\d+)\.(\d+)", version)
    return numbers is not None and tuple(map(int, numbers.groups())) < _FIRST_BOTOCORE
