"""Lines to speak: sentences from a small grammar and nonsense words, rich in lips and balanced over phones."""

from __future__ import annotations

import numpy as np

_SUBJECTS = """my mother|the old professor|our neighbour|Peter|the boy|a farmer|nobody|everyone|the woman in blue|my friend
Emma|the captain|his uncle|that waiter|the judge|her cousin|the baker|some people|the choir|the manager|we|they|you|I|she|he
the children|Bobby and Pam|the whole family|a very big bear|the village|the pilot|my boss|the mayor|your father""".replace(
    "\n", "|"
).split("|")
_VERBS = """believed|remembered|bought|opened|forgot|wanted|painted|moved|carried|watched|followed|kept|put away|promised
loved|never found|brought home|threw away|asked about|laughed at|looked for|worried about|built|washed|fixed|borrowed
heard about|dreamed of|gave up|picked up|sang about|whispered about|showed me|measured|explained|wrapped""".replace(
    "\n", "|"
).split("|")
_OBJECTS = """a paper map|the blue umbrella|five warm potatoes|the music box|an empty room|her favourite book|my broken bike
the top of the mountain|a cup of coffee|every window|the wooden bridge|two white horses|a beautiful view|the number of people
a bag of apples|the problem|some bread and butter|his grandmother's violin|the last bus|a funny story|the river|a quiet voice
the moon over the water|a new pair of boots|the whole truth|the garden wall|both of the puppies|a very small fish
the museum|a heavy storm|the television|our lunch|the measure of pleasure|the southern cloth|a yellow leaf""".replace(
    "\n", "|"
).split("|")
_ADVERBS = """yesterday|in the morning|before breakfast|at the museum|with a smile|far too slowly|for a while|on Monday
by the pool|over and over|without a word|after the show|if possible|under the bridge|every afternoon|back home|in the rain
from above|twelve times|as usual|when I was young|because of you|among friends|through the fog|this evening""".replace(
    "\n", "|"
).split("|")
_OPENERS = """well|so|maybe|however|oh|please|of course|to be honest|listen|no way|wow|look|by the way|I mean|finally
honestly|good morning|thank you very much|excuse me|wait a moment|come on|you know|frankly|above all""".replace(
    "\n", "|"
).split("|")
_QUESTIONS = """why would|when will|how could|who said that|do you believe that|is it true that|where did you hear that
can you imagine that|what makes you think that""".replace("\n", "|").split("|")
_ONSETS = "p b m f v w t d n k g s z l r h y p b m f v w ch j sh th pl br fr sp sm tw gr pr bl fl sw st".split()
_NUCLEI = "a e i o u ee oo ay ow oy ah aw er igh oa ou".split()
_CODAS = ["", "", "", "p", "b", "m", "f", "v", "t", "d", "n", "s", "l", "k", "sh", "mp", "lf", "st", "ng", "ft"]

# Spoken only when a model is measured, never when it learns.
HELD_OUT: tuple[str, ...] = (
    "Pam and Bob baked a plum pie before the party began.",
    "My mama made me a map of the empty swamp.",
    "Big brown bumblebees hover above the apple blossom.",
    "Please put the purple lamp beside the broken pump.",
    "The problem may be bigger than the farmer probably imagined.",
    "Five wolves drove the frightened calf over the cliff.",
    "Whoever moved the wooden boat should move it back.",
    "September may consume the chapel and the barn.",
    "Maybe the members of the club will vote by Monday.",
    "Cabbage, pumpkin, ham and bean soup make a warm supper.",
    "Hop up to the top and jump over the beam.",
    "Remember, the bomb in the basement was only a bubble.",
    "The lamb climbed up the bank to sip pure water.",
    "Abby happily mopped a bit of butter from the table.",
    "Compare the two maps, then keep the better one.",
)


def line(rng: np.random.Generator) -> str:
    """One line to speak: mostly sentences, now and then nonsense words for coverage."""
    if rng.random() < 0.3:
        return " ".join(_nonsense_word(rng) for _ in range(rng.integers(4, 9))) + "."
    pick = lambda words: str(rng.choice(words))  # noqa: E731
    clause = f"{pick(_SUBJECTS)} {pick(_VERBS)} {pick(_OBJECTS)}"
    if rng.random() < 0.7:
        clause += f" {pick(_ADVERBS)}"
    kind = rng.random()
    if kind < 0.2:
        return f"{pick(_OPENERS)}, {clause}."
    if kind < 0.35:
        return f"{pick(_QUESTIONS)} {clause}?"
    if kind < 0.6:
        return f"{clause}, and {pick(_SUBJECTS)} {pick(_VERBS)} {pick(_OBJECTS)}."
    if kind < 0.7:
        return f"{pick(_OPENERS)}! {clause}!"
    return f"{clause}."


def _nonsense_word(rng: np.random.Generator) -> str:
    syllables = rng.integers(1, 4)
    return "".join(str(rng.choice(_ONSETS)) + str(rng.choice(_NUCLEI)) for _ in range(syllables)) + str(
        rng.choice(_CODAS)
    )
