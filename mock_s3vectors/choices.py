"""What nobody has published about ENHANCED indexes, text search and hybrid search, and what the mock does.

Whoever sees the real service do otherwise changes it here; the README lists the same under "Unverified
choices". What is no value but the shape of some code says `Choice` there:

* `errors`: the texts of refusals, and the class of some;
* `filtering`: filters ask for any element of an array, and tell true from 1;
* `search.ranking`: equal distances and scores go by key;
* `search.analysis`: typographic apostrophes are plain ones; records in Chinese, Japanese and Korean have
  single characters besides pairs;
* `search.normal_forms`: more than 30 combining marks in a row are parted by joiners;
* `operations.buckets`: the mock's clock, or an option, decides whether a bucket is new;
* `operations.indexes`: an index that becomes CLASSIC keeps its text search configurations;
* `operations.metadata_configuration`: what is configured at creation can be searched at once, an update
  is done as a whole or not at all, a `status` that is sent is ignored;
* `operations.query`: `queryMode` does not make a CLASSIC index searchable for text.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING, Any, Literal, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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

# Composed and decomposed letters are the same.
NORMAL_FORM: Literal["NFC"] = "NFC"

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

# What a word may end with that does not belong to it: it's is "it", and no term.
POSSESSIVES = {"en": "'s"}

# Languages that are cut into pairs of neighbouring characters, because nothing stands between words.
# Full-width letters and half-width kana become the usual ones. Words of other scripts stay whole.
PAIRED = frozenset({"ja", "ko", "zh"})
PAIRED_FORM: Literal["NFKC"] = "NFKC"

# Words that are no terms, by language: articles, conjunctions, the commonest prepositions, pronouns,
# and forms of "to be" and "to have". In lower case; no other language has any.
STOP_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "de": """
            aber als also am an auch auf aus bei beim bin bis bist da damit das dass dein deine deinem deinen
            deiner dem den denn der deren des dessen dich die dies diese diesem diesen dieser dieses dir doch
            du durch ein eine einem einen einer eines er es euch euer eure euren eurer für gegen gehabt
            gewesen habe haben habt hast hat hatte hätte hatten hätten ich ihm ihn ihnen ihr ihre ihrem ihren
            ihrer ihres im in ins ist jede jedem jeden jeder jedes kein keine man mein meine meinem meinen
            meiner mich mir mit nach nicht noch nun nur ob oder ohne sei seid sein seine seinem seinen seiner
            seines selbst sich sie sind so über um und uns unser unsere unserem unseren unserer unter vom von
            vor war wäre waren wären was weil welche welcher welches wenn wer werden wie wir wird wo worden
            wurde wurden zu zum zur
        """,
        "en": """
            a am an and are as at be been being but by did do does for from had has have having he her hers
            herself him himself his i if in into is it its itself me my myself no nor not of on or our ours
            ourselves she so such than that the their theirs them themselves then there these they this those
            to was we were what which who whom whose will with you your yours yourself
        """,
        "es": """
            a al algo ante aquel aquella aquellas aquello aquellos como cómo con contra cual cuando cuándo
            cuya cuyo de del desde donde dónde e el él ella ellas ellos en entre era éramos eran eres es esa
            esas ese eso esos esta está estaba estaban estamos están estas este esto estos estoy fue fueron
            fui fuimos ha había han has hasta hay he hemos hubo la las le les lo los más me mi mí mis muy ni
            no nos nosotras nosotros nuestra nuestras nuestro nuestros o os para pero por porque que qué quien
            quién se sea ser sería si sí sido siendo sin sobre somos son soy su sus también te ti tiene tu tú
            tus u un una unas uno unos usted ustedes vosotros y ya yo
        """,
        "fr": """
            a à ai as au aura aurait auront aux avaient avais avait avec avez avions avons ayant c ça ce ceci
            cela celle celles celui ces cet cette ceux comme d dans de des donc dont du elle elles en es est
            et étaient étais était étant êtes étions être eu eux furent fut il ils j je jusqu l la le les leur
            leurs lorsqu lui m ma mais me même mes moi mon n ne nos notre nous on ont ou où par pas plus pour
            puisqu qu que qui quoiqu s sa sans se sera serait seront ses si soi soit sommes son sont suis sur
            t ta te tes toi ton tous tout toute tu un une vos votre vous y
        """,
        "it": """
            a abbia abbiamo ad agli ai al all alla alle allo anche avere avete aveva avevano avrà avuto c ce
            che chi ci coi col come con contro cui d da dagli dai dal dall dalla dalle dallo degli dei del
            dell della delle dello di dove e è ebbe ed egli ella era erano eravamo eri essa esse essendo
            essere essi esso fosse fossero fra fu furono gl gli ha hai hanno ho i il in io l la le lei li lo
            loro lui m ma me mi mia mie miei mio n ne né negli nei nel nell nella nelle nello noi non nostra
            nostre nostri nostro o per perché più quale quando quegli quei quel quell quella quelle quelli
            quello quest questa queste questi questo s sarà saranno sarebbe se sei si sia siamo siete sono su
            sua sue sugli sui sul sull sulla sulle sullo suo suoi t te ti tra tu tua tue tuo tuoi un una uno v
            ve vi voi vostra vostre vostri vostro
        """,
        "nl": """
            aan al als ben bent bij daar dan dat de der deze die dit doch door dus een en er ge geen gehad
            geweest had hadden heb hebben hebt heeft hem hen het hier hij hoe hun ik in is je jij jou
            jouw jullie kan maar me men met mij mijn na naar niet nog nu of om omdat ons onze ook op over te
            tegen tot u uit uw van voor waar waren was wat we wel welke werd werden wie wij worden wordt zal
            ze zelf zich zij zijn zo zonder zou
        """,
        "pt": """
            a à ao aos aquela àquela aquelas aquele àquele aqueles aquilo as às até com como da das de dela
            dele deles dessa dessas desse desses desta destas deste destes do dos e é ela elas ele eles em
            entre era eram éramos és essa essas esse esses esta está estão estas este estes eu foi fomos foram
            fosse fossem fui há hão hei houve isso isto já lhe lhes mais mas me mesmo meu meus minha minhas
            muito na não nas nem nessa nesse nesta neste no nos nós nossa nossas nosso nossos num numa o os ou
            para pela pelas pelo pelos por qual quando que quem são se seja sejam sem sendo ser será seriam
            seu seus sido só sua suas também te tem têm temos tenho tens teu teus tinha tinham tu tua tuas um
            uma umas uns você vocês
        """,
    }.items()
}

# --- full text: terms become scores ---------------------------------------------------------


def is_text(value: Any) -> TypeGuard[str]:
    """Which values of a searchable metadata key are indexed: neither numbers nor arrays of strings."""
    return isinstance(value, str)


def query_terms(terms: Sequence[str]) -> Iterable[str]:
    """The terms of a query that count, of which a record needs any: each once."""
    return dict.fromkeys(terms)


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


def is_found(scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which records a text finds at all: those with any of its terms."""
    return scores > 0.0


# --- hybrid: rankings become one ------------------------------------------------------------

RRF_CONSTANT = 60


def ranking_depth(top_k: int) -> int:
    """How many hits each of the rankings holds. What stands deeper in a ranking is not in it."""
    return max(top_k, 100)


# The `distance` of a hit that is in no vector ranking, because there is none or it stands too deep.
# None: the member is left out.
MISSING_DISTANCE: float | str | None = None
