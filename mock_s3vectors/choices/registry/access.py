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
        "metadata-configuration-action",
        "Permissions",
        "UpdateMetadataConfiguration needs a right of this name, on the index.",
        "authorization/needs.py",
    ),
    Choice(
        "boundary-arns",
        "Permissions",
        "The boundary of a user or a role that a test makes is a managed policy of its account, named as the "
        "user or the role, with `-boundary` added. Its other policies are inline ones, without an ARN.",
        "workbench/iam.py",
        unasked="It is about identities that the mock makes.",
    ),
    Choice(
        "unknown-roles",
        "Permissions",
        "A session of a role that moto's IAM does not know may do what the root of its account may, unless a "
        "session policy limits it.",
        "identity.py",
        unasked="It is about identities of moto.",
    ),
    Choice(
        "root-denied",
        "Permissions",
        'With `authorization="enforce"`, a bucket policy that denies the root of its account everything also '
        "denies it to replace or delete that policy.",
        "permissions/deciding.py",
        unasked="A run could not remove such a vector bucket any more.",
    ),
    Choice(
        "first-denial",
        "Permissions",
        "A denial names one kind of policy. Of several that deny explicitly, the first of these: "
        "identity-based, resource-based, boundary, session. If none does, the first that should allow it: "
        "across accounts resource-based, then identity-based, boundary, session.",
        "authorization/evaluate.py",
        unasked="It needs identities with policies of several kinds.",
    ),
    Choice(
        "public-statements",
        "Permissions",
        "A statement of a bucket's policy that allows everybody (`*`, or an Allow with NotPrincipal) gives "
        "its own account access, and other accounts nothing. It does not count as one for everybody if a "
        "condition with fixed values requires who calls or from where, such as `aws:PrincipalArn` or "
        "`aws:SourceIp`; a range of addresses wider than /8 (IPv6: /32) is for everybody.",
        "authorization/public.py",
        unasked="It needs a second account.",
    ),
    Choice(
        "not-principal",
        "Permissions",
        "A Deny with NotPrincipal spares a caller of whom it names every part: the account, for a session "
        "the role, and the user or the session. An Allow with NotPrincipal leaves out a caller of whom it "
        "names any part.",
        "authorization/principals.py",
        unasked="It needs callers of several kinds: the root of an account, a user and a session of a role.",
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
        "values is absent; an empty text is a value, except for ForAllValues.",
        "authorization/conditions.py",
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
        unasked="It is about calls in the mock's own process, and over its own server.",
    ),
    Choice(
        "secure-transport",
        "Permissions",
        "`aws:SecureTransport` is true for a call in this process whose URL begins with https, and false for "
        "a call over the server, which speaks HTTP.",
        "permissions/context.py",
        unasked="It is about calls in the mock's own process, and over its own server.",
    ),
    Choice(
        "incomplete-arns",
        "Permissions",
        "A Resource with fewer than the six parts of an ARN means what is written, whose wildcards stand for "
        "colons too, and what it means with `*` for each part that it lacks.",
        "authorization/elements.py",
    ),
    Choice(
        "token-issue-time",
        "Permissions",
        "The credentials of a role are issued when `mock.iam.role()` makes it: that is `aws:TokenIssueTime`. "
        "Sessions that moto gave have no such key.",
        "permissions/context.py",
        unasked="It is about identities that the mock makes.",
    ),
    # --- signatures
    Choice(
        "signature-errors",
        "Signatures",
        "Refusals of wrong signatures have the status 403, and the codes and texts of other services of AWS. "
        "The form is checked first, then the time, the scope, the session token and the signature.",
        "errors/signature_refusals.py",
    ),
    Choice(
        "unknown-access-keys",
        "Signatures",
        "Of an access key whose secret the mock does not know, only the form, the time and the scope of a "
        "signature are checked.",
        "signatures.py",
        unasked="AWS knows the secret of every access key.",
    ),
    Choice(
        "presigned-expiry",
        "Signatures",
        "A presigned URL holds for `X-Amz-Expires` seconds, 1 to 604,800, and no 5 minutes longer.",
        "signatures.py",
    ),
    Choice(
        "unsigned-payload",
        "Signatures",
        "A signature holds for any body if `x-amz-content-sha256`, as a header or a parameter of a presigned "
        "URL, is `UNSIGNED-PAYLOAD`. Else it holds for the body that came, whatever that header says.",
        "signatures.py",
    ),
    # --- encryption
    Choice(
        "kms-keys-unknown",
        "Encryption",
        "As long as neither `mock.kms` nor moto's KMS knows any key, every key ARN of the right form names a "
        "key that can be used. From then on, a key that neither knows does not exist, for indexes that were "
        "made before too. A key of `mock.kms` comes before one of moto's with the same ARN. The option "
        "`authorization` has nothing to do with keys.",
        "operations/helpers/keys.py",
        unasked="It is about the keys that the mock knows; AWS knows every key.",
    ),
    Choice(
        "bucket-key-unchecked",
        "Encryption",
        "CreateVectorBucket takes any key ARN of the right form, even of a key that does not exist. Only "
        "CreateIndex asks for the key.",
        "operations/helpers/encryption.py",
    ),
    Choice(
        "kms-key-elsewhere",
        "Encryption",
        "A key can be used in its own Region and partition, also by another account. Elsewhere it does not "
        "exist; replicas of a multi-Region key are keys of their own.",
        "operations/helpers/keys.py",
    ),
    Choice(
        "kms-errors-at-creation",
        "Encryption",
        "CreateIndex with a key that is disabled, pending deletion or made for another use is denied as one "
        "with a key that does not exist: an AccessDeniedException with KMS's words. Keys are checked after "
        "all else, and the policy of a key last.",
        "errors/refusals.py",
        unasked="It needs keys of KMS that are disabled, pending deletion or made for another use.",
    ),
    Choice(
        "kms-errors-last",
        "Encryption",
        "An operation on vectors whose key cannot be used is refused after its request has been checked "
        "completely, and before a vector is read or written: permissions, the index, records, filters and "
        "page tokens come first, the quota of vectors after.",
        "operations/helpers/keys.py",
        unasked="It needs a key of KMS that stops to be usable once an index has been made with it.",
    ),
    Choice(
        "kms-texts",
        "Encryption",
        "The texts of the errors of keys are those of KMS, followed by `(kms_request_id=...)` with a UUID, "
        "as was seen for a key that does not exist.",
        "errors/refusals.py",
        unasked="It needs keys of KMS that are disabled, pending deletion or made for another use.",
    ),
    Choice(
        "kms-policy-context",
        "Encryption",
        "The policy of a key of moto's KMS is asked about kms:Decrypt by `indexing.s3vectors.amazonaws.com`. "
        "The account of the index is `aws:SourceAccount`, and its ARN is both `aws:SourceArn` and "
        "`kms:EncryptionContext:aws:s3vectors:arn`. Of `aws:s3vectors:resource-id`, only the name is known.",
        "operations/helpers/key_policies.py",
        unasked="It needs a key of KMS with a policy of its own.",
    ),
)
