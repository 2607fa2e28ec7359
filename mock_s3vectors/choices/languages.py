"""The rules by which the text of each language becomes terms: stop words, stemmers, pairs of characters."""

from __future__ import annotations

from typing import Literal

# Composed and decomposed letters are the same. Choice: composed-letters.
NORMAL_FORM: Literal["NFC"] = "NFC"

# Languages whose words are stemmed, and the Snowball algorithm that does it. Choice: stemmers.
STEMMERS = {
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
}

# Languages whose articles lean on the next word: l'eau is two words. Choice: eliding-languages.
ELIDING = frozenset({"fr", "it"})

# An ending that does not belong to the word: it's is "it", and no term. Choice: english-possessive.
POSSESSIVES = {"en": "'s"}

# Languages that are cut into pairs of neighbouring characters, because they put no spaces between words.
# Choice: east-asian-pairs.
PAIRED = frozenset({"ja", "ko", "zh"})
# Full-width letters and half-width kana become the usual ones. Choice: east-asian-normal-form.
PAIRED_FORM: Literal["NFKC"] = "NFKC"

# Words that are no terms, by language: articles, conjunctions, the commonest prepositions, pronouns,
# and forms of "to be" and "to have". In lower case; no other language has any. Choice: stop-words.
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
