"""Mutes, acknowledgements, pauses and what is urgent."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from services.alerter import departure
from services.alerter.channels.port import Channel, Sent, Thread
from services.alerter.database.silence import HeldBack
from services.alerter.operator import (
    ImpossibleActError,
    Matter,
    Operator,
    RefusedActError,
    UnknownTargetError,
)
from services.alerter.preview import Span, planned_messages, preview
from services.alerter.render.message import Message
from services.alerter.suppression import MUTED, Silence
from services.alerter.telling import Following
from services.common.config.configuration import Configuration
from services.common.contracts.delivery import DeliveryKind, DeliveryState
from services.common.contracts.mute import Acknowledgement
from services.common.contracts.reading import Involvement, Role, Stage
from services.common.contracts.subscription import (
    Conditions,
    Digest,
    Fallback,
    Quiet,
    Send,
    Subscription,
)
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.ids import ChannelId, CompanyId, SubscriptionId
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import NOON, a_watchlist
from tests.support.channels import RecordingChannel
from tests.support.events import an_alert, an_event
from tests.support.tracker import told

HOUR = timedelta(hours=1)
EVERY_DAY = frozenset(range(1, 8))
ARCHIVE = ChannelId("archive")
QUIET = Quiet(days=EVERY_DAY, begins=time(12), ends=time(18), zone="UTC")


def operator_of(alerter: Alerter) -> Operator:
    return Operator(
        database=alerter.database,
        clock=alerter.clock,
        configuration=lambda: Configuration(
            watchlist=a_watchlist(), subscriptions=(a_subscription("team"),)
        ),
        on_change=alerter.sender.wake,
    )


async def notes(alerter: Alerter) -> list[str]:
    return [one.note for one in await alerter.deliveries(DeliveryState.SUPPRESSED)]


async def test_what_is_muted_is_not_told_and_what_comes_later_is_new(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        acts = operator_of(alerter)
        until = alerter.clock.now() + HOUR
        await acts.mute(Matter(company="tiktok"), until=until, who="ann", why="known")
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        assert alerter.said() == []
        assert await notes(alerter) == [f"{MUTED} until 2026-01-05 14:00 UTC by ann: known"]

        alerter.clock.move(2 * HOUR)
        await alerter.tell(told_by("Two", minute=100))

        assert [section.alert.reason for section in alerter.recorded().sections] == ["new"]


async def test_a_mute_of_an_owner_covers_what_it_owns_and_nothing_else(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        until = alerter.clock.now() + HOUR
        await operator_of(alerter).mute(Matter(company="bytedance"), until=until, who="ann", why="")

        await alerter.tell(told_by("One"), told_by("One", "Alpha banned", target="alpha"))

        assert len(alerter.said()) == 1
        assert len(await notes(alerter)) == 1


async def test_a_mute_holds_back_what_waits_and_ends_when_told_to(tmp_path: Path) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    send = Send(to=ARCHIVE, burst=timedelta(), max_per_hour=None, digest=digest)
    team = replace(a_subscription("team"), sends=(send,))
    async with an_alerter(tmp_path, team) as alerter:
        acts = operator_of(alerter)
        await alerter.tell(told_by("One"))
        one, held_back = await acts.mute(
            Matter(subscription="team"), until=alerter.clock.now() + HOUR, who="ann", why=""
        )
        assert held_back == HeldBack(waiting=1)
        await acts.unmute(one.id)
        with pytest.raises(UnknownTargetError, match=one.id):
            await acts.unmute(one.id)

        await alerter.tell(told_by("One", "Alpha banned", target="alpha"))
        alerter.clock.move(24 * HOUR)
        await alerter.send()

        assert len(alerter.said()) == 1


@pytest.mark.parametrize("holds", ["quiet", "digest that quiet hours hold", "down"])
async def test_a_mute_takes_its_alert_out_of_a_message_with_others(
    tmp_path: Path, holds: str
) -> None:
    digest = Digest(days=EVERY_DAY, at=time(14), zone="UTC")
    send = Send(to=ARCHIVE, burst=HOUR, max_per_hour=None)
    if holds != "down":
        send = replace(send, quiet=QUIET, digest=None if holds == "quiet" else digest)
    team = replace(a_subscription("team"), sends=(send,))
    async with an_alerter(tmp_path, team) as alerter:
        acts = operator_of(alerter)
        await alerter.tell(told_by("One", "Beta banned", target="beta"))
        if holds == "down":
            alerter.recorded().answers.append(ChannelUnavailableError("down"))
        await alerter.tell(told_by("One"), told_by("Two", "Alpha banned", target="alpha", minute=1))
        alerter.clock.move(HOUR + timedelta(minutes=5))
        await alerter.send()
        waiting = [one for one in await alerter.deliveries() if len(one.alerts) > 1]
        assert [one.state for one in waiting] == [
            DeliveryState.DUE if holds == "down" else DeliveryState.HELD
        ]

        _, held_back = await acts.mute(
            Matter(company="tiktok"), until=alerter.clock.now() + HOUR, who="ann", why=""
        )
        alerter.clock.move(24 * HOUR)
        await alerter.send()

        assert held_back == HeldBack(waiting=1)
        assert [one.alert.event.companies[0].id for one in alerter.recorded().sections] == [
            "beta",
            "alpha",
        ]
        assert [note.startswith(MUTED) for note in await notes(alerter)] == [True]


class _Killed(BaseException):
    """The process is gone."""


class _Interrupted(RecordingChannel):
    """While it sends the first message, `meanwhile` happens."""

    def __init__(self, *answers: Exception | None) -> None:
        super().__init__(*answers)
        self.meanwhile: Callable[[], Awaitable[object]] | None = None

    async def send(self, message: Message, *, thread: Thread | None = None) -> Sent:
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            await meanwhile()
        return await super().send(message, thread=thread)


def _in_bursts() -> Subscription:
    """Return a subscription to everything, in messages of half an hour, with a fallback."""
    stand_in = Fallback(to=ChannelId("other"), after=timedelta(days=3))
    send = Send(to=ARCHIVE, burst=HOUR / 2, max_per_hour=None, fallback=stand_in)
    return replace(a_subscription("team"), sends=(send,))


@pytest.mark.parametrize("muted", ["all of it", "a part"])
@pytest.mark.parametrize("end", ["taken", "down", "refused", "killed"])
async def test_what_is_muted_while_it_is_sent_is_not_tried_again(
    tmp_path: Path, muted: str, end: str
) -> None:
    answers = {"down": ChannelUnavailableError("down"), "refused": ChannelRefusedError("no")}
    archive, other = _Interrupted(), RecordingChannel()
    ways: dict[str, Channel] = {"archive": archive, "other": other}
    matter = Matter(subscription="team") if muted == "all of it" else Matter(company="tiktok")
    said: list[HeldBack] = []
    async with an_alerter(tmp_path, _in_bursts(), channels=ways, single=()) as alerter:

        async def mute() -> None:
            until = alerter.clock.now() + timedelta(days=9)
            said.append((await operator_of(alerter).mute(matter, until=until, who="a", why=""))[1])
            if end == "killed":
                raise _Killed

        await alerter.tell(told_by("One", "Gamma banned", target="gamma"))
        await alerter.tell(told_by("One"), told_by("Two", "Alpha banned", target="alpha", minute=1))
        alerter.clock.move(HOUR)
        archive.meanwhile = mute
        archive.answers.append(answers.get(end))
        with suppress(BaseExceptionGroup):
            await alerter.send()
    async with an_alerter(
        tmp_path, _in_bursts(), channels=ways, single=(), clock=alerter.clock
    ) as again:
        for _ in range(9):
            again.clock.move(6 * HOUR)
            await again.send()

    assert said == [HeldBack(leaving=1)]
    told = [str(one.alert.event.companies[0].id) for one in archive.sections[1:]]
    instead = [str(one.alert.event.companies[0].id) for one in other.sections]
    rest = ["alpha"] if muted == "a part" else []
    assert told == {"taken": ["tiktok", "alpha"], "refused": []}.get(end, rest)
    assert instead == (rest if end == "refused" else [])


async def test_what_was_muted_while_it_was_sent_goes_when_somebody_says_so(tmp_path: Path) -> None:
    archive = _Interrupted(ChannelUnavailableError("down"), ChannelUnavailableError("down"))
    async with an_alerter(
        tmp_path, a_subscription("team"), channels={"archive": archive}
    ) as alerter:
        acts = operator_of(alerter)

        async def mute() -> None:
            until = alerter.clock.now() + timedelta(days=9)
            await acts.mute(Matter(company="tiktok"), until=until, who="ann", why="")

        archive.meanwhile = mute
        await alerter.tell(told_by("One"))
        [silent] = await alerter.deliveries(DeliveryState.SUPPRESSED)
        await acts.redeliver(silent.id)
        for _ in range(3):
            await alerter.send()
            alerter.clock.move(HOUR)

        assert len(alerter.said()) == 1


async def test_a_mute_names_something_and_ends(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        acts, now = operator_of(alerter), alerter.clock.now()
        with pytest.raises(ImpossibleActError, match="names"):
            await acts.mute(Matter(), until=now + HOUR, who="ann", why="")
        with pytest.raises(ImpossibleActError, match="future"):
            await acts.mute(Matter(company="tiktok"), until=now, who="ann", why="")


async def test_an_acknowledged_stage_is_told_no_more_and_a_new_one_is(tmp_path: Path) -> None:
    two = a_subscription("two", when=Conditions(outlets=2))
    async with an_alerter(tmp_path, a_subscription("one"), two) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        [event] = await alerter.events()
        await operator_of(alerter).acknowledge(event.id, stage=None, who="ann", note="seen")

        await alerter.tell(told_by("Two", "Two say so", stage=Stage.PROPOSED, minute=1))
        assert await notes(alerter) == ["acknowledged at proposed by ann: seen"]
        await alerter.tell(told_by("Three", "It is done", minute=2))

        told = [
            (message.subscriptions, section.alert.event.stage)
            for message in alerter.recorded().messages
            for section in message.sections
        ]
        assert told == [
            (("one",), "proposed"),
            (("one",), "confirmed"),
            (("two",), "confirmed"),
        ]


async def test_a_paused_subscription_is_told_nothing_until_its_day(tmp_path: Path) -> None:
    paused = replace(a_subscription("team"), paused_until=date(2026, 1, 6))
    async with an_alerter(tmp_path, paused) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        assert await notes(alerter) == ["paused: team is paused until 2026-01-06"]

        alerter.clock.move(12 * HOUR)
        assert alerter.clock.now() >= datetime(2026, 1, 6, tzinfo=UTC)
        await alerter.tell(told_by("Two", minute=12 * 60))

        assert len(alerter.said()) == 1


@pytest.mark.parametrize("waits", ["quiet", "digest"])
async def test_what_is_urgent_waits_for_no_digest_and_no_quiet_hours(
    tmp_path: Path, waits: str
) -> None:
    urgent = Conditions(stages=(Stage.CONFIRMED,), companies=("bytedance",))
    usual = Send(to=ARCHIVE, burst=timedelta(seconds=60), max_per_hour=None, urgent=urgent)
    quiet = Quiet(days=EVERY_DAY, begins=time(0), ends=time(23), zone="UTC")
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    send = replace(usual, quiet=quiet) if waits == "quiet" else replace(usual, digest=digest)
    team = Subscription(id=SubscriptionId("team"), name="team", sends=(send,))
    async with an_alerter(tmp_path, team) as alerter:
        await alerter.tell(
            told_by("One", "Alpha banned", target="alpha"),
            told_by("One", "TikTok may go", stage=Stage.PROPOSED),
        )
        assert alerter.said() == []

        await alerter.tell(told_by("Two", "TikTok is banned", minute=1))
        alerter.clock.move(timedelta(minutes=2))
        await alerter.send()

        # What waits for the same minute, or of the same event, goes along; a digest keeps the rest.
        events = [one.alert.event for one in alerter.recorded().sections]
        assert events[-1].stage == "confirmed"
        assert len({event.id for event in events}) == 1 or waits == "quiet"


async def test_a_delivery_goes_again_when_somebody_says_so(tmp_path: Path) -> None:
    async with an_alerter(tmp_path, a_subscription(to=("elsewhere",))) as alerter:
        await alerter.tell(told_by("One"))
        [dead] = await alerter.deliveries(DeliveryState.DEAD)
        acts = operator_of(alerter)

        again = await acts.redeliver(dead.id)

        assert (again.id, again.state) == (dead.id, DeliveryState.DUE)
        with pytest.raises(RefusedActError, match="on its way"):
            await acts.redeliver(dead.id)
        with pytest.raises(UnknownTargetError):
            await acts.redeliver("dl_none")
        await alerter.send()
        assert await acts.redeliver_all(DeliveryState.DEAD, since=NOON) == [dead.id]


async def test_a_preview_is_not_changed_by_what_somebody_saw_afterwards(tmp_path: Path) -> None:
    team = a_subscription("team")
    following = Following.of(a_watchlist(), [team], [ARCHIVE])
    async with an_alerter(tmp_path, team) as alerter:
        await alerter.tell(told_by("One"))
        [event] = await alerter.events()
        span = Span(since=alerter.clock.now() - HOUR, until=alerter.clock.now() + HOUR)
        before = preview(tmp_path, team.id, span=span, following=following)

        alerter.clock.move(timedelta(minutes=10))
        await operator_of(alerter).acknowledge(event.id, stage=None, who="ann", note="")
        after = preview(tmp_path, team.id, span=span, following=following)

        planned = await alerter.database.read(
            planned_messages, team.id, span=span, watchlist=a_watchlist()
        )
        assert [one.reason for message in before.messages for one in message.alerts] == ["new"]
        assert before == after == planned


@pytest.mark.parametrize("minutes", [0, 10])
async def test_what_was_seen_at_a_stage_is_silent_from_then_on(minutes: int) -> None:
    seen = Acknowledgement(event=an_event().id, stage=Stage.CONFIRMED, at=NOON, who="ann", note="")
    silence = Silence(acknowledgements=(seen,))

    def reason(now: datetime) -> str | None:
        return silence.reason(an_alert(), an_event(), channel=ARCHIVE, followed=(), now=now)

    assert reason(NOON + timedelta(minutes=minutes)) is not None
    assert reason(NOON - timedelta(minutes=1)) is None


@pytest.mark.parametrize(
    "waits",
    [
        {"digest": Digest(days=EVERY_DAY, at=time(8), zone="UTC")},
        {"quiet": QUIET},
    ],
    ids=["digest", "quiet hours"],
)
async def test_what_still_waits_of_an_event_goes_before_what_is_urgent_of_it(
    tmp_path: Path, waits: dict[str, Digest | Quiet]
) -> None:
    urgent = Conditions(stages=(Stage.CONFIRMED,))
    send = Send(to=ARCHIVE, burst=timedelta(), max_per_hour=None, urgent=urgent, **waits)  # type: ignore[arg-type]  # one of two
    team = replace(a_subscription("team"), sends=(send,))
    async with an_alerter(tmp_path, team) as alerter:
        await alerter.tell(
            told_by("One", stage=Stage.PROPOSED),
            told_by("One", "Alpha may be banned", target="alpha", stage=Stage.PROPOSED),
        )
        assert alerter.said() == []

        await alerter.tell(told_by("Two", minute=30))
        at_once = alerter.said()
        alerter.clock.move(24 * HOUR)
        await alerter.send()

        assert at_once == [
            "TikTok could be banned (proposed; 1 outlet)",
            "TikTok banned (proposed → confirmed; 2 outlets)",
        ]
        assert alerter.said()[2:] == ["alpha could be banned (proposed; 1 outlet)"]


async def test_a_digest_that_quiet_hours_hold_goes_before_what_is_urgent_of_its_event(
    tmp_path: Path,
) -> None:
    digest = Digest(days=EVERY_DAY, at=time(14), zone="UTC")
    send = replace(
        urgent_in_quiet_hours(burst=timedelta(), max_per_hour=None).sends[0], digest=digest
    )
    team = replace(a_subscription("team"), sends=(send,))
    async with an_alerter(tmp_path, team) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        alerter.clock.move(HOUR + timedelta(minutes=1))
        await alerter.send()
        [held] = await alerter.deliveries()
        assert (held.kind, held.state) == (DeliveryKind.DIGEST, DeliveryState.HELD)

        await alerter.tell(told_by("Two", minute=30))

        assert alerter.said() == [
            "TikTok could be banned (proposed; 1 outlet)",
            "TikTok banned (proposed → confirmed; 2 outlets)",
        ]


async def test_what_moves_on_in_one_country_is_urgent_though_another_ended_it(
    tmp_path: Path,
) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    urgent = Conditions(stages=(Stage.CONFIRMED,))
    send = Send(to=ARCHIVE, burst=timedelta(), max_per_hour=None, digest=digest, urgent=urgent)
    async with an_alerter(tmp_path, replace(a_subscription("team"), sends=(send,))) as alerter:
        await alerter.tell(told("A", stage=Stage.PROPOSED, countries=("IN", "PK")))
        await alerter.tell(told("A", minute=1, stage=Stage.REJECTED, countries=("IN",)))
        assert alerter.said() == []

        await alerter.tell(told("A", minute=2, countries=("PK",)))

        assert (
            alerter.said()[-1]
            == "TikTok banned in Pakistan (confirmed; still rejected in India; 1 outlet)"
        )


@pytest.mark.parametrize(("country", "is_urgent"), [("PK", True), ("IN", False)])
async def test_what_is_urgent_by_country_asks_where_it_has_the_stage_that_is_told(
    tmp_path: Path, country: str, *, is_urgent: bool
) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    urgent = Conditions(countries=(country,), stages=(Stage.CONFIRMED,))
    send = Send(to=ARCHIVE, burst=timedelta(), max_per_hour=None, digest=digest, urgent=urgent)
    async with an_alerter(tmp_path, replace(a_subscription("team"), sends=(send,))) as alerter:
        await alerter.tell(told("A", stage=Stage.PROPOSED, countries=("IN", "PK")))
        await alerter.tell(told("A", minute=1, stage=Stage.REJECTED, countries=("IN",)))

        await alerter.tell(told("A", minute=2, countries=("PK",)))

        assert bool(alerter.said()) is is_urgent


async def test_what_waited_goes_before_what_is_urgent_in_parts_that_a_program_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(departure, "MOST_BYTES", 2_000)
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    urgent = Conditions(stages=(Stage.CONFIRMED,))
    send = Send(to=ARCHIVE, burst=timedelta(), max_per_hour=None, digest=digest, urgent=urgent)
    async with an_alerter(tmp_path, replace(a_subscription("team"), sends=(send,))) as alerter:
        await alerter.publish(
            told_by("One", stage=Stage.RUMOURED),
            told_by("Two", stage=Stage.PROPOSED, minute=1),
            told_by("Three", minute=2),
        )
        await alerter.intake()
        await alerter.send()

        messages = alerter.recorded().messages
        assert len(messages) > 1
        assert [section.alert.event.stage for one in messages for section in one.sections] == [
            "rumoured",
            "proposed",
            "confirmed",
        ]


async def test_what_waits_goes_along_with_what_is_urgent_but_must_wait_for_a_burst(
    tmp_path: Path,
) -> None:
    digest = Digest(days=EVERY_DAY, at=time(8), zone="UTC")
    urgent = Conditions(stages=(Stage.CONFIRMED,))
    send = Send(to=ARCHIVE, burst=HOUR, max_per_hour=None, digest=digest, urgent=urgent)
    async with an_alerter(tmp_path, replace(a_subscription("team"), sends=(send,))) as alerter:
        await alerter.tell(
            told_by("One", "Alpha banned", target="alpha"), told_by("One", stage=Stage.PROPOSED)
        )
        await alerter.tell(told_by("Two", minute=30))

        alerter.clock.move(HOUR)
        await alerter.send()

        assert alerter.said() == [
            "alpha banned (confirmed; 1 outlet)",
            "TikTok could be banned (proposed; 1 outlet)",
            "TikTok banned (proposed → confirmed; 2 outlets)",
        ]


async def test_why_it_was_muted_is_not_told_to_who_gets_it_after_all(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        acts = operator_of(alerter)
        until = alerter.clock.now() + HOUR
        await acts.mute(Matter(company="tiktok"), until=until, who="ann", why="not for them")
        await alerter.tell(told_by("One"))
        [muted] = await alerter.deliveries()

        await acts.redeliver(muted.id)
        await alerter.send()

        [message] = alerter.recorded().messages
        assert message.note == ""


def urgent_in_quiet_hours(*, burst: timedelta, max_per_hour: int | None) -> Subscription:
    """Return a subscription whose channel is quiet at noon but for what is confirmed."""
    send = Send(
        to=ARCHIVE,
        burst=burst,
        max_per_hour=max_per_hour,
        quiet=QUIET,
        urgent=Conditions(stages=(Stage.CONFIRMED,)),
    )
    return replace(a_subscription("team"), sends=(send,))


@pytest.mark.parametrize(
    ("burst", "max_per_hour"), [(HOUR, None), (timedelta(), 1)], ids=["burst", "the hour's limit"]
)
async def test_what_quiet_hours_hold_goes_before_what_is_urgent_of_its_event_but_has_to_wait(
    tmp_path: Path, burst: timedelta, max_per_hour: int | None
) -> None:
    team = urgent_in_quiet_hours(burst=burst, max_per_hour=max_per_hour)
    async with an_alerter(tmp_path, team) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        await alerter.tell(told_by("Two", minute=30))
        assert alerter.said() == []

        alerter.clock.move(HOUR)
        await alerter.send()

        assert [said.partition(" (")[2] for said in alerter.said()] == [
            "proposed; 1 outlet)",
            "proposed → confirmed; 2 outlets)",
        ]


async def test_what_is_told_behind_what_is_urgent_waits_for_the_end_of_quiet_hours(
    tmp_path: Path,
) -> None:
    team = urgent_in_quiet_hours(burst=timedelta(), max_per_hour=None)
    async with an_alerter(tmp_path, team) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))

        # All in one batch.
        await alerter.tell(
            told_by("Two", minute=30),
            told_by("Three", stage=Stage.REVERSED, minute=40),
            told_by("Four", stage=Stage.REVERSED, minute=41),
        )

        assert len(alerter.said()) == 2
        assert len(await alerter.deliveries(DeliveryState.HELD)) == 1


async def test_what_quiet_hours_hold_of_an_event_that_turned_out_to_be_it_goes_before_it_too(
    tmp_path: Path,
) -> None:
    team = urgent_in_quiet_hours(burst=HOUR, max_per_hour=None)
    async with an_alerter(tmp_path, team) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED, target="bytedance", minute=10))
        alerter.clock.move(2 * HOUR)
        await alerter.tell(told_by("Two", stage=Stage.PROPOSED, minute=20))
        confirmed = told_by("Three")
        [report] = confirmed.reports
        both = tuple(
            Involvement(id=CompanyId(one), role=Role.TARGET) for one in ("bytedance", "tiktok")
        )
        await alerter.tell(replace(confirmed, reports=(replace(report, companies=both),)))
        assert alerter.said() == []

        alerter.clock.move(HOUR)
        await alerter.send()

        stages = [section.alert.event.stage for section in alerter.recorded().sections]
        assert stages == [Stage.PROPOSED, Stage.PROPOSED, Stage.CONFIRMED]
