"""Emotions as action units with words for them: what the teacher's face shows and how people would ask for it.

Units are ARKit channels at full intensity, without side where both move. Expressions follow the prototypes of the Facial
Action Coding System (Ekman, Friesen and Hager 2002) and its EMFACS tables; each clip draws its own subset of `more`.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Emotion:
    """One cluster: its units, optional units, words (adjectives, nouns, descriptions) and effect on head and eyes."""

    units: dict[str, float]
    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]
    looks: tuple[str, ...] = ()
    more: dict[str, float] = field(default_factory=dict)
    head_pitch: float = 0.0  # radians at full intensity
    head_roll: float = 0.0
    energy: float = 1.0  # liveliness of head and brows
    blinks: float = 1.0


def _words(text: str) -> tuple[str, ...]:
    return tuple(w.strip() for w in text.split(","))


EMOTIONS: dict[str, Emotion] = {
    "neutral": Emotion({}, _words("neutral, calm, plain, composed, expressionless, matter-of-fact, even, relaxed"),
        _words("calm, composure, neutrality"), _words("no particular expression, a neutral face, a relaxed face")),
    "happy": Emotion({"mouthSmile": .62, "cheekSquint": .45, "eyeSquint": .22, "mouthDimple": .12},
        _words("happy, joyful, cheerful, delighted, glad, merry, pleased, warm, sunny, smiling, grinning, beaming, jolly"),
        _words("happiness, joy, delight, cheer, a smile, a grin, pleasure"),
        _words("smiling, a bright smile, grinning, the corners of the mouth raised, beaming"),
        {"browOuterUp": .15, "mouthUpperUp": .12, "browInnerUp": .12}, energy=1.3),
    "sad": Emotion({"browInnerUp": .68, "mouthFrown": .52, "eyeSquint": .14, "mouthShrugLower": .22},
        _words("sad, unhappy, sorrowful, gloomy, miserable, downcast, mournful, heartbroken, melancholic, blue, grieving, dejected"),
        _words("sadness, sorrow, grief, misery, gloom, a frown of sadness"),
        _words("on the verge of tears, inner brows raised, the mouth corners pulled down, eyebrows lowering into a clear sadness"),
        {"browDown": .15, "mouthPress": .15, "eyeLookDown": .18}, head_pitch=.10, energy=.6, blinks=1.2),
    "angry": Emotion({"browDown": .75, "eyeSquint": .32, "noseSneer": .32, "mouthPress": .22},
        _words("angry, furious, irritated, annoyed, mad, enraged, cross, outraged, hostile, indignant, irate, resentful"),
        _words("anger, fury, rage, irritation, annoyance, wrath"),
        _words("scowling, brows pulled down, glaring, eyebrows knitted, frowning angrily"),
        {"eyeWide": .22, "mouthFrown": .25, "mouthUpperUp": .18, "jawForward": .2, "mouthStretch": .12}, energy=1.35, head_pitch=.04),
    "surprised": Emotion({"eyeWide": .68, "browInnerUp": .68, "browOuterUp": .66},
        _words("surprised, astonished, amazed, startled, stunned, astounded, incredulous, wide-eyed"),
        _words("surprise, astonishment, amazement, wonder"),
        _words("eyes wide, eyes wide open, raised eyebrows, eyebrows shooting up, brows raised high"),
        {"jawOpen": .10, "mouthFunnel": .1}, energy=1.2, blinks=.6, head_pitch=-.05),
    "afraid": Emotion({"eyeWide": .58, "browInnerUp": .62, "browOuterUp": .25, "mouthStretch": .36, "browDown": .15},
        _words("afraid, fearful, scared, frightened, terrified, panicked, alarmed, horrified"),
        _words("fear, fright, terror, panic, dread"), _words("trembling with fear, eyes wide with fear, lips stretched in fear"),
        {"mouthFrown": .2, "mouthLowerDown": .15}, energy=.9, blinks=1.6, head_pitch=-.03),
    "disgusted": Emotion({"noseSneer": .68, "mouthUpperUp": .34, "browDown": .36, "mouthShrugUpper": .2},
        _words("disgusted, repulsed, revolted, sickened, nauseated, grossed out"),
        _words("disgust, revulsion, repulsion, distaste"), _words("wrinkling the nose, nose wrinkled, upper lip raised"),
        {"eyeSquint": .35, "mouthFrown": .3, "cheekSquint": .3}, energy=.9, head_pitch=-.04),
    "contemptuous": Emotion({"mouthSmileLeft": .42, "mouthDimpleLeft": .45, "eyeSquint": .25, "noseSneerLeft": .2},
        _words("contemptuous, scornful, disdainful, smug, sneering, condescending, smirking, arrogant"),
        _words("contempt, scorn, disdain, a smirk, a sneer"), _words("smirking, one corner of the mouth raised, sneering"),
        {"browDownRight": .25, "browOuterUpLeft": .35}, head_pitch=-.07, head_roll=.05),
    "weary": Emotion({"eyeBlink": .26, "browInnerUp": .22, "mouthFrown": .2, "eyeSquint": .1},
        _words("weary, tired, exhausted, sleepy, drained, worn out, fatigued, drowsy"),
        _words("weariness, fatigue, exhaustion, tiredness"), _words("heavy-lidded, eyelids drooping, half-closed eyes"),
        {"mouthShrugLower": .15, "eyeLookDown": .15}, head_pitch=.09, energy=.5, blinks=1.4),
    "excited": Emotion({"mouthSmile": .5, "eyeWide": .42, "browOuterUp": .42, "browInnerUp": .32, "cheekSquint": .2},
        _words("excited, thrilled, enthusiastic, ecstatic, eager, exhilarated, elated"),
        _words("excitement, enthusiasm, elation, eagerness"), _words("bright-eyed, eyes shining"),
        {"mouthUpperUp": .15}, energy=1.7, blinks=.9),
    "tender": Emotion({"mouthSmile": .3, "browInnerUp": .34, "eyeSquint": .26, "cheekSquint": .18},
        _words("tender, loving, affectionate, gentle, caring, kind, compassionate, sympathetic, friendly"),
        _words("tenderness, love, affection, compassion, kindness"), _words("a soft smile, a gentle look"),
        {"mouthDimple": .1, "eyeBlink": .06}, energy=.8, head_roll=.06),
    "worried": Emotion({"browInnerUp": .56, "browDown": .28, "mouthPress": .2, "mouthFrown": .18},
        _words("worried, anxious, concerned, nervous, uneasy, apprehensive, troubled, tense"),
        _words("worry, anxiety, concern, unease, nervousness"), _words("a furrowed brow, brows drawn together and up"),
        {"eyeSquint": .15, "mouthRollLower": .15, "mouthStretch": .12}, blinks=1.5),
    "confused": Emotion({"browDownLeft": .46, "browOuterUpRight": .44, "browInnerUp": .18, "eyeSquint": .26},
        _words("confused, puzzled, doubtful, baffled, perplexed, bewildered, unsure"),
        _words("confusion, doubt, bewilderment"), _words("one eyebrow raised, a raised eyebrow, a puzzled look"),
        {"mouthShrugLower": .25, "mouthLeft": .15}, head_roll=.08),
    "bored": Emotion({"eyeBlink": .24, "mouthShrugLower": .16, "browOuterUp": .1, "mouthFrown": .12},
        _words("bored, indifferent, uninterested, apathetic, listless, unimpressed"),
        _words("boredom, indifference, apathy"), _words("rolling the eyes, a flat look"),
        {"mouthLeft": .15, "eyeLookUp": .15}, energy=.4, head_roll=-.04),
    "proud": Emotion({"mouthSmile": .26, "browOuterUp": .22, "eyeBlink": .08, "mouthPress": .12},
        _words("proud, confident, triumphant, self-assured, victorious, dignified"),
        _words("pride, confidence, triumph"), _words("chin raised, head held high"), {"mouthShrugLower": .12, "jawForward": .08, "cheekSquint": .12}, head_pitch=-.12),
    "embarrassed": Emotion({"mouthSmile": .2, "mouthPress": .36, "eyeLookDown": .34, "browInnerUp": .26},
        _words("embarrassed, ashamed, shy, bashful, sheepish, guilty, timid"),
        _words("embarrassment, shame, shyness, guilt"), _words("an awkward smile, eyes cast down"),
        {"mouthRollLower": .2}, head_pitch=.10, head_roll=.04, energy=.7, blinks=1.5),
    "pained": Emotion({"browDown": .56, "eyeSquint": .62, "cheekSquint": .42, "mouthStretch": .3, "noseSneer": .26},
        _words("pained, hurting, suffering, agonized, in pain, anguished, tormented"),
        _words("pain, agony, suffering, anguish"), _words("wincing, grimacing, face contorted"),
        {"mouthUpperUp": .2, "browInnerUp": .25}, energy=.8),
    "determined": Emotion({"browDown": .42, "mouthPress": .32, "eyeSquint": .2, "jawForward": .12},
        _words("determined, resolute, serious, stern, strict, firm, severe, grave, solemn"),
        _words("determination, resolve, severity"), _words("a firm look, jaw set, a stern face"), {"noseSneer": .1, "mouthShrugLower": .15, "eyeWide": .08}, energy=.9, blinks=.7),
    "amused": Emotion({"mouthSmile": .44, "mouthDimple": .24, "eyeSquint": .32, "cheekSquint": .32, "browOuterUp": .14},
        _words("amused, playful, mischievous, teasing, witty, humorous, ironic, giggling, laughing"),
        _words("amusement, mischief, playfulness, laughter"), _words("trying not to laugh, chuckling, a twinkle in the eye"),
        {"mouthSmileLeft": .12}, energy=1.3, head_roll=.05),
    "disappointed": Emotion({"browInnerUp": .4, "mouthFrown": .42, "mouthPress": .26, "mouthShrugLower": .26},
        _words("disappointed, let down, discouraged, dismayed, disheartened, regretful, sorry, apologetic"),
        _words("disappointment, dismay, regret"), _words("a disappointed pout, lips pressed and drooping"), {"eyeLookDown": .2, "mouthLeft": .1, "browDown": .12}, head_pitch=.06, energy=.6),
    "suspicious": Emotion({"eyeSquint": .56, "browDown": .4, "mouthPress": .16},
        _words("suspicious, skeptical, wary, distrustful, mistrustful, cautious, cunning"),
        _words("suspicion, skepticism, distrust"), _words("narrowed eyes, squinting, eyes narrowed"),
        {"browOuterUpLeft": .22, "mouthLeft": .14}, head_pitch=.03, head_roll=-.04, blinks=.7),
    "tearful": Emotion({"browInnerUp": .75, "eyeSquint": .46, "mouthFrown": .46, "mouthStretch": .2, "eyeBlink": .14, "cheekSquint": .26},
        _words("tearful, crying, weeping, sobbing, in tears"), _words("tears, sobs, weeping"),
        _words("crying, face crumpled with tears"), {"mouthUpperUp": .2, "mouthShrugLower": .2}, head_pitch=.08, blinks=2.2),
    "hopeful": Emotion({"browInnerUp": .4, "browOuterUp": .24, "mouthSmile": .24, "eyeWide": .18},
        _words("hopeful, optimistic, curious, interested, inspired, wistful, longing"),
        _words("hope, curiosity, interest, longing"), _words("brows softly raised, leaning in with interest"), {"mouthUpperUp": .06, "cheekSquint": .12}, head_pitch=-.04),
    "relieved": Emotion({"mouthSmile": .26, "eyeBlink": .16, "browInnerUp": .24, "mouthPress": .1},
        _words("relieved, grateful, thankful, content, satisfied, peaceful, serene"),
        _words("relief, gratitude, contentment, satisfaction"), _words("a quiet smile, a sigh of relief"), {"browOuterUp": .1}, energy=.7),
    "focused": Emotion({"browDown": .30, "eyeSquint": .26, "mouthPress": .10},
        _words("focused, concentrated, attentive, absorbed, thoughtful, pensive, intent"),
        _words("focus, concentration, attention"), _words("eyes fixed, a concentrated look"),
        {"browInnerUp": .14, "mouthRollLower": .12, "jawForward": .08}, head_pitch=.03, energy=.7, blinks=.45),
}  # fmt: skip

# Kept out of training captions: they measure whether a style reaches words that were never taught.
HELD_OUT_WORDS = frozenset({"jolly", "grinning", "dejected", "irate", "astounded", "horrified", "revolted", "exhausted",
                            "thrilled", "anxious", "puzzled", "grave"})  # fmt: skip
