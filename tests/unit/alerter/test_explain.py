from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from services.alerter.dossier import dossier_of
from services.alerter.explain import Account, UnknownSubjectError, account_of
from services.alerter.operator import Matter, Operator
from services.common.config.configuration import Configuration
from services.common.contracts.reading import Mention, Stage
from services.common.contracts.subscription import Conditions, Quiet, Subscription
from services.common.errors import ChannelRefusedError
from services.common.ids import CompanyId
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import a_story, a_watchlist
from tests.support.channels import RecordingChannel

ONLY_CONFIRMED = a_subscription("sure", when=Conditions(stages=(Stage.CONFIRMED,), outlets=2))


async def account(alerter: Alerter, of: str, subscription: Subscription) -> Account:
    return await alerter.database.read(
        account_of, of, subscription=subscription, watchlist=a_watchlist()
    )


async def test_what_was_sent_is_accounted_for_with_its_channel(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        reading = told_by("One")
        await alerter.tell(reading)
        [event] = await alerter.events()

        for of in (event.id, reading.story.story_id, reading.story.url):
            found = await account(alerter, of, a_subscription())

            assert found.is_told
            assert found.outcome == "Told: new to archive: sent."
            assert found.events[0].sentence == "TikTok banned (confirmed; 1 outlet)"


async def test_what_waits_for_a_later_message_says_for_which_and_until_when(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One", backfill=True))
        [event] = await alerter.events()

        found = await account(alerter, event.id, a_subscription())

        assert found.is_told
        assert found.outcome == (
            "Told: new to archive: waits for the summary that goes at 2026-01-05 13:05 UTC or later."
        )


async def test_what_is_held_in_quiet_hours_says_until_when(tmp_path: Path) -> None:
    quiet = Quiet(days=frozenset(range(7)), begins=time(9), ends=time(15, 30), zone="UTC")
    loud = a_subscription()
    held = replace(loud, sends=tuple(replace(send, quiet=quiet) for send in loud.sends))
    async with an_alerter(tmp_path, held) as alerter:
        await alerter.tell(told_by("One"))
        [event] = await alerter.events()

        found = await account(alerter, event.id, held)

        assert found.outcome == "Told: new to archive: held until 2026-01-05 15:30 UTC or later."


async def test_what_a_refused_key_holds_says_so_with_the_answer(tmp_path: Path) -> None:
    refused = RecordingChannel(ChannelRefusedError("403 no", status=403))
    async with an_alerter(tmp_path, channels={"archive": refused}) as alerter:
        await alerter.tell(told_by("One"))
        [event] = await alerter.events()

        found = await account(alerter, event.id, a_subscription())

        assert found.outcome == "Told: new to archive: held after 403 no."


async def test_every_condition_is_shown_with_what_was_found(tmp_path: Path) -> None:
    async with an_alerter(tmp_path, ONLY_CONFIRMED) as alerter:
        await alerter.tell(told_by("One", stage=Stage.RUMOURED))
        [event] = await alerter.events()

        found = await account(alerter, event.id, ONLY_CONFIRMED)

        assert not found.is_told
        assert {c.name: (c.holds, c.found) for c in found.events[0].conditions} == {
            "focus": (True, "main"),
            "stages": (False, "rumoured"),
            "outlets": (False, "1"),
        }
        assert "stages, outlets did not match" in found.outcome


async def test_a_story_without_an_event_says_what_the_classifier_saw(tmp_path: Path) -> None:
    mention = Mention(company_id=CompanyId("tiktok"), unreported="blocked: sport")
    story = a_story("TikTok bans a player")
    async with an_alerter(tmp_path) as alerter:
        reading = told_by("One")
        quiet = type(reading)(
            story=type(reading.story).of(story, language="en"),
            text_hash="hash",
            mentions=(mention,),
            rules_hash="rules",
            watchlist_hash="watchlist",
        )
        await alerter.tell(quiet)

        found = await account(alerter, story.url, a_subscription())

        assert not found.is_told
        assert found.story is not None
        assert found.story.mentions[0].name == "TikTok"
        assert found.outcome.endswith("reports no event: blocked: sport.")


async def test_a_story_in_which_nobody_was_found_says_where_refused_names_are_told(
    tmp_path: Path,
) -> None:
    story = a_story("Grab these deals")
    async with an_alerter(tmp_path) as alerter:
        reading = told_by("One")
        await alerter.tell(
            replace(
                reading,
                story=replace(reading.story, story_id=story.story_id, url=story.url),
                mentions=(),
                reports=(),
            )
        )

        found = await account(alerter, story.url, a_subscription())

        assert found.outcome.startswith("The classifier found no watched company in the story; ")
        assert "`kabar classify --explain`" in found.outcome


async def test_what_was_never_read_is_unknown(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        with pytest.raises(UnknownSubjectError, match="ev_nowhere"):
            await account(alerter, "ev_nowhere", a_subscription())


async def test_a_subscription_that_is_younger_than_the_event_is_told_of_its_next_change(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path, ONLY_CONFIRMED) as alerter:
        await alerter.tell(told_by("One"))
        [event] = await alerter.events()

        found = await account(alerter, event.id, a_subscription("younger"))

        assert found.is_told
        assert not found.events[0].is_told
        assert found.outcome.startswith("Not told yet: every condition matches now")


async def test_what_was_muted_was_not_told_and_the_account_says_by_whom(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        acts = Operator(
            database=alerter.database,
            clock=alerter.clock,
            configuration=lambda: Configuration(watchlist=a_watchlist()),
            on_change=alerter.sender.wake,
        )
        until = alerter.clock.now() + timedelta(hours=2)
        await acts.mute(Matter(company="tiktok"), until=until, who="ann", why="known")
        await alerter.tell(told_by("One"))
        [event] = await alerter.events()

        found = await account(alerter, event.id, a_subscription())
        dossier = await alerter.database.read(
            lambda c: dossier_of(c, event, watchlist=a_watchlist(), now=until)
        )

        assert not found.is_told
        assert found.outcome.startswith("Not told: muted")
        assert "ann" in found.outcome
        [silence] = [one for one in found.events[0].conditions if not one.holds]
        assert silence.name == "silence"
        [alert] = dossier.told
        assert alert.deliveries[0].state == "suppressed"
        assert "ann" in alert.deliveries[0].note


async def test_a_story_that_alone_corrects_an_event_waits_for_a_second_outlet(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One"), told_by("Two", minute=1))
        denial = told_by("Three", "India does not ban TikTok", stage=Stage.REJECTED, minute=2)
        await alerter.tell(denial)
        [event] = await alerter.events()

        of_story = await account(alerter, denial.story.url, a_subscription())
        of_event = await account(alerter, event.id, a_subscription())

        assert of_event.outcome == "Told: new to archive: sent."
        assert of_story.outcome == (
            "Told: new to archive: sent. This story says rejected, as nobody else does: it waits for"
            " a second outlet that agrees, and confirmed holds until then."
        )

        second = told_by("Four", "No ban of TikTok in India", stage=Stage.REJECTED, minute=3)
        await alerter.tell(second)
        corrected = await account(alerter, denial.story.url, a_subscription())

        assert "waits for" not in corrected.outcome
        assert "correction to archive: sent" in corrected.outcome
