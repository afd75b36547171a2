from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest

from inference_backend.data_engine.prompts import english, forms, grammar, sampling, words
from inference_backend.data_engine.prompts.held_out import held_out_prompts
from inference_backend.data_engine.prompts.prompt import Attributes, Prompt

BAD_ENGLISH = {
    "a hole or a marker of the templates": r"[{}<>~]",
    "two spaces": r"  ",
    "space before a stop": r"\s[,.;:](?:\s|$)",
    "doubled punctuation": r"[,.;:]{2}|, ?\.",
    "an empty slot": r"^[,.;:]|[,;:]$|\(\s*\)|\[\s*\]",
    "a before a vowel": r"\ba [aei]|\ba o(?!ne)|\ba un[^i]",
    "an before a consonant": r"\ban [^aeiouh\"]",
    "a word twice": r"\b(\w+) \1\b",
    "they with a singular verb": r"^[Tt]hey (?:is|has|does|looks|seems|speaks|talks|keeps|feels|wears|shows)\b",
    "she or he with a plural verb": r"\b(?:[Ss]he|[Hh]e) (?:are|have|do|look|seem|speak|talk|keep|feel|wear|show)\b",
    "a pronoun of the wrong case": r"\b(?:of|with) (?:she|he|they)\b",
    "an infinitive for a participle": r"\bbe(?:ing)? (?:talk|speak|whisper|shout|yell|laugh|sing|cry|sobb)ing",
    "an article before an adverb of degree": r"\ban? (?:an?|just|quite) ",
    "a verb left out": r"\b(?:with|while|and) (?:while|and)\b|\bwith with\b",
}


@pytest.fixture(scope="module")
def prompts() -> list[Prompt]:
    return sampling.sample(2000, 21)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def prose(prompts: list[Prompt]) -> list[Prompt]:
    return [p for p in prompts if not p.form.startswith("tagged")]


def test_there_are_more_than_two_hundred_distinct_forms():
    templates = [forms.template(form) for form in forms.FORMS]
    assert len(set(templates)) >= 200


def test_every_form_can_be_used():
    fitting = {grammar._needs(a): a for a in sampling.draw_attributes(3000, 4)}.values()
    assert all(any(grammar.can_write(a, form) for a in fitting) for form in forms.FORMS)


@pytest.mark.parametrize("fault", BAD_ENGLISH)
def test_english(prompts: list[Prompt], fault: str):
    pattern = re.compile(BAD_ENGLISH[fault])
    assert not [p.text for p in prose(prompts) if pattern.search(p.text)][:5]


def test_no_text_is_empty_or_unbounded(prompts: list[Prompt]):
    assert all(1 <= len(p.text.split()) <= 50 for p in prompts)


def test_what_is_asked_is_in_the_text(prompts: list[Prompt]):
    for prompt in prose(prompts):
        text, attributes = prompt.text.lower(), prompt.attributes
        named = words.INTENSITIES.get(attributes.intensity)
        assert not named or named.adjective in text or named.adverb in text, text
        feeling = words.FEELINGS.get(attributes.feeling)
        if feeling and "look" not in forms.slots(prompt.form):
            assert any(w and w in text for w in (feeling.adjective, feeling.noun, feeling.adverb)), text


def test_a_subject_is_named_or_stood_for(prompts: list[Prompt]):
    for prompt in prose(prompts):
        subject, text = prompt.attributes.subject, prompt.text.lower()
        if subject in words.PRONOUNS:
            assert {subject, words.PRONOUNS[subject][1]} & set(re.findall(r"\w+", text)), text
        elif subject:
            assert subject in text


def test_pronouns_are_those_of_the_subject(prompts: list[Prompt]):
    for prompt in prose(prompts):
        pronoun = words.SUBJECTS.get(prompt.attributes.subject)
        others = {w for p, forms_ in words.PRONOUNS.items() if p != pronoun for w in (p, forms_[1])}
        assert not others & set(re.findall(r"\w+", prompt.text.lower())), prompt.text


def test_a_denied_feeling_is_not_the_one_that_is_shown(prompts: list[Prompt]):
    kinds = ("contrast-", "opposed-", "negation-", "denied-")
    denials = [p for p in prompts if p.form.startswith(kinds)]
    assert len(denials) > 60
    for prompt in denials:
        shown = {prompt.attributes.emotion, prompt.attributes.blend} - {""}
        pattern = re.compile(r"\b(?:" + "|".join(f.adjective for c in shown for f in words.TAUGHT[c]) + r")\b")
        denied = re.search(
            r"(?:not|n't look|n't be|without looking|without sounding|never) (?:be )?([\w-]+)", prompt.text
        )
        if shown and denied:
            assert not pattern.fullmatch(denied[1]), prompt.text
        if prompt.form.startswith(("negation-", "denied-")):
            assert not prompt.attributes.emotion


def test_tags_say_nan_where_an_attribute_is_absent():
    texts = {grammar.write(Attributes("woman", "angry", "angry"), rng(i), "tagged-0").text for i in range(20)}
    assert "S = woman | E = angry | I = Nan" in texts
    strong = Attributes("woman", "angry", "angry", "strong", 0.8)
    assert "woman/angry/strong" in {grammar.write(strong, rng(i), "tagged-6").text for i in range(20)}


def test_forms_of_the_published_examples_can_be_written():
    man = Attributes("man", "happy", "delighted", "strong", 0.8)
    texts = {grammar.write(man, rng(i), "prose-0").text for i in range(60)}
    assert "A man talks with a strong delighted expression." in texts
    she = Attributes("she", "sad", "sad", "clear", 0.6)
    texts = {grammar.write(she, rng(i), "descriptive-0").text for i in range(60)}
    assert "Her eyebrows lowering into a clear sadness." in texts


def test_swapped_differs_in_one_word_only():
    sad = Attributes("woman", "sad", "sad", "strong", 0.8)
    prompt = grammar.write(sad, rng(3), "prose-0")
    other = grammar.swapped(prompt, dataclasses.replace(sad, emotion="angry", feeling="angry"), [3])
    assert other is None or grammar.differ_by_one_word(prompt.text, other.text)
    same_seed = grammar.write(sad, np.random.default_rng([3]), "prose-0")
    other = grammar.swapped(same_seed, dataclasses.replace(sad, emotion="angry", feeling="angry"), [3])
    assert other is not None
    assert other.text.replace("angry", "sad").replace(" an ", " a ") == same_seed.text.replace(" an ", " a ")


@pytest.mark.parametrize(("gesture", "word"), [("nod", "nod"), ("shake", "sh")])
@pytest.mark.parametrize("amount", [0.2, 0.55, 0.9])
def test_a_gesture_enters_text_and_attributes(prompts: list[Prompt], gesture: str, word: str, amount: float):
    for i, prompt in enumerate(prompts[:150]):
        nodding = grammar.with_gesture(prompt, gesture, amount, rng(i))
        assert (nodding.attributes.head, nodding.attributes.amount) == (gesture, amount)
        assert re.search(r"nod" if gesture == "nod" else r"sh[ao]k|side to side", nodding.text.lower()), nodding.text
        if not prompt.attributes.head:
            assert nodding.text.lower().startswith(prompt.text.lower().removesuffix(".")[:20])
            assert dataclasses.replace(nodding.attributes, head="", amount=0.0) == prompt.attributes
        if not prompt.form.startswith("tagged"):
            assert not [f for f, bad in BAD_ENGLISH.items() if re.search(bad, nodding.text)], nodding.text


def test_a_text_of_others_is_kept_and_the_gesture_added():
    prompt = Prompt("Rendered by {someone}: a <man> talks.", Attributes(head="still"))
    texts = {grammar.with_gesture(prompt, "nod", 0.3, rng(i)).text for i in range(20)}
    assert all(t.startswith("Rendered by {someone}: a <man> talks") and "nod" in t for t in texts)
    assert "nod" in grammar.with_gesture(Prompt(), "nod", 0.3, rng()).text
    given = Prompt("a sad man", Attributes(head="still"), "given")
    assert grammar.with_gesture(given, "shake", 0.3, rng()).text.startswith("a sad man")


def test_gestures_replace_what_the_head_did(prompts: list[Prompt]):
    still = [p for p in prompts if p.attributes.head == "still"][:100]
    for i, prompt in enumerate(still):
        text = grammar.with_gesture(prompt, "nod", 0.9, rng(i)).text
        assert not re.search(r"motionless|head (?:perfectly )?(?:still|steady|at rest)|not mov", text), text


def test_a_gesture_has_many_wordings_that_follow_its_amount():
    for gesture in ("nod", "shake"):
        prompt = grammar.write(Attributes("woman", "happy", "happy"), rng(), "prose-0")
        texts = [{grammar.with_gesture(prompt, gesture, a, rng(i)).text for i in range(200)} for a in (0.2, 0.5, 0.9)]
        assert sum(map(len, texts)) >= 25
        assert not texts[0] & texts[2]
        assert any("gently" in t for t in texts[0])
        assert any("vigorously" in t for t in texts[2])


def test_held_out_prompts_say_a_held_out_word():
    held_out = held_out_prompts(1)
    assert {p.attributes.feeling for p in held_out} == words.HELD_OUT_WORDS
    stems = re.compile(r"\b(?:" + "|".join(words.HELD_OUT_STEMS) + ")", re.IGNORECASE)
    assert all(stems.search(p.text) for p in held_out)
    assert held_out == held_out_prompts(1) != held_out_prompts(2)


@pytest.mark.parametrize(("verb", "base", "gerund"), [
    ("keeps", "keep", "keeping"), ("glances", "glance", "glancing"), ("lets", "let", "letting"), ("is", "be", "being"),
    ("hurries", "hurry", "hurrying"), ("stresses", "stress", "stressing"), ("rushes", "rush", "rushing"),
    ("nods", "nod", "nodding"), ("has", "have", "having"), ("shakes", "shake", "shaking"), ("does", "do", "doing"),
])  # fmt: skip
def test_verbs(verb: str, base: str, gerund: str):
    assert (english.base(verb), english.gerund(verb)) == (base, gerund)


@pytest.mark.parametrize(("word", "article"), [("angry", "an"), ("sad", "a"), ("unhappy", "an"), ("euphoric", "a"),
                                               ("honest", "an"), ("uncle", "an"), ("hour", "an")])  # fmt: skip
def test_articles(word: str, article: str):
    assert english.article(word) == article


def test_the_same_is_said_in_other_words():
    asked = Attributes("woman", "angry", "furious", "strong", 0.8, head="nod", amount=0.9)
    texts = [grammar.reworded(asked, rng(seed)) for seed in range(60)]
    assert len(set(texts)) > 50
    assert all("nod" in text.lower() for text in texts)
    said = " ".join(texts).lower()
    assert sum(f.adjective in said for f in words.SYNONYMS["angry"]) > 5
    assert not any(stem in said for stem in words.HELD_OUT_STEMS)
