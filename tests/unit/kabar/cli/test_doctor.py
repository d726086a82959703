from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.common.lifecycle import listen
from services.fetcher.store.redis import RedisStore
from tests.contract.store_contract import FEED, a_state
from tests.contract.test_store_redis import flush
from tests.support.builders import NOON
from tests.support.web import a_world


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "companies.yml").write_text(
        "companies:\n  - {id: tiktok, name: TikTok}\n"
    )
    for name in ("feeds", "subscriptions"):
        (tmp_path / "config" / f"{name}.yml").write_text("")
    return tmp_path


def doctor(here: Path, **environment: str) -> Result:
    where = ["--config", str(here / "config"), "--data", str(here / "data")]
    return CliRunner().invoke(main, ["doctor", "--json", *where], env=environment)


def verdicts(result: Result) -> dict[str, str]:
    return {answer["subject"]: answer["verdict"] for answer in json.loads(result.stdout)}


def test_a_directory_where_nothing_ran_yet_is_well_and_stays_as_it_is(here: Path) -> None:
    result = doctor(here)

    assert result.exit_code == 0, result.stdout
    assert verdicts(result) == {"programs": "ok", "configuration": "ok", "data": "ok"}
    assert not (here / "data").exists()


def test_a_mistake_in_the_configuration_is_an_error(here: Path) -> None:
    (here / "config" / "companies.yml").write_text("companies:\n  - {id: tiktok}\n")

    result = doctor(here)

    assert result.exit_code == 1
    assert verdicts(result)["configuration"] == "error"


def test_a_channel_with_which_kabar_would_not_start_is_an_error(here: Path) -> None:
    (here / "config" / "subscriptions.yml").write_text(
        "channels:\n  legal: {type: email, to: [legal@example.org]}\n"
    )

    without, with_relay = (
        doctor(here),
        doctor(here, KABAR_SMTP="smtp://127.0.0.1:1", KABAR_MAIL_FROM="a@b.c"),
    )

    assert without.exit_code == 1
    assert verdicts(without)["configuration"] == "error"
    assert verdicts(with_relay)["configuration"] == "ok"


def test_a_disk_with_too_little_room_is_an_error(here: Path) -> None:
    result = doctor(here, KABAR_DISK_LOW="999999999G")

    assert result.exit_code == 1
    assert verdicts(result)["data"] == "error"


async def opened(data: Path) -> None:
    async with a_world(data):
        pass


def test_a_database_is_whole_or_damaged(here: Path) -> None:
    data = here / "data"
    data.mkdir()
    asyncio.run(opened(data))

    assert verdicts(doctor(here))["kabar.db"] == "ok"

    for path in data.iterdir():
        path.unlink()
    (data / "kabar.db").write_bytes(b"no database at all" * 1_000)

    result = doctor(here)

    assert result.exit_code == 1
    assert verdicts(result)["kabar.db"] == "error"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA user_version = 999", "has version 999"),
        ("PRAGMA application_id = 7", "is another program's database"),
        (None, "is empty: restore a backup"),
    ],
)
def test_a_database_that_kabar_does_not_go_on_with_is_an_error(
    here: Path, statement: str | None, said: str
) -> None:
    data = here / "data"
    data.mkdir()
    asyncio.run(opened(data))
    if statement is None:
        (data / "kabar.db").write_bytes(b"")
    else:
        with closing(sqlite3.connect(data / "kabar.db")) as connection:
            connection.execute(statement)

    result = doctor(here)

    assert result.exit_code == 1
    assert f"{data.resolve()}/kabar.db {said}" in result.stdout


def test_mistakes_of_the_configuration_are_counted(here: Path) -> None:
    (here / "config" / "companies.yml").unlink()
    (here / "config" / "feeds.yml").unlink()

    result = doctor(here)

    assert result.exit_code == 1
    assert "1 error, 1 warning; `kabar check` names each." in result.stdout


def test_a_store_and_a_mail_server_that_do_not_answer_are_errors(here: Path) -> None:
    with listen("127.0.0.1", 0) as closed:
        port = closed.getsockname()[1]

    result = doctor(
        here, KABAR_STORE=f"redis://127.0.0.1:{port}", KABAR_SMTP=f"smtp://127.0.0.1:{port}"
    )

    assert result.exit_code == 1
    assert verdicts(result)["store"] == "error"
    assert verdicts(result)["mail"] == "error"
    assert f"127.0.0.1:{port} takes no connection: " in result.stdout


@pytest.mark.redis
def test_a_store_is_used_though_no_feed_could_be_read_yet(here: Path, redis_url: str) -> None:
    url = f"{redis_url}/8"

    async def fail() -> None:
        store = RedisStore(url)
        await store.hold(FEED, token="one", now=NOON, until=NOON)
        await store.remember(a_state(failures=1), (), token="one")
        await store.close()

    asyncio.run(flush(url))
    before = doctor(here, KABAR_STORE=url)
    asyncio.run(fail())
    after = doctor(here, KABAR_STORE=url)

    assert "no fetcher has used it yet" in before.stdout
    assert "no fetcher has used it yet" not in after.stdout


def test_a_mail_server_that_listens_is_well(here: Path) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        result = doctor(here, KABAR_SMTP=f"smtp://127.0.0.1:{port}")

    assert verdicts(result)["mail"] == "ok"


@pytest.mark.parametrize(("scheme", "port"), [("smtp", 25), ("smtps", 465)])
def test_a_mail_server_without_a_port_is_asked_at_the_one_that_mail_is_sent_to(
    here: Path, scheme: str, port: int
) -> None:
    result = doctor(here, KABAR_SMTP=f"{scheme}://127.0.0.1")

    assert f"127.0.0.1:{port} takes " in result.stdout


def test_a_setting_that_is_misspelt_is_a_warning(here: Path) -> None:
    result = doctor(here, KABAR_ALLOWED_NETWORKS="127.0.0.0/8")

    assert result.exit_code == 0
    assert verdicts(result)["settings"] == "warning"
    assert "KABAR_ALLOW_NETWORKS" in result.stdout
