from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from services.alerter.figures import OutboxFigures
from services.common.telemetry import metrics
from tests.support.alerting import an_alerter, told_by
from tests.support.builders import NOON


async def test_what_waits_is_counted_again_when_the_clock_is_set_back(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        figures = OutboxFigures(alerter.database)
        await figures.count(now=NOON + timedelta(days=300))
        await alerter.publish(told_by("One"))
        await alerter.intake()

        await figures.count(now=NOON)

    [family] = metrics.OUTBOX.collect()
    counts = {one.labels["state"]: one.value for one in family.samples}
    assert counts["due"] == 1
