# ruff: noqa: E501 - lists of words kept in rows
"""English words that the grammar of lines is filled with, chosen to touch every phone and lips more than the rest."""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.replace("\n", "|").split("|"))


NAMES = _words("""Emma|Peter|Bobby|Pam|Olivia|Marcus|Phoebe|Vincent|Abigail|Theo|Zoe|Bartholomew|Fiona|Walter|Maya|Jasper
Beverly|Hugo|Ingrid|Samir|Yuki|Chloe|Dmitri|Priya|Oscar|Margaret|Wanda|Felix|Bruce|Penelope|Victor|Joy|Thomas|Ruth|Shaw
Mrs. Whitby|Mr. Palmer|Doctor Bloom|Captain Foster|Aunt Polly|Uncle Ben|Miss Arthur|Judge Farrow|Professor Vaughn""")
PLACES = _words("""Paris|Boston|the harbour|the village|Bombay|Vienna|the opera|Lake Pepin|the bakery|Cape Town|Warsaw|the airport
the subway|Mount Baker|Phoenix|the library|the old mill|Hamburg|the beach|Washington|the stable|the theatre|our cabin""")
PEOPLE = _words("""mother|father|neighbour|professor|farmer|waiter|judge|cousin|baker|manager|pilot|boss|mayor|captain|uncle|boy
girl|woman|poet|doctor|painter|thief|butcher|queen|bishop|lawyer|nephew|plumber|teacher|widow|child|stranger|goalkeeper
shepherd|driver|bride|author|barber|chef|fisherman|grandmother|champion|violinist|witness|youth""")
THINGS = _words("""apple|map|boat|bottle|picture|window|bridge|problem|violin|bus|story|river|voice|boot|wall|puppet|fish|storm|lamp
book|jar|jewel|mirror|pillow|blanket|pepper|cabbage|bubble|umbrella|basket|poem|photograph|television|vase|feather|glove
thumb|tooth|chair|cheese|church|juice|bicycle|garage|treasure|beard|birthday|shirt|shoe|shower|shovel|yacht|yard|onion
moose|wolf|bear|bumblebee|butterfly|leopard|monkey|rabbit|spider|whale|zebra|giraffe|horse|puppy|lamb|owl|fox|toad
mountain|valley|cave|cloud|moon|forest|island|waterfall|field|swamp|path|tower|palace|tavern|attic|cellar|kitchen
promise|secret|rumour|idea|measure|theory|method|victory|failure|journey|question|answer|reason|opinion|memory|dream""")
PLURAL = _words("""apples|maps|boats|five bottles|pictures|windows|bridges|problems|stories|voices|boots|puppets|lamps|books|jewels
mirrors|peppers|bubbles|umbrellas|poems|feathers|gloves|teeth|chairs|shoes|onions|wolves|bears|bees|butterflies|monkeys
rabbits|horses|puppies|lambs|owls|mountains|clouds|islands|fields|paths|towers|promises|secrets|ideas|theories|answers
opinions|memories|biscuits|potatoes|tomatoes|mushrooms|matches|peaches|pebbles|waves|leaves|knives|thieves|choices""")
ADJECTIVES = _words("""big|small|blue|purple|brown|white|yellow|heavy|empty|famous|broken|wooden|beautiful|awful|warm|thin|thick
smooth|rough|brave|foolish|puzzled|quiet|loud|bitter|sweet|sour|fresh|rotten|bright|dim|shy|proud|humble|narrow|vague
useful|useless|peculiar|precious|impossible|invisible|ordinary|huge|tiny|wet|damp|lovely|furry|fluffy|muddy|sleepy
young|old|ancient|modern|royal|cheap|valuable|leather|paper|plum|golden|silver|southern|northern|foreign|usual|smelly""")
VERBS = tuple(
    tuple(pair.split("/"))
    for pair in _words("""believe/believed|remember/remembered|buy/bought|open/opened|forget/forgot
want/wanted|paint/painted|move/moved|carry/carried|watch/watched|follow/followed|keep/kept|promise/promised|love/loved
find/found|bring home/brought home|throw away/threw away|ask about/asked about|laugh at/laughed at|look for/looked for
worry about/worried about|build/built|wash/washed|fix/fixed|borrow/borrowed|hear about/heard about|dream of/dreamed of
give up/gave up|pick up/picked up|sing about/sang about|whisper about/whispered about|measure/measured|explain/explained
wrap/wrapped|push/pushed|pull/pulled|choose/chose|steal/stole|hide/hid|break/broke|bury/buried|draw/drew|describe/described
imagine/imagined|describe/described|photograph/photographed|polish/polished|remove/removed|replace/replaced|admire/admired
approve of/approved of|depend on/depended on|think about/thought about|argue over/argued over|vote for/voted for
peel/peeled|taste/tasted|smell/smelled|grab/grabbed|drop/dropped|bump into/bumped into|pay for/paid for|wave at/waved at
stumble over/stumbled over|save/saved|sell/sold|ship/shipped|judge/judged|enjoy/enjoyed|avoid/avoided|destroy/destroyed
ignore/ignored|welcome/welcomed|observe/observed|shave/shaved|swap/swapped|mix up/mixed up|leave behind/left behind""")
)
ADVERBS = _words("""yesterday|in the morning|before breakfast|at the museum|with a smile|far too slowly|for a while|on Monday
by the pool|over and over|without a word|after the show|under the bridge|every afternoon|back home|in the rain|from above
as usual|because of you|among friends|through the fog|this evening|with both hands|for the very first time|in February
behind the barn|with great pleasure|once more|at half past five|very carefully|on purpose|by mistake|before the storm
beneath the moon|in a hurry|out of habit|without any warning|on the way to work|above the roof|near the fire|all by myself
in a thick southern accent|as if nothing had happened|long ago|just in time|for my birthday|with butter and jam""")
OPENERS = _words("""well|so|maybe|however|oh|please|of course|to be honest|listen|look|by the way|I mean|finally|honestly|you know
frankly|above all|believe me|as far as I know|on the other hand|for example|at last|perhaps|meanwhile|mind you|you see
between you and me|in fact|believe it or not|fortunately|obviously|after all|if you ask me|to my surprise""")
REMARKS = _words("""good morning|thank you very much|excuse me|wait a moment|come on|no way|oh my|what a pity|never mind|my pleasure
I beg your pardon|that's enough|how wonderful|of course not|you must be joking|not again|what on earth|I have no idea
don't move|be quiet, please|that's marvellous|give me a break|hooray|oh no|stop it|leave me alone|what a mess|bravo
where have you been|how are you today|what happened here|who would have thought|is that really you|are you all right""")
CONJUNCTIONS = _words("and|but|so|because|while|although|until|whenever|before|even though|just as|or else")
MONTHS = _words("January|February|March|April|May|June|July|August|September|October|November|December")
UNITS = _words("pounds|miles|minutes|boxes|people|per cent|dollars|thumbs|cups of coffee|pages|weeks|bumblebees|points")
