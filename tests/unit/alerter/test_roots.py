from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from services.alerter.channels.port import Channel
from services.alerter.channels.slack import SlackBotChannel
from services.alerter.channels.telegram import TelegramChannel
from services.alerter.database.reckoned import reckon_again
from services.alerter.ways import WaysOut
from services.common.clock import ManualClock
from services.common.contracts.reading import Reading, Stage
from services.common.contracts.subscription import Conditions
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.client import HttpClient
from services.common.ids import ChannelId
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import NOON
from tests.support.channel_servers import SlackApi, StrictServer, TelegramServer
from tests.support.channels import RecordingChannel

STAGES = (Stage.RUMOURED, Stage.PROPOSED, Stage.CONFIRMED, Stage.REVERSED)
LANGUAGES = ("en", "id", "de", "es", "fr", "hi", "ja", "ar")


def told_at(stage: Stage, n: int) -> Reading:
    reading = told_by(f"Outlet {n}", f"India and TikTok, part {n}", stage=stage, minute=n // 6)
    language = LANGUAGES[n % len(LANGUAGES)]
    return replace(reading, story=replace(reading.story, language=language))


async def tell_sixty_stories(alerter: Alerter) -> None:
    """Have sixty outlets tell one ban within ten minutes, fifteen at each stage."""
    for n in range(60):
        await alerter.tell(told_at(STAGES[n // 15], n))
        await alerter.roots.edit_stale()
        alerter.clock.move(timedelta(seconds=10))
    alerter.clock.move(timedelta(minutes=10))
    await alerter.roots.edit_stale()


async def test_sixty_stories_are_one_root_and_three_replies_and_the_root_says_how_it_stands(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path) as alerter:
        await tell_sixty_stories(alerter)

        channel = alerter.recorded()
        assert [thread and thread.root for thread in channel.replies] == [None, "m1", "m1", "m1"]
        [root] = channel.shown["m1"].sections
        assert "reversed" in root.alert.sentence
        assert len(root.alert.event.stories) == 60
        # A new stage at once, more stories at most every ten minutes.
        assert channel.edits <= 3 + 2


@pytest.mark.parametrize("kind", ["slack", "telegram"])
async def test_the_same_in_a_channel_of_people(tmp_path: Path, kind: str) -> None:
    server: StrictServer = SlackApi() if kind == "slack" else TelegramServer()
    http = HttpClient(server.transport)
    async with an_alerter(tmp_path) as alerter:
        channel: Channel = (
            SlackBotChannel("#ops", token="xoxb-1", http=http, clock=alerter.clock)
            if kind == "slack"
            else TelegramChannel("-100", token="1:key", http=http, clock=alerter.clock)
        )
        ways = WaysOut(
            channels={ChannelId("archive"): channel}, watchlist=alerter.sender.ways.watchlist
        )
        await alerter.sender.configure(ways)

        await tell_sixty_stories(alerter)

        root, *replies = server.posts.values()
        assert [reply.answers for reply in replies] == [root.id] * 3
        assert "reversed" in str(root.document)
        assert "60 stories in 8 languages" in str(root.document)
    await http.aclose()


async def test_who_asks_for_confirmed_gets_the_confirmation_and_the_reversal(
    tmp_path: Path,
) -> None:
    confirmed = a_subscription(when=Conditions(stages=(Stage.CONFIRMED,)))
    async with an_alerter(tmp_path, confirmed) as alerter:
        await tell_sixty_stories(alerter)

        assert len(alerter.recorded().messages) == 2
        assert alerter.said()[1].startswith("Correction: ")


async def test_an_edit_that_fails_loses_no_reply_and_is_made_up_for(tmp_path: Path) -> None:
    channel = RecordingChannel()
    channel.edit_answers.append(ChannelUnavailableError("away", status=503))
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        await alerter.tell(told_by("Two", stage=Stage.CONFIRMED, minute=1))

        assert await alerter.roots.edit_stale() == 0
        assert len(channel.messages) == 2
        assert "proposed" in channel.shown["m1"].sections[0].alert.sentence

        alerter.clock.move(timedelta(minutes=1))
        assert await alerter.roots.edit_stale() == 1
        assert "confirmed" in channel.shown["m1"].sections[0].alert.sentence


async def test_a_root_is_edited_again_when_the_clock_is_set_back(tmp_path: Path) -> None:
    channel, ahead = RecordingChannel(), NOON + timedelta(days=300)
    channel.edit_answers.append(ChannelUnavailableError("away", status=503))
    clock = ManualClock(ahead)
    async with an_alerter(tmp_path, channels={"archive": channel}, clock=clock) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED, since=ahead))
        await alerter.tell(told_by("Two", stage=Stage.CONFIRMED, since=ahead))
        assert await alerter.roots.edit_stale() == 0

        clock.set(NOON)
        await alerter.database.write(reckon_again, {}, now=NOON)
        clock.move(timedelta(minutes=1))
        assert await alerter.roots.edit_stale() == 1

        await alerter.tell(told_by("Three", stage=Stage.CONFIRMED, since=ahead))
        clock.move(timedelta(minutes=10))
        assert await alerter.roots.edit_stale() == 1


async def test_a_root_that_was_deleted_is_not_tried_for_ever(tmp_path: Path) -> None:
    channel = RecordingChannel()
    channel.edit_answers.append(ChannelRefusedError("404 gone", status=404))
    async with an_alerter(tmp_path, channels={"archive": channel}) as alerter:
        await alerter.tell(told_by("One", stage=Stage.PROPOSED))
        await alerter.tell(told_by("Two", stage=Stage.CONFIRMED, minute=1))

        await alerter.roots.edit_stale()
        alerter.clock.move(timedelta(hours=1))
        await alerter.roots.edit_stale()

        assert channel.edits == 0
        assert len(channel.messages) == 2


async def test_a_root_with_nothing_new_to_say_is_left_alone(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One"))
        alerter.clock.move(timedelta(hours=1))

        assert await alerter.roots.edit_stale() == 0


async def test_a_thread_outlives_a_restart_and_ends_with_its_channel(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One", stage=Stage.RUMOURED))
        bus, clock = alerter.bus, alerter.clock

    async with an_alerter(tmp_path, bus=bus, clock=clock) as alerter:
        await alerter.tell(told_by("Two", stage=Stage.PROPOSED, minute=1))
        assert [thread and thread.root for thread in alerter.recorded().replies] == ["m1"]

        other = {ChannelId("archive"): "another chat"}
        ways = alerter.sender.ways
        await alerter.sender.configure(
            WaysOut(channels=ways.channels, configured=other, watchlist=ways.watchlist)
        )
        await alerter.tell(told_by("Three", stage=Stage.CONFIRMED, minute=2))
        assert alerter.recorded().replies[-1] is None
