"""A query as code that runs: for boto3, and for the AWS CLI in a shell."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from mock_s3vectors import limits

if TYPE_CHECKING:
    from mock_s3vectors.arns import Arn
    from mock_s3vectors.exchange import Params

# The server takes a key of twelve digits for the account of that number, and any secret.
_SECRET = "testing"  # noqa: S105 - it is none

_ORDER = ("indexArn", "queryVector", "queryTexts", "topK", "filter", "queryMode")
_SWITCHES = {
    "returnDistance": "--return-distance",
    "returnMetadata": "--return-metadata",
    "returnScores": "--return-scores",
}


def boto3_code(arn: Arn, params: Params, endpoint: str, like: str | None) -> str:
    """Return a program in Python that makes a query, has all its hits in `hits`, and prints them.

    Args:
        arn: that of the index.
        params: those of QueryVectors.
        endpoint: the address of the server.
        like: a key of the index: the program asks for its vector instead of holding all numbers.
    """
    arguments = {name: _literal(params[name]) for name in _ORDER if name in params}
    arguments |= {name: "True" for name in _SWITCHES if params.get(name)}
    lines = [
        "import boto3",
        "",
        "client = boto3.client(",
        '    "s3vectors",',
        f"    region_name={_literal(arn.region)},",
        f"    endpoint_url={_literal(endpoint)},",
        f"    aws_access_key_id={_literal(arn.account)},  # the account of the index",
        f"    aws_secret_access_key={_literal(_SECRET)},",
        ")",
    ]
    if like is not None:
        asked = f"indexArn={arguments['indexArn']}, keys=[{_literal(like)}], returnData=True"
        lines += [f"like = client.get_vectors({asked})"]
        arguments["queryVector"] = 'like["vectors"][0]["data"]'
    passed = [f"    {name}={value}," for name, value in arguments.items()]
    if params["topK"] > limits.QUERY_PAGE:
        lines += ['pages = client.get_paginator("query_vectors").paginate(', *passed, ")"]
        lines += ['hits = [hit for page in pages for hit in page["vectors"]]']
    else:
        lines += ["response = client.query_vectors(", *passed, ")", 'hits = response["vectors"]']
    return "\n".join([*lines, "for hit in hits:", "    print(hit)", ""])


def cli_code(arn: Arn, params: Params, endpoint: str) -> str:
    """Return a line for a shell that makes a query with the AWS CLI, which itself asks for all pages."""
    words = [
        f"AWS_ACCESS_KEY_ID={arn.account}",
        f"AWS_SECRET_ACCESS_KEY={_SECRET}",
        *("aws", "s3vectors", "query-vectors", "--endpoint-url", endpoint, "--region", arn.region),
        *("--index-arn", params["indexArn"]),
    ]
    for name, option in _OPTIONS.items():
        if name in params:
            words += [option, json.dumps(params[name], ensure_ascii=False)]
    words += ["--top-k", str(params["topK"])]
    if "queryMode" in params:
        words += ["--query-mode", params["queryMode"]]
    words += [option for name, option in _SWITCHES.items() if params.get(name)]
    return shlex.join(words)


# The options whose values are JSON.
_OPTIONS = {"queryVector": "--query-vector", "queryTexts": "--query-texts", "filter": "--filter"}


def _literal(value: Any) -> str:
    """Return a JSON value as an expression of Python, with double quotes around texts."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        members = (f"{_literal(name)}: {_literal(member)}" for name, member in value.items())
        return f"{{{', '.join(members)}}}"
    if isinstance(value, list) and not {int, float}.issuperset(map(type, value)):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)
