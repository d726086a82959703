from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import httpx
import pytest

from services.alerter.links import Links
from services.alerter.web.access import AccessRules
from services.alerter.web.app import Web
from services.alerter.web.token import AdminToken
from services.common.clock import ManualClock
from services.common.contracts.alert import Reason
from services.common.contracts.delivery import DeliveryState
from services.common.contracts.event import ChangeKind
from services.common.contracts.reading import Stage
from services.common.ids import SubscriptionId
from tests.support.alerting import a_subscription
from tests.support.builders import NOON
from tests.support.channels import a_delivery
from tests.support.events import an_alert, an_event, an_event_story
from tests.support.web import World, a_browser, a_world

ATOM = "{http://www.w3.org/2005/Atom}"
NAME = SubscriptionId("everything")
LINKS = Links(key=b"k" * 32, public_url="https://kabar.example.org")


@dataclass
class Served:
    world: World
    client: httpx.AsyncClient


@pytest.fixture(params=["open", "with a token"])
async def served(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Served]:
    host = "127.0.0.1" if request.param == "open" else "0.0.0.0"  # noqa: S104  a rule, not a socket
    async with a_world(tmp_path) as world:
        world.configuration = replace(world.configuration, subscriptions=(a_subscription(),))
        web = Web(
            world.sources,
            sessions=AdminToken.of(tmp_path, clock=ManualClock(NOON)),
            rules=AccessRules.of(bound_host=host, public_url=None),
            public_url="https://kabar.example.org",
            links=LINKS,
        )
        async with a_browser(web) as client:
            yield Served(world, client)


async def tell(world: World, stage: Stage, *, seq: int, at: datetime, title: str = "India") -> None:
    event = an_event(stage=stage, stories=(an_event_story("st_one", title=title, lang="hi"),))
    kind = ChangeKind.OPENED if seq == 1 else ChangeKind.STAGE
    reason = Reason.NEW if seq == 1 else Reason.STAGE
    await world.tell(event, kind=kind, at=at)
    await world.decide(
        an_alert(id=f"al_{seq}", event=event.id, stage=stage, change_seq=seq, at=at, reason=reason)
    )


async def test_an_event_is_one_entry_that_is_updated_with_a_new_stage(served: Served) -> None:
    await tell(served.world, Stage.PROPOSED, seq=1, at=NOON)
    before = feedparser.parse((await served.client.get(LINKS.feed_path(NAME))).content)
    later = NOON + timedelta(hours=2)
    await tell(served.world, Stage.CONFIRMED, seq=2, at=later)

    answer = await served.client.get(LINKS.feed_path(NAME))

    after = feedparser.parse(answer.content)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert not after.bozo
    [was], [now] = before.entries, after.entries
    assert was.id == now.id
    assert (was.published, was.updated) == ("2026-01-05T12:00:00Z", "2026-01-05T12:00:00Z")
    assert (now.published, now.updated) == ("2026-01-05T12:00:00Z", "2026-01-05T14:00:00Z")
    assert "confirmed" in now.title
    assert "(Hindi)" in now.content[0].value


async def test_what_atom_requires_is_there_and_hostile_text_breaks_nothing(served: Served) -> None:
    title = ']]>&<b>"\ufffe <script>alert(1)</script>'
    await tell(served.world, Stage.CONFIRMED, seq=1, at=NOON, title=title)

    body = (await served.client.get(LINKS.feed_path(NAME))).content

    feed = ET.fromstring(body)  # noqa: S314  our own
    assert all(feed.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "kabar"
    [own] = [it for it in feed.findall(f"{ATOM}link") if it.get("rel") == "self"]
    assert own.get("href") == f"https://kabar.example.org{LINKS.feed_path(NAME)}"
    for entry in feed.findall(f"{ATOM}entry"):
        assert all(entry.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
        content = entry.findtext(f"{ATOM}content")
        assert content is not None
        assert "<script>" not in content


async def test_an_empty_feed_is_a_feed_and_what_did_not_change_is_not_sent_again(
    served: Served,
) -> None:
    first = await served.client.get(LINKS.feed_path(NAME))
    again = await served.client.get(
        LINKS.feed_path(NAME), headers={"if-none-match": first.headers["etag"]}
    )

    assert not feedparser.parse(first.content).bozo
    assert again.status_code == 304


async def test_a_token_opens_its_own_feed_alone(tmp_path: Path) -> None:
    other = replace(a_subscription("other"))
    async with a_world(tmp_path) as world:
        world.configuration = replace(world.configuration, subscriptions=(a_subscription(), other))
        web = Web(
            world.sources,
            sessions=AdminToken.of(tmp_path, clock=ManualClock(NOON)),
            rules=AccessRules.of(bound_host="0.0.0.0", public_url=None),  # noqa: S104  a rule
            links=LINKS,
        )
        token = LINKS.feed_path(NAME).partition("token=")[2]
        async with a_browser(web) as client:
            statuses = {
                path: (await client.get(path)).status_code
                for path in (
                    f"/feed/everything.atom?token={token}",
                    f"/api/v1/subscriptions/everything/feed.atom?token={token}",
                    f"/feed/other.atom?token={token}",
                    "/feed/everything.atom",
                    f"/feed/everything.atom?token={token[:-1]}",
                    f"/subscriptions?token={token}",
                    f"/api/v1/events?token={token}",
                )
            }

    assert list(statuses.values()) == [200, 200, 401, 401, 401, 401, 401]


async def test_a_subscription_that_is_not_there_has_no_feed(tmp_path: Path) -> None:
    async with a_world(tmp_path) as world:
        web = Web(
            world.sources,
            sessions=AdminToken.of(tmp_path, clock=ManualClock(NOON)),
            rules=AccessRules.of(bound_host="127.0.0.1", public_url=None),
        )
        async with a_browser(web) as client:
            assert (await client.get("/feed/nobody.atom")).status_code == 404


async def test_what_was_muted_was_not_told(served: Served) -> None:
    event = an_event()
    alert = an_alert(event=event.id, subscription=NAME)
    await served.world.tell(event)
    await served.world.decide(alert)
    note = "muted until 2026-01-06 00:00 UTC by ann"
    await served.world.plan(a_delivery(alert.id, state=DeliveryState.SUPPRESSED, note=note))

    feed = await served.client.get(LINKS.feed_path(NAME))

    assert feed.status_code == 200
    assert b"<entry>" not in feed.content
