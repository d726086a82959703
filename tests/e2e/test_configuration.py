"""A configuration that is changed while kabar runs."""

from __future__ import annotations

import time
from pathlib import Path

from tests.support.running import running

IN_EFFECT_SECONDS = 15
"""Design.md promises two on an idle machine; this only has to end."""

CHANNELS = "channels:\n  desk: {type: console}\n"
MAIL = "  legal: {type: email, to: [legal@example.org]}\n"


def test_a_channel_with_which_kabar_would_not_start_is_refused_while_it_runs_too(
    tmp_path: Path,
) -> None:
    """Taken, it would do nothing, and the next start would fail: at night, after a crash."""
    directory, data = tmp_path / "config", tmp_path / "data"
    directory.mkdir()
    (directory / "companies.yml").write_text("companies:\n  - {id: tiktok, name: TikTok}\n")
    subscriptions = directory / "subscriptions.yml"
    subscriptions.write_text(CHANNELS)

    arguments = ("run", "--config", directory, "--data", data)
    with running(arguments, log=tmp_path / "log") as kabar:
        kabar.wait_until_ready()
        before = kabar.get("/api/v1/configuration").json()
        subscriptions.write_text(CHANNELS + MAIL)
        deadline = time.monotonic() + IN_EFFECT_SECONDS
        while (now := kabar.get("/api/v1/configuration").json()) == before:
            assert time.monotonic() < deadline, kabar.log
            time.sleep(0.05)  # a process of its own: nothing here could wake us
        channels = kabar.get("/api/v1/channels").json()["channels"]

    assert (now["hash"], now["is_refused"]) == (before["hash"], True)
    assert "KABAR_SMTP" in now["findings"][-1]["message"]
    assert [channel["id"] for channel in channels] == ["desk"]
