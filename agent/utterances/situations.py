"""Questions that a verdict raises in an organisation: whom to tell, the law, what will change.

A pattern for each kind of them, as in `patterns`; these are tried first, being the narrower ones.
"""

from agent.utterances.patterns import PLAINLY, TUNED_MODEL, IntentName

_IT = (
    r"(?:it|this|that|all (?:of )?this|the (?:verdict|answer|result|outcome|finding|advice"
    r"|recommendation|report|test|run)s?)"
)
_I_HAVE_TO = (
    r"(?:(?:how|what) (?:do|can|could|should|would|shall|must) (?:i|we)|(?:i|we)(?:'ll)? (?:have to"
    r"|need to|must|should|want to|will|shall|would like to)|help (?:me|us)(?: to)?"
    r"|(?:i|we) (?:don't|do not) know how to)"
)
_TELL = r"(?:explain|present|report|tell|say|pitch|summari[sz]e|describe|justify|defend)"
_BOSS = (
    r"(?:(?:my|our|the|a) )?(?:\w+ )?(?:boss\w*|directors?|manage\w+|ceo|cfo|cto|chiefs?|heads?"
    r"|board|team|colleagues?|departments?|council|mayor|leaders?\w*|supervisors?|partners?|committee"
    r"|executives?|stakeholders?|investors?|owners?|head of \w+)"
)
_SENTENCES = (
    r"(?:in|with) (?:just |only |about )?(?:one|two|three|four|five|a few|few|a couple of|\d) "
    r"(?:short |simple |plain )*(?:sentences?|lines?|words?)"
)
_TECH = (
    r"(?:our|my|the|an?) (?:it|tech\w*|dev\w*|engineer\w*|programmer\w*|admin\w*|software|data"
    r"|operators?|suppliers?|vendors?|providers?|agency|web)\b(?: \w+){0,2}"
)
_LAW = (
    r"(?:gdpr|dsgvo|rgpd|hipaa|ccpa|lgpd|fadp|(?:eu )?ai act|data (?:protection|privacy)"
    r"|privacy (?:laws?|acts?|rules?|regulations?)|works council)"
)
_LAWFUL = r"(?:legal|lawful|illegal|unlawful|allowed|permitted|compliant|against the law)"
_LANGUAGE = (
    r"(?:italian|german|french|spanish|english|dutch|polish|portuguese|turkish|russian|arabic"
    r"|chinese|japanese|korean|hindi|swedish|danish|norwegian|finnish|czech|greek|romanian"
    r"|hungarian|ukrainian|(?:any )?other languages?|another language|foreign languages?"
    r"|(?:several|more|two|all) languages)"
)
_MERGED = r"(?:merged|renamed|split(?: up)?|combined|joined|reorgani[sz]ed|restructured|regrouped)"
_TO_BE = r"(?:will (?:soon )?be|(?:are|is) (?:going|about) to be|(?:are|is) (?:to|being)(?: be)?)"
_LABELS = (
    r"(?:labels?|categor(?:y|ies)|class(?:es)?|topics?|departments?|offices?|queues?|types?|codes?"
    r"|kinds?|answers?|fields?|teams?)"
)
_LEARNED = rf"(?:it|we|they|{TUNED_MODEL}|the (?:classifier|model|prompt))"
_AGAIN = (
    r"(?:re-?train(?:ed|ing)?|re-?tuned?|(?:fine-?)?(?:train(?:ed)?|tuned?)(?: (?:it|them"
    r"|the model))? (?:again|anew|afresh|once more))"
)
SITUATIONS: dict[IntentName, str] = {
    "tell": rf"(?:{_I_HAVE_TO} )?{_TELL} {_IT}(?: (?:quickly|best))? (?:to|for) "
    rf"(?:my|our|the|a) \w+(?: \w+)?(?:,? (?:{_SENTENCES}|{PLAINLY}))?"
    rf"|{_I_HAVE_TO} {_TELL} (?:to )?{_BOSS}(?: about {_IT})?(?:,? (?:{_SENTENCES}|{PLAINLY}))?"
    rf"|(?:{_TELL}|give|put)(?: (?:to )?(?:me|us)| {_IT})*,? {_SENTENCES}(?: for {_BOSS})?"
    rf"|(?:something|a (?:summary|sentence|text|line)|two sentences) for {_BOSS}",
    "simply": rf"(?:{_TELL}|put|phrase|rephrase|repeat|give|translate)"
    rf"(?: (?:to )?(?:me|us)| {_IT})*(?: again)?,? {PLAINLY}|what does {_IT} mean,? {PLAINLY}",
    "difference": r"(?:(?:what(?:'s| is| are)|explain|where(?:'s| is)) )?(?:the )?(?:main |exact )?"
    rf"differences? between (?P<a>.+?) and (?P<b>.+?)(?:,? {PLAINLY}| in .+)?"
    r"|how (?:does|do|is|are) (?P<c>.+?) (?:differ(?:ent)?) from (?P<d>.+?)",
    "worth": rf"(?:is|was|will|would) (?:{_IT}|{TUNED_MODEL}|the \w+)(?: really| all| be| even)* "
    r"worth (?:(?:the|our|that|this|all|so|much) )+(?:money|costs?|price|expenses?|investment"
    rf"|spending|budget)|is (?:{_IT}|{TUNED_MODEL}) (?:good )?value(?: for (?:the |our )?money)?",
    "law": r"(?:is|are|am|was|does|do|can|may|would|will|(?:what|how) about|any)\b.{0,60}"
    rf"\b{_LAW}\b.{{0,30}}"
    rf"|(?:is|are|am|would|will) (?:it|this|that|we|i)(?: be| even| all| really)* {_LAWFUL}"
    r"(?: (?:in|under|by|with|for|here|at all|to (?:do|use|run|send) .{1,30})\b.{0,30})?"
    rf"|{_LAW}",
    "relabel": rf"(?!my )(?P<what>(?:[\w-]+ ){{0,3}}[\w-]+s) {_TO_BE} {_MERGED}\b.{{0,30}}"
    r"|(?:what|how) (?:happens? )?(?:if|when) (?P<those>(?:[\w-]+ ){0,3}[\w-]+) "
    rf"(?:(?:are|is|were|was|get|gets|got) {_MERGED}|change names?)\b.{{0,30}}"
    r"|(?:we|they) (?:will|are going to|want to|plan to|may|might|have to|need to) (?:merge|rename"
    r"|split|combine|regroup) (?!my\b|your\b)(?P<ours>.{1,60})"
    r"|what (?:happens? )?(?:if|when) (?:we|i|they|somebody|someone) (?:(?:merge|rename|split"
    r"|combine|regroup) (?P<which>.{1,40})|(?:add|drop|remove|get|have|introduce) (?P<new>(?:\w+ )"
    rf"{{0,3}}{_LABELS})\b.{{0,20}})",
    "upkeep": rf"(?:is|are) {_IT}(?: all| then| now)* (?:useless|worthless|obsolete|outdated"
    r"|for nothing|in vain|wasted)(?: .{1,20})?"
    rf"|(?:is|will|does) {_IT}(?: be| all)* still(?: be)? (?:valid|useful|right|hold|good|true"
    r"|usable)(?: (?:next|in|after|then).{0,20})?",
    "retrain": rf"(?:(?:must|do|does|will|would|has|have|should|when (?:must|do|should|does)"
    rf"|how often (?:must|do|does|should|would|will|has)) )?{_LEARNED} "
    r"(?:(?:must|has|have|needs?|should|will|would|got)(?: to)?(?: be)? |(?:to )?be )?"
    rf"{_AGAIN}(?: (?:it|them|the (?:\w+ )?(?:model|classifier)))?(?: (?:when|if|once"
    r"|after|every time|with|for)\b.{1,40}?)?(?:,? (?:or|right"
    r"|correct|no|yes|or not))?",
    "stands": r"(?:(?:first|before|earlier|but|so)\W+)*you (?:said|say|told|wrote|recommended"
    r"|advised|claimed|suggested|forecast)\b.{1,80}\b(?:now|but|then)\b.{1,60}\W(?:so )?(?:which"
    r"|what)(?: one)?(?:'s| is| was| do| should| of)? (?:it|right|true|correct|the answer|now"
    r"|best|i|we)\b.{0,20}|(?:so |and )*which (?:one )?is it(?: now| then)?(?:,? .{1,40})?",
    "handover": r"(?:what|which \w+) (?:do|should|must|can|shall|would) (?:i|we) (?:(?:have|need)"
    r" to )?(?:send|give|hand|pass|forward|deliver|provide|show|tell)(?: (?:over|on))?(?: to)? "
    rf"{_TECH}|(?:what|which \w+) (?:do|does|will|would) {_TECH} (?:need|want|require|get)"
    r"(?: from (?:us|me))?|how (?:do|can|should) (?:i|we) (?:hand|pass|give|send) "
    rf"{_IT}(?: over| on)? to {_TECH}",
    "tongues": r"(?:would|will|does|do|did|can|could|is|was|has) (?:it|this|that|they|everything"
    r"|the (?:\w+ )?(?:model|prompt|classifier|one))(?: also| even| still| be| been| just)* "
    r"(?:work|run|do|function|cope|handle|understand|read|answer|perform|tested|measured|tried"
    rf"|good|usable)(?: \w+){{0,4}}? {_LANGUAGE}(?: (?:as well|too|also|\w+))?"
    rf"|(?:what|how) about (?:\w+ )?(?:in )?{_LANGUAGE}(?: \w+)?",
}
