"""A new configuration, taken into use while the alerter works."""

from __future__ import annotations

import asyncio
import io
import sqlite3
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import httpx
import pytest

from services.alerter.channels.registry import Outside
from services.alerter.database import gathered
from services.alerter.database.queries import alerts_of_event
from services.alerter.database.times import stamp
from services.alerter.reloading import Reloading
from services.alerter.subscription_book import SubscriptionBook
from services.alerter.ways import WaysOut
from services.common.config.configuration import Configuration
from services.common.contracts.delivery import DeliveryKind, DeliveryState
from services.common.contracts.reading import Focus, Reading, Stage
from services.common.contracts.subscription import (
    ChannelConfig,
    Conditions,
    Digest,
    Quiet,
    Secret,
    Send,
    Subscription,
)
from services.common.errors import ChannelRefusedError, ChannelUnavailableError
from services.common.http.client import HttpClient
from services.common.ids import ChannelId
from services.common.watchlist import Watchlist
from tests.support.alerting import Alerter, a_subscription, an_alerter, told_by
from tests.support.builders import NOON, a_company, a_report, a_watchlist
from tests.support.channels import RecordingChannel
from tests.support.mail_server import a_mail_server

ARCHIVE = ChannelId("archive")
EVERY_DAY = frozenset(range(1, 8))
AT_ONCE = Send(to=ARCHIVE, burst=timedelta(), max_per_hour=None)
DIGEST = replace(AT_ONCE, digest=Digest(days=EVERY_DAY, at=time(8), zone="UTC"))
UNTIL_SIX = Quiet(days=EVERY_DAY, begins=time(12), ends=time(18), zone="UTC")
QUIET = replace(AT_ONCE, quiet=UNTIL_SIX)


def configuration(
    *subscriptions: Subscription, watchlist: Watchlist | None = None
) -> Configuration:
    return Configuration(
        watchlist=watchlist or a_watchlist(),
        channels=(ChannelConfig(id=ARCHIVE, type="console"),),
        subscriptions=subscriptions,
    )


def reloading(
    alerter: Alerter, *, smtp: str | None = None, http: HttpClient | None = None
) -> Reloading:
    nothing = HttpClient(httpx.MockTransport(lambda _: httpx.Response(500)))
    book = SubscriptionBook(alerter.database, (), configuration=configuration, clock=alerter.clock)
    outside = Outside(
        http=http or nothing,
        clock=alerter.clock,
        smtp=smtp,
        mail_from="kabar@example.net",
        stdout=io.StringIO(),
    )
    return Reloading(alerter.service, alerter.sender, outside=outside, book=book)


async def test_a_subscription_saved_during_a_reload_brings_nothing_old_back(tmp_path: Path) -> None:
    async with an_alerter(tmp_path) as alerter:
        it = reloading(alerter)
        await it.use(configuration(a_subscription("old")))

        using = asyncio.ensure_future(it.use(configuration(a_subscription("new"))))
        await asyncio.sleep(0)
        await it.use_again()
        await using

        assert [one.id for one in alerter.service.subscriptions] == ["new"]


WITH_SHEIN = a_watchlist(
    a_company("tiktok", name="TikTok"), a_company("shein", name="Shein", tags=("fashion",))
)
OF_SHEIN = a_subscription("team", when=Conditions(companies=("tag:fashion",)))


def mentioned_by(outlet: str, title: str, *, minute: int) -> Reading:
    """Return a reading of a story that only mentions the ban of Shein."""
    reading = told_by(outlet, title, minute=minute)
    report = a_report(reading.story.story_id, target="shein", focus=Focus.BACKGROUND)
    return replace(reading, reports=(report,))


async def test_what_was_tracked_before_its_company_was_known_here_is_told_once_it_is(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path, OF_SHEIN) as alerter:
        it = reloading(alerter)
        await it.use(configuration(OF_SHEIN))
        await alerter.tell(told_by("One", "India bans Shein", target="shein"))
        await alerter.tell(mentioned_by("Two", "Shein, which India banned", minute=9))
        assert await alerter.deliveries() == ()

        await it.use(configuration(OF_SHEIN, watchlist=WITH_SHEIN))
        await it.use(configuration(OF_SHEIN, watchlist=WITH_SHEIN))
        await alerter.tell(told_by("Three", "Shein banned", target="shein", minute=20))

        [delivery] = await alerter.deliveries()
        assert (delivery.kind, len(delivery.alerts)) == (DeliveryKind.MESSAGE, 1)


async def test_what_was_tracked_meanwhile_is_told_though_something_else_was_taken_in_between(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path, OF_SHEIN) as alerter:
        it = reloading(alerter)
        await it.use(configuration(OF_SHEIN))
        await alerter.tell(told_by("One", "India bans Shein", target="shein"))

        await it.use(
            configuration(OF_SHEIN, a_subscription("other", when=Conditions(types=("fine",))))
        )
        await it.use(configuration(OF_SHEIN, watchlist=WITH_SHEIN))

        [delivery] = await alerter.deliveries()
        assert delivery.subscriptions == (OF_SHEIN.id,)


async def test_what_was_tracked_meanwhile_is_told_as_it_stands(tmp_path: Path) -> None:
    """A story that said more than the others turned out to only mention the ban."""
    async with an_alerter(tmp_path, OF_SHEIN) as alerter:
        it = reloading(alerter)
        await it.use(configuration(OF_SHEIN))
        planned = told_by("One", "India may ban Shein", target="shein", stage=Stage.PROPOSED)
        told = told_by("Two", "India bans Shein", target="shein", minute=9)
        later = told.story.revised_at + timedelta(minutes=5)
        corrected = replace(
            told,
            story=replace(told.story, revised_at=later, content_hash="1" * 64),
            reports=(replace(told.reports[0], focus=Focus.BACKGROUND),),
        )
        await alerter.tell(planned, told, corrected)

        await it.use(configuration(OF_SHEIN, watchlist=WITH_SHEIN))

        [event] = await alerter.events()
        [alert] = await alerter.database.read(alerts_of_event, event.id)
        assert alert.stage == event.stage == Stage.PROPOSED


async def test_who_asks_for_any_company_is_not_told_again_of_those_that_come(
    tmp_path: Path,
) -> None:
    everything = a_subscription("everything")
    async with an_alerter(tmp_path) as alerter:
        it = reloading(alerter)
        await it.use(configuration())
        await alerter.tell(told_by("One", "India bans Shein", target="shein"))

        await it.use(configuration(everything, watchlist=WITH_SHEIN))

        assert await alerter.deliveries() == ()


async def test_after_an_upgrade_only_what_is_tracked_from_then_on_was_overlooked(
    tmp_path: Path,
) -> None:
    temu = a_company("temu", name="Temu", tags=("fashion",))
    async with an_alerter(tmp_path, OF_SHEIN) as alerter:
        it = reloading(alerter)
        await it.use(configuration(OF_SHEIN))
        await alerter.tell(told_by("One", "India bans Shein", target="shein"))
        await alerter.database.write(rereadings_of_an_older_kabar)

        await it.use(configuration(OF_SHEIN))
        await alerter.tell(told_by("Two", "India bans Temu", target="temu", minute=9))
        both = a_watchlist(*WITH_SHEIN.companies.values(), temu)
        await it.use(configuration(OF_SHEIN, watchlist=both))

        [delivery] = await alerter.deliveries()
        newest, _ = await alerter.events()
        [alert] = await alerter.database.read(alerts_of_event, newest.id)
        assert delivery.alerts == (alert.id,)


def rereadings_of_an_older_kabar(connection: sqlite3.Connection) -> None:
    """Have the row for the first start hold a time, as it did."""
    connection.execute("UPDATE rereadings SET done_at = ? WHERE company_id = ''", (stamp(NOON),))


async def test_what_was_tracked_long_before_its_company_was_known_here_is_old_news(
    tmp_path: Path,
) -> None:
    async with an_alerter(tmp_path, OF_SHEIN) as alerter:
        it = reloading(alerter)
        await it.use(configuration(OF_SHEIN))
        await alerter.tell(told_by("One", "India bans Shein", target="shein"))
        alerter.clock.move(timedelta(days=2))

        await it.use(configuration(OF_SHEIN, watchlist=WITH_SHEIN))
        alerter.clock.move(timedelta(hours=1))
        await alerter.send()

        assert [one.kind for one in await alerter.deliveries()] == [DeliveryKind.SUMMARY]


async def test_a_company_that_was_away_for_a_moment_brings_no_old_news_to_newer_followers(
    tmp_path: Path,
) -> None:
    """As where an editor writes companies.yml in steps."""
    async with an_alerter(tmp_path, OF_SHEIN) as alerter:
        it = reloading(alerter)
        await it.use(configuration(watchlist=WITH_SHEIN))
        await alerter.tell(told_by("One", "India bans Shein", target="shein"))

        await it.use(configuration(OF_SHEIN))
        await it.use(configuration(OF_SHEIN, watchlist=WITH_SHEIN))

        assert await alerter.deliveries() == ()


@pytest.mark.parametrize("send", [DIGEST, QUIET], ids=["in a digest", "in quiet hours"])
async def test_what_waits_for_a_subscription_that_is_paused_is_not_sent(
    tmp_path: Path, send: Send
) -> None:
    team = replace(a_subscription("team"), sends=(send,))
    async with an_alerter(tmp_path, team) as alerter:
        await alerter.tell(told_by("One"))

        paused = replace(team, paused_until=date(2026, 2, 1))
        await reloading(alerter).use(configuration(paused))

        alerter.clock.move(timedelta(days=1))
        await alerter.send()
        [delivery] = await alerter.deliveries()
        assert delivery.state is DeliveryState.SUPPRESSED
        assert delivery.note == "paused: team is paused until 2026-02-01"
        assert await alerter.database.read(gathered.waiting_for) == []


@pytest.mark.parametrize("send", [DIGEST, QUIET], ids=["in a digest", "in quiet hours"])
@pytest.mark.parametrize(
    ("until", "goes_at"),
    [(time(16), 16), (time(20), 20), (None, 13)],
    ids=["sooner", "later", "no more"],
)
async def test_what_waits_goes_when_the_subscription_says_now(
    tmp_path: Path, send: Send, until: time | None, goes_at: int
) -> None:
    async with an_alerter(tmp_path, replace(a_subscription("team"), sends=(send,))) as alerter:
        await alerter.tell(told_by("One"))
        changed = AT_ONCE
        if until and send.digest:
            changed = replace(send, digest=replace(send.digest, at=until))
        if until and send.quiet:
            changed = replace(send, quiet=replace(send.quiet, ends=until))

        it = reloading(alerter)
        await it.use(configuration(replace(a_subscription("team"), sends=(changed,))))

        waiting = await alerter.database.read(gathered.waiting_for)
        deliveries = await alerter.deliveries()
        times = [one.closes_at for one in waiting] or [one.next_at for one in deliveries]
        assert [at.hour for at in times] == [goes_at]


@pytest.mark.parametrize("changes", [False, True], ids=["before", "meanwhile"])
async def test_who_is_told_with_others_whose_quiet_hours_end_sooner_hears_in_order(
    tmp_path: Path, *, changes: bool
) -> None:
    def quiet_until(hour: int) -> tuple[Send, ...]:
        return (replace(QUIET, quiet=replace(UNTIL_SIX, ends=time(hour))),)

    team = replace(a_subscription("team"), sends=quiet_until(18))
    later = a_subscription("later", when=Conditions(stages=(Stage.REVERSED,)))
    sooner = replace(later, sends=quiet_until(16))
    first = replace(later, sends=quiet_until(18)) if changes else sooner
    async with an_alerter(tmp_path, team, first, single=()) as alerter:
        await alerter.tell(told_by("One"))
        await alerter.tell(
            told_by("One", "Lifted", stage=Stage.REVERSED, minute=1),
            told_by("Two", "Lifted too", stage=Stage.REVERSED, minute=2),
        )

        await reloading(alerter).use(configuration(team, sooner))

        held = await alerter.deliveries(DeliveryState.HELD)
        assert [one.subscriptions for one in held] == [("team",), ("team", "later")]
        assert [one.next_at.hour for one in held] == [16, 16]


async def test_what_waits_for_others_too_goes_though_one_of_them_is_paused(tmp_path: Path) -> None:
    team, other = (replace(a_subscription(name), sends=(QUIET,)) for name in ("team", "other"))
    async with an_alerter(tmp_path, team, other, single=()) as alerter:
        await alerter.tell(told_by("One"))

        paused = replace(team, paused_until=date(2026, 2, 1))
        await reloading(alerter).use(configuration(paused, other))

        [delivery] = await alerter.deliveries(DeliveryState.HELD)
        assert delivery.subscriptions == ("other",)
        [suppressed] = await alerter.deliveries(DeliveryState.SUPPRESSED)
        assert suppressed.subscriptions == ("team",)


async def test_who_has_a_mail_gets_it_once_though_the_configuration_changed_meanwhile(
    tmp_path: Path,
) -> None:
    both = ("has@example.org", "later@example.org")
    mail = ChannelConfig(id=ARCHIVE, type="email", options=(("to", both),))
    team = replace(configuration(a_subscription("team")), channels=(mail,))
    async with a_mail_server() as server, an_alerter(tmp_path) as alerter:
        server.answers["later@example.org"] = "450 4.2.0 greylisted"
        it = reloading(alerter, smtp=f"smtp://127.0.0.1:{server.port}")
        await it.use(team)
        await alerter.tell(told_by("One"))

        moved = replace(mail, origin="subscriptions.yml:9")
        await it.use(replace(team, channels=(moved,)))
        server.answers.clear()
        alerter.clock.move(timedelta(minutes=1))
        await alerter.send()

        assert server.recipients == [["has@example.org"], ["later@example.org"]]


async def test_a_channel_is_made_anew_with_the_value_of_its_secret(tmp_path: Path) -> None:
    key = Secret(env="KEY")
    hook = ChannelConfig(
        id=ARCHIVE, type="webhook", options=(("url", "https://example.org"), ("secret", key))
    )
    before = replace(configuration(), channels=(hook,), secrets={key: "whsec_" + "a" * 32})
    async with an_alerter(tmp_path) as alerter:
        it = reloading(alerter)
        await it.use(before)
        old = alerter.sender.ways.channels[ARCHIVE]
        await it.use(replace(before, hash="another"))
        assert alerter.sender.ways.channels[ARCHIVE] is old

        await it.use(replace(before, secrets={key: "whsec_" + "b" * 32}))

        assert alerter.sender.ways.channels[ARCHIVE] is not old


async def test_a_new_address_in_a_file_for_secrets_opens_a_channel_that_the_old_one_closed(
    tmp_path: Path,
) -> None:
    key = Secret(file="/run/secrets/slack")
    hook = ChannelConfig(id=ARCHIVE, type="webhook", options=(("url", key),))
    team = replace(configuration(a_subscription("team")), channels=(hook,))
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(410 if request.url.path == "/archived" else 200)

    http = HttpClient(httpx.MockTransport(answer))
    async with an_alerter(tmp_path) as alerter:
        it = reloading(alerter, http=http)
        await it.use(replace(team, secrets={key: "https://hooks.example.org/archived"}))
        await alerter.tell(told_by("One"))

        await it.use(replace(team, secrets={key: "https://hooks.example.org/new"}))
        await alerter.tell(told_by("One", "Alpha banned", target="alpha"))

        assert asked == ["/archived", "/new"]


async def test_a_closed_channel_is_tried_again_after_a_restart(tmp_path: Path) -> None:
    gone = ChannelRefusedError("410 gone", status=410)
    async with an_alerter(tmp_path, channels={"archive": RecordingChannel(gone)}) as alerter:
        await alerter.tell(told_by("One"))
    async with an_alerter(tmp_path) as alerter:
        await alerter.tell(told_by("One", "Alpha banned", target="alpha"))

        assert len(alerter.said()) == 1


@pytest.mark.parametrize("wait", [timedelta(days=1), None], ids=["as it wished", "by schedule"])
async def test_what_an_old_address_made_wait_is_tried_at_a_new_one_at_once(
    tmp_path: Path, wait: timedelta | None
) -> None:
    away = ChannelUnavailableError("429", status=429, retry_after=wait)
    async with an_alerter(tmp_path, channels={"archive": RecordingChannel(away)}) as alerter:
        await alerter.tell(told_by("One"))

        new = RecordingChannel()
        configured = {ARCHIVE: "another"}
        await alerter.sender.configure(
            WaysOut(channels={ARCHIVE: new}, configured=configured, watchlist=a_watchlist())
        )
        await alerter.send()

        assert len(new.messages) == 1
