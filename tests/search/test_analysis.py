"""Texts become terms: Unicode's words, stop words and stems of seven languages, pairs of three."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_s3vectors import choices
from mock_s3vectors.search import TextIndexes, analysis
from mock_s3vectors.search.analysis import analyzer_of

STEMMED = ["de", "en", "es", "fr", "it", "nl", "pt"]
PAIRED = ["ja", "ko", "zh"]

# What looks like something else, or like nothing.
QUOTE = "\N{RIGHT SINGLE QUOTATION MARK}"
ACUTE = "\N{COMBINING ACUTE ACCENT}"
SOFT_HYPHEN = "\N{SOFT HYPHEN}"


def terms(text: str, language: str | None = None) -> list[str]:
    """The terms of a record, which but for `PAIRED` are those of a query."""
    analyzer = analyzer_of(language)
    found = analyzer.of_record(text)
    if language not in PAIRED:
        assert analyzer.of_query(text) == found
    return found


def finds(language: str | None, text: str, query: str) -> bool:
    """Whether a record of this text is found."""
    (score,) = TextIndexes([{"key": text}]).scores("key", language, query)
    return bool(score > 0)


# --- the standard analyzer -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" \t\r\n\u3000", []),
        ("... -- !? _ __ ___", []),
        (
            "one two\tthree\nfour\r\nfive\u2028six\u3000seven",
            ["one", "two", "three", "four", "five", "six", "seven"],
        ),
        ("the The THE is a", ["the", "the", "the", "is", "a"]),  # no stop words, nothing counted once
        ("state-of-the-art a/b (c)", ["state", "of", "the", "art", "a", "b", "c"]),
        # Apostrophes join letters; the typographic one is another character.
        (f"don't can{QUOTE}t", ["don't", f"can{QUOTE}t"]),
        ("dogs' 'quoted' rock 'n' roll", ["dogs", "quoted", "rock", "n", "roll"]),
        # Numbers keep the separators within.
        ("3.14 1,000.50 -2 .5 9. 3, 4,a", ["3.14", "1,000.50", "2", "5", "9", "3", "4", "a"]),
        ("2026-09-30 12:30 10% $5 5€ #7", ["2026", "09", "30", "12", "30", "10", "5", "5", "7"]),
        ("1st v1.2.3 x86_64 4x4 ½ ² ٣٤", ["1st", "v1.2.3", "x86_64", "4x4", "½", "²", "٣٤"]),
        # Dots and colons join letters; other signs part them.
        ("U.S.A. example.com a:b", ["u.s.a", "example.com", "a:b"]),
        ("user@example.com C++ C# .NET", ["user", "example.com", "c", "c", "net"]),
        # An underscore is part of a word, but none by itself.
        ("foo_bar __init__ x_ _1 a _ b", ["foo_bar", "__init__", "x_", "_1", "a", "b"]),
        # Accents are one with their letters; soft hyphens stay where they are.
        (f"cafe{ACUTE} café co{SOFT_HYPHEN}op", ["café", "café", f"co{SOFT_HYPHEN}op"]),
        (f"a {ACUTE}b zero\u200bwidth", ["a", "b", "zero", "width"]),
        ("नमस्ते दुनिया", ["नमस्ते", "दुनिया"]),
        # Emoji are no words; a keycap is, for its digit.
        ("😀 ok👍🏽yes 👨\u200d👩\u200d👧 🇩🇪 1\ufe0f\u20e3", ["ok", "yes", "1\ufe0f\u20e3"]),
        # Without spaces: ideographs and hiragana are words of one character, katakana and hangul are not.
        ("東京 とう トーキョー 한국어", ["東", "京", "と", "う", "トーキョー", "한국어"]),
        ('צה"ל', ['צה"ל']),
    ],
)
def test_words_are_those_of_unicode_in_lower_case(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ÄÖÜ ЖУК Ñ", ["äöü", "жук", "ñ"]),
        # A dotted I keeps its dot, a dotless one is another letter, and no locale decides.
        ("İstanbul ISTANBUL \N{LATIN SMALL LETTER DOTLESS I}", ["i̇stanbul", "istanbul", "\u0131"]),
        # A sigma at the end of a word has a form of its own.
        ("ΟΔΟΣ ΣΕΙΣ. Σ", ["οδος", "σεις", "\N{GREEK SMALL LETTER SIGMA}"]),
        # Lower case, neither folded nor made compatible.
        ("STRASSE Straße ẞ \N{LATIN SMALL LIGATURE FI}", ["strasse", "straße", "ß", "\ufb01"]),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER A}\N{ROMAN NUMERAL FOUR}", ["\uff41\u2173"]),
    ],
)
def test_lower_case_is_that_of_unicode(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


@pytest.mark.parametrize("quote", ["'", QUOTE, "\N{LEFT SINGLE QUOTATION MARK}", '"', "“", "«", "("])
@pytest.mark.parametrize("word", ["apple", "été", "usual", "bread", "42"])
def test_a_word_after_a_quotation_mark_is_found(quote: str, word: str) -> None:
    assert terms(f"{quote}{word}{quote}") == [word]
    assert terms(f"so {quote}{word}") == ["so", word]
    assert terms(f"so: [{quote}{word}{quote}]") == ["so", word]


@pytest.mark.parametrize("mark", ["\ufeff", "\u200e", "\u200d", SOFT_HYPHEN, ACUTE])
def test_a_word_after_a_stray_mark_is_found(mark: str) -> None:
    assert terms(f"{mark}hello world\n{mark}again") == ["hello", "world", "again"]


@given(st.text(st.sampled_from(f"abé1 _'{QUOTE}.,:\"-\n漢กא😀\ufeff{ACUTE}"), max_size=12))
def test_no_letter_and_no_digit_is_lost(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert [c for term in terms(text) for c in term if c.isalnum()] == [c for c in composed if c.isalnum()]


# Unicode takes some symbols for letters; which, differs from release to release.
@pytest.mark.parametrize("language", [None, *STEMMED, *PAIRED])
@given(text=st.text(st.characters(categories=["L", "N", "Z", "Cc", "Pc", "Ps", "Pe", "Pi", "Pf"])))
def test_every_term_has_a_letter_or_digit_and_no_capital(language: str | None, text: str) -> None:
    for term in terms(text, language):
        assert term == term.lower()
        assert any(unicodedata.category(character)[0] in "LN" for character in term)


@pytest.mark.parametrize("language", [None, *STEMMED, *PAIRED])
@pytest.mark.parametrize("text", ["café", "Häuser", "canción", "não", "ガス"])
def test_composed_and_decomposed_letters_are_the_same(language: str | None, text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    assert decomposed != text
    assert terms(decomposed, language) == terms(text, language)


@pytest.mark.parametrize("apostrophe", ["'", QUOTE])
def test_an_english_possessive_is_no_part_of_its_word(apostrophe: str) -> None:
    assert terms(f"It{apostrophe}s the dog{apostrophe}s", "en") == ["dog"]
    assert terms(f"he{apostrophe}s who{apostrophe}s", "en") == []


# --- parts of texts --------------------------------------------------------------------------

# All white space there is, marks and signs that act on their neighbours, and letters of all kinds.
SPACES = "".join(filter(str.isspace, map(chr, range(0x10000))))
OTHERS = "aB1_'.,:\u00e9\u03a3\u05d0\u6f22\u30ab\u3072\ud55c\uff76\uff9e\u200d\ufeff"
BESIDE_SPACES = f"{SPACES}{OTHERS}{QUOTE}{ACUTE}{SOFT_HYPHEN}  "


@pytest.mark.parametrize("language", [None, "en", "fr", *PAIRED])
@given(text=st.text(st.sampled_from(BESIDE_SPACES), max_size=15))
def test_the_terms_of_a_text_are_those_of_its_parts(language: str | None, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysis, "_parts", lambda text: [text])
        whole = analyzer_of(language).of_record(text)
    assert analyzer_of(language).of_record(text) == whole


def test_a_part_is_analysed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    analysed: list[str] = []

    def words(text: str) -> list[str]:
        analysed.append(text)
        return [text]

    monkeypatch.setattr(analysis, "_words", words)
    analyzer = analyzer_of(None)
    assert analyzer.of_record("one two one") == ["one", "two", "one"]
    assert analyzer.of_record("two three") == ["two", "three"]
    assert analysed == ["one", "two", "three"]
    # Nothing joins across a space but one.
    assert analyzer.of_record("a b\u202fc") == ["a b\u202fc"]


def test_only_so_many_parts_are_remembered_and_no_long_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysis, "_MOST_PARTS", 10)
    analyzer = analyzer_of("en")
    for number in range(100):
        text = f"cat number{number} cat {number}"
        assert analyzer.of_record(text) == text.split()
        assert 1 <= analyzer.known_parts() <= 10
    known = analyzer.known_parts()
    for text in ("x" * 33, "1-2-3-4-5-6-7-8-9"):
        assert analyzer.of_record(text) == text.split("-")
    assert analyzer.known_parts() == known


def test_the_caller_may_change_the_terms() -> None:
    analyzer = analyzer_of(None)
    analyzer.of_record("one").append("two")
    assert analyzer.of_record("one") == ["one"]


# --- stemmed languages -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("de", "rote Häuser", "Haus"),  # plurals
        ("de", "mit Kindern spielen", "Kind"),
        ("de", "sie spielten", "er spielte"),  # verbs
        ("de", "schöner Garten", "schöne Gärten"),  # adjectives
        ("de", "lange Straßen", "STRASSE"),
        ("en", "black cats", "cat"),
        ("en", "big cities", "city"),
        ("en", "the children were running", "run"),
        ("en", "she studied", "studying"),
        ("en", f"a dog{QUOTE}s life", "dogs"),
        ("es", "gatos negros", "gato"),
        ("es", "canciones", "canción"),
        ("es", "está corriendo", "corre"),
        ("es", "hablaron", "hablar"),
        ("es", "niñas", "niño"),
        ("fr", "trois chevaux", "cheval"),
        ("fr", "elle mangeait", "manger"),
        ("fr", "nous finissons", "finir"),
        ("fr", "une grande maison", "grand"),
        ("it", "due gatti", "gatto"),
        ("it", "sta parlando", "parlare"),
        ("it", "ho dormito", "dormire"),
        ("it", "le amiche", "amica"),
        ("nl", "twee katten", "kat"),
        ("nl", "hoge huizen", "huis"),
        ("nl", "hij loopt", "lopen"),
        ("nl", "zij heeft gewerkt", "werken"),
        ("pt", "dois gatos", "gato"),
        ("pt", "eles falaram", "falar"),
        ("pt", "está correndo", "correr"),
        ("pt", "meninas", "menino"),
    ],
)
def test_a_word_is_found_in_its_other_forms(language: str, text: str, query: str) -> None:
    assert finds(language, text, query)
    assert finds(language, query, text)
    assert not finds(None, text, query)


@pytest.mark.parametrize(
    ("language", "text", "query"),
    [
        ("de", "Kirche", "Kirsche"),
        ("en", "universe", "university"),
        ("es", "perro", "pera"),
        ("fr", "poisson", "poison"),
        ("it", "casa", "cassa"),
        ("nl", "man", "maan"),
        ("pt", "avó", "avô"),
        # Forms of one word in another language.
        ("de", "chevaux", "cheval"),
        ("en", "Häuser", "Haus"),
        ("es", "huizen", "huis"),
        ("fr", "katten", "kat"),
        ("it", "cities", "city"),
        ("nl", "ciudades", "ciudad"),
        ("pt", "katten", "kat"),
    ],
)
def test_different_words_stay_apart(language: str, text: str, query: str) -> None:
    assert not finds(language, text, query)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Ich bin nicht der, der das war! Sind es die für uns über ihm? Und ob, ist doch auch so."),
        ("en", "It was not for you and me; to be or not to be with them, if there is a... than as"),
        ("es", "Lo que está en su y la de los, pero no es más que un o con el que se ha por mi también"),
        (
            "fr",
            f"Je ne suis pas à toi, tu n'es pas à moi. Qu{QUOTE}il est dans son et d{QUOTE}un; où est-elle?",
        ),
        ("it", f"Io non sono come lui, ma ho più della sua; nell{QUOTE}un, all'una: e c{QUOTE}era, perché"),
        ("nl", "Ik ben niet van hem, maar zij heeft het ook; en dat is wat wij te of aan een je hebben"),
        ("pt", "Eu não tenho, mas você está com ela na minha e à de uma; é o que os seus são só pelo num"),
        # Some that are easily forgotten.
        ("de", "dich dir"),
        ("es", "él"),
        ("fr", "a"),
        ("it", "è"),
        ("nl", "jij"),
        ("pt", "uns umas"),
    ],
)
def test_the_commonest_words_are_no_terms(language: str, text: str) -> None:
    assert terms(text, language) == []
    assert not finds(language, text, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Haus Jahr Liebe Recht"),
        ("en", "US time year people"),  # a country, if in lower case
        ("es", "casa año tiempo oro"),
        ("fr", "été an or car eau"),
        ("it", "casa anno ora tempo"),
        ("nl", "haar jaar tijd weg"),
        ("pt", "casa ano tempo cem"),
    ],
)
def test_words_that_are_looked_for_are_terms(language: str, text: str) -> None:
    for word in text.split():
        assert finds(language, text, word), word


@pytest.mark.parametrize("language", STEMMED)
def test_every_stop_word_is_one_that_a_text_can_have(language: str) -> None:
    for word in choices.STOP_WORDS[language]:
        assert terms(word) == [word], word
        assert unicodedata.normalize("NFC", word) == word
        for written in (word, word.upper(), word.title(), f"({word})", f"'{word}'"):
            assert terms(written, language) == []
    assert set(choices.STOP_WORDS) == set(STEMMED) == set(choices.STEMMERS)


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("fr", "L'eau de l'été, aujourd'hui", ["eau", "été", "aujourd", "hui"]),
        ("it", "L'acqua dell'isola, mezz'ora", ["acqua", "isol", "mezz", "ora"]),
        ("en", "aren't o'clock", ["aren't", "o'clock"]),
        ("de", "rock'n'roll O'Neill", ["rock'n'roll", "o'neill"]),
    ],
)
def test_an_apostrophe_ends_a_word_where_articles_are_elided(
    language: str, text: str, expected: list[str]
) -> None:
    assert terms(text, language) == expected
    assert terms(text.replace("'", QUOTE), language) == expected


# --- pairs -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "text", "record", "query"),
    [
        ("ja", "東京都", "東 京 都 東京 京都", "東京 京都"),
        ("zh", "猫", "猫", "猫"),
        ("zh", "iPhone手机,2024年!", "iphone 手 机 手机 2024 年", "iphone 手机 2024 年"),
        ("zh", "中文。英文", "中 文 中文 英 文 英文", "中文 英文"),
        ("zh", "𠮷野", "𠮷 野 𠮷野", "𠮷野"),
        ("ja", "a漢b", "a 漢 b", "a 漢 b"),
        ("ja", "お茶カフェ", "お 茶 カ フ ェ お茶 茶カ カフ フェ", "お茶 茶カ カフ フェ"),
        ("ja", "人々 コーヒー", "人 々 人々 コ ー ヒ ー コー ーヒ ヒー", "人々 コー ーヒ ヒー"),
        ("ja", "コ・ヒ", "コ ヒ", "コ ヒ"),
        ("ko", "한국어 책", "한 국 어 한국 국어 책", "한국 국어 책"),
        ("ko", "각", "각", "각"),  # of single letters
        ("ja", "ﾄﾞｸﾀｰ", "ド ク タ ー ドク クタ ター", "ドク クタ ター"),
        ("ja", "\uff37\uff49\uff0d\uff26\uff49 \uff12\uff10", "wi fi 20", "wi fi 20"),
        ("zh", "Don't STOP the foo_bar 3.14", "don't stop the foo_bar 3.14", "don't stop the foo_bar 3.14"),
        ("ko", "", "", ""),
        ("ja", "。、!?", "", ""),
    ],
)
def test_east_asian_texts_become_pairs(language: str, text: str, record: str, query: str) -> None:
    analyzer = analyzer_of(language)
    assert analyzer.of_record(text) == record.split()
    assert analyzer.of_query(text) == query.split()
    for other in PAIRED:
        assert analyzer_of(other).of_record(text) == record.split()


@pytest.mark.parametrize(
    ("language", "text", "found", "apart"),
    [
        ("ja", "東京都に住む", ["東京", "住む", "都", "東京タワー"], ["京東", "東都", "住都", "大阪"]),
        ("zh", "我喜欢机器学习", ["学习", "机器", "机", "机器人"], ["习学", "器械", "喜习", "北京"]),
        ("ko", "한국어를 배우다", ["한국", "한국어", "배우", "어"], ["국한", "를배", "중국", "일본"]),
    ],
)
def test_pairs_match_what_stands_together(
    language: str, text: str, found: list[str], apart: list[str]
) -> None:
    assert [finds(language, text, query) for query in found] == [True] * len(found)
    assert [finds(language, text, query) for query in apart] == [False] * len(apart)


def test_only_pairs_tell_words_of_the_same_characters_apart_and_find_a_part_of_one() -> None:
    assert finds(None, "東京", "京東")
    assert not finds("ja", "東京", "京東")
    assert not finds(None, "한국어를", "한국어")
    assert finds("ko", "한국어를", "한국어")


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("ｶﾀｶﾅ", "カタカナ"),
        ("\uff21\uff22\uff23", "abc"),
        ("\uff12\uff10\uff12\uff14年", "2024年"),
        ("がく", "がく"),
    ],
)
def test_width_makes_no_difference_to_pairs(text: str, query: str) -> None:
    for language in PAIRED:
        assert finds(language, text, query)
        assert finds(language, query, text)


def test_width_makes_a_difference_to_the_standard_analyzer() -> None:
    assert not finds(None, "ｶﾀｶﾅ", "カタカナ")
    assert not finds(None, "\uff21\uff22\uff23", "abc")
