"""kabar init-topics on a real broker: what is missing is made, partitions change by --force alone."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner, Result

from kabar.cli import main
from services.common.contracts.topics import READINGS, STORIES, TOPICS
from tests.support.kafka_local import Broker

admin = pytest.importorskip("kafka.admin", reason="the extra `kafka` is missing")


def init_topics(broker: Broker, *options: str) -> Result:
    environment = {"KABAR_BUS": f"kafka://{broker.server}"}
    return CliRunner().invoke(main, ["init-topics", *options], env=environment)


def make(broker: Broker, **partitions: int) -> None:
    client: Any = admin.KafkaAdminClient(bootstrap_servers=broker.server)
    client.create_topics(
        {name: {"num_partitions": count} for name, count in partitions.items()},
        wait_for_metadata=True,
    )
    client.close()


def partitions_on(broker: Broker) -> dict[str, int]:
    client: Any = admin.KafkaAdminClient(bootstrap_servers=broker.server)
    described = client.describe_topics([topic.name for topic in TOPICS])
    client.close()
    return {each["name"]: len(each["partitions"]) for each in described}


WANTED = {topic.name: topic.partitions for topic in TOPICS}


@pytest.mark.kafka
def test_partitions_that_a_topic_has_too_few_of_are_added_by_force_alone(
    own_broker: Broker,
) -> None:
    make(own_broker, **{STORIES.name: 2})

    asked = init_topics(own_broker)

    assert asked.exit_code == 1
    assert f"{STORIES.name} has 2 of 6 partitions: `kabar init-topics --force`" in asked.stderr
    assert partitions_on(own_broker) == {**WANTED, STORIES.name: 2}

    forced = init_topics(own_broker, "--force")

    assert forced.exit_code == 0
    assert forced.stdout.splitlines() == list(WANTED)
    assert f"{STORIES.name} had 2 of 6 partitions and has all of them now." in forced.stderr
    assert partitions_on(own_broker) == WANTED

    again = init_topics(own_broker, "--force")

    assert again.exit_code == 0
    assert "partitions" not in again.stderr  # a busy broker may have the client warn of retries


@pytest.mark.kafka
def test_partitions_that_a_topic_has_too_many_of_stay(own_broker: Broker) -> None:
    make(own_broker, **{READINGS.name: 8})

    asked, forced = init_topics(own_broker), init_topics(own_broker, "--force")

    assert asked.exit_code == 0
    assert f"{READINGS.name} has 8 partitions, more than the 6 it needs." in asked.stderr
    assert forced.exit_code == 1
    assert "Kafka can take none away." in forced.stderr
    assert partitions_on(own_broker) == {**WANTED, READINGS.name: 8}


def test_a_bus_that_makes_its_topics_by_itself_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KABAR_BUS", "sqlite")

    result = CliRunner().invoke(main, ["init-topics", "--force"])

    assert result.exit_code == 2
    assert "KABAR_BUS names no Kafka" in result.stderr
