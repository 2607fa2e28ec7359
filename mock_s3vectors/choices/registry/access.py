"""Choices about permissions: policies, callers and keys."""

from __future__ import annotations

from mock_s3vectors.choices.registry.entry import Choice

CHOICES = (
    # --- permissions
    Choice(
        "denied-before-missing",
        "Permissions",
        "A call that policies deny is denied, even if its bucket or index does not exist. Constraints of the "
        "model, and the form of names and ARNs, are checked before.",
        "permissions/authorize.py",
    ),
    Choice(
        "tags-of-new-resources",
        "Permissions",
        "A bucket or an index that a call creates has no tags yet, so no `aws:ResourceTag`. If its name is "
        "taken, those of the existing one count, and the policy of that bucket.",
        "permissions/targets.py",
    ),
    Choice(
        "encryption-keys",
        "Permissions",
        "`s3vectors:sseType` and `s3vectors:kmsKeyArn` are what a creation asks for. One that asks for "
        "nothing lacks them, and so does an index that inherits its encryption.",
        "permissions/context.py",
    ),
    Choice(
        "tag-keys-by-case",
        "Permissions",
        "If two tags differ in the case of their keys only, a condition sees the older one.",
        "permissions/context.py",
    ),
    Choice(
        "source-ip",
        "Permissions",
        "`aws:SourceIp` is 127.0.0.1 for a call in this process, and the address of the client for a call "
        "over the server.",
        "permissions/context.py",
    ),
    Choice(
        "secure-transport",
        "Permissions",
        "`aws:SecureTransport` is true for a call in this process whose URL begins with https, and false for "
        "a call over the server, which speaks HTTP.",
        "permissions/context.py",
    ),
    Choice(
        "boundary-arns",
        "Permissions",
        "The boundary of a user or a role that a test makes is a managed policy of its account, named as the "
        "user or the role, with `-boundary` added. Its other policies are inline ones, without an ARN.",
        "workbench/iam.py",
    ),
    Choice(
        "first-denial",
        "Permissions",
        "A denial names one kind of policy. Of several that deny explicitly, the first of these: "
        "identity-based, resource-based, boundary, session. If none does, the first that should allow it: "
        "across accounts resource-based, then identity-based, boundary, session.",
        "authorization/evaluate.py",
    ),
    Choice(
        "public-statements",
        "Permissions",
        "A statement of a bucket's policy that allows everybody (`*`, or an Allow with NotPrincipal) gives "
        "its own account access, and other accounts nothing. It does not count as one for everybody if a "
        "condition with fixed values requires who calls or from where, such as `aws:PrincipalArn` or "
        "`aws:SourceIp`; a range of addresses wider than /8 (IPv6: /32) is for everybody.",
        "authorization/public.py",
    ),
    Choice(
        "not-principal",
        "Permissions",
        "A Deny with NotPrincipal spares a caller of whom it names every part: the account, for a session "
        "the role, and the user or the session. An Allow with NotPrincipal leaves out a caller of whom it "
        "names any part.",
        "authorization/principals.py",
    ),
    Choice(
        "policy-condition-types",
        "Permissions",
        "A condition with a value that is not of the operator's type (a number, a date, `true` or `false`, "
        "an ARN with six parts or `*`, an IP address) is refused. A value of the request that is not of "
        "the type is equal to none.",
        "authorization/comparisons.py",
    ),
    Choice(
        "policy-operator-case",
        "Permissions",
        "The names of condition operators ignore case, as those of condition keys do.",
        "authorization/conditions.py",
    ),
    Choice(
        "policy-several-values",
        "Permissions",
        "A condition without ForAllValues or ForAnyValue, about a key with several values, is met by any "
        "one of them; if its operator is negated, by all of them only. A key whose value is a list of no "
        "values is absent; an empty text is a value.",
        "authorization/conditions.py",
    ),
    Choice(
        "incomplete-arns",
        "Permissions",
        "A Resource with fewer than the six parts of an ARN means what is written, whose wildcards stand for "
        "colons too, and what it means with `*` for each part that it lacks.",
        "authorization/elements.py",
    ),
    Choice(
        "policy-variable-values",
        "Permissions",
        "The value of a policy variable stands for itself, even if it has wildcards in it. A variable that "
        "is not well-formed is refused.",
        "authorization/variables.py",
    ),
    Choice(
        "policy-variable-places",
        "Permissions",
        "In a Resource, variables stand after the fifth colon only. Before it they stand for themselves, and "
        "match no resource.",
        "authorization/elements.py",
    ),
    Choice(
        "unknown-roles",
        "Permissions",
        "A session of a role that moto's STS gave, and that moto's IAM does not know, may do what the root of "
        "the account may.",
        "identity.py",
    ),
)
