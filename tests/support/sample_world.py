"""A world as a week of news leaves it: many languages, every stage, and something of each page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from services.common.config.configuration import Configuration
from services.common.contracts.alert import Reason
from services.common.contracts.delivery import Attempt, Delivery, DeliveryKind, DeliveryState
from services.common.contracts.event import ChangeKind, Event, EventStory
from services.common.contracts.reading import (
    Amount,
    Evidence,
    Focus,
    Involvement,
    OtherParty,
    Reading,
    Report,
    Role,
    Stage,
    StoryHead,
)
from services.common.contracts.subscription import (
    ChannelConfig,
    Conditions,
    Digest,
    Quiet,
    Send,
    Subscription,
)
from services.common.ids import (
    AlertId,
    ChannelId,
    CompanyId,
    DeliveryId,
    FeedId,
    ReportId,
    StoryId,
    SubscriptionId,
)
from tests.support.builders import a_company, a_watchlist
from tests.support.events import an_alert, an_event, an_event_story
from tests.support.web import World

_COMPANIES = (
    a_company("bytedance", "字节跳动", name="ByteDance", tags=("social", "watch-eu")),
    a_company("tiktok", "টিকটক", "ТикТок", "تيك توك", name="TikTok", owner=CompanyId("bytedance")),
    a_company("tiktok-music", name="TikTok Music", owner=CompanyId("tiktok")),
    a_company("goto", "GoTo Gojek Tokopedia", name="GoTo"),
    a_company("tokopedia", name="Tokopedia", owner=CompanyId("goto")),
    a_company("telegram", "Телеграм", "تلغرام", name="Telegram", tags=("social",)),
    a_company("figma", name="Figma"),
    a_company("adobe", name="Adobe"),
    a_company("huawei", "华为", name="Huawei", tags=("telecom",)),
    a_company("pathao", "পাঠাও", name="Pathao"),
    a_company("skype", name="Skype", owner=CompanyId("microsoft")),
    a_company("microsoft", "Майкрософт", name="Microsoft"),
)


def sample_configuration() -> Configuration:
    """Return twelve companies, two subscriptions and three channels."""
    workdays = frozenset({1, 2, 3, 4, 5})
    start = datetime(2026, 1, 1, 8).time()  # noqa: DTZ001  a wall clock's time
    return Configuration(
        watchlist=a_watchlist(*_COMPANIES),
        hash="5f2c9a017c",
        channels=(
            ChannelConfig(id=ChannelId("ops-slack"), type="slack", origin="subscriptions.yml:2"),
            ChannelConfig(id=ChannelId("archive"), type="webhook", origin="subscriptions.yml:4"),
        ),
        subscriptions=(
            Subscription(
                id=SubscriptionId("policy-team"),
                name="Bans on what we use",
                when=Conditions(
                    companies=("tag:social", "bytedance"),
                    types=("ban", "shutdown"),
                    stages=(Stage.PROPOSED, Stage.CONFIRMED, Stage.REVERSED),
                    countries=("US", "EU", "IN"),
                    outlets=2,
                ),
                sends=(
                    Send(
                        to=ChannelId("ops-slack"),
                        burst=timedelta(seconds=60),
                        max_per_hour=30,
                        quiet=Quiet(
                            days=workdays,
                            begins=start.replace(hour=22),
                            ends=start.replace(hour=7),
                            zone="Europe/Oslo",
                        ),
                    ),
                    Send(
                        to=ChannelId("legal-mail"),
                        burst=timedelta(0),
                        max_per_hour=30,
                        digest=Digest(days=workdays, at=start, zone="Europe/Oslo"),
                    ),
                ),
                origin="subscriptions.yml:6",
            ),
            Subscription(
                id=SubscriptionId("everything"),
                name="Everything, to the archive",
                sends=(Send(to=ChannelId("archive"), burst=timedelta(0), max_per_hour=None),),
                origin="subscriptions.yml:21",
            ),
        ),
    )


async def fill(world: World, *, now: datetime) -> None:
    """Fill an empty world with what happened until `now`."""
    world.configuration = sample_configuration()
    world.feeds = _feeds(now)
    for event, kinds in _events(now):
        for kind, stage in kinds:
            at = event.first_seen
            await world.tell(_at_stage(event, stage), kind=kind, at=at)
    await _tell_the_subscribers(world, now)


def late_event(now: datetime) -> Event:
    """Return an event that comes while somebody looks at the page."""
    story = an_event_story(
        "st_late",
        "Harian Contoh",
        title="Pathao akan menghentikan layanan antar makanan bulan depan",
        lang="id",
        quote="akan menghentikan layanan",
        quote_start=7,
        published=now,
        seen_at=now,
        stage=Stage.PROPOSED,
    )
    return an_event(
        "late",
        type="shutdown",
        stage=Stage.PROPOSED,
        companies=(_with("pathao", Role.TARGET),),
        countries=("BD",),
        first_seen=now,
        stories=(story,),
    )


def _at_stage(event: Event, stage: Stage) -> Event:
    return replace(event, stage=stage, previous_stage=None) if stage != event.stage else event


def _with(company: str, role: Role) -> Involvement:
    return Involvement(id=CompanyId(company), role=role)


def _told(
    key: str, outlet: str, lang: str, title: str, quote: str, at: datetime, **changes: Any
) -> EventStory:
    fields: dict[str, Any] = {"published": at, "seen_at": at, **changes}
    part, start = ("title", title.index(quote)) if quote in title else ("text", 40)
    fields |= {"quote_part": part, "quote_start": start}
    return an_event_story(f"st_{key}", outlet, lang=lang, title=title, quote=quote, **fields)


def _events(now: datetime) -> Sequence[tuple[Event, Sequence[tuple[ChangeKind, Stage]]]]:
    def ago(**span: float) -> datetime:
        return now - timedelta(**span)

    opened = [(ChangeKind.OPENED, Stage.RUMOURED), (ChangeKind.STAGE, Stage.PROPOSED)]
    return [
        (
            an_event(
                "skype",
                type="shutdown",
                target="skype",
                first_seen=ago(days=6),
                companies=(_with("microsoft", Role.ACTOR), _with("skype", Role.TARGET)),
                date="2026-05-05",
                outlets=3,
                stories=(
                    _told(
                        "skype1",
                        "Example Wire",
                        "en",
                        "Microsoft will shut down Skype in May after two decades",
                        "will shut down Skype",
                        ago(days=6),
                    ),
                    _told(
                        "skype2",
                        "Beispiel Zeitung",
                        "de",
                        "Microsoft stellt Skype nach 22 Jahren ein",
                        "stellt Skype nach 22 Jahren ein",
                        ago(days=6, hours=-1),
                    ),
                    _told(
                        "skype3",
                        "Ejemplo Diario",
                        "es",
                        "Adiós a Skype: Microsoft cierra el servicio",
                        "cierra el servicio",
                        ago(days=6, hours=-2),
                    ),
                ),
            ),
            [(ChangeKind.OPENED, Stage.CONFIRMED)],
        ),
        (
            an_event(
                "figma",
                type="acquisition",
                target="figma",
                stage=Stage.REJECTED,
                previous_stage=Stage.PROPOSED,
                first_seen=ago(days=4),
                companies=(_with("adobe", Role.ACTOR), _with("figma", Role.TARGET)),
                amount=Amount(currency="USD", value=20_000_000_000),
                outlets=2,
                stories=(
                    _told(
                        "figma1",
                        "Sample Markets",
                        "en",
                        "Adobe and Figma call off their $20 billion merger",
                        "call off",
                        ago(days=4),
                        stage=Stage.REJECTED,
                    ),
                    _told(
                        "figma2",
                        "サンプル新聞",
                        "ja",
                        "アドビ、フィグマの買収を断念",
                        "買収を断念",
                        ago(days=4),
                        stage=Stage.REJECTED,
                    ),
                ),
            ),
            [(ChangeKind.OPENED, Stage.PROPOSED), (ChangeKind.CORRECTION, Stage.REJECTED)],
        ),
        (
            an_event(
                "telegram",
                target="telegram",
                stage=Stage.REVERSED,
                previous_stage=Stage.CONFIRMED,
                first_seen=ago(days=2),
                countries=("BR",),
                round=1,
                companies=(_with("telegram", Role.TARGET),),
                others=(OtherParty(name="Tribunal Regional Federal", role=Role.ACTOR),),
                authority="Tribunal Regional Federal",
                outlets=2,
                stories=(
                    _told(
                        "tg1",
                        "Jornal Exemplo",
                        "pt",
                        "Justiça derruba suspensão do Telegram no Brasil",
                        "derruba suspensão",
                        ago(days=2),
                        stage=Stage.REVERSED,
                    ),
                    _told(
                        "tg2",
                        "Пример",
                        "ru",
                        "Суд в Бразилии отменил блокировку Telegram",
                        "отменил блокировку",
                        ago(days=2),
                        stage=Stage.REVERSED,
                    ),
                ),
            ),
            [(ChangeKind.OPENED, Stage.CONFIRMED), (ChangeKind.CORRECTION, Stage.REVERSED)],
        ),
        (
            an_event(
                "huawei",
                target="huawei",
                stage=Stage.PROPOSED,
                first_seen=ago(hours=20),
                companies=(_with("huawei", Role.TARGET),),
                countries=("EU",),
                disputed=Stage.REJECTED,
                outlets=3,
                scope="5G equipment",
                stories=(
                    _told(
                        "hw1",
                        "Exemple Presse",
                        "fr",
                        "Bruxelles veut interdire les équipements 5G de Huawei",
                        "veut interdire",
                        ago(hours=20),
                        stage=Stage.PROPOSED,
                    ),
                    _told(
                        "hw2",
                        "示例新闻",
                        "zh",
                        "欧盟拟禁止华为5G设备",
                        "拟禁止",
                        ago(hours=19),
                        stage=Stage.PROPOSED,
                    ),
                    _told(
                        "hw3",
                        "Example Wire",
                        "en",
                        "EU denies plan to ban Huawei equipment",
                        "denies plan to ban",
                        ago(hours=3),
                        stage=Stage.REJECTED,
                    ),
                ),
            ),
            [(ChangeKind.OPENED, Stage.PROPOSED), (ChangeKind.DISPUTED, Stage.PROPOSED)],
        ),
        (
            an_event(
                "tokopedia",
                type="acquisition",
                target="tokopedia",
                first_seen=ago(hours=9),
                previous_stage=Stage.PROPOSED,
                companies=(
                    _with("tiktok", Role.ACTOR),
                    _with("tokopedia", Role.TARGET),
                    _with("goto", Role.SELLER),
                ),
                countries=("ID",),
                amount=Amount(currency="USD", value=840_000_000),
                outlets=3,
                stories=(
                    _told(
                        "tk1",
                        "Warta Contoh",
                        "id",
                        "TikTok resmi membeli mayoritas saham Tokopedia dari GoTo",
                        "resmi membeli mayoritas saham",
                        ago(hours=9),
                    ),
                    _told(
                        "tk2",
                        "Example Wire",
                        "en",
                        "TikTok to take control of Indonesia's Tokopedia in $840 million deal",
                        "take control",
                        ago(hours=8),
                    ),
                    _told(
                        "tk3",
                        "নমুনা সংবাদ",
                        "bn",
                        "৮৪ কোটি ডলারে টোকোপিডিয়া কিনছে টিকটক",
                        "টোকোপিডিয়া কিনছে",
                        ago(hours=7),
                    ),
                ),
            ),
            [*opened, (ChangeKind.STAGE, Stage.CONFIRMED)],
        ),
        (
            an_event(
                "tiktok-om",
                target="tiktok",
                stage=Stage.RUMOURED,
                first_seen=ago(hours=1.5),
                companies=(_with("tiktok", Role.TARGET),),
                countries=("JO",),
                outlets=2,
                stories=(
                    _told(
                        "ar1",
                        "صحيفة المثال",
                        "ar",
                        "أنباء عن نية الأردن حظر تطبيق تيك توك بشكل كامل",
                        "نية الأردن حظر تطبيق تيك توك",
                        ago(hours=1.5),
                        stage=Stage.RUMOURED,
                    ),
                    _told(
                        "fa1",
                        "روزنامه نمونه",
                        "fa",
                        "گزارش‌ها از احتمال مسدود شدن تیک‌تاک در اردن",
                        "احتمال مسدود شدن",
                        ago(hours=1),
                        stage=Stage.RUMOURED,
                    ),
                ),
            ),
            [(ChangeKind.OPENED, Stage.RUMOURED)],
        ),
        (
            an_event(
                "music",
                type="shutdown",
                target="tiktok-music",
                first_seen=ago(minutes=12),
                companies=(_with("bytedance", Role.ACTOR), _with("tiktok-music", Role.TARGET)),
                countries=("ID", "BR"),
                date="2026-11-28",
                outlets=3,
                stories=(
                    _told(
                        "mu1",
                        "Warta Contoh",
                        "id",
                        "TikTok Music tutup di Indonesia dan Brasil mulai 28 November",
                        "akan menghentikan layanan",
                        ago(minutes=12),
                    ),
                    _told(
                        "mu2",
                        "Example Wire",
                        "en",
                        "TikTok Music shuts down in Indonesia and Brazil",
                        "shuts down",
                        ago(minutes=8),
                    ),
                    _told(
                        "mu3",
                        "Sample Markets",
                        "en",
                        "TikTok Music shuts down in Indonesia and Brazil",
                        "shuts down",
                        ago(minutes=4),
                        is_copy=True,
                    ),
                    _told(
                        "mu4",
                        "Jornal Exemplo",
                        "pt",
                        "O que muda no streaming em 2026",
                        "encerrou o TikTok Music",
                        ago(minutes=2),
                        focus=Focus.BACKGROUND,
                    ),
                ),
            ),
            [(ChangeKind.OPENED, Stage.PROPOSED), (ChangeKind.STAGE, Stage.CONFIRMED)],
        ),
    ]


async def _tell_the_subscribers(world: World, now: datetime) -> None:
    music = an_event("music", target="tiktok-music").id
    first = an_alert("policy-team", music, id=AlertId("al_first"), at=now - timedelta(minutes=11))
    second = an_alert(
        "everything",
        music,
        id=AlertId("al_second"),
        reason=Reason.NEW,
        at=now - timedelta(minutes=11),
    )
    await world.decide(first, second)
    await world.plan(
        _delivery(
            "dl_archive",
            "archive",
            second.id,
            DeliveryState.DEAD,
            now,
            Attempt(at=now, status=503, reason="503 Service Unavailable"),
            Attempt(at=now, status=410, reason="410 Gone: the endpoint refuses for good"),
        ),
        _delivery(
            "dl_slack",
            "ops-slack",
            first.id,
            DeliveryState.SENT,
            now,
            Attempt(at=now, status=200, reason=""),
        ),
        _delivery(
            "dl_mail", "legal-mail", first.id, DeliveryState.HELD, now, kind=DeliveryKind.DIGEST
        ),
    )
    await world.read(_reading(now))


def _delivery(
    key: str,
    channel: str,
    alert: AlertId,
    state: DeliveryState,
    now: datetime,
    *attempts: Attempt,
    kind: DeliveryKind = DeliveryKind.MESSAGE,
) -> Delivery:
    return Delivery(
        id=DeliveryId(key),
        channel=ChannelId(channel),
        kind=kind,
        state=state,
        subscriptions=(),
        alerts=(alert,),
        planned_at=now - timedelta(minutes=11),
        next_at=now + timedelta(hours=8),
        attempts=attempts,
    )


def _reading(now: datetime) -> Reading:
    title = "TikTok Music tutup di Indonesia dan Brasil mulai 28 November"

    def of(field: str, quote: str) -> Evidence:
        start = title.find(quote)
        part, start = ("title", start) if start >= 0 else ("text", 80)
        return Evidence(field=field, part=part, start=start, end=start + len(quote), quote=quote)

    report = Report(
        report_id=ReportId("rp_music"),
        type="shutdown",
        stage=Stage.CONFIRMED,
        focus=Focus.MAIN,
        companies=(_with("bytedance", Role.ACTOR), _with("tiktok-music", Role.TARGET)),
        countries=("BR", "ID"),
        date="2026-11-28",
        confidence=0.94,
        evidence=(
            of("type", "akan menghentikan layanan"),
            of("stage", "tutup"),
            of("company:tiktok-music", "TikTok Music"),
            of("company:bytedance", "ByteDance mengatakan"),
            of("countries", "Indonesia dan Brasil"),
            of("date", "28 November"),
        ),
    )
    head = StoryHead(
        story_id=StoryId("st_mu1"),
        feed_id=FeedId("fd_warta"),
        content_hash="c",
        outlet="Warta Contoh",
        title=title,
        url="https://example.org/st_mu1",
        language="id",
        seen_at=now,
        revised_at=now,
    )
    return Reading(story=head, text_hash="t", reports=(report,), rules_hash="r", watchlist_hash="w")


def _feeds(now: datetime) -> list[Mapping[str, Any]]:
    def feed(
        key: str, outlet: str, state: str, error: dict[str, str] | None = None
    ) -> dict[str, object]:
        return {
            "id": f"fd_{key}",
            "url": f"https://{key}.example.org/rss.xml",
            "outlet": outlet,
            "state": state,
            "error": error,
            "last_polled_at": (now - timedelta(minutes=3)).isoformat() if state != "new" else None,
            "next_poll_at": (now + timedelta(minutes=7)).isoformat() if state != "gone" else None,
        }

    gone = {
        "class": "gone",
        "message": "410 Gone; polling stopped. Remove it or give it a new address.",
    }
    slow = {"class": "timeout", "message": "No answer within 30 s; asked again after 20 minutes."}
    return [
        feed("wire", "Example Wire", "ok"),
        feed("warta", "Warta Contoh", "ok"),
        feed("namuna", "নমুনা সংবাদ", "failing", slow),
        feed("old", "Old Gazette", "gone", gone),
        feed("new", "Jornal Exemplo", "new"),
    ]
