"""What nobody has published about ENHANCED indexes, text search and hybrid search, and what the mock does.

Whoever sees the real service do otherwise changes it here, in one place; the README lists the same
under "Unverified choices". The texts of refusals stand in `errors`, marked as choices there. Four are
no values but the shape of the code: filters ask for *any* element of an array and tell true from 1
(`filtering`), equal distances and scores go by key (`search.ranking`), and the mock's clock decides
whether a bucket is new (`operations.buckets`).
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

# --- filters --------------------------------------------------------------------------------

# Whether $ne and $nin match a record that does not have the key at all.
NOT_EQUAL_MATCHES_ABSENT = True

# This keeps compiling and evaluating, which take one Python call per level, far from the recursion
# limit, however deep in its own stack the caller stands.
DEEPEST_FILTER = 100

# --- configuring text search ----------------------------------------------------------------

# How long a text search configuration that was added stays BUILDING, unless an option says more.
BUILD_SECONDS = 0.0

# --- analysis: a text becomes terms ---------------------------------------------------------

# Languages whose words are stemmed, and the Snowball algorithm that does it.
STEMMERS = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}

# Languages whose articles lean on the next word: an apostrophe ends a word, l'eau is two.
ELIDING = frozenset({"fr", "it"})

# Languages that are cut into pairs of neighbouring characters, because nothing stands between words.
PAIRED = frozenset({"ja", "ko", "zh"})

# Words that are no terms, by language: articles, conjunctions, the commonest prepositions, pronouns,
# and forms of "to be" and "to have". In lower case; no other language has any.
STOP_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "de": """
            aber als also am an auch auf aus bei bin bis bist da damit das dass dein deine dem den denn
            der des die dies diese diesem diesen dieser dieses doch du durch ein eine einem einen einer
            eines er es euch euer für gegen habe haben hat hatte hatten ich ihm ihn ihnen ihr ihre im in
            ist kein keine mein meine mich mir mit nach nicht noch nun nur ob oder ohne sein seine sich
            sie sind so über um und uns unser unter vom von vor war waren was weil wenn wer werden wie
            wir wird wo zu zum zur
        """,
        "en": """
            a am an and are as at be been but by did do does for from had has have he her hers him his i
            if in into is it its me my no nor not of on or our ours she so such than that the their them
            then there these they this those to us was we were what which who whom will with you your
        """,
        "es": """
            a al algo ante como con contra cual cuando de del desde donde el ella ellas ellos en entre
            era eran es esa esas ese eso esos esta está estaba están estas este esto estos fue fueron ha
            había han hasta hay he la las le les lo los me mi mis muy más ni no nos o os para pero por
            porque que qué quien se sea ser si sin sobre son soy su sus también te tiene tu tus un una
            uno unos unas y ya yo
        """,
        "fr": """
            à ai as au aux avec avait avez avons c ce ces cet cette ceux d dans de des donc du elle elles
            en es est et étaient étais était êtes être eu eux fut il ils j je l la le les leur leurs lui
            m ma mais me même mes moi mon n ne nos notre nous on ont ou où par pas pour qu que qui s sa
            sans se ses si soi son sont suis sur t ta te tes toi ton tu un une vos votre vous y
        """,
        "it": """
            a ad agli ai al all alla alle allo anche avere aveva c che chi ci coi col come con contro cui
            d da dagli dai dal dall dalla dalle dallo degli dei del dell della delle dello di dove e ed
            era erano essere fu fra gli ha hanno ho i il in io l la le lei li lo loro lui m ma mi mia mie
            mio n ne negli nei nel nell nella nelle nello noi non nostra nostro o per perché più quale
            quella quelle quelli quello questa queste questi questo s se sei si sia siamo sono su sua sue
            sugli sui sul sull sulla sulle sullo suo suoi t ti tra tu tua tuo un una uno v vi voi
        """,
        "nl": """
            aan al als bij ben bent daar dan dat de der deze die dit doch door dus een en er ge geen had
            hadden heb hebben heeft hem het hier hij hoe hun ik in is je kan maar me men met mij mijn na
            naar niet nog nu of om omdat ons onze ook op over te tegen tot u uit uw van voor waren was
            wat we wel werd wie wij wordt worden ze zich zij zijn zo zonder
        """,
        "pt": """
            à ao aos às a as com como da das de dela dele deles do dos e é ela elas ele eles em entre era
            eram essa esse esta está estão este eu foi foram há isso isto já lhe lhes mais mas me mesmo
            meu meus minha minhas muito na nas não nem no nos nós nossa nosso num numa o os ou para pela
            pelas pelo pelos por qual quando que quem se sem ser seu seus são só sua suas também te tem
            tenho tinha tu tua tuas um uma você vocês
        """,
    }.items()
}

# --- full text: terms become scores ---------------------------------------------------------

BM25_K1 = 1.2
BM25_B = 0.75


def inverse_document_frequency(records: int, containing: int) -> float:
    """The weight of a term.

    Args:
        records: how many records have any term in the metadata key, whatever a filter says.
        containing: how many of them have this one.
    """
    return log(1.0 + (records - containing + 0.5) / (containing + 0.5))


def term_frequency(
    counts: NDArray[np.int32], lengths: NDArray[np.float64], average: float
) -> NDArray[np.float64]:
    """What a term adds to the score of each record that contains it, before its weight.

    A term that stands twice in the query adds it once.

    Args:
        counts: shape (n,): how often each record contains the term, at least once.
        lengths: shape (n,): of how many terms each record consists.
        average: the mean length of all records.
    """
    damped = BM25_K1 * (1.0 - BM25_B + BM25_B * lengths / average)
    weights: NDArray[np.float64] = counts * (BM25_K1 + 1.0) / (counts + damped)
    return weights


def text_score(scores: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """By what a full-text search ranks: its scores for each of the queryTexts are added up."""
    total: NDArray[np.float64] = sum(scores[1:], start=scores[0])
    return total


def is_match(scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which records a full-text search finds at all: those with any of its terms."""
    return scores > 0.0


# --- hybrid: rankings become one -----------------------------------------------------------

RRF_CONSTANT = 60

# How deep each of the rankings goes; as deep as topK if that is more. What stands deeper in a
# ranking is not in it.
RANKING_DEPTH = 100

# The distance of a hit that no vector search found, because there was none or it stood too deep.
# None: the member is left out.
MISSING_DISTANCE: float | str | None = None
