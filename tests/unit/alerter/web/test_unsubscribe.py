from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from services.alerter.database import keys, suppressions
from services.alerter.links import Links
from services.alerter.web.access import AccessRules
from services.alerter.web.app import Web
from services.alerter.web.pages.unsubscribe import WHY, Unsubscribing
from services.alerter.web.token import AdminToken
from services.common.clock import ManualClock
from services.common.contracts.subscription import ChannelConfig
from services.common.ids import ChannelId
from tests.support.builders import NOON
from tests.support.web import World, a_browser, a_world

PUBLIC = "https://kabar.example.org"
MAIL = ChannelId("legal-mail")
CONFIG = ChannelConfig(
    id=MAIL, type="email", options=(("to", ("Legal@example.org", "press@example.org")),)
)


@dataclass
class Served:
    world: World
    web: Web
    links: Links

    async def suppressed(self) -> frozenset[str]:
        return await self.world.database.read(suppressions.suppressed_in, MAIL)

    @property
    def path(self) -> str:
        return f"/u/{self.links.unsubscribe_token('Legal@example.org', MAIL)}"


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Served]:
    async with a_world(tmp_path) as world:
        world.configuration = replace(world.configuration, channels=(CONFIG,))
        links = Links(key=await world.database.write(keys.key_of, keys.LINKS), public_url=PUBLIC)
        unsubscribing = Unsubscribing(
            world.database,
            links,
            configuration=lambda: world.configuration,
            clock=ManualClock(NOON),
        )
        web = Web(
            replace(world.sources, links=links),
            sessions=AdminToken.of(tmp_path, clock=ManualClock(NOON)),
            # Bound to the world: everybody needs a token for anything else.
            rules=AccessRules.of(bound_host="0.0.0.0", public_url=PUBLIC),  # noqa: S104  a rule
            public_url=PUBLIC,
            routes=[unsubscribing.route],
            links=links,
        )
        yield Served(world, web, links)


@pytest.fixture
async def mail_program(served: Served) -> AsyncIterator[httpx.AsyncClient]:
    """A client without cookies, token or origin."""
    async with a_browser(served.web) as client:
        yield client


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_looking_at_the_link_changes_nothing(
    served: Served, mail_program: httpx.AsyncClient, method: str
) -> None:
    answer = await mail_program.request(method, served.path)

    assert answer.status_code == 200
    assert await served.suppressed() == frozenset()


async def test_one_click_unsubscribes_at_once_without_cookie_login_or_redirect(
    served: Served, mail_program: httpx.AsyncClient
) -> None:
    answer = await mail_program.post(served.path, data={"List-Unsubscribe": "One-Click"})

    assert answer.status_code == 200
    assert await served.suppressed() == {"legal@example.org"}


async def test_the_buttons_of_the_page_unsubscribe_and_come_back(
    served: Served, mail_program: httpx.AsyncClient
) -> None:
    page = await mail_program.get(served.path)
    assert 'name="List-Unsubscribe" value="One-Click"' in page.text

    gone = await mail_program.post(
        served.path, data={"List-Unsubscribe": "One-Click"}, headers={"origin": PUBLIC}
    )
    assert "Send them again" in gone.text

    back = await mail_program.post(served.path, data={"resume": "yes"})
    assert "Send no more of them" in back.text
    assert await served.suppressed() == frozenset()


@pytest.mark.parametrize("token", ["x", "0" * 32, "é", "%00"])
async def test_a_link_that_was_made_up_ends_nothing(
    served: Served, mail_program: httpx.AsyncClient, token: str
) -> None:
    answer = await mail_program.post(f"/u/{token}")

    assert answer.status_code == 404
    assert await served.suppressed() == frozenset()


async def test_the_link_of_one_address_or_channel_is_not_that_of_another(served: Served) -> None:
    tokens = {
        served.links.unsubscribe_token(address, ChannelId(channel))
        for address in ("a@example.org", "b@example.org")
        for channel in ("one", "two")
    }

    assert len(tokens) == 4


async def test_nothing_else_is_open_without_the_token(mail_program: httpx.AsyncClient) -> None:
    assert (await mail_program.get("/")).status_code == 401
    assert (await mail_program.get("/u")).status_code == 401


async def test_who_unsubscribed_stands_on_the_page(served: Served, tmp_path: Path) -> None:
    await served.world.database.write(
        suppressions.suppress, "Legal@example.org", MAIL, why=WHY, now=NOON
    )
    web = Web(
        replace(served.world.sources, links=served.links),
        sessions=AdminToken.of(tmp_path, clock=ManualClock(NOON)),
        rules=AccessRules.of(bound_host="127.0.0.1", public_url=None),
    )

    async with a_browser(web) as client:
        page = await client.get("/subscriptions")

    assert "legal@example.org" in page.text
    assert WHY in page.text


async def test_the_key_of_links_is_made_once(served: Served) -> None:
    again = await served.world.database.write(keys.key_of, keys.LINKS)

    assert again == served.links.key
    assert repr(again) not in repr(served.links)
