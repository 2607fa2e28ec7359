"""Choices about text search configurations, and about how texts become terms."""

from __future__ import annotations

from mock_s3vectors.choices.registry.entry import Choice

CHOICES = (
    # --- text search configurations
    Choice(
        "text-search-at-creation",
        "Text search configurations",
        "Configurations of CreateIndex are ACTIVE at once.",
        "operations/metadata_configuration.py",
    ),
    Choice(
        "text-build-seconds",
        "Text search configurations",
        "Configurations that are added later are ACTIVE at once too, unless an option says otherwise.",
        "choices/values.py",
    ),
    Choice(
        "sent-status",
        "Text search configurations",
        "A `status` that is sent is ignored.",
        "operations/metadata_configuration.py",
    ),
    Choice(
        "empty-update",
        "Text search configurations",
        "An `add` or `delete` without any key changes nothing.",
        "operations/metadata_configuration.py",
    ),
    Choice(
        "whole-update",
        "Text search configurations",
        "All of an update is done, or nothing.",
        "operations/metadata_configuration.py",
    ),
    Choice(
        "add-configured-key",
        "Text search configurations",
        "Adding a configured key is a ConflictException, with a text of the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "delete-unconfigured-key",
        "Text search configurations",
        "Deleting a key that is not configured is a NotFoundException, with a text of the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "update-while-building",
        "Text search configurations",
        "Updating while a key is BUILDING is a ConflictException, with a text of the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "too-many-text-searches",
        "Text search configurations",
        "More than ten configurations in all are a ValidationException, with a text of the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "duplicate-text-search-text",
        "Text search configurations",
        "The text of the refusal of a key twice in one list is the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "add-or-delete-text",
        "Text search configurations",
        "The text of the refusal of both or neither of `add` and `delete` is the mock's own.",
        "errors/refusals.py",
    ),
    Choice(
        "text-search-on-classic-index-text",
        "Text search configurations",
        "The text of the refusal of a configuration on a CLASSIC index is the mock's own.",
        "errors/refusals.py",
        unasked="A vector bucket that a run makes takes no CLASSIC index.",
    ),
    # --- analysis of texts
    Choice(
        "unindexed-values",
        "Analysis of texts",
        "A value that is no string is not indexed.",
        "choices/values.py",
    ),
    Choice(
        "unicode-words",
        "Analysis of texts",
        "Words are those of Unicode (UAX 29), in lower case; without a language, every word is a term.",
        "search/analysis.py",
    ),
    Choice(
        "composed-letters",
        "Analysis of texts",
        "Letters are composed (NFC).",
        "choices/languages.py",
    ),
    Choice(
        "combining-marks",
        "Analysis of texts",
        "Joiners part more than 30 combining marks in a row (the Stream-Safe Text Process of UAX 15).",
        "search/normal_forms.py",
    ),
    Choice(
        "stop-words",
        "Analysis of texts",
        "The stop words of a language are the mock's own: articles, conjunctions, common prepositions, "
        'pronouns, forms of "to be" and "to have".',
        "choices/languages.py",
    ),
    Choice(
        "stemmers",
        "Analysis of texts",
        "The stemmers are Snowball's (Dutch: that of Kraaij and Pohlmann).",
        "choices/languages.py",
    ),
    Choice(
        "typographic-apostrophes",
        "Analysis of texts",
        "Typographic apostrophes are plain ones in a language with a stemmer, but not without a language.",
        "search/analysis.py",
    ),
    Choice(
        "eliding-languages",
        "Analysis of texts",
        "An apostrophe ends a word in French and Italian.",
        "choices/languages.py",
    ),
    Choice(
        "english-possessive",
        "Analysis of texts",
        "The ending 's is no part of a word in English.",
        "choices/languages.py",
    ),
    Choice(
        "east-asian-pairs",
        "Analysis of texts",
        "Texts in zh, ja and ko become pairs of neighbouring characters.",
        "choices/languages.py",
    ),
    Choice(
        "east-asian-normal-form",
        "Analysis of texts",
        "Texts in zh, ja and ko are brought to NFKC first.",
        "choices/languages.py",
    ),
    Choice(
        "east-asian-single-characters",
        "Analysis of texts",
        "Records in zh, ja and ko have their single characters too, so that a query of one character "
        "finds them.",
        "search/analysis.py",
    ),
    Choice(
        "east-asian-lengths",
        "Analysis of texts",
        "Pairs and single characters both count for the length of a record.",
        "search/text_index.py",
    ),
    Choice(
        "other-scripts",
        "Analysis of texts",
        "Words of other scripts stay whole in texts in zh, ja and ko.",
        "search/analysis.py",
    ),
)
