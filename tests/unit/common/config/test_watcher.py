from __future__ import annotations

import os
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from services.common.config.configuration import Configuration
from services.common.config.findings import Finding, Severity
from services.common.config.watcher import ConfigurationWatcher
from services.common.errors import ConfigurationError, TransientError
from services.common.telemetry.metrics import REGISTRY
from tests.unit.common.config.test_configuration import GOOD, SECRET, written


class Follower:
    """Keeps what it was given."""

    def __init__(self) -> None:
        self.given: list[Configuration] = []

    async def use(self, configuration: Configuration) -> None:
        self.given.append(configuration)


class BusyFollower(Follower):
    """Cannot take the first configurations that it is given."""

    def __init__(self, *, refusals: int) -> None:
        super().__init__()
        self.refusals = refusals

    async def use(self, configuration: Configuration) -> None:
        if self.refusals:
            self.refusals -= 1
            raise TransientError("No memory for another child.")
        await super().use(configuration)


def watching(
    directory: Path, environment: dict[str, str] | None = None
) -> tuple[ConfigurationWatcher, Follower]:
    """Return a watcher that has loaded, and its follower."""
    watcher = ConfigurationWatcher(directory, environment=environment)
    watcher.load()
    follower = Follower()
    watcher.follow(follower.use)
    return watcher, follower


def replaced(path: Path, text: str) -> None:
    """Write a file as careful editors do: a new one, renamed over the old."""
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    os.replace(beside, path)  # noqa: PTH105  the very call that is meant


async def looked(watcher: ConfigurationWatcher, times: int = 2) -> None:
    for _ in range(times):
        await watcher.look()


async def test_a_changed_file_is_in_use_after_two_looks(tmp_path: Path) -> None:
    watcher, follower = watching(written(tmp_path))
    before = watcher.active
    replaced(tmp_path / "feeds.yml", "feeds: []\n")

    await looked(watcher)

    assert [configuration.feeds for configuration in follower.given] == [()]
    assert watcher.active.hash != before.hash


async def test_what_is_seen_only_once_is_not_taken(tmp_path: Path) -> None:
    watcher, follower = watching(written(tmp_path))
    path = tmp_path / "feeds.yml"

    path.write_text("", encoding="utf-8")
    await watcher.look()
    path.write_text(GOOD["feeds.yml"].replace("5m", "7m"), encoding="utf-8")
    await looked(watcher)

    [configuration] = follower.given
    assert len(configuration.feeds) == 1


async def test_nothing_new_is_nothing_to_do(tmp_path: Path) -> None:
    watcher, follower = watching(written(tmp_path))
    (tmp_path / "feeds.yml").touch()

    await looked(watcher, times=6)

    assert follower.given == []


async def test_mistakes_leave_the_old_one_in_use_and_can_be_seen(tmp_path: Path) -> None:
    watcher, follower = watching(written(tmp_path))
    before = watcher.active
    replaced(tmp_path / "companies.yml", "companies:\n  - id: tiktok\n")

    await looked(watcher)

    assert follower.given == []
    assert watcher.active is before
    assert [finding.line for finding in watcher.findings if finding.is_error] == [2]


async def test_the_metrics_say_that_it_was_refused_for_as_long_as_the_mistake_stays(
    tmp_path: Path,
) -> None:
    """Who is called by an alert on it is not told that all is well while nobody has mended it."""
    watcher, _ = watching(written(tmp_path))
    replaced(tmp_path / "companies.yml", "companies:\n  - id: tiktok\n")

    await looked(watcher, times=100)
    while_bad = REGISTRY.get_sample_value("kabar_config_refused")
    replaced(tmp_path / "companies.yml", GOOD["companies.yml"])
    await looked(watcher)

    assert while_bad == 1
    assert REGISTRY.get_sample_value("kabar_config_refused") == 0


async def test_what_one_who_works_with_it_finds_is_a_mistake_as_any_other(tmp_path: Path) -> None:
    """Nobody takes it, not even those for whom it would do: all have one configuration."""
    watcher, follower = watching(written(tmp_path))
    fault = Finding("subscriptions.yml", 2, 1, Severity.ERROR, "there is no relay for mail")
    watcher.vet(lambda configuration: () if configuration.feeds else [fault])
    before = watcher.active

    replaced(tmp_path / "feeds.yml", "feeds: []\n")
    await looked(watcher)

    assert (watcher.active, follower.given) == (before, [])
    assert fault in watcher.findings

    replaced(tmp_path / "feeds.yml", GOOD["feeds.yml"])
    await looked(watcher)

    assert fault not in watcher.findings


async def test_what_is_found_so_is_a_mistake_at_the_start_too(tmp_path: Path) -> None:
    """One that stands by ends now, not when it is needed."""
    watcher = ConfigurationWatcher(written(tmp_path))
    watcher.vet(lambda _: [Finding("subscriptions.yml", 2, 1, Severity.ERROR, "no relay")])

    with pytest.raises(ConfigurationError, match=r"subscriptions\.yml:2:1: error: no relay"):
        watcher.load()


async def test_the_mistake_is_logged_though_warnings_come_before_it(tmp_path: Path) -> None:
    watcher, _ = watching(written(tmp_path))
    names = "".join(f"  - {{id: c{number}, name: One}}\n" for number in range(150))
    replaced(tmp_path / "companies.yml", f"companies:\n{names}")
    watcher.vet(lambda _: [Finding("subscriptions.yml", 2, 1, Severity.ERROR, "no relay")])

    with capture_logs() as logged:
        await looked(watcher)

    assert len(watcher.findings) > len(logged)
    assert logged[0]["finding"] == "subscriptions.yml:2:1: error: no relay"


async def test_a_mistake_that_was_repaired_is_no_longer_shown(tmp_path: Path) -> None:
    watcher, follower = watching(written(tmp_path))
    replaced(tmp_path / "companies.yml", "companies:\n  - id: tiktok\n")
    await looked(watcher)

    replaced(tmp_path / "companies.yml", GOOD["companies.yml"])
    await looked(watcher)

    assert watcher.findings == ()
    assert follower.given == []


async def test_a_secret_that_changed_counts_for_who_resolves_it(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    subscriptions = GOOD["subscriptions.yml"].replace("{env: ARCHIVE}", f"{{file: {secret}}}")
    directory = written(tmp_path, subscriptions=subscriptions)
    resolving, informed = watching(directory, environment={})
    not_resolving, uninformed = watching(directory)
    secret.write_text("whsec_" + "B" * 32 + "\n", encoding="utf-8")

    await looked(resolving)
    await looked(not_resolving)

    [configuration] = informed.given
    assert list(configuration.secrets.values()) == ["whsec_" + "B" * 32]
    assert uninformed.given == []


async def test_a_file_that_comes_and_goes_is_a_change(tmp_path: Path) -> None:
    watcher, follower = watching(written(tmp_path, feeds=None))

    replaced(tmp_path / "feeds.yml", GOOD["feeds.yml"])
    await looked(watcher)
    (tmp_path / "feeds.yml").unlink()
    await looked(watcher)

    assert [len(configuration.feeds) for configuration in follower.given] == [1, 0]


async def test_long_files_are_taken_and_refused_as_short_ones_are(tmp_path: Path) -> None:
    watcher = ConfigurationWatcher(written(tmp_path), environment={"ARCHIVE": SECRET}, long_bytes=1)
    before = watcher.load().watchlist
    follower = Follower()
    watcher.follow(follower.use)
    more = GOOD["companies.yml"] + "  - {id: grab, name: Grab}\n"

    replaced(tmp_path / "companies.yml", more)
    await looked(watcher)
    replaced(tmp_path / "companies.yml", more + "  - id: [\n")
    await looked(watcher)

    [configuration] = follower.given
    assert [*configuration.watchlist.companies] == [*before.companies, "grab"]
    assert list(configuration.secrets.values()) == [SECRET]
    assert [finding.line for finding in watcher.findings if finding.is_error] == [12]
    assert watcher.active is configuration


def test_a_process_does_not_start_with_mistakes(tmp_path: Path) -> None:
    watcher = ConfigurationWatcher(written(tmp_path, companies="companies: 5\n"))

    with pytest.raises(ConfigurationError, match='"companies" is a list'):
        watcher.load()


async def test_a_watchlist_without_anybody_takes_effect_with_a_warning_in_the_log(
    tmp_path: Path,
) -> None:
    written(tmp_path)
    (tmp_path / "subscriptions.yml").unlink()
    watcher, follower = watching(tmp_path)
    replaced(tmp_path / "companies.yml", "companies: []\n")

    with capture_logs() as reloading:
        await looked(watcher)
    with capture_logs() as starting:
        watching(tmp_path)

    assert [configuration.watchlist.companies for configuration in follower.given] == [{}]
    for logged in (reloading, starting):
        findings = [line["finding"] for line in logged if line["event"] == "configuration_finding"]
        assert any("companies.yml:1:1: warning: nobody is watched" in text for text in findings)


async def test_who_cannot_take_a_configuration_yet_is_asked_again_and_nothing_ends(
    tmp_path: Path,
) -> None:
    watcher, follower = watching(written(tmp_path))
    before = watcher.active
    busy = BusyFollower(refusals=3)
    watcher.follow(busy.use)
    replaced(tmp_path / "feeds.yml", "feeds: []\n")

    await looked(watcher, 4)
    while_busy = watcher.active
    await looked(watcher, 4)

    assert while_busy == before
    assert watcher.active.feeds == ()
    assert [configuration.feeds for configuration in busy.given] == [()]
    assert follower.given[-1] == watcher.active


async def test_a_change_that_is_taken_back_before_all_could_take_it_is_taken_back_by_all(
    tmp_path: Path,
) -> None:
    watcher, follower = watching(written(tmp_path))
    before = watcher.active
    watcher.follow(BusyFollower(refusals=1).use)
    replaced(tmp_path / "feeds.yml", "feeds: []\n")
    await looked(watcher)

    replaced(tmp_path / "feeds.yml", GOOD["feeds.yml"])
    await looked(watcher)

    assert watcher.active.hash == before.hash
    assert follower.given[-1].feeds == before.feeds
