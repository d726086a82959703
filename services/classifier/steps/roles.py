"""Roles: says who does what in every sentence that has triggers.

What stands beside a name decides first ("by X", "X-কে"), then where it stands to the cue, then what
is usual for the type. The result is one candidate per sentence and type.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from services.classifier.document import Candidate, Document, Ground, Name, Segment, Trigger
from services.classifier.lexicon.load import Grammar
from services.classifier.lexicon.scripts import HAN, HIRAGANA, KATAKANA, THAI, script_of
from services.common.contracts.reading import Role
from services.common.ids import CompanyId

_LIST_GAP = 12
_LAST_CYRILLIC = 0x530
_ADJACENT = 2
_ADJACENT = 2
_REACH = 160
"""How far from the cue a name may stand to be part of it."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Names in a row ("Facebook, YouTube and TikTok"), which share a role."""

    names: tuple[Name, ...]

    @property
    def start(self) -> int:
        """Return where the first name begins."""
        return self.names[0].start

    @property
    def end(self) -> int:
        """Return where the last name ends."""
        return self.names[-1].end


def assign(document: Document, *, grammar: Grammar) -> Document:
    """Return the document with one candidate for every sentence and type that has triggers."""
    grouped: dict[tuple[int, str], list[Trigger]] = defaultdict(list)
    for trigger in document.triggers:
        grouped[trigger.sentence, trigger.event_type].append(trigger)
    candidates = tuple(
        _candidate(document, grammar, triggers) for _, triggers in sorted(grouped.items())
    )
    return document.but(candidates=tuple(_anaphora(document, candidates)))


def _anaphora(document: Document, candidates: tuple[Candidate, ...]) -> Iterator[Candidate]:
    """Yield candidates; one whose clause names nobody is about the target of its sentence.

    "ByteDance may sell TikTok, which India has banned": the ban is TikTok's.
    """
    for candidate in candidates:
        first = candidate.triggers[0]
        start, end = document.clause_of(first.sentence, first.start)
        names_nobody = not any(
            start <= name.start < end for name in document.names_in(first.sentence)
        )
        other = next(
            (
                found
                for found in candidates
                if found is not candidate
                and found.triggers[0].sentence == first.sentence
                and found.triggers[0].start < first.start
                and Role.TARGET in found.roles.values()
            ),
            None,
        )
        if not names_nobody or other is None:
            yield candidate
            continue
        targets = [company for company, role in other.roles.items() if role is Role.TARGET]
        yield candidate.but(
            roles=dict.fromkeys(targets, Role.TARGET),
            role_places={company: other.role_places[company] for company in targets},
            grounds=dict.fromkeys(targets, Ground.PLACE),
        )


def _candidate(document: Document, grammar: Grammar, triggers: list[Trigger]) -> Candidate:
    triggers = sorted(triggers, key=lambda trigger: trigger.start)
    event_type = triggers[0].event_type
    found: dict[CompanyId, tuple[Role, Name, Ground]] = {}
    for trigger in sorted(triggers, key=lambda trigger: -trigger.weight):
        for name, role, ground in _roles_around(document, grammar, trigger):
            if name.company not in found or found[name.company][2] < ground:
                found[name.company] = (role, name, ground)
    if not found:
        for name, role in _borrowed(document, triggers[0]):
            found.setdefault(name.company, (role, name, Ground.BORROWED))
    return Candidate(
        event_type=event_type,
        triggers=tuple(triggers),
        roles={company: role for company, (role, _, _) in found.items()},
        role_places={company: name for company, (_, name, _) in found.items()},
        grounds={company: ground for company, (_, _, ground) in found.items()},
    )


def _roles_around(
    document: Document, grammar: Grammar, trigger: Trigger
) -> Iterator[tuple[Name, Role, Ground]]:
    chains = _chains_near(document, trigger)
    before = [chain for chain in chains if chain.end <= trigger.start]
    after = [chain for chain in chains if chain.start >= trigger.end]
    inside = [chain for chain in chains if chain not in before and chain not in after]
    marked: dict[Chain, Role] = {}
    asides: set[Chain] = set()
    for chain in chains:
        beside = _beside(document, grammar, trigger, chain)
        if beside.marked_by(grammar, "none"):
            asides.add(chain)  # "via X", "parent of X": no part of the event
        elif (role := _marked_role(grammar, trigger, beside)) is not None:
            marked[chain] = role
    for chain, role in marked.items():
        yield from ((name, role, Ground.WORD) for name in chain.names)
    taken = set(marked.values())
    used = asides | marked.keys()
    free_before = [chain for chain in before if chain not in used]
    free_after = [chain for chain in after if chain not in used]
    free_inside = [chain for chain in inside if chain not in used]
    placed = _by_place(trigger, grammar, free_before, free_after, free_inside, taken)
    ground = Ground.TALKS if trigger.frame == "talks" else Ground.PLACE
    for chain, role in placed.items():
        yield from ((name, role, ground) for name in chain.names)


def _chains_near(document: Document, trigger: Trigger) -> list[Chain]:
    """Return the chains of the trigger's clause; of its sentence where the clause names nobody."""
    names = [
        name
        for name in document.names_in(trigger.sentence)
        if abs(name.start - trigger.start) <= _REACH
    ]
    start, end = document.clause_of(trigger.sentence, trigger.start)
    _, end = document.clause_of(trigger.sentence, max(trigger.end - 1, trigger.start))
    in_clause = [name for name in names if start <= name.start < end]
    return _chains(document.folded.text, in_clause or names)


def _chains(text: str, names: Sequence[Name]) -> list[Chain]:
    chains: list[list[Name]] = []
    for name in names:
        if chains:
            gap = _without_ending(text[chains[-1][-1].end : name.start])
            same_place = name.start < chains[-1][-1].end
            if same_place or (len(gap) <= _LIST_GAP and _is_list_gap(gap)):
                chains[-1].append(name)
                continue
        chains.append([name])
    return [Chain(tuple(chain)) for chain in chains]


_CONJUNCTIONS = frozenset(
    [
        "and",
        "or",
        "&",
        "dan",
        "atau",
        "serta",
        "juga",
        "এবং",
        "ও",
        "আর",
        "और",
        "तथा",
        "व",
        "या",
        "اور",
        "و",
        "یا",
        "و",
        "ve",
        "veya",
        "ile",
        "и",
        "и",
        "или",
        "та",
        "й",
        "і",
        "або",
        "y",
        "e",
        "ou",
        "et",
        "o",
        "und",
        "oder",
        "sowie",
        "en",
        "of",
        "i",
        "oraz",
        "lub",
        "และ",
        "và",
        "hoặc",
        "மற்றும்",
        "和",
        "与",
        "及",
        "と",
        "や",
        "및",
        "와",
        "과",
        "dan/atau",
    ]
)


def _without_ending(gap: str) -> str:
    """Return what stands between two names without the case ending of the first ("Facebooka i X").

    Only in scripts whose endings are letters of the same word; に, 과 and the like are words here.
    """
    at = 0
    while at < len(gap) and gap[at].isalpha() and ord(gap[at]) < _LAST_CYRILLIC:
        at += 1
    return gap[at:]


def _is_list_gap(gap: str) -> bool:
    words = gap.replace(",", " ").replace("/", " ").replace("、", " ").replace("،", " ")
    words = words.replace("-", " ").replace('"', " ").replace("・", " ")
    pieces = words.split()
    if not pieces:
        return any(sign in gap for sign in ",/、،・") or gap.strip() == "-"
    return all(piece in _CONJUNCTIONS for piece in pieces)


@dataclass(frozen=True, slots=True)
class Beside:
    """The folded text right before and right behind a chain, each also without articles."""

    lefts: tuple[str, str]
    rights: tuple[str, str]

    def marked_by(self, grammar: Grammar, key: str) -> int:
        """Return the length of the longest word of the role `key` that stands there, 0 for none."""
        longest = 0
        # Hardly any name has a marker beside it, and one look at all words at once tells.
        words = grammar.before.get(key, ())
        for left in self.lefts:
            if left.endswith(words):
                for word in words:
                    if len(word) > longest and _ends_with_word(left, word):
                        longest = len(word)
        words = grammar.after.get(key, ())
        if words:
            for right in self.rights:
                for word in words:
                    if len(word) > longest and _begins_with_word(right, word):
                        longest = len(word)
        return longest


def _beside(document: Document, grammar: Grammar, trigger: Trigger, chain: Chain) -> Beside:
    text = document.folded.text
    # A word that belongs to the cue is no marker: "walks away from X" sells nothing. But in a passive
    # one it names the agent: "bought by X".
    cue_end = trigger.start if trigger.frame in {"passive", "sold"} else trigger.end
    from_ = max(chain.start - 24, cue_end if trigger.end <= chain.start else 0)
    left = text[from_ : chain.start].rstrip(" \"'(")
    right = text[chain.end : chain.end + 24].lstrip("\"')")
    return Beside(
        lefts=(left, _without_articles(left, grammar)),
        rights=(right, _behind_articles(right, grammar)),
    )


def _marked_role(grammar: Grammar, trigger: Trigger, beside: Beside) -> Role | None:
    """Return the role that the words right beside a chain give it: the longest word decides."""
    is_deal = trigger.event_type == "acquisition"
    best: tuple[int, Role | None] = (0, None)
    for key, role in _marker_keys(trigger.frame, trigger.event_type):
        if is_deal or role is not Role.SELLER:
            length = beside.marked_by(grammar, key)
            if length > best[0]:
                best = (length, role)
    return best[1]


@lru_cache(maxsize=256)
def _marker_keys(frame: str, event_type: str) -> tuple[tuple[str, Role], ...]:
    """Return the keys of a grammar's markers that hold for a cue, the narrowest first."""
    roles = [role for role in Role if role is not Role.SELLER or event_type == "acquisition"]
    narrow = [(f"{scope}.{role}", role) for scope in (frame, event_type) for role in roles]
    return (*narrow, *((str(role), role) for role in roles))


def _without_articles(left: str, grammar: Grammar) -> str:
    """Return what stands before a name without "the", "its rival" and "Japan's"."""
    for _ in range(3):
        rest, _, last = left.rpartition(" ")
        if not rest or not (last in grammar.articles or last.endswith("'s")):
            return left
        left = rest.rstrip()
    return left


def _behind_articles(right: str, grammar: Grammar) -> str:
    """Return what stands behind a name without "group"; its case ending is then the name's.

    Only verb-last languages mark roles behind the name: "X গ্রুপের কাছ থেকে" is "X-ের কাছ থেকে".
    """
    if grammar.order == "sov" and right.startswith(" "):
        for word in grammar.articles:
            if right.startswith(word, 1):
                return right[1 + len(word) :]
    return right


def _ends_with_word(left: str, word: str) -> bool:
    if not left.endswith(word):
        return False
    rest = left[: -len(word)]
    return not rest or not rest[-1].isalnum() or ord(word[0]) > 0x2E80


def _begins_with_word(right: str, word: str) -> bool:
    """Return whether a marker stands there; one written with a leading space must be a whole word."""
    if word.startswith("+"):
        end = len(word) - 1
        return right.startswith(word[1:]) and (_runs_on(word) or not right[end : end + 1].isalpha())
    stripped = right.lstrip()
    if not stripped.startswith(word) or (stripped == right and ord(word[0]) < 0x2E80):
        return False
    behind = stripped[len(word) : len(word) + 1]
    return _runs_on(word) or not behind.isalnum()


def _runs_on(word: str) -> bool:
    """Return whether a word is written in a script that puts no space behind it."""
    return script_of(word[-1]) in {HAN, KATAKANA, HIRAGANA, THAI}


def _by_place(
    trigger: Trigger,
    grammar: Grammar,
    before: list[Chain],
    after: list[Chain],
    inside: list[Chain],
    taken: set[Role],
) -> Mapping[Chain, Role]:
    """Return the roles that follow from where unmarked chains stand to the cue."""
    if trigger.frame == "talks":
        return dict.fromkeys([*before[-2:], *after[:2], *inside], Role.PARTY)
    if trigger.frame == "refuse" and grammar.order == "svo":
        return dict.fromkeys(before[-1:], Role.TARGET) | dict.fromkeys(after[:1], Role.ACTOR)
    if trigger.frame == "merge":
        return dict.fromkeys([*before[-2:], *after[:2], *inside], Role.TARGET)
    if inside:
        # A cue in two parts goes around its object: "stellt X ein", "ban on X lifted".
        return dict.fromkeys(inside, Role.TARGET) | (
            {before[-1]: Role.ACTOR} if before and _takes_subject(trigger) else {}
        )
    if grammar.order == "sov":
        return _verb_last(trigger, before, after, taken)
    return _verb_middle(trigger, before, after, taken)


def _takes_subject(trigger: Trigger) -> bool:
    """Return whether who stands before a cue that goes around its object does it.

    Of the nouns of bans that is not so: "X's ban on Y lifted".
    """
    return trigger.event_type != "ban" or trigger.frame in {"active", "store"}


def _verb_middle(
    trigger: Trigger, before: list[Chain], after: list[Chain], taken: set[Role]
) -> dict[Chain, Role]:
    left, right = before[-1:], after[:1]
    if trigger.frame == "noun" and left and not right:
        return _before_a_noun(trigger, before)
    subject, thing = _sides(trigger)
    if trigger.frame in {"passive", "sold"} or (trigger.frame == "noun" and subject is Role.TARGET):
        chosen = left or right
        return {} if Role.TARGET in taken and not left else dict.fromkeys(chosen, Role.TARGET)
    has_one_side = not (left and right)
    if has_one_side and (
        trigger.frame == "close" or (trigger.event_type == "shutdown" and Role.TARGET not in taken)
    ):
        return dict.fromkeys([*left, *right], Role.TARGET)
    placed = dict.fromkeys(left, subject)
    if Role.TARGET not in taken or thing is not Role.TARGET:
        placed |= dict.fromkeys(right, thing)
    return placed


def _before_a_noun(trigger: Trigger, before: list[Chain]) -> dict[Chain, Role]:
    """Return the roles of names that only stand before a noun.

    Right before it stands its object ("the Fitbit deal", "TikTok ban"); names in a row are equals ("A
    and B call off their wedding").
    """
    subject, _ = _sides(trigger)
    last = before[-1]
    if trigger.start - last.end <= _ADJACENT or len(last.names) > 1:
        return {last: Role.TARGET} | dict.fromkeys(before[-2:-1], subject)
    return {last: subject}


def _verb_last(
    trigger: Trigger, before: list[Chain], after: list[Chain], taken: set[Role]
) -> dict[Chain, Role]:
    subject, thing = _sides(trigger)
    if len(before) >= 2 and not taken:
        return {before[0]: subject, before[-1]: thing}
    if before:
        # Who sells is named, what is sold often is not: "X sells its cement business".
        is_seller = trigger.frame == "sell" and subject not in taken and not after
        free = subject if is_seller or thing in taken else thing
        placed = {before[-1]: free}
        if after and free is thing:
            placed[after[0]] = subject
        return placed
    if after:
        # A headline may put who does it last: "to Y goes the business of X" has its buyer marked.
        is_subject = trigger.frame == "sell" or (
            trigger.event_type == "acquisition" and Role.TARGET in taken
        )
        return {after[0]: subject if is_subject else thing}
    return {}


def _sides(trigger: Trigger) -> tuple[Role, Role]:
    """Return the roles of who does it and of what it is done to."""
    if trigger.frame == "sell":
        return Role.SELLER, Role.TARGET
    if trigger.frame == "refuse":
        return Role.TARGET, Role.ACTOR
    if trigger.event_type != "acquisition" and trigger.frame in {"noun", "close"}:
        return Role.TARGET, Role.TARGET
    return Role.ACTOR, Role.TARGET


def _borrowed(document: Document, trigger: Trigger) -> list[tuple[Name, Role]]:
    """Return the names of the nearest sentence for a trigger whose own names nobody."""
    here = document.sentences[trigger.sentence].segment
    neighbours: list[int] = []  # further down, a sentence that names nobody only supports others
    if here in {Segment.TITLE, Segment.LEAD}:
        neighbours = sorted(
            (
                index
                for index, sentence in enumerate(document.sentences[:8])
                if sentence.segment in {Segment.TITLE, Segment.LEAD} and index != trigger.sentence
            ),
            key=lambda index: abs(index - trigger.sentence),
        )
        # "Five plants close. … They are A, B, C, D and E."
        neighbours += range(trigger.sentence + 1, trigger.sentence + 7)
    for index in neighbours:
        if not 0 <= index < len(document.sentences):
            continue
        names = document.names_in(index)
        if names:
            return _usual(_chains(document.folded.text, names), trigger)
    return []


def _usual(chains: Sequence[Chain], trigger: Trigger) -> list[tuple[Name, Role]]:
    """Return what the first names of a sentence usually are in an event told beside it."""
    roles = [Role.TARGET]
    if trigger.event_type == "acquisition" and (len(chains) > 1 or trigger.frame == "active"):
        roles = [Role.ACTOR, Role.TARGET]
    return [
        (name, role) for chain, role in zip(chains, roles, strict=False) for name in chain.names
    ]
