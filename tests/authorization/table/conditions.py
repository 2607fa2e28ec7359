"""Conditions of a statement that allows: each operator, absent keys, several values, several conditions."""

from __future__ import annotations

from typing import Any

from tests.authorization.table.rows import ALLOWED, DENY_IDENTITY, NO_IDENTITY, Row, allow, deny


def met(name: str, operator: str, values: Any, has: Any, *, key: str = "aws:PrincipalTag/x") -> Row:
    """A condition that the request meets. `has` is the value of the key, None if it has none."""
    context = {} if has is None else {key.lower(): has}
    return Row(f"{operator}: {name}", ALLOWED, [allow("*", when={operator: {key: values}})], context=context)


def unmet(name: str, operator: str, values: Any, has: Any, *, key: str = "aws:PrincipalTag/x") -> Row:
    met_row = met(name, operator, values, has, key=key)
    return Row(met_row.name, NO_IDENTITY, met_row.identity, context=met_row.context)


USER_ARN = "arn:aws:iam::111122223333:user/reader"
NOW = "2026-06-01T12:00:00Z"
SECONDS = "1780315200"
TWO = {"StringEquals": {"aws:PrincipalTag/x": "a"}, "Bool": {"aws:SecureTransport": "true"}}
TWO_KEYS = {"StringEquals": {"aws:PrincipalTag/x": "a", "aws:PrincipalTag/y": "b"}}
TAGS = "aws:TagKeys"

ROWS = [
    # Text
    met("the same text", "StringEquals", "red", "red"),
    unmet("another case", "StringEquals", "red", "Red"),
    unmet("wildcards stand for themselves", "StringEquals", "r*", "red"),
    met("a wildcard is equal to itself", "StringEquals", "r*", "r*"),
    met("one of several texts", "StringEquals", ["blue", "red"], "red"),
    unmet("an absent key", "StringEquals", "red", None),
    met("an empty text is a value", "StringEquals", "", ""),
    met("a number in the policy is its text", "StringEquals", 7, "7"),
    met("a boolean in the policy is its text", "StringEquals", [True], "true"),
    met("another text", "StringNotEquals", "red", "blue"),
    unmet("the same text", "StringNotEquals", "red", "red"),
    unmet("one of several texts", "StringNotEquals", ["blue", "red"], "red"),
    met("none of several texts", "StringNotEquals", ["blue", "red"], "green"),
    met("an absent key", "StringNotEquals", "red", None),
    met("another case", "StringEqualsIgnoreCase", "red", "RED"),
    unmet("another text", "StringEqualsIgnoreCase", "red", "blue"),
    unmet("another case", "StringNotEqualsIgnoreCase", "red", "RED"),
    met("another text", "StringNotEqualsIgnoreCase", "red", "blue"),
    met("an absent key", "StringNotEqualsIgnoreCase", "red", None),
    met("wildcards", "StringLike", "r?d*", "redder"),
    unmet("wildcards do not ignore case", "StringLike", "R?D*", "redder"),
    unmet("no part of a text", "StringLike", "red", "redder"),
    unmet("an absent key is not like anything", "StringLike", "*", None),
    unmet("a text that is like it", "StringNotLike", "r*", "red"),
    met("a text that is not", "StringNotLike", "b*", "red"),
    met("an absent key", "StringNotLike", "*", None),
    # Names
    met("names of operators ignore case", "stringEQUALS", "red", "red"),
    met("names of keys ignore case", "StringEquals", "red", "red", key="AWS:principalTAG/Color"),
    # Numbers
    met("the same number", "NumericEquals", "10", "10.0"),
    unmet("another number", "NumericEquals", "10", "11"),
    unmet("a text is no number", "NumericEquals", "10", "ten"),
    met("a number that JSON has", "NumericEquals", 10, "10"),
    met("another number", "NumericNotEquals", "10", "11"),
    unmet("the same number", "NumericNotEquals", "10", "1e1"),
    met("an absent key", "NumericNotEquals", "10", None),
    met("a text differs from numbers", "NumericNotEquals", "10", "ten"),
    met("9 is less than 10", "NumericLessThan", "10", "9"),
    unmet("10 is not less than 10", "NumericLessThan", "10", "10"),
    met("10 is at most 10", "NumericLessThanEquals", "10", "10"),
    unmet("11 is not at most 10", "NumericLessThanEquals", "10", "11"),
    met("-9.5 is greater than -10", "NumericGreaterThan", "-10", "-9.5"),
    unmet("10 is not greater than 10", "NumericGreaterThan", "10", "10"),
    met("10 is at least 10", "NumericGreaterThanEquals", "10", "10"),
    unmet("an absent key", "NumericGreaterThanEquals", "0", None),
    # Dates
    met("the same moment", "DateEquals", NOW, NOW),
    met("the same moment in another zone", "DateEquals", "2026-06-01T14:00:00+02:00", NOW),
    met("a zone behind", "DateEquals", "2026-06-01T06:30:00-05:30", NOW),
    met("without seconds", "DateEquals", "2026-06-01T12:00Z", NOW),
    met("seconds since the epoch", "DateEquals", SECONDS, NOW),
    met("seconds that JSON has", "DateEquals", int(SECONDS), SECONDS),
    unmet("a fraction of a second later", "DateEquals", "2026-06-01T12:00:00.5Z", NOW),
    met("another moment", "DateNotEquals", "2026-06-01", NOW),
    met("an absent key", "DateNotEquals", NOW, None),
    met("before a year", "DateLessThan", "2027", NOW),
    unmet("not before the month", "DateLessThan", "2026-06", NOW),
    met("at the latest", "DateLessThanEquals", NOW, NOW),
    met("after a day", "DateGreaterThan", "2026-05-31", NOW),
    unmet("not after itself", "DateGreaterThan", NOW, NOW),
    met("from a moment on", "DateGreaterThanEquals", NOW, NOW),
    unmet("a text is no date", "DateGreaterThan", "2026-05-31", "tomorrow"),
    # Truth, bytes
    met("true", "Bool", "true", "true"),
    met("true in JSON", "Bool", [True], "true"),
    unmet("false", "Bool", "true", "false"),
    unmet("an absent key", "Bool", "false", None),
    met("the same bytes", "BinaryEquals", "cmVk", "red"),
    unmet("other bytes", "BinaryEquals", "cmVk", "blue"),
    # Addresses
    met("an address of a range", "IpAddress", "203.0.113.0/24", "203.0.113.7"),
    unmet("an address of no range", "IpAddress", ["203.0.113.0/24", "192.0.2.0/24"], "198.51.100.7"),
    met("one address", "IpAddress", "203.0.113.7", "203.0.113.7"),
    met("a range by one of its addresses", "IpAddress", "203.0.113.9/24", "203.0.113.7"),
    met("IPv6", "IpAddress", "2001:DB8:1234:5678::/64", "2001:db8:1234:5678::1"),
    unmet("IPv6 is no IPv4", "IpAddress", "0.0.0.0/0", "2001:db8::1"),
    unmet("a text is no address", "IpAddress", "0.0.0.0/0", "here"),
    unmet("an absent key", "IpAddress", "0.0.0.0/0", None),
    met("an address outside", "NotIpAddress", "203.0.113.0/24", "198.51.100.7"),
    unmet("an address inside", "NotIpAddress", "203.0.113.0/24", "203.0.113.7"),
    met("an absent key", "NotIpAddress", "203.0.113.0/24", None),
    # ARNs
    met("the same ARN", "ArnEquals", USER_ARN, USER_ARN),
    met("wildcards, as ArnLike has them", "ArnEquals", "arn:aws:iam::*:user/*", USER_ARN),
    met("wildcards", "ArnLike", "arn:aws:iam::1111222?3333:*", USER_ARN),
    unmet("wildcards end at a colon", "ArnLike", "arn:*:iam::*:user/reader", "arn:aws:x:iam::1:user/reader"),
    unmet("each part by itself", "ArnLike", "arn:aws:*:x:*:reader", USER_ARN),
    met("the last part has further colons", "ArnLike", "arn:aws:iam::*:user/*", f"{USER_ARN}:x:y"),
    unmet("another case", "ArnLike", "arn:aws:iam::*:user/Reader", USER_ARN),
    met("* is every ARN", "ArnLike", "*", USER_ARN),
    unmet("a text is no ARN", "ArnLike", "arn:*:*:*:*:*", "reader"),
    unmet("an absent key", "ArnLike", "arn:*:*:*:*:*", None),
    unmet("the same ARN", "ArnNotEquals", USER_ARN, USER_ARN),
    met("another ARN", "ArnNotLike", "arn:aws:iam::*:role/*", USER_ARN),
    met("an absent key", "ArnNotLike", "arn:*:*:*:*:*", None),
    # Absent keys
    met("an absent key", "Null", "true", None),
    unmet("a present key", "Null", "true", "red"),
    met("a present key", "Null", "false", "red"),
    unmet("an absent key", "Null", [False], None),
    met("an empty text is present", "Null", "false", ""),
    met("no values are absent", "Null", "true", [], key=TAGS),
    met("an absent key", "StringEqualsIfExists", "red", None),
    met("the same text", "StringEqualsIfExists", "red", "red"),
    unmet("another text", "StringEqualsIfExists", "red", "blue"),
    met("an absent key", "StringNotEqualsIfExists", "red", None),
    unmet("the same text", "StringNotEqualsIfExists", "red", "red"),
    met("an absent key", "BoolIfExists", "true", None),
    met("an absent key", "IpAddressIfExists", "203.0.113.0/24", None),
    met("an absent key", "NumericLessThanIfExists", "1", None),
    # Several values
    met("all are among those of the policy", "ForAllValues:StringEquals", ["a", "b"], ["b", "a"], key=TAGS),
    unmet("one is not", "ForAllValues:StringEquals", ["a", "b"], ["a", "c"], key=TAGS),
    met("an absent key", "ForAllValues:StringEquals", ["a"], None, key=TAGS),
    met("no values", "ForAllValues:StringEquals", ["a"], [], key=TAGS),
    met("an empty text", "ForAllValues:StringEquals", ["a"], ""),
    unmet("an empty text", "ForAnyValue:StringEquals", ["a"], ""),
    unmet("an empty text beside another", "ForAllValues:StringEquals", ["a"], ["a", ""], key=TAGS),
    met("one value", "ForAllValues:StringLike", "a*", "abc"),
    met("none is like it", "ForAllValues:StringNotLike", "a*", ["b", "c"], key=TAGS),
    unmet("one is like it", "ForAllValues:StringNotLike", "a*", ["b", "abc"], key=TAGS),
    met("one is among those of the policy", "ForAnyValue:StringEquals", ["a", "b"], ["c", "b"], key=TAGS),
    unmet("none is", "ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], key=TAGS),
    unmet("an absent key", "ForAnyValue:StringEquals", ["a"], None, key=TAGS),
    unmet("no values", "ForAnyValue:StringEquals", ["a"], [], key=TAGS),
    met("one differs", "ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], key=TAGS),
    unmet("none differs", "ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], key=TAGS),
    unmet("an absent key", "ForAnyValue:StringNotEquals", "a", None, key=TAGS),
    met("an absent key", "ForAnyValue:StringEqualsIfExists", "a", None, key=TAGS),
    met("one of several values", "StringEquals", "a", ["b", "a"], key=TAGS),
    unmet("one of several values", "StringNotEquals", "a", ["b", "a"], key=TAGS),
    # Several conditions
    Row(
        "all operators must be met",
        NO_IDENTITY,
        [allow("*", when=TWO)],
        context={"aws:principaltag/x": "a", "aws:securetransport": "false"},
    ),
    Row(
        "all operators are met",
        ALLOWED,
        [allow("*", when=TWO)],
        context={"aws:principaltag/x": "a", "aws:securetransport": "true"},
    ),
    Row(
        "all keys of an operator must be met",
        NO_IDENTITY,
        [allow("*", when=TWO_KEYS)],
        context={"aws:principaltag/x": "a"},
    ),
    Row(
        "all keys of an operator are met",
        ALLOWED,
        [allow("*", when=TWO_KEYS)],
        context={"aws:principaltag/x": "a", "aws:principaltag/y": "b"},
    ),
    Row("no conditions are met", ALLOWED, [allow("*", when={})]),
    Row(
        "a denial whose condition is met",
        DENY_IDENTITY,
        [allow("*"), deny("*", when={"Bool": {"aws:SecureTransport": "false"}})],
        context={"aws:securetransport": "false"},
    ),
    Row(
        "a denial whose condition is not met",
        ALLOWED,
        [allow("*"), deny("*", when={"Bool": {"aws:SecureTransport": "false"}})],
        context={"aws:securetransport": "true"},
    ),
    Row(
        "a denial for whoever lacks a tag",
        DENY_IDENTITY,
        [allow("*"), deny("*", when={"StringNotEquals": {"aws:PrincipalTag/team": "films"}})],
    ),
]
