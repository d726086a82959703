"""News: how an event stands in the countries that somebody follows, against what they were told of it.

An event may have ended in one country and stand in another; what was told of one says nothing of the
other. So both are asked for by country, and who follows more of them is never told less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.common.contracts.alert import Alert, Reason
from services.common.contracts.event import Event
from services.common.contracts.reading import ENDS, FORWARD, Stage
from services.common.contracts.subscription import Conditions
from services.common.countries import overlap

_EVERYWHERE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What an event has for who was told so much of it and asks for certain countries and stages.

    `seen` is its stage in each country that they follow. `turned` are those in which it is not, or no
    longer, as they were told, `untold` those that just came further; of these `fresh` are at a stage that
    they ask for.
    """

    seen: Mapping[str, Stage]
    turned: Sequence[str]
    untold: Sequence[str]
    fresh: Sequence[str]

    @property
    def stages(self) -> frozenset[Stage]:
        """Return the stages that they see: none, one, or an end beside one in which it stands."""
        return frozenset(self.seen.values())

    @property
    def is_of_the_end(self) -> bool:
        """Return whether there is anything to say of where it ended; without news, whether it ended."""
        about = (*self.turned, *self.fresh) or self.seen
        return any(self.seen[country] in ENDS for country in about)

    @property
    def has_an_end(self) -> bool:
        """Return whether it ended in a country that they follow."""
        return not ENDS.isdisjoint(self.stages)


def news_of(event: Event, when: Conditions, told: Sequence[Alert]) -> News:
    """Return what `event` has for who asks for `when` and was `told` these alerts of it, in order.

    Stories that were taken back and are told again turn what was told last, wherever it stands. What was
    told of this event before one that turned out to be the same turns too, where neither was told so.
    """
    seen = _seen(event, when, told)
    # What turned out to be this event was told under an id of its own; a correction speaks for all before.
    corrected = (n for n, alert in enumerate(told) if _corrects(alert, event))
    newest = {alert.event: alert for alert in told[max(corrected, default=0) :]}
    known = {
        code
        for code, stage in seen.items()
        if any(_is_known(alert, code, stage) for alert in newest.values())
    }
    own = newest.get(event.id)
    turned = [
        code
        for code, stage in seen.items()
        if (told and _is_turned(told[-1], code, stage))
        or (own and code not in known and _is_refuted(own, code, stage))
    ]
    untold = [code for code in seen if code not in turned and code not in known]
    fresh = [code for code in untold if when.stages is None or seen[code] in when.stages]
    return News(seen=seen, turned=turned, untold=untold, fresh=fresh)


def stage_told(alert: Alert, country: str) -> Stage | None:
    """Return the stage that `alert` told of `country`; None for one that was not kept: it stood there.

    What ended is told by name; all else stands, countries that became known since among it.
    """
    if alert.other_stage is None:
        is_unkept = alert.stage in ENDS and country in alert.still_in
        return None if is_unkept else alert.stage
    ended, stands = alert.stage, alert.other_stage
    if alert.stage not in ENDS:
        ended, stands = stands, ended
    return ended if country in alert.ended_in else stands


def _seen(event: Event, when: Conditions, told: Sequence[Alert]) -> Mapping[str, Stage]:
    """Return its stage in each country that is asked for.

    An event in none of them concerns who was told of it as long as it stands everywhere the same, and
    when it comes back.
    """
    if event.still is None and not any(alert.still_in for alert in told):
        return {_EVERYWHERE: event.stage}
    every = {code: event.stage_in(code) for code in event.countries or (_EVERYWHERE,)}
    if event.still is None and told:
        # What was told of a place turns with the rest, though no story names the place any longer.
        every |= dict.fromkeys((*told[-1].ended_in, *told[-1].still_in), event.stage)
    asked = when.countries
    if asked is None or not event.countries:
        return every
    followed = {code: stage for code, stage in every.items() if overlap(asked, (code,))}
    return followed or (every if event.still is None or _is_back(told) else {})


def _corrects(alert: Alert, event: Event) -> bool:
    return alert.event == event.id and alert.reason in {Reason.CORRECTION, Reason.WITHDRAWN}


def _is_back(told: Sequence[Alert]) -> bool:
    return bool(told) and told[-1].reason is Reason.WITHDRAWN


def _is_turned(last: Alert, country: str, now: Stage) -> bool:
    """Return whether what was told `last` of a country does not hold now."""
    return last.reason is Reason.WITHDRAWN or _is_refuted(last, country, now)


def _is_refuted(alert: Alert, country: str, now: Stage) -> bool:
    """Return whether the stage that `alert` told of a country does not hold now."""
    if alert.reason is Reason.WITHDRAWN:
        return False
    was = stage_told(alert, country)
    if was is None:
        return now in ENDS
    return was != now and (was in ENDS or now in ENDS or _is_step_back(was, now))


def _is_step_back(was: Stage, now: Stage) -> bool:
    return was in FORWARD and now in FORWARD and FORWARD.index(now) < FORWARD.index(was)


def _is_known(alert: Alert, country: str, now: Stage) -> bool:
    was = stage_told(alert, country)
    return now not in ENDS if was is None else was == now
