"""Facts about the analysis of texts in Chinese, Japanese and Korean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_s3vectors.parity.answers import scores, text_index
from mock_s3vectors.parity.fact import Facts
from mock_s3vectors.parity.facts.analysis import expect_finds
from mock_s3vectors.parity.matchers import About

if TYPE_CHECKING:
    from mock_s3vectors.parity.asking import Asking

facts = Facts("Texts in Chinese, Japanese and Korean")

TEXTS = {
    "chinese:zh": "我喜欢北京烤鸭",
    "japanese:ja": "東京都のカメラです",
    "korean:ko": "한국어를 공부합니다",
}
WIDE = "\N{FULLWIDTH LATIN CAPITAL LETTER A}\N{FULLWIDTH LATIN CAPITAL LETTER B}"


@facts("analysis-east-asian", "documented", "A text in zh, ja or ko is found by a word that no space parts.")
def _(ask: Asking) -> None:
    found = {"chinese:zh": ["北京"], "japanese:ja": ["東京"], "korean:ko": ["한국어"]}
    passed = {"chinese:zh": ["天气"], "japanese:ja": ["映画"], "korean:ko": ["영어"]}
    expect_finds(ask, TEXTS, found, passed)


@facts(
    "analysis-pairs",
    "choice",
    "Texts in zh, ja and ko become pairs of neighbouring characters.",
    choices=("east-asian-pairs",),
)
def _(ask: Asking) -> None:
    # Pairs that are no words, and characters that are no neighbours.
    found = {"chinese:zh": ["京烤"], "japanese:ja": ["都の"], "korean:ko": ["국어"]}
    passed = {"chinese:zh": ["北鸭"], "japanese:ja": ["東都"], "korean:ko": ["한어", "를공"]}
    expect_finds(ask, TEXTS, found, passed)


@facts(
    "analysis-full-width",
    "choice",
    "Texts in zh, ja and ko are brought to NFKC: half-width kana and full-width letters are the usual ones.",
    choices=("east-asian-normal-form",),
)
def _(ask: Asking) -> None:
    expect_finds(
        ask,
        {"japanese:ja": f"カメラ {WIDE}", "plain": WIDE},
        {"japanese:ja": ["ｶﾒﾗ", "ab"], "plain": [WIDE]},
        {"plain": ["ab"]},
    )


@facts(
    "analysis-single-characters",
    "choice",
    "A query of one character finds a text in zh, ja or ko that has it.",
    choices=("east-asian-single-characters",),
)
def _(ask: Asking) -> None:
    found = {"chinese:zh": ["欢"], "japanese:ja": ["メ"], "korean:ko": ["국"]}
    passed = {"chinese:zh": ["天"], "japanese:ja": ["映"], "korean:ko": ["영"]}
    expect_finds(ask, TEXTS, found, passed)


@facts(
    "analysis-east-asian-lengths",
    "choice",
    "Pairs and single characters both count for the length of a record.",
    choices=("east-asian-lengths",),
)
def _(ask: Asking) -> None:
    index = text_index(ask, "text:zh")
    # Of two characters and one pair; of three characters and two pairs; of four words.
    texts = {"a": "北京", "b": "北京市", "c": "a b c d"}
    ask.put(index, *((key, [1, 1], {"text": text}) for key, text in texts.items()))
    found = scores(ask, index, "北京")
    ratio: Any = found["b"] / found["a"] if isinstance(found, dict) and {"a", "b"} <= {*found} else found
    # The average length is 4, so k1 * (1 - b + b * length / 4) is 0.975 and 1.425.
    ask.compare("the second score by the first", About(1.975 / 2.425, 1e-5), ratio)


@facts(
    "analysis-other-scripts",
    "choice",
    "Words of other scripts stay whole in texts in zh, ja and ko.",
    choices=("other-scripts",),
)
def _(ask: Asking) -> None:
    expect_finds(
        ask,
        {"chinese:zh": "iPhone手机 2049"},
        {"chinese:zh": ["iphone", "2049", "手机"]},
        {"chinese:zh": ["phone", "ip", "204"]},
    )
