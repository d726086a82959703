"""Date words: what a language writes days and months with. Every text here is folded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.classifier.lexicon.forms import folded_forms, place_by_form, whole_by_form


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWords:
    """What a language writes days and months with."""

    months: Mapping[str, int] = field(default_factory=dict)
    calendars: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """The months of other calendars: solar, islamic, bengali."""
    weekdays: Mapping[str, int] = field(default_factory=dict)
    """From Monday, 0."""
    day_words: tuple[str, ...] = ()
    """They go before a day and month in figures: "ngày 1/9"."""
    lone: tuple[str, ...] = ()
    lone_behind: tuple[str, ...] = ()
    """They stand beside a day without its month: "el día 12"."""
    day_numbers: Mapping[str, int] = field(default_factory=dict)
    """Days of a month in words."""
    relative_days: Mapping[str, int] = field(default_factory=dict)
    """ "From today" and its like, in days from publishing."""
    spoken_days: Mapping[str, int] = field(default_factory=dict)
    """Today and yesterday alone, in days from publishing."""
    since: tuple[str, ...] = ()
    """They go before when something began."""
    ahead: tuple[str, ...] = ()
    ahead_behind: tuple[str, ...] = ()
    """They say beside a weekday that it is still to come: "takes effect on", "ab"."""
    deadline: tuple[str, ...] = ()
    deadline_behind: tuple[str, ...] = ()
    """They say that something happens before a day."""
    part: tuple[str, ...] = ()
    part_behind: tuple[str, ...] = ()
    """They name a part of a month: "end of"."""
    effect: tuple[str, ...] = ()
    """They go beside when something takes effect: "from", "mulai"."""

    @classmethod
    def of(
        cls, parsed: Mapping[str, Any], days: Mapping[str, Any], spans: Mapping[str, str]
    ) -> DateWords:
        """Return what a language's files say, and what the files that all share have of it."""
        dates = parsed.get("dates", {})
        spoken = (("today", 0), ("yesterday", -1))
        from_one = whole_by_form(days.get("weekdays", {}))
        return cls(
            months={
                **place_by_form(parsed.get("months", ()), first=1),
                **whole_by_form(dates.get("months", {})),
            },
            calendars={
                name: place_by_form(months, first=1)
                for name, months in dates.get("calendars", {}).items()
            },
            weekdays={
                **place_by_form(parsed.get("weekdays", ()), first=0),
                **{form: day - 1 for form, day in from_one.items()},
            },
            day_words=folded_forms(dates.get("day", "")),
            lone=folded_forms(days.get("day", "")),
            lone_behind=folded_forms(days.get("day behind", "")),
            day_numbers=whole_by_form(days.get("ordinals", {})),
            relative_days=whole_by_form(dates.get("relative", {})),
            spoken_days={
                form: away for key, away in spoken for form in folded_forms(days.get(key, ""))
            },
            since=folded_forms(days.get("since", "")),
            ahead=folded_forms(days.get("ahead", "")),
            ahead_behind=folded_forms(days.get("ahead_behind", "")),
            deadline=folded_forms(spans.get("deadline", "")),
            deadline_behind=folded_forms(spans.get("behind", "")),
            part=folded_forms(spans.get("part", "")),
            part_behind=folded_forms(spans.get("part behind", "")),
            effect=folded_forms(parsed.get("effect", "")),
        )
