"""The words of prompts: subjects, feelings, intensities, and wordings of delivery, gaze, head, voice, details and blends.

Phrases are templates of the grammar: {pos} is her, his, their, your or the; ~keeps is a verb that agrees; in LOOKS {deg}
is an intensity and {noun} the feeling's noun.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Feeling:
    """An emotion word: adjective, noun and adverb ("" where English has none), cluster; stems name all its inflections.

    Attributive adjectives stand before a noun ("an angry look"); a few only follow a verb ("looks afraid").
    """

    adjective: str
    noun: str
    adverb: str
    cluster: str
    attributive: bool = True
    stems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Intensity:
    """How much: an adjective ("strong"), an adverb ("strongly") and what they mean from 0 to 1."""

    adjective: str
    adverb: str
    level: float


@dataclass(frozen=True)
class Manner:
    """Wordings of a value: finite verb phrases ("~keeps {pos} eyes down"), phrases that follow a clause, and tags.

    Adverbs follow a verb at once ("speaks slowly").
    """

    finite: tuple[str, ...]
    phrases: tuple[str, ...]
    tags: tuple[str, ...]
    adverbs: tuple[str, ...] = ()


ABSENT_LEVEL = 0.6  # what a feeling without an intensity word means

_SHE = """woman, young woman, middle-aged woman, elderly woman, lady, young lady, girl, little girl, teenage girl, schoolgirl, mother,
grandmother, aunt, daughter, actress, businesswoman, queen, princess, waitress, policewoman, female singer, female student, female athlete,
female teacher, female scientist, female doctor, female presenter, female soldier, female, she"""
_HE = """man, young man, middle-aged man, elderly man, gentleman, young fellow, boy, little boy, teenage boy, schoolboy, father,
grandfather, uncle, son, businessman, king, prince, waiter, policeman, male actor, male singer, male student, male athlete,
male teacher, male professor, male doctor, male presenter, male gamer, male, he"""
_THEY = """person, young person, elderly person, child, teenager, speaker, narrator, storyteller, news anchor, teacher, doctor, nurse,
scientist, lawyer, judge, politician, pilot, firefighter, farmer, chef, mechanic, coach, singer, poet, librarian, detective, comedian,
tour guide, engineer, they"""


def _split(text: str, separator: str = ",") -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split(separator) if part.strip())


# Subject -> the pronoun that stands for it. Whose sex the noun leaves open is "they", with a singular verb after the noun.
SUBJECTS: dict[str, str] = {
    **dict.fromkeys(_split(_SHE), "she"),
    **dict.fromkeys(_split(_HE), "he"),
    **dict.fromkeys(_split(_THEY), "they"),
}
PRONOUNS = {"she": ("her", "her", "herself"), "he": ("him", "his", "himself"), "they": ("them", "their", "themselves")}

# Eight taught words a cluster: adjective:noun:adverb; "*" marks an adjective that only follows a verb.
_TAUGHT = {
    "neutral": "neutral::neutrally, calm:calm:calmly, composed:composure:, deadpan::, matter-of-fact::matter-of-factly, natural::naturally, relaxed:ease:, blank:blankness:blankly",
    "happy": "happy:happiness:happily, joyful:joy:joyfully, cheerful:cheerfulness:cheerfully, delighted:delight:delightedly, glad:gladness:gladly, merry:merriment:merrily, smiling::smilingly, beaming::",
    "sad": "sad:sadness:sadly, unhappy:unhappiness:unhappily, sorrowful:sorrow:sorrowfully, gloomy:gloom:gloomily, miserable:misery:miserably, mournful:grief:mournfully, heartbroken:heartbreak:, melancholic:melancholy:",
    "angry": "angry:anger:angrily, furious:fury:furiously, irritated:irritation:irritably, annoyed:annoyance:, enraged:rage:, outraged:outrage:, hostile:hostility:, resentful:resentment:resentfully",
    "surprised": "surprised:surprise:, astonished:astonishment:, amazed:amazement:, startled::, stunned::, shocked:shock:, incredulous:incredulity:incredulously, wide-eyed:wonder:",
    "afraid": "afraid*:fear:, fearful:fearfulness:fearfully, scared::, frightened:fright:, terrified:terror:, panicked:panic:, alarmed:alarm:, petrified::",
    "disgusted": "disgusted:disgust:, repulsed:repulsion:, sickened::, nauseated:nausea:, grossed-out::, repelled::, queasy:queasiness:queasily, squeamish:squeamishness:squeamishly",
    "contemptuous": "contemptuous:contempt:contemptuously, scornful:scorn:scornfully, smug:smugness:smugly, sneering::sneeringly, condescending:condescension:condescendingly, smirking::, arrogant:arrogance:arrogantly, haughty:haughtiness:haughtily",
    "weary": "weary:weariness:wearily, tired:tiredness:tiredly, sleepy:sleepiness:sleepily, drained::, worn-out::, fatigued:fatigue:, drowsy:drowsiness:drowsily, sluggish:sluggishness:sluggishly",
    "excited": "excited:excitement:excitedly, enthusiastic:enthusiasm:enthusiastically, ecstatic:ecstasy:ecstatically, eager:eagerness:eagerly, exhilarated:exhilaration:, elated:elation:, exuberant:exuberance:exuberantly, zestful:zest:zestfully",
    "tender": "tender:tenderness:tenderly, loving:love:lovingly, caring:care:caringly, kind:kindness:kindly, compassionate:compassion:compassionately, sympathetic:sympathy:sympathetically, friendly:friendliness:, warm-hearted:warmth:warm-heartedly",
    "worried": "worried:worry:worriedly, concerned:concern:, nervous:nervousness:nervously, uneasy:unease:uneasily, apprehensive:apprehension:apprehensively, troubled::, tense:tension:tensely, stressed:stress:",
    "confused": "confused:confusion:, doubtful:doubt:doubtfully, baffled:bafflement:, perplexed:perplexity:, bewildered:bewilderment:, unsure::, mystified::, uncertain:uncertainty:uncertainly",
    "bored": "bored:boredom:, indifferent:indifference:indifferently, uninterested:disinterest:, listless:listlessness:listlessly, unimpressed::, disengaged:disengagement:, jaded::, unenthusiastic::unenthusiastically",
    "proud": "proud:pride:proudly, confident:confidence:confidently, triumphant:triumph:triumphantly, self-assured:self-assurance:, dignified:dignity:, bold:boldness:boldly, regal::regally, poised:poise:",
    "embarrassed": "embarrassed:embarrassment:, ashamed:shame:, shy:shyness:shyly, bashful:bashfulness:bashfully, guilty:guilt:guiltily, timid:timidity:timidly, self-conscious:self-consciousness:self-consciously, awkward:awkwardness:awkwardly",
    "pained": "pained:pain:, hurt:hurt:, suffering:suffering:, anguished:anguish:, tormented:torment:, tortured::, aching::, grimacing::",
    "determined": "determined:determination:determinedly, resolute:resolve:resolutely, serious:seriousness:seriously, stern:sternness:sternly, strict:strictness:strictly, firm:firmness:firmly, severe:severity:severely, solemn:solemnity:solemnly",
    "amused": "amused:amusement:amusedly, playful:playfulness:playfully, teasing::teasingly, witty:wit:wittily, humorous:humor:humorously, ironic:irony:ironically, cheeky:cheekiness:cheekily, impish::impishly",
    "disappointed": "disappointed:disappointment:, let down*::, discouraged:discouragement:, dismayed:dismay:, regretful:regret:regretfully, apologetic::apologetically, crestfallen::, disillusioned:disillusionment:",
    "suspicious": "suspicious:suspicion:suspiciously, skeptical:skepticism:skeptically, wary:wariness:warily, mistrustful:mistrust:mistrustfully, cautious:caution:cautiously, cunning:cunning:cunningly, guarded::guardedly, jealous:jealousy:jealously",
    "tearful": "tearful::tearfully, teary::, teary-eyed::, weepy::weepily, weeping::, watery-eyed::, crying::, misty-eyed::",
    "hopeful": "hopeful:hope:hopefully, curious:curiosity:curiously, interested:interest:, inspired:inspiration:, wistful:wistfulness:wistfully, longing:longing:longingly, expectant:expectation:expectantly, intrigued::",
    "relieved": "relieved:relief:, thankful:thankfulness:thankfully, content:contentment:contentedly, satisfied:satisfaction:, peaceful:peacefulness:peacefully, serene:serenity:serenely, reassured:reassurance:, soothed::",
    "focused": "focused:focus:, concentrated:concentration:, attentive:attentiveness:attentively, engrossed::, rapt:fascination:raptly, alert:alertness:alertly, studious::studiously, single-minded::single-mindedly",
}  # fmt: skip

# Never in a training prompt, in no inflection (the stems, found anywhere at the start of a word): they measure whether a
# style reaches words that were never taught.
_HELD_OUT = {
    "neutral": "impassive::impassively:impassiv",
    "happy": "jolly:jollity::joll, grinning:::grin",
    "sad": "dejected:dejection:dejectedly:deject",
    "angry": "irate::irately:irate, indignant:indignation:indignantly:indign",
    "surprised": "astounded:::astound, flabbergasted:::flabbergast",
    "afraid": "horrified:horror::horr",
    "disgusted": "revolted:revulsion::revolt/revuls",
    "contemptuous": "disdainful:disdain:disdainfully:disdain",
    "weary": "exhausted:exhaustion::exhaust",
    "excited": "thrilled:::thrill",
    "tender": "affectionate:affection:affectionately:affection",
    "worried": "anxious:anxiety:anxiously:anxi",
    "confused": "puzzled:puzzlement::puzzl",
    "bored": "apathetic:apathy:apathetically:apath",
    "proud": "victorious::victoriously:victor",
    "embarrassed": "sheepish:sheepishness:sheepishly:sheep",
    "pained": "agonized:agony::agon",
    "determined": "grave:gravity:gravely:grave/gravity, unwavering:::unwaver",
    "amused": "mischievous:mischief:mischievously:mischie",
    "disappointed": "disheartened:::dishearten",
    "suspicious": "distrustful:distrust:distrustfully:distrust",
    "tearful": "blubbering:::blubber",
    "hopeful": "optimistic:optimism:optimistically:optimis",
    "relieved": "grateful:gratitude:gratefully:grateful/gratitude",
    "focused": "absorbed:absorption::absorb/absorp",
}
# Further words, which no corpus is drawn with: training says captions anew in them, so that a style is read by what words
# mean and not by which they are.
_SYNONYMS = {
    "neutral": "expressionless::expressionlessly, unemotional::unemotionally, even-tempered::, level-headed::, collected::, plain::plainly, ordinary::, stoic:stoicism:stoically, cool:coolness:coolly, unperturbed::, poker-faced::, businesslike::, detached:detachment:, unmoved::",
    "happy": "joyous:joy:joyously, sunny::sunnily, jovial:joviality:jovially, gleeful:glee:gleefully, pleased:pleasure:, blissful:bliss:blissfully, radiant:radiance:radiantly, upbeat::, good-humored::good-humoredly, lighthearted::lightheartedly, overjoyed::, bubbly::, jubilant:jubilation:jubilantly, chipper::, laughing::laughingly, cheery:cheeriness:cheerily",
    "sad": "downcast::, despondent:despondency:despondently, depressed:depression:, grief-stricken::, dispirited::dispiritedly, forlorn::forlornly, woeful:woe:woefully, glum:glumness:glumly, downhearted::, desolate:desolation:desolately, morose:moroseness:morosely, dismal::dismally, blue::, despairing:despair:despairingly, low-spirited::, sombre::sombrely",
    "angry": "mad:madness:madly, cross::crossly, livid::, wrathful:wrath:wrathfully, infuriated::, incensed::, exasperated:exasperation:, fuming::, seething::, bitter:bitterness:bitterly, aggressive:aggression:aggressively, offended::, irascible::irascibly, vexed:vexation:, raging::, threatening::threateningly, hateful:hatred:hatefully, upset::",
    "surprised": "dumbfounded::, thunderstruck::, taken aback*::, awestruck:awe:, speechless::speechlessly, staggered::, stupefied:stupefaction:, dumbstruck::, agape*::, disbelieving:disbelief:disbelievingly, bowled over*::, gobsmacked::, open-mouthed::, jolted::, marveling::",
    "afraid": "anguished with fear*::, aghast*::, spooked::, panicky:panic:, fear-stricken::, terror-struck::, frantic::frantically, intimidated:intimidation:, dread-filled:dread:, trembling::tremblingly, hysterical:hysteria:hysterically, cowering::, shaken::, threatened::, daunted::",
    "disgusted": "appalled::, grossed out*::, loathing:loathing:loathingly, offended by the smell*::, put off*::, turned off*::, ill::, sick:sickness:, abhorrent:abhorrence:, repugnant:repugnance:, gagging::, averse:aversion:, retching::",
    "contemptuous": "dismissive:dismissal:dismissively, mocking:mockery:mockingly, derisive:derision:derisively, supercilious::superciliously, snobbish:snobbery:snobbishly, superior:superiority:, patronizing::patronizingly, cynical:cynicism:cynically, sarcastic:sarcasm:sarcastically, pompous:pomposity:pompously, belittling::, conceited:conceit:conceitedly, disrespectful:disrespect:disrespectfully",
    "weary": "spent::, beat*::, run-down::, lethargic:lethargy:lethargically, burned-out::, dead tired*::, dozy::, bleary-eyed::, jaded and tired*::, overworked::, yawning::yawningly, half asleep*::, depleted:depletion:, languid::languidly, wiped out*::, pooped::, faint with tiredness*::",
    "excited": "animated with joy*::, euphoric:euphoria:euphorically, fired-up::, hyped::, pumped::, electrified::, passionate:passion:passionately, exultant:exultation:exultantly, giddy:giddiness:giddily, keen:keenness:keenly, energized::, ardent:ardor:ardently, rapturous:rapture:rapturously, wild with joy*::, stoked::, feverish::feverishly",
    "tender": "fond:fondness:fondly, gentle-hearted::, sweet:sweetness:sweetly, devoted:devotion:devotedly, motherly::, benevolent:benevolence:benevolently, adoring:adoration:adoringly, cordial:cordiality:cordially, warm::warmly, soft-hearted::, good-natured::good-naturedly, nurturing::, empathetic:empathy:empathetically, romantic::romantically",
    "worried": "fretful:fretfulness:fretfully, distressed:distress:, agitated:agitation:agitatedly, jittery:jitters:, on edge*::, restless:restlessness:restlessly, perturbed::, bothered:bother:, edgy:edginess:edgily, disquieted:disquiet:, fidgety::, preoccupied::, overwrought::, unsettled::",
    "confused": "lost::, muddled::, at a loss*::, befuddled:befuddlement:, disoriented:disorientation:, questioning::questioningly, nonplussed::, undecided:indecision:, flummoxed::, stumped::, vague:vagueness:vaguely, wondering::wonderingly",
    "bored": "uninvolved::, dull:dullness:dully, disinterested:disinterest:, blase::, unexcited::, weary of it all*::, tuned-out::, passive:passivity:passively, nonchalant:nonchalance:nonchalantly, fed up*::, lackadaisical::lackadaisically, half-hearted::half-heartedly",
    "proud": "conquering::, winning::, self-confident:self-confidence:self-confidently, majestic:majesty:majestically, noble:nobility:nobly, stately::, heroic:heroism:heroically, accomplished:accomplishment:, exalted::, self-satisfied:self-satisfaction:, honored:honor:, glorious:glory:gloriously, imposing::, successful:success:successfully, unbeaten::",
    "embarrassed": "abashed::, mortified:mortification:, humiliated:humiliation:, blushing::blushingly, shamefaced::shamefacedly, red-faced::, flustered::, coy:coyness:coyly, meek:meekness:meekly, contrite:contrition:contritely, chagrined:chagrin:, uncomfortable:discomfort:uncomfortably, demure::demurely, caught out*::",
    "pained": "distressed by pain*::, racked with pain*::, wounded::, in pain*::, torn::, excruciated::, stricken::, afflicted:affliction:, sore:soreness:, wincing::, hurting::, stung::, harrowed::, martyred::",
    "determined": "steadfast:steadfastness:steadfastly, steely::, resolved:resolve:, stubborn:stubbornness:stubbornly, grim:grimness:grimly, decided::, relentless::relentlessly, tenacious:tenacity:tenaciously, earnest:earnestness:earnestly, purposeful:purpose:purposefully, uncompromising::, strong-willed:willpower:, dogged::doggedly, unyielding::unyieldingly, sober:sobriety:soberly, adamant::adamantly",
    "amused": "jocular::jocularly, mirthful:mirth:mirthfully, joking::jokingly, roguish::roguishly, tickled::, wry::wryly, facetious::facetiously, naughty:naughtiness:naughtily, prankish::, chuckling::chucklingly, sly::slyly, entertained:entertainment:, whimsical:whimsy:whimsically, waggish::waggishly, tongue-in-cheek::",
    "disappointed": "dashed::, saddened::, frustrated:frustration:, defeated:defeat:, deflated::, demoralized::, downcast about it*::, disenchanted:disenchantment:, rueful:rue:ruefully, chastened::, dissatisfied:dissatisfaction:, remorseful:remorse:remorsefully, unfulfilled::, thwarted::",
    "suspicious": "doubting::doubtingly, leery::, watchful:watchfulness:watchfully, mistrusting::, paranoid:paranoia:, shifty::shiftily, disbelieving of it*::, on guard*::, unconvinced::, envious:envy:enviously, circumspect::, scheming::, untrusting::, calculating::",
    "tearful": "sobbing::sobbingly, in tears*::, wailing::, whimpering::, lachrymose::, sniffling::, bawling::, tear-stained::, snivelling::, choked up*::, moist-eyed::, whining::, in floods of tears*::",
    "hopeful": "positive::positively, confident of a good end*::, inquisitive::inquisitively, encouraged:encouragement:, dreamy::dreamily, anticipating:anticipation:, yearning:yearning:yearningly, aspiring:aspiration:, buoyant::buoyantly, trusting:trust:trustingly, looking forward*::, idealistic:idealism:, bright::brightly",
    "relieved": "appreciative:appreciation:appreciatively, eased::, at peace*::, comforted:comfort:, gratified:gratification:, fulfilled:fulfillment:, tranquil:tranquility:tranquilly, unburdened::, contented::contentedly, placid::placidly, consoled:consolation:, untroubled::, glad it is over*::, indebted::",
    "focused": "immersed:immersion:, intent::intently, fixed on it*::, undistracted::, observant::observantly, thoughtful:thought:thoughtfully, preoccupied with it*::, deep in thought*::, captivated::, vigilant:vigilance:vigilantly, meticulous::meticulously, lost in it*::, contemplative:contemplation:, mindful::mindfully, riveted::, spellbound::",
}  # fmt: skip


def _feelings(table: dict[str, str]) -> dict[str, tuple[Feeling, ...]]:
    return {
        cluster: tuple(_feeling(cluster, *entry.split(":")) for entry in _split(row)) for cluster, row in table.items()
    }


def _feeling(cluster: str, adjective: str, noun: str, adverb: str, stems: str = "") -> Feeling:
    plain = adjective.rstrip("*")
    return Feeling(plain, noun, adverb, cluster, plain == adjective, tuple(s for s in stems.split("/") if s))


TAUGHT = _feelings(_TAUGHT)
HELD_OUT = _feelings(_HELD_OUT)
SYNONYMS = _feelings(_SYNONYMS)
CLUSTERS = tuple(TAUGHT)
KNOWN = {cluster: (*TAUGHT[cluster], *SYNONYMS.get(cluster, ())) for cluster in CLUSTERS}
"""All words of a feeling that readers are taught."""
FEELINGS: dict[str, Feeling] = {
    f.adjective: f for table in (SYNONYMS, TAUGHT, HELD_OUT) for row in table.values() for f in row
}
HELD_OUT_WORDS = frozenset(f.adjective for row in HELD_OUT.values() for f in row)
HELD_OUT_STEMS = tuple(stem for row in HELD_OUT.values() for f in row for stem in f.stems)
_HELD_OUT_WORD = re.compile(r"\b(?:" + "|".join(map(re.escape, HELD_OUT_STEMS)) + ")")  # in any inflection


def has_held_out_word(text: str) -> bool:
    """Tell whether a text holds a word that measures generalization."""
    return _HELD_OUT_WORD.search(text.lower()) is not None


_INTENSITIES = """barely visible:barely:.1, minimal:ever so slightly:.12, faint:faintly:.15, delicate:delicately:.2, subtle:subtly:.2,
slight:slightly:.25, low:a little:.25, small:a bit:.3, light:lightly:.3, muted:just a touch:.3, mild:mildly:.35, modest:somewhat:.4,
perceptible:perceptibly:.45, medium:fairly:.5, moderate:moderately:.5, noticeable:noticeably:.55, visible:visibly:.55, well-defined:quite:.6,
clear:clearly:.6, evident:rather:.6, distinct:distinctly:.65, definite:definitely:.65, obvious:obviously:.68, unmistakable:unmistakably:.7,
marked:markedly:.75, pronounced:decidedly:.75, strong:strongly:.8, high:very:.8, great:really:.85, vivid:vividly:.85, deep:deeply:.85,
intense:intensely:.9, powerful:powerfully:.9, immense:immensely:.95, extreme:extremely:1, overwhelming:overwhelmingly:1"""
INTENSITIES: dict[str, Intensity] = {
    i.adjective: i
    for i in (Intensity(a, b, float(c)) for a, b, c in (entry.split(":") for entry in _split(_INTENSITIES)))
}
LEVELS = ("weak", "medium", "strong")  # groups of twelve words, by level


def level_group(level: float) -> str:
    """Name the third of the scale in which a level lies."""
    return LEVELS[(level > 0.42) + (level > 0.72)]


# What the face does, without the word (first) and with the feeling's noun (after the "#").
_LOOKS = {
    "neutral": "{pos} face at rest; {pos} brow smooth; with no particular expression; {pos} features still and even; with an unreadable face",
    "happy": "{pos} lips curling into a smile; a smile spreading over {pos} face; {pos} cheeks rounded and {pos} eyes bright; the corners of {pos} mouth raised; {pos} whole face lighting up; with crinkles around {pos} eyes # {pos} lips curling into {deg} {noun}; {pos} eyes bright with {deg} {noun}",
    "sad": "{pos} inner brows raised and {pos} mouth turned down; the corners of {pos} mouth pulled down; {pos} lower lip pushed up; {pos} eyes heavy and downcast; on the verge of breaking down # {pos} eyebrows lowering into {a} {deg} {noun}; {pos} mouth sinking into {deg} {noun}; {pos} eyes clouded with {deg} {noun}",
    "angry": "scowling; {pos} brows pulled down; glaring; {pos} eyebrows knitted and {pos} jaw tight; {pos} nostrils flared; {pos} teeth almost showing # {pos} eyebrows knitting in {deg} {noun}; {pos} jaw tightening with {deg} {noun}; {pos} eyes flashing with {deg} {noun}",
    "surprised": "with {pos} eyes wide; {pos} eyes wide open; with raised eyebrows and parted lips; {pos} eyebrows shooting up; {pos} brows raised high and {pos} mouth falling open # {pos} eyebrows shooting up in {deg} {noun}; {pos} eyes widening in {deg} {noun}",
    "afraid": "{pos} eyes wide and {pos} lips stretched; flinching; {pos} brows pulled up and together; {pos} face frozen and {pos} eyes staring; trembling # {pos} eyes wide with {deg} {noun}; {pos} lips stretched in {deg} {noun}; {pos} face tightening with {deg} {noun}",
    "disgusted": "wrinkling {pos} nose; with a wrinkled nose; {pos} upper lip raised; with a curled upper lip; recoiling from a bad smell # {pos} nose wrinkling in {deg} {noun}; {pos} upper lip rising in {deg} {noun}",
    "contemptuous": "with a lopsided smirk; one corner of {pos} mouth raised; looking down {pos} nose; with a one-sided sneer # one corner of {pos} mouth lifting in {deg} {noun}; {pos} lip curling in {deg} {noun}",
    "weary": "{pos} eyelids drooping; with heavy lids; {pos} eyes half closed; struggling to keep {pos} eyes open; {pos} whole face sagging # {pos} eyelids drooping with {deg} {noun}; {pos} face sagging with {deg} {noun}",
    "excited": "{pos} eyes shining; bright-eyed; {pos} eyes wide and {pos} smile broad; {pos} brows dancing; hardly able to sit still # {pos} eyes shining with {deg} {noun}; {pos} whole face alive with {deg} {noun}",
    "tender": "with a soft smile; {pos} eyes softening; {pos} brows softly raised in the middle; with warmth in {pos} eyes # {pos} eyes softening with {deg} {noun}; {pos} face full of {deg} {noun}",
    "worried": "with a furrowed brow; {pos} brows drawn together and up; biting {pos} lower lip; {pos} lips pressed thin and {pos} brow furrowed # {pos} brow furrowing with {deg} {noun}; {pos} lips tightening with {deg} {noun}",
    "confused": "one eyebrow raised; with {pos} brows at odds; frowning as if trying to follow; {pos} head full of questions; squinting with one brow up # {pos} brows knitting in {deg} {noun}; one eyebrow rising in {deg} {noun}",
    "bored": "{pos} eyes half shut and {pos} face slack; rolling {pos} eyes; with a flat look; {pos} eyelids hanging low and {pos} mouth limp; stifling a yawn # {pos} face going slack with {deg} {noun}; {pos} eyes dull with {deg} {noun}",
    "proud": "{pos} chin lifted; with a faint, knowing smile and a lifted chin; {pos} chest out and {pos} brows raised; standing tall # {pos} chin rising with {deg} {noun}; {pos} face glowing with {deg} {noun}",
    "embarrassed": "with an awkward smile; {pos} lips pressed into a crooked smile; squirming; hardly daring to look up; {pos} cheeks burning # {pos} lips pressed in {deg} {noun}; {pos} face flushed with {deg} {noun}",
    "pained": "wincing; {pos} face contorted; {pos} eyes squeezed almost shut; gritting {pos} teeth; {pos} brows clenched and {pos} cheeks raised # {pos} face contorted with {deg} {noun}; {pos} eyes squeezed in {deg} {noun}",
    "determined": "{pos} jaw set; with a set jaw and lowered brows; {pos} lips pressed firmly together; {pos} brows low and {pos} eyes hard # {pos} jaw setting with {deg} {noun}; {pos} brows lowering in {deg} {noun}",
    "amused": "trying not to laugh; with a twinkle in {pos} eye; {pos} eyes crinkling; with a smile tugging at {pos} lips; suppressing a smile # {pos} eyes crinkling with {deg} {noun}; {pos} lips twitching with {deg} {noun}",
    "disappointed": "pouting; {pos} lips pressed and drooping; {pos} face falling; sighing with drooping brows; the light gone from {pos} face # {pos} face falling in {deg} {noun}; {pos} mouth drooping with {deg} {noun}",
    "suspicious": "with narrowed eyes; {pos} eyes narrowed; squinting sideways; {pos} eyes narrowed and {pos} lips pressed; sizing someone up # {pos} eyes narrowing in {deg} {noun}; {pos} brows lowering with {deg} {noun}",
    "tearful": "{pos} eyes welling up; {pos} chin trembling; tears gathering in {pos} eyes; fighting back tears; {pos} face crumpling; tears running down {pos} cheeks",
    "hopeful": "{pos} brows softly raised; leaning in; {pos} eyes brightening; with parted lips and lifted brows # {pos} eyes brightening with {deg} {noun}; {pos} brows lifting in {deg} {noun}",
    "relieved": "with a quiet smile and a long breath out; letting out a sigh; {pos} shoulders dropping and {pos} face loosening; {pos} brow smoothing at last # {pos} face loosening with {deg} {noun}; {pos} brow smoothing in {deg} {noun}",
    "focused": "{pos} brow slightly drawn and {pos} eyes fixed; with unbroken attention; {pos} eyes locked on one point; {pos} lips closed tight in thought # {pos} brow drawing together in {deg} {noun}; {pos} eyes steady with {deg} {noun}",
}  # fmt: skip
LOOKS: dict[str, tuple[str, ...]] = {k: _split(v.partition("#")[0], ";") for k, v in _LOOKS.items()}
TRACES: dict[str, tuple[str, ...]] = {k: _split(v.partition("#")[2], ";") for k, v in _LOOKS.items()}


def _manner(finite: str, phrases: str, tags: str, adverbs: str = "") -> Manner:
    return Manner(_split(finite, ";"), _split(phrases, ";"), _split(tags, ";"), _split(adverbs, ";"))


DELIVERIES: dict[str, Manner] = {
    "calm": _manner("~keeps {pos} voice even; ~takes {pos} time; ~keeps an even pace", "in a steady voice; with measured tempo; at an easy pace; with a settled delivery; in a level tone", "calm; steady; measured", "steadily; evenly; calmly"),
    "lively": _manner("~puts plenty of life into it; ~bursts with energy; ~keeps it bouncing along", "with lively delivery; full of energy; with plenty of life in the voice; in an animated way; with high energy", "lively; animated; high-energy", "animatedly; energetically; brightly"),
    "mumbled": _manner("~mumbles; ~swallows half the words; barely ~opens {pos} mouth", "mumbling; with a lazy mouth; hardly opening the mouth; with slurred words; under {pos} breath", "mumbled; mumbling; slurred", "indistinctly; unclearly"),
    "crisp": _manner("~articulates every word; ~pronounces each consonant; ~bites off {pos} words", "with crisp articulation; articulating clearly; with crisp phrasing; every consonant in place; with precise diction", "crisp; well articulated; precise", "crisply; precisely"),
    "halting": _manner("~stumbles over the words; ~hesitates again and again; ~keeps breaking off", "in short bursts; with a halting rhythm; with many small pauses; stopping and starting; with long hesitations", "halting; hesitant; in bursts", "haltingly; hesitantly; jerkily"),
    "hurried": _manner("~rushes through it; ~hurries the words; ~races ahead", "in a hurry; at a rushed pace; tripping along fast; with rapid delivery", "hurried; fast; rushed", "hurriedly; fast; quickly"),
    "slow": _manner("~draws out the words; ~leaves long gaps; ~goes slowly", "at a slow pace; with drawn-out vowels; word by word; dragging it out", "slow; drawn-out; dragging", "slowly; unhurriedly"),
    "monotone": _manner("~stays on one note; ~keeps to a flat voice; ~drones", "in a monotone; in a flat voice; without any melody; droning; on one level pitch", "monotone; flat; robotic", "in a monotone; flatly"),
    "gentle": _manner("~keeps it soft; ~uses a gentle voice; barely ~raises {pos} voice", "in a gentle voice; with a soft touch; in hushed tones; with gentle phrasing", "gentle; soft; hushed", "gently; softly"),
    "emphatic": _manner("~stresses every word; ~drives the point home; ~leans on the key words", "with great emphasis; hitting the key words; with strong emphasis; punching the stressed words; making each point count", "emphatic; punchy; stressed words", "emphatically; forcefully"),
}  # fmt: skip
GAZES: dict[str, Manner] = {
    "forward": _manner("~looks straight ahead; ~keeps {pos} gaze forward and steady; ~holds eye contact; ~stares into the camera; ~fixes {pos} eyes on the listener; ~keeps {pos} eyes on the lens", "with a steady gaze; {pos} gaze forward and steady; with unbroken eye contact; eyes front; with {pos} eyes on the camera", "forward; straight ahead; eye contact; at the camera"),
    "away": _manner("~looks away; ~glances to the side; ~avoids eye contact; ~keeps {pos} eyes averted; ~turns {pos} eyes aside", "with averted eyes; {pos} gaze turned aside; with a sideways glance; eyes off to one side", "away; averted; sideways; no eye contact"),
    "down": _manner("~looks down; ~keeps {pos} eyes on the floor; ~lowers {pos} gaze; ~casts {pos} eyes down; ~stares at the ground", "with {pos} eyes lowered; with a lowered gaze; eyes cast down; {pos} gaze on the floor", "down; eyes lowered; at the floor"),
    "up": _manner("~looks up; ~raises {pos} eyes to the sky; ~lifts {pos} gaze; ~gazes at the ceiling; ~looks upward", "with {pos} eyes raised; with an upward gaze; eyes turned up; {pos} gaze on the ceiling", "up; eyes raised; upward"),
    "wandering": _manner("~lets {pos} eyes wander; ~looks around; ~keeps shifting {pos} gaze; ~glances here and there; ~scans the room", "with wandering eyes; with a restless gaze; {pos} eyes roaming; with darting eyes", "wandering; shifting; around the room"),
}  # fmt: skip
HEADS: dict[str, Manner] = {
    "still": _manner("~keeps {pos} head still; ~holds {pos} head perfectly still; ~does not move {pos} head; ~keeps {pos} head steady", "without moving {pos} head; with a motionless head; {pos} head at rest; with {pos} head held still", "still; motionless; steady"),
    "tilt": _manner("~tilts {pos} head; ~cocks {pos} head; ~leans {pos} head to one side; ~keeps {pos} head tilted", "with a tilted head; {pos} head tilted; with {pos} head cocked; {pos} head leaning to one side", "tilted; tilt; to one side"),
    "lively": _manner("~moves {pos} head a lot; ~keeps {pos} head in motion; ~throws {pos} head about; ~marks every beat with {pos} head", "with lively head movements; {pos} head bobbing; with plenty of head movement; with an animated head", "lively; moving; animated"),
    "bowed": _manner("~bows {pos} head; ~hangs {pos} head; ~keeps {pos} head bowed; ~lowers {pos} head", "with a bowed head; {pos} head hanging; with {pos} head down; {pos} chin on {pos} chest", "bowed; lowered; hanging"),
    "raised": _manner("~raises {pos} head; ~holds {pos} head high; ~lifts {pos} chin; ~keeps {pos} chin up", "with {pos} head held high; with a raised chin; {pos} chin up; {pos} head raised", "raised; chin up; held high"),
}  # fmt: skip
DETAILS: dict[str, Manner] = {
    "smile between phrases": _manner("~smiles between phrases; ~smiles in the pauses; ~lets a smile through at every pause; ~flashes a smile after each phrase", "with a smile between phrases; {pos} lips curling into a smile between phrases; a smile in every pause; with quick smiles in the gaps", "smile between phrases; smiles in the pauses"),
    "raised brows": _manner("~raises {pos} eyebrows; ~keeps {pos} eyebrows up; ~lifts {pos} brows; ~holds {pos} brows high", "with raised eyebrows; eyebrows raised; {pos} brows lifted; with {pos} eyebrows up", "raised brows; eyebrows up"),
    "many blinks": _manner("~blinks a lot; ~blinks all the time; ~blinks often; ~bats {pos} eyelids; ~blinks rapidly", "with many blinks; with fluttering eyelids; {pos} eyelids fluttering; with rapid blinking", "many blinks; blinking a lot"),
    "few blinks": _manner("hardly ~blinks; ~does not blink; rarely ~blinks; almost never ~blinks", "without blinking; with unblinking eyes; with hardly a blink; with few blinks", "few blinks; no blinking; unblinking"),
    "eyes widen on stress": _manner("~widens {pos} eyes on the stressed words; ~opens {pos} eyes wide at every stress; ~lets {pos} eyes flash open on key words", "{pos} eyes widening on stressed words; with {pos} eyes opening at each accent; eyes widening with every stress", "eyes widen on stress; eyes flash on key words"),
}  # fmt: skip
# What the voice does: finite, gerund, imperative ("it" is the line), tags.
VOCALS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "speaks": (_split("speaks, talks, is speaking, is talking, keeps talking, continues speaking, talks on, goes on talking"), _split("speaking, talking"), _split("say it, speak, talk, say this, say the line"), _split("speaks, speaking, talks")),
    "whispers": (_split("whispers, is whispering, keeps whispering"), _split("whispering"), _split("whisper it, whisper, whisper the line"), _split("whispers, whispering, whispered")),
    "shouts": (_split("shouts, is shouting, yells, keeps shouting, is yelling"), _split("shouting, yelling"), _split("shout it, shout, yell it, shout the line"), _split("shouts, shouting, yells")),
    "laughs": (_split("laughs, is laughing, keeps laughing"), _split("laughing"), _split("laugh, keep laughing"), _split("laughs, laughing, laughter")),
    "sings": (_split("sings, is singing, keeps singing, sings on"), _split("singing"), _split("sing it, sing, sing the line"), _split("sings, singing, song")),
    "cries": (_split("cries, is crying, sobs, is sobbing, keeps crying"), _split("crying, sobbing"), _split("cry, keep crying, sob"), _split("cries, crying, sobbing")),
}  # fmt: skip

# Mixed and masked feelings: (emotion, blend) -> phrases in which the blend shows through the emotion.
BLENDS: dict[tuple[str, str], tuple[str, ...]] = {
    key: _split(row, ";")
    for key, row in {
        ("tearful", "happy"): "smiling through {pos} tears; smiling through tears; a smile breaking through the tears; with tears of joy",
        ("sad", "happy"): "smiling bravely in spite of it; forcing a smile; with a bittersweet smile; putting on a brave smile",
        ("worried", "happy"): "covering it with a smile; smiling nervously; with a strained smile; forcing a reassuring smile",
        ("pained", "happy"): "smiling through the pain; forcing a smile through clenched teeth; with a brave smile",
        ("happy", "sad"): "with a touch of sadness; a hint of sorrow behind the smile; hiding sadness behind a smile; with sad eyes above a smiling mouth",
        ("relieved", "sad"): "with sorrow still in {pos} eyes; a trace of sadness left; though still a little sad at heart",
        ("proud", "sad"): "with sadness underneath; hiding {pos} sorrow; a secret sadness in {pos} eyes",
        ("happy", "angry"): "hiding anger behind a smile; with anger under the smile; smiling through clenched teeth; a flash of anger in {pos} eyes",
        ("neutral", "angry"): "holding back anger; anger simmering underneath; trying to hide {pos} anger; with barely contained irritation",
        ("disappointed", "angry"): "with a flash of anger; anger rising underneath; with a trace of resentment; with some irritation",
        ("proud", "afraid"): "hiding {pos} fear; with fear in {pos} eyes; fear showing through the front; putting on a brave face",
        ("determined", "afraid"): "hiding {pos} fear; overcoming {pos} fear; with fear flickering underneath; fear visible in {pos} eyes",
        ("excited", "afraid"): "with a touch of fear; half afraid; fear mixed in; a little scared",
        ("happy", "worried"): "hiding {pos} worry behind a smile; with worry in {pos} eyes; concern showing behind the smile",
        ("neutral", "worried"): "trying to hide {pos} worry; with worry underneath; concern showing through; covering {pos} nervousness",
        ("tender", "worried"): "with a trace of worry; a little concerned; with concern in {pos} eyes; with worry underneath",
        ("disgusted", "amused"): "trying not to laugh; with a hint of amusement; secretly amused; half laughing at it",
        ("angry", "amused"): "while trying not to laugh; with a spark of amusement; half amused in spite of it; fighting back a smile",
        ("embarrassed", "amused"): "laughing it off; with a hint of amusement; a bit amused; half laughing at it",
        ("surprised", "happy"): "with a delighted smile; delighted about it; breaking into a smile; with joy lighting up {pos} face",
        ("surprised", "disgusted"): "with a trace of disgust; rather disgusted too; {pos} nose wrinkling; with disgust mixed in",
        ("contemptuous", "disgusted"): "with a trace of disgust; rather disgusted too; {pos} nose wrinkling; disgust creeping in",
        ("angry", "disgusted"): "with a good deal of disgust; disgusted too; {pos} nose wrinkling; disgust mixed in",
        ("afraid", "surprised"): "taken by surprise; with a shock of surprise; surprise mixed in; caught off guard",
        ("confused", "surprised"): "taken by surprise; with surprise mixed in; caught off guard; with a touch of surprise",
        ("excited", "surprised"): "pleasantly surprised; with surprise mixed in; with a touch of surprise; hardly believing it",
        ("sad", "tender"): "with tenderness in {pos} eyes; full of love; love showing through; with a tender undertone",
        ("amused", "tender"): "with a tender undertone; with love in {pos} eyes; full of warmth; with a soft, loving look",
        ("weary", "tender"): "with a tender smile; with love in {pos} eyes; still kind underneath; with a tender undertone",
        ("sad", "hopeful"): "with a glimmer of hope; hope showing through; though not without hope; a spark of hope in {pos} eyes",
        ("afraid", "hopeful"): "with a glimmer of hope; hope showing through; though not without hope; hoping for the best",
        ("worried", "hopeful"): "with a glimmer of hope; hope showing through; though not without hope; hoping for the best",
        ("tearful", "proud"): "with pride showing through the tears; full of pride; proud behind the tears",
        ("embarrassed", "proud"): "secretly proud; with a trace of pride; pride showing through; quietly proud underneath",
        ("weary", "proud"): "quietly proud; with pride showing through; with a trace of pride; proud underneath",
        ("excited", "tearful"): "close to tears; with tears in {pos} eyes; fighting back tears; moved to tears",
        ("relieved", "tearful"): "close to tears; with tears in {pos} eyes; fighting back tears; moved to tears",
        ("angry", "tearful"): "close to tears; with tears in {pos} eyes; fighting back tears; through angry tears",
        ("happy", "tearful"): "with tears of joy; with tears in {pos} eyes; moved to tears; fighting back happy tears",
        ("focused", "suspicious"): "with a hint of suspicion; slightly wary; suspicion creeping in; with a trace of doubt in {pos} eyes",
        ("tender", "suspicious"): "with a hint of suspicion; slightly wary; suspicion creeping in; a wary look behind the kindness",
        ("hopeful", "suspicious"): "with a hint of suspicion; slightly wary; suspicion creeping in; not quite trusting it",
    }.items()
}  # fmt: skip
BLEND_CLUSTERS = tuple(sorted({blend for _, blend in BLENDS}))

# What a nod or a shake is called, by amount: gently, as it is, vigorously. Finite, and phrases that follow a clause.
GESTURES: dict[str, tuple[Manner, Manner, Manner]] = {
    "nod": (
        _manner("~nods gently; ~nods slightly; ~gives small nods; ~nods a little; ~nods softly; ~nods almost imperceptibly", "with gentle nods; with a slight nod; with tiny nods", "gentle nod; slight nod; small nods"),
        _manner("~nods; ~nods {pos} head; ~nods along; ~keeps nodding; ~nods in agreement; ~gives a few nods; ~nods {pos} head up and down", "with a nod; with nods of agreement; {pos} head nodding", "nod; nods; nodding"),
        _manner("~nods vigorously; ~nods hard; ~nods emphatically; ~nods {pos} head vigorously; ~gives big nods; ~nods with great force", "with vigorous nods; with big, emphatic nods; with deep nods", "vigorous nod; big nods; strong nod"),
    ),
    "shake": (
        _manner("~shakes {pos} head gently; ~shakes {pos} head slightly; gently ~shakes {pos} head; ~gives small shakes of the head; ~shakes {pos} head a little; ~shakes {pos} head softly", "with a gentle shake of the head; with a slight headshake; with tiny headshakes", "gentle shake; slight headshake; small shakes"),
        _manner("~shakes {pos} head; ~keeps shaking {pos} head; ~shakes {pos} head in disagreement; ~shakes {pos} head no; ~turns {pos} head from side to side; ~gives a few shakes of the head", "with a shake of the head; with headshakes; {pos} head shaking", "shake; headshake; shaking the head"),
        _manner("~shakes {pos} head vigorously; ~shakes {pos} head hard; ~shakes {pos} head emphatically; ~shakes {pos} head violently; ~swings {pos} head from side to side", "with vigorous headshakes; with a hard shake of the head; with big, emphatic headshakes", "vigorous shake; hard headshake; strong shake"),
    ),
}  # fmt: skip
