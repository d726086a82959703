from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.alerter.web.token import (
    LINK_LIFETIME,
    MAX_OPEN_LINKS,
    SESSION_LIFETIME,
    AdminToken,
    login_url,
    offer_login,
)
from services.common.clock import ManualClock
from services.common.errors import ConfigurationError
from tests.support.builders import NOON


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON)


def test_the_token_is_made_once_and_only_its_owner_may_read_it(
    tmp_path: Path, clock: ManualClock
) -> None:
    AdminToken.of(tmp_path, clock=clock)
    first = (tmp_path / "admin-token").read_text()

    AdminToken.of(tmp_path, clock=clock)

    assert (tmp_path / "admin-token").read_text() == first
    assert len(first.strip()) >= 32
    assert stat.S_IMODE((tmp_path / "admin-token").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["admin-token"]


def test_the_token_opens_and_nothing_near_it_does(tmp_path: Path, clock: ManualClock) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    token = (tmp_path / "admin-token").read_text().strip()

    assert gate.opens_with_bearer(token)
    for wrong in ("", token[:-1], token + "x", token.swapcase(), "é", "\ud800"):
        assert not gate.opens_with_bearer(wrong)


def test_a_link_opens_once(tmp_path: Path, clock: ManualClock) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    link = gate.fresh_link()

    session = gate.session_from_link(link)

    assert session is not None
    assert gate.opens_with_session(session)
    assert gate.session_from_link(link) is None


def test_a_link_runs_out(tmp_path: Path, clock: ManualClock) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    link = gate.fresh_link()

    clock.move(LINK_LIFETIME + timedelta(seconds=1))

    assert gate.session_from_link(link) is None


def test_a_link_outlasts_a_clock_that_is_set(tmp_path: Path, clock: ManualClock) -> None:
    token = AdminToken.of(tmp_path, clock=clock)
    link = token.fresh_link()

    clock.set(NOON + 365 * LINK_LIFETIME)

    assert token.session_from_link(link) is not None


def test_a_link_opens_though_nothing_can_be_written(tmp_path: Path, clock: ManualClock) -> None:
    token = AdminToken.of(tmp_path, clock=clock)
    (tmp_path / "admin-token").unlink()
    tmp_path.rmdir()

    session = token.session_from_link(token.fresh_link())

    assert session is not None
    assert token.opens_with_session(session)


def test_a_token_that_cannot_be_read_is_named_with_what_to_do(
    tmp_path: Path, clock: ManualClock
) -> None:
    (tmp_path / "admin-token").mkdir()

    with pytest.raises(ConfigurationError, match=r"Is a directory\. Run this as .* move the file"):
        AdminToken.of(tmp_path, clock=clock)


def test_the_oldest_of_too_many_links_is_given_up(tmp_path: Path, clock: ManualClock) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    links = [gate.fresh_link() for _ in range(MAX_OPEN_LINKS + 1)]

    assert gate.session_from_link(links[0]) is None
    assert gate.session_from_link(links[-1]) is not None


def test_it_is_remembered_that_a_link_was_used(tmp_path: Path, clock: ManualClock) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    assert not gate.was_used

    gate.session_from_link("no link")
    assert not gate.was_used
    gate.session_from_link(gate.fresh_link())

    assert AdminToken.of(tmp_path, clock=clock).was_used


def test_a_session_survives_a_restart_and_ends_with_its_time_or_its_token(
    tmp_path: Path, clock: ManualClock
) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    session = gate.session_from_link(gate.fresh_link())
    assert session is not None

    restarted = AdminToken.of(tmp_path, clock=clock)
    assert restarted.opens_with_session(session)

    (tmp_path / "admin-token").unlink()
    assert not AdminToken.of(tmp_path, clock=clock).opens_with_session(session)
    clock.move(SESSION_LIFETIME)
    assert not restarted.opens_with_session(session)


def test_a_session_cannot_be_made_longer(tmp_path: Path, clock: ManualClock) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    session = gate.session_from_link(gate.fresh_link())
    assert session is not None
    ends, _, proof = session.partition(".")

    for forged in (
        f"{int(ends) + 1}.{proof}",
        f"{ends}.",
        f"{ends}.{proof[:-1]}",
        f"0{ends}.{proof}",
        f"٣{ends}.{proof}",
        "99999999999999999999.x",
        "253402300800.x",  # the first second of the year 10000
        "",
        "\ud800",
    ):
        assert not gate.opens_with_session(forged)


def test_a_file_that_holds_no_token_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    (tmp_path / "admin-token").write_text("short\n")

    with pytest.raises(ConfigurationError, match="remove it"):
        AdminToken.of(tmp_path, clock=clock)


def test_the_token_shows_in_no_text_about_it(tmp_path: Path, clock: ManualClock) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    token = (tmp_path / "admin-token").read_text().strip()

    assert token not in repr(gate) + str(gate) + gate.fresh_link()


def test_the_link_stands_on_the_public_address() -> None:
    assert login_url("s", public_url=None, port=8700) == "http://127.0.0.1:8700/login?link=s"
    assert (
        login_url("s", public_url="https://k.example", port=1) == "https://k.example/login?link=s"
    )


def test_a_link_is_logged_at_each_start_until_one_was_used(
    tmp_path: Path, clock: ManualClock
) -> None:
    gate = AdminToken.of(tmp_path, clock=clock)
    with capture_logs() as logged:
        offer_login(gate, fresh_login_url=gate.fresh_link)
        offer_login(gate, fresh_login_url=gate.fresh_link)

        assert gate.session_from_link(logged[0]["url"]) is not None
        offer_login(gate, fresh_login_url=gate.fresh_link)

    assert [line["event"] for line in logged] == ["login_link", "login_link"]
    assert (tmp_path / "admin-token").read_text().strip() not in str(logged)
