"""How questions about a finished run are usually put: a pattern for each kind of them."""

from typing import Literal

IntentName = Literal[
    "why", "why_not", "short", "simply", "mistakes", "label", "prompt", "compare", "overview",
    "cost", "year", "even", "price", "brought", "sure", "interval", "luck", "split", "overfit",
    "risks", "next", "tried", "changes", "fixes", "more", "needed", "curve", "time", "effort",
    "upkeep", "about", "speed", "models", "settings", "weights", "meaning", "writing", "data",
    "privacy", "report", "try", "language", "thanks", "later", "help",
]  # fmt: skip

POLITE = (
    r"(?:(?:and|but|ok|so|please|(?:can|could|would) you|(?:can|could|may) (?:i|we)|i want to"
    r"|let me|do you know|in (?:plain|simple) (?:english|words|terms))\W+)*"
)
END = r"(?:\W*\b(?:please|pl[sz]|then|now|again|exactly|thanks|though))*\W*"
SHOW = r"(?:(?:show|list|give|see|print|tell)(?: (?:me|us))? )?"
_DATA = r"(?:(?:my|our|the|these|this) (?:data\w*|spreadsheet|file|sheet|examples|rows|sample))"
_FAULTS = r"(?:errors?|mistakes?|problems?|issues?|duplicates?|contradictions?|wrong labels?)"
_OF_IT = r"(?:this|that|it|the (?:answer|verdict|result|advice|forecast|score)|your \w+)"  # of ours
_OTHER = r"(?:bigger|larger|stronger|better|smarter|newer|other|different)"
# A way of working, named so that it is no other thing: "train the staff" is none.
_WAY = (
    r"(?:(?:an? |the |another |to |our own )?(?:fine[ -]?tun(?:e|ed|ing)|tun(?:e|ed|ing)"
    r"|train(?:ing)?|(?:word )?clas+i?f\w*|retrieval|rag|look[ -]?ups?|prompt(?:s|ing)?"
    rf"|{_OTHER} (?:language )?(?:models?|llms?|prompts?)|(?<=another )(?:model|prompt)"
    r"|gpt\S*|claude|gemini|llama|mistral)(?: (?:model|it|one))?"
    r"|(?:tun(?:e|ing)|train(?:ing)?) (?:an?|the|our|my|your)(?: own| small\w*| new)*"
    r"(?: language)?(?: (?:model|llm|one))?)"
)
_MONTHLY = r"(?: (?:a|per|each|every) (?:month|year)| monthly| yearly)"
_REQUESTS = r"(?:requests?|tickets|calls|queries|messages|e?-?mails|volumes?|traffic|as many)"
_VOLUME = (
    rf"(?:(?:.{{1,30}} )?{_REQUESTS}\b.{{0,20}}|[\d.,]+ ?\w*"
    r" (?:a|per|each|every) (?:month|week|day|hour|year))"
)
_THING = (
    r"(?:(?:a |the |to )?(?:fine[ -]?tun\w*|tun\w+|train\w*|classifier|retriev\w+|rag|look[ -]?up"
    r"|larger model|bigger model|better prompt|prompt\w*|keep .*|adopt .*|use .*|fix .*))"
)
_ANSWERER = (
    rf"(?:it|this|that|they|you|{_WAY}|(?:the|its|your|an?)(?: (?:best|tuned|new|better|small\w*))*"
    r" (?:model|prompt|classifier|answer|response|reply|tune|adapter|endpoint)s?)"
)
_NEW = r"(?:new|other|unseen|different|future|fresh) (?:data|examples|rows|texts|cases|inputs)"
PATTERNS: dict[IntentName, str] = {  # the others are read by `phrases` and `alike`
    "why_not": r"why not(?: (?P<what>.+?))?"
    rf"|why (?:don't|didn't|shouldn't|can't) (?:we|you|i) (?P<do>{_THING}(?: it| that)?)"
    r"|(?:why (?:don't|didn't) you|how come you (?:don't|didn't)) "
    r"(?:advise|recommend|suggest) (?P<advice>.+?)"
    rf"|why (?:don't|didn't|shouldn't|can't) (?:we|you|i) (?:just |simply )?(?P<own>{_WAY})"
    rf"|why (?:wouldn't|won't|isn't|doesn't) (?:an? |the )?(?P<rival>{_THING})"
    r"(?: (?:do|work|help|enough|better|the answer))?"
    r"|(?:(?:would|could|can|will|does)(?:n't)?|won't|isn't|shouldn't|(?:what|how) about"
    r"|what if|should(?= (?:we|i) (?:use|try|take)\b))"
    r"(?: (?:we|i|you|it|using|used?|trying|tried|try|had|took|take|simply|just))* "
    rf"(?P<way>{_WAY})"
    r"(?: (?:not )?(?:be|do|work|help|make|give|improve|win|score|perform|suffice|instead|better"
    r"|enough|best)\b.{0,30})?",
    "why": r"why|how come|why (?:this|that|is that|the verdict|d(?:o|id) you say (?:so|that|this)"
    rf"|did you decide (?:so|that|this)|do you (?:advise|recommend|think) .{{1,40}}|{_THING})"
    r"|what(?:'s| is| are) the reasons?|explain (?:it|this|that|the (?:answer|verdict))"
    rf"|why (?:is|was|does) {_THING} (?:better|best|enough|win|the (?:answer|best))"
    rf"|(?:so )?should (?:we|i) {_THING}|is (?:it|this|{_THING}) worth (?:it|the \w+)"
    r"|(?:sorry )?(?:i|we) (?:still )?(?:don't|do not|didn't|can't|cannot) (?:quite |really )?"
    rf"(?:get|understand|follow|believe|agree with|trust|buy)(?: {_OF_IT}| you)?"
    r"|(?:i|we) (?:don't|do not) agree|(?:i|we) (?:disagree|doubt (?:it|that|this))"
    r"(?: with (?:you|that|this|it))?"
    r"|(?:tell me|say) more(?: about (?:it|this|that))?|(?:some )?more details?"
    r"|(?:explain|say) (?:it|this|that)? ?(?:simpl\w+|in (?:plain|simple) (?:words|english)"
    r"|like i'm \w+|to me(?: like i'm \w+)?)"
    rf"|(?:no |i think |i believe )?(?:{_OF_IT}(?:'s| is| are"
    r"| looks| sounds| seems| must be| can't be| cannot be)"
    r"|you(?:'re| are)) (?:just |all |simply )?(?:wrong|nonsense|not right|not true|rubbish|right)"
    r"|what(?:'s| is| was) (?:the|your|its) (?:verdict|answer|advice|recommendation|result"
    r"|conclusion|outcome)|what (?:do|would|did) you (?:advise|recommend|suggest)"
    r"(?: (?:us|me))?(?: to do)?|what does (?:that|this|it|the (?:verdict|answer|result)) mean"
    r"|(?:summari[sz]e|sum up)(?: (?:it|this|that|the \w+))?(?: for (?:me|us))?",
    "mistakes": rf"{SHOW}(?:(?:the|its|some|a few|any|all|more|of) )*"
    r"(?:mistakes|errors|wrong (?:answers|ones)|failures|misses)"
    r"(?: (?:it|they|you) (?:made|makes?))?"
    r"|what (?:does|did|are|were) (?:it|they|the (?:(?:best )?prompt|model|mistakes|errors))"
    r"(?: (?:get|got|do|did) wrong)?|where (?:does|did|do) (?:it|they) (?:go wrong|fail)"
    r"|(?:which|what) (?:labels|answers|topics) (?:get|are|does it|do you) "
    r"(?:mixed up|confused?|mix up)"
    r"|(?:which|what) (?:mistakes|errors) (?:hurt|cost|matter|count)(?: (?:the )?most)?"
    rf"|(?:see )?{SHOW}(?:where|what|which|some|a few)? ?(?:\w+ )?(?:that )?"
    r"(?:it|they|you) "
    r"(?:got|get|gets|went|goes|did|does|messe[sd]|mess) (?:it )?(?:wrong|up)"
    r"|(?:which|what) \w+ (?:does|did|do) (?:it|they) (?:mess up|get wrong|miss)"
    r"|(?:which|what) (?:label|topic|category|field) is (?:the )?(?:worst|hardest|weakest)",
    "prompt": rf"{SHOW}(?:the |that )?(?:best |better |winning |exact )?prompt"
    r"|what(?:'s| is| was) the (?:best |better |winning |exact )?prompt"
    r"|(?:which|what) prompt (?:won|wins|is (?:the )?best|was (?:the )?best)"
    r"|(?:have|get|see|copy) the (?:prompt|wording)\b.{0,50}",
    "compare": r"(?:compare|difference between) (?P<a>.+?) (?:and|with|to|against|vs\.?|versus) "
    r"(?P<b>.+?)|(?P<c>.+?) (?:vs\.?|versus) (?P<d>.+?)"
    r"|(?:what's|what is) the difference between (?P<e>.+?) and (?P<f>.+?)(?: in .+)?"
    rf"|(?:is|are|was) (?P<i>{_WAY}) (?:really |any |much |clearly )*"
    rf"(?:better|worse|more accurate) than (?P<j>{_WAY})"
    r"|(?:which|what)(?: one)?(?:'s| is) (?:better|best|more accurate)\W+"
    rf"(?P<k>{_WAY}) or (?P<l>{_WAY})"
    r"|how (?:does|do|did) (?P<g>.+?) (?:stack up|compare|do|fare) (?:against|to|with) (?P<h>.+?)",
    "cost": r"(?:"  # alone, or at another volume
    rf"(?:what|how much) (?:would|will|does|do|is|are) (?:it|this|that|they|{_THING})"
    r"(?: going to)?(?: cost)?(?: (?:us|me))?(?: (?:a|per|each|every) month)?"
    r"(?: to (?:train|(?:fine-?)?tune|run|use)(?: it| this| that| one)?)?"
    r"|(?:what about |what(?:'s| is| are) )?(?:the )?(?:running |monthly )?costs?"
    rf"|(?:the )?(?:price|costs?){_MONTHLY}"
    r"|(?:what(?:'s| is) )?the (?:running |monthly )?(?:price|costs?) (?:of|for|per|a|with)"
    rf" (?:it|{_WAY}|month|year|request|(?:1,?000|a thousand) requests)"
    r"|(?:what|how much) (?:would|will|do|does|are) (?:we|i|it|that|us) (?:have to |be )?"
    r"(?:pay(?:ing)?|spend(?:ing)?)"
    rf"(?: (?:for|on) (?:it|this|that|{_WAY}))?{_MONTHLY}?"
    rf"|how expensive (?:is|would|will) (?:it|this|that|{_THING})(?: be)?"
    r"|how much (?:is it|would it|will it|is this)(?: gonna| going to)? "
    r"(?:set (?:us|me) back|cost(?: (?:us|me))?)"
    rf")(?:,? (?:at|with|for|on|if)(?: (?:we|i|it|there|they) (?:had|have|got|get|were|are|was))?"
    rf" (?P<volume>{_VOLUME}))?"
    r"|(?:what(?:'s| is) )?(?:the |our )?(?:roi|return on investment)|break[ -]?even point"
    r"|when (?:does|would|will|do) (?:it|this|that|we|a tune)"
    r" (?:pay (?:off|back|itself)|break even)"
    r"|how much (?:do|would|will|could|can) (?:we|i|it|that) save(?: us)?"
    rf"(?: (?:with|by|on) {_WAY})?"
    r"|is (?:it|this|that) (?:cheaper|more expensive|dearer)(?: than .+)?",
    "sure": r"(?:how|are you) (?:really |very |that )?(?:sure|certain|confident|reliable)"
    r"(?: (?:are you|(?:should|can) (?:i|we) be|is (?:this|that|it)))?"
    rf"(?: (?:about|of|in|on|with) {_OF_IT})?"
    r"|what(?:'s| is) (?:the|your) (?:confidence|certainty)"
    rf"|(?:is|are) {_OF_IT} (?:really |just )?(?:reliable|certain|sure|final|accurate|trustworthy"
    r"|luck|significant)|what (?:score )?did (?:it|they|the "
    r"(?:best )?prompt) (?:score|reach|get)|what(?:'s| is| was) (?:the|its) (?:best )?score"
    r"|can (?:i|we) trust (?:this|that|it|the .{1,20})(?: \w+)?(?: with .{1,30})?"
    r"|what are the (?:chances|odds) (?:that )?(?:you|it|this)(?:'re|'s| are| is) wrong(?: here)?"
    r"|how (?:accurate|reliable|good) (?:is|are) (?:it|this|that|these|the (?:best )?(?:answer"
    rf"|result|model|forecast|{_WAY}))(?: \w+)?",
    "next": r"what(?:'s| (?:happens|comes|is|do (?:i|we) do|should (?:i|we) do))(?: (?:next|now))"
    r"|what (?:now|next)|(?:and )?now what|(?:the )?next steps?|how do (?:i|we) go on"
    r"|what are (?:the|our|my) next steps"
    r"|what (?:do|should) (?:i|we) do (?:on )?(?:monday|tomorrow)(?: morning)?",
    "tried": r"what (?:(?:did|have) you|else (?:did|have) you|was) (?:all )?(?:try|tried"
    rf"|test|tested|measured?)|{SHOW}(?:all )?(?:the )?(?:trials|plans|prompts(?: you)? tried)"
    r"|(?:which|what) (?:prompts?|models?) (?:did you|have you|were|was) (?:tr(?:y|ied)|used?"
    r"|test(?:ed)?|measured?)",
    "changes": r"what (?:would|could|might|will) (?:change|flip) (?:the|your|this)? ?(?:answer"
    r"|verdict|advice|mind|it|that)|when (?:should|do) (?:i|we) ask again",
    "fixes": r"(?:which|what) (?:rows|labels|examples)(?: \w+)? (?:should|do|must|can) (?:i|we)"
    rf"(?: have to)? (?:fix|check|correct|change)|{SHOW}(?:the )?(?:suspect\w*|wrong|suspicious"
    r"|doubtful) (?:labels|rows)|(?:fix|check) (?:these|the) (?:rows|labels)"
    r"|what are the (?:labels|rows) to (?:fix|check)|are (?:my|our|the) labels any good",
    "more": r"(?:should|shall|must|do|would it help to|would it help if) (?:(?:i|we) )?"
    r"(?:need to |have to )?(?:collect|gather|label|add|get|find|provide|upload|need)(?:ed)? "
    r"(?:some |any )?(?:more|further|additional|extra) (?:data|examples|rows)"
    rf"|(?:is|are) (?:{_DATA}|[\d.,]+ (?:examples|rows)) (?:too (?:small|few|little|short)"
    r"|(?:big |large |long )?enough|sufficient)(?: for (?:it|this|that|you))?"
    r"|(?:do|did) (?:i|we) (?:have|give you|send|upload) (?:enough|too few|too little) "
    r"(?:data|examples|rows)|"
    r"(?:would|will|does|do) (?:more|further) (?:data|examples|rows) (?:help|change (?:it"
    r"|that|anything))|what if (?:i|we) had more (?:data|examples|rows)"
    r"|how many (?:more )?(?:examples|rows) (?:do|would|will) (?:i|we) need|do (?:i|we) need more "
    r"(?:data|examples|rows)|how many more (?:data|examples|rows) do you need",
    "time": rf"how long (?:would|will|did|does) (?:it|this|that|everything|{_THING}) (?:take|last)"
    rf"|(?:will|would|does) (?:it|{_THING})(?: it)? take (?:seconds|minutes|hours|days|long)"
    r"(?: or (?:hours|days|weeks))?",
    "speed": r"how (?:fast|quick|quickly|slow|responsive) "
    rf"(?:is|are|would|will|does|do) {_ANSWERER}"
    r"(?: (?:be|answer|respond|reply|run|work|go))?"
    rf"|(?:is|are|would|will) {_ANSWERER}(?: be)? (?:too |very |really )?(?:fast|quick|slow)"
    r"(?: enough)?"
    r"|how long (?:does|do|would|will) (?:a|an|one|each|the|every) (?:single )?"
    r"(?:answer|request|reply|response|message|prediction|call)s? take"
    r"|(?:what(?:'s| is| are|about) )?(?:the |its )?(?:latency|response times?|speed)",
    "overfit": rf"(?:does|did|do|will|would|is|are|has|have|could|can|isn't|doesn't) {_ANSWERER}"
    r"(?: be| just| only| simply| not)* (?:over-?fit\w*|memori[sz]\w*"
    r"|(?:learn\w* (?:it |them )?by heart))(?: .{0,30})?"
    r"|(?:what about |what(?:'s| is) |any |is there (?:any )?|do (?:we|you|i) have )?over-?fitt\w*"
    rf"|(?:will|would|does|do) {_ANSWERER} (?:also )?(?:generali[sz]e"
    rf"|(?:work|hold|do well)(?: up)? (?:on|for|with) {_NEW})(?: .{{0,20}})?",
    "data": rf"(?:is|are) {_DATA} (?:any good|(?:really |very )?(?:good|bad|ok(?:ay)?|fine|clean"
    r"|dirty|messy|usable|consistent|reliable|in order|of good quality)(?: enough)?)"
    rf"|(?:does|do|did|has|have|had) {_DATA} (?:have |contain |hold |got )?(?:any |many |some )?"
    rf"{_FAULTS}(?: in (?:it|them))?|are there (?:any |many )?{_FAULTS} in {_DATA}"
    rf"|how (?:good|clean|bad|messy|consistent) (?:is|are) {_DATA}"
    rf"|(?:what(?:'s| is)|is (?:something|anything)) wrong with {_DATA}"
    rf"|what about (?:the quality of )?{_DATA}",
    "privacy": r"(?:please )?(?:delete|remove|erase) (?:all )?(?:my|our|the) "
    r"(?:data|spreadsheet|file|examples|rows|run)"
    r"|(?:who|where|which models?) (?:sees?|saw|seen|reads?|gets?|got|received|has|have"
    r"|had|does|did|do|is|are|was|were|went|goes|can|could) (?:.{0,12} )?(?:my|our|the) "
    r"(?:data|spreadsheet|file|examples|rows)(?: .{0,20})?"
    r"|(?:do|does|did|is|are|was|were|has|have|will|can|could) (?:you )?(?:.{0,12} )?(?:my|our) "
    r"(?:data|spreadsheet|file|examples|rows) (?:.{0,20}\b)?(?:le(?:ave|ft)|sen[dt]|go(?:es|ne)?"
    r"|went|shared?|stored?|kept|keep|sa[fv]ed?|secure|private|used?|upload\w*|seen?|sees|read"
    r"|leak\w*|delet\w*|train|stay\w*|safe|anywhere|elsewhere|confidential|to \w+)\b.{0,20}"
    r"|(?:do|did|will) you (?:.{0,12} )?(?:share|send|store|keep|upload|leak|sell|use|save) "
    r"(?:my|our) (?:data|spreadsheet|file|examples|rows)\b.{0,30}",
    "report": r"(?:where(?:'s| is) |(?:have|get|see|download) |(?:send|give) me )"
    r"(?:the |a |that |this )?(?:report|pdf)\b.{0,40}"
    r"|(?:have|get) (?:this|that|it) as a (?:pdf|file|report)\b.{0,30}",
    "thanks": r"(?:got it,? )?(?:thanks|thank you|cheers)\W+(?:that|this|it) (?:really )?helps?"
    r"(?: \w+){0,2}|got it,? thanks|(?:very )?nice(?: one)?"
    r"|(?:many )?(?:thanks|thank you|cheers|great|perfect|ok)"
    r"(?:\W+.{0,25}\b(?:all|much|you|bye|day|help))?"
    r"|(?:(?:many )?(?:thanks|thank you|cheers)\W+)?(?:(?:that|this|it)(?:'s| is| was) )?"
    r"(?:(?:really|very|so|quite|super) )?(?:helpful|useful|great|clear|good|kind|interesting)",
    "writing": r"what (?:do|does|did) (?:the |its |your )?(?:texts?|prompts?|it|they|copy) "
    r"(?:leave out|miss|invent|add|make up)|(?:missing|invented|left[ -]out) facts"
    r"|(?:who|which) (?:won|is better|was preferred)(?: blind)?|"
    rf"{SHOW}(?:the )?(?:blind (?:comparison|pairs?|test)|house terms|invented facts)"
    r"|(?:what|how) (?:did|was) the blind (?:comparison|test)(?: say| end| come out)?",
    "meaning": r"what do you mean (?:by|with) (?P<word>.+?)"
    r"|(?:will|would|does|did) (?:it|(?:the |an? )?(?:(?:fine-?)?tuned? ?)?(?:model)?)"
    r" (?P<forgets>forget) (?:other|old|everything|anything|what|how|all)\b.{0,40}"
    r"|what(?:'s| is| are| does| do)(?: an?| the)? (?P<term>.+?)(?: mean)?"
    r"(?:,? in (?:plain|simple) (?:english|words|terms))?"
    r"|(?:what|which) counts as (?:an? )?(?P<counted>.+?)"
    r"|(?:is|does) (?:an?|one|each|every) [\w-]+(?: \w+)? (?:count as )?(?:an?|one) (?P<one>\w+)"
    r"|(?P<bare>[\w -]{2,30})\?+",
    "help": r"help(?: me)?|(?:hi|hello|hey|good (?:morning|afternoon|evening))(?: there)?|h+m+|well"
    r"|umm?|er+m?|(?:oh|ah|aha|wow|interesting|i see|so what)"
    r"|what (?:can|may|could|should) (?:i|we) (?:ask|do|say)(?: you| here)?"
    r"|what (?:can|do) you (?:do|know|answer)|which questions (?:can i ask|do you answer)",
}
