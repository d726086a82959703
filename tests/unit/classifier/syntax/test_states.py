"""Whose stop of flights, sales or a plant is a ban, by `states.yml`."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.told import cases, news_of, stories_of

RULES = cases("syntax/states.yml")["rules"]


@pytest.mark.parametrize(("lang", "told", "rule"), stories_of(RULES))
def test_who_stops_it_says_what_a_stop_is(lang: str, told: str, rule: Any) -> None:
    told_as = {(str(report.type), str(report.stage)) for report in news_of(lang, told)}

    if rule["types"] == ["ban"]:
        assert told_as == {("ban", rule.get("stage", "confirmed"))}
    else:
        assert "ban" not in {kind for kind, _ in told_as}
