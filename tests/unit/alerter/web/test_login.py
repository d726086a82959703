from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from services.alerter.web.access import AccessRules
from services.alerter.web.app import Web
from services.alerter.web.token import AdminToken
from services.common.clock import ManualClock
from services.common.config.findings import Finding, Severity
from tests.support.builders import NOON
from tests.support.web import World

EXPOSED = AccessRules.of(bound_host="192.0.2.1", public_url="https://kabar.example.org")


@pytest.fixture
def token(tmp_path: Path) -> AdminToken:
    return AdminToken.of(tmp_path, clock=ManualClock(NOON))


@pytest.fixture
def web(world: World, token: AdminToken) -> Web:
    return Web(world.sources, sessions=token, rules=EXPOSED, public_url="https://kabar.example.org")


async def test_a_link_opens_the_page_once(web: Web, token: AdminToken) -> None:
    link = f"/login?link={token.fresh_link()}"
    transport = httpx.ASGITransport(web.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8700") as browser:
        before = await browser.get("/")
        login = await browser.get(link)
        after = await browser.get("/")
        again = await browser.get(link)

    assert [before.status_code, login.status_code, after.status_code, again.status_code] == [
        401,
        303,
        200,
        403,
    ]
    assert "kabar token" in before.text
    assert login.headers["location"] == "/"
    assert login.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("base", "is_secure"),
    [
        ("https://kabar.example.org", True),
        ("http://kabar.example.org", True),
        ("http://127.0.0.1", False),
    ],
)
async def test_no_script_reads_the_cookie_and_no_plain_connection_carries_it(
    web: Web, token: AdminToken, *, base: str, is_secure: bool
) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web.app), base_url=base) as browser:
        login = await browser.get(f"/login?link={token.fresh_link()}")

    cookie = login.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert ("secure" in cookie) is is_secure


async def test_without_a_link_the_login_says_how_to_get_one(web: Web) -> None:
    transport = httpx.ASGITransport(web.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        answer = await browser.get("/login")

    assert answer.status_code == 200
    assert "kabar token" in answer.text


async def test_looking_at_a_link_does_not_use_it_up(web: Web, token: AdminToken) -> None:
    link = f"/login?link={token.fresh_link()}"
    transport = httpx.ASGITransport(web.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as browser:
        looked = await browser.head(link)
        opened = await browser.get(link)

    assert (looked.status_code, opened.status_code) == (405, 303)


async def test_the_token_stands_in_no_answer(web: Web, token: AdminToken, tmp_path: Path) -> None:
    secret = (tmp_path / "admin-token").read_text().strip()
    transport = httpx.ASGITransport(web.app)
    headers = {"authorization": f"Bearer {secret}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as browser:
        link = token.fresh_link()
        for path in ("/", "/api/v1/configuration", "/nowhere", f"/login?link={link}"):
            answer = await browser.get(path)
            assert secret not in answer.text + str(answer.headers)


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/u/"), ("GET", "/u/a/b"), ("PUT", "/u/a"), ("POST", "/login"), ("PUT", "/metrics")],
)
async def test_what_is_open_to_everybody_shows_nothing_of_the_pages(
    world: World, web: Web, method: str, path: str
) -> None:
    world.findings = (Finding("subscriptions.yml", 3, 1, Severity.ERROR, "a mistake of ours"),)
    transport = httpx.ASGITransport(web.app)
    headers = {"accept": "text/html"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1", headers=headers
    ) as stranger:
        answer = await stranger.request(method, path)

    assert answer.status_code in {404, 405}
    assert "a mistake of ours" not in answer.text
    assert world.configuration.hash not in answer.text
    assert 'href="/deliveries"' not in answer.text
