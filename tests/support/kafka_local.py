"""A real Apache Kafka broker for tests, without Docker: one KRaft node from its Maven jars.

Needs Java 17 and, for the one download, Maven. The jars lie in `.cache/kafka/<version>`; a broker keeps
everything in the directory that it is given and listens on 127.0.0.1 alone.
"""

from __future__ import annotations

import base64
import secrets
import shutil
import subprocess
import time
from pathlib import Path

from tests.support.ports import free_port, is_open

VERSION = "4.1.1"
CACHE = Path(__file__).resolve().parents[2] / ".cache" / "kafka"

_POM = """<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>kabar.tests</groupId><artifactId>broker</artifactId><version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId>
      <version>{version}</version>
    </dependency>
    <dependency>
      <groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version>
    </dependency>
  </dependencies>
</project>
"""

_SETTINGS = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "controller.listener.names": "CONTROLLER",
    "inter.broker.listener.name": "PLAINTEXT",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",
    # A start after SIGKILL waits for the session of the dead broker, 9 s unless told.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
    "auto.create.topics.enable": "false",
    # Deleting by age is looked after every second, so that tests of retention need not wait.
    "log.retention.check.interval.ms": "1000",
    "log.initial.task.delay.ms": "1000",
    "log.cleaner.dedupe.buffer.size": "8388608",
    "log.index.size.max.bytes": "1048576",
    "num.network.threads": "2",
    "num.io.threads": "2",
}
_JVM = ("-Xms128m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_STARTS_WITHIN_SECONDS = 60


def missing() -> str | None:
    """Return why no broker can be started here; None when one can."""
    if shutil.which("java") is None:
        return "Java is not installed"
    if not (CACHE / VERSION / ".complete").exists() and shutil.which("mvn") is None:
        return f"there are no jars in .cache/kafka/{VERSION}, and no Maven to fetch them"
    return None


def jars() -> Path:
    """Return the folder of the jars, fetched once.

    Raises:
        RuntimeError: Maven could not fetch them; the text is its own.
    """
    folder = CACHE / VERSION
    if (folder / ".complete").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    pom = folder / "pom.xml"
    pom.write_text(_POM.format(version=VERSION))
    fetched = subprocess.run(
        [
            *("mvn", "-q", "-B", "-f", str(pom), "dependency:copy-dependencies"),
            *(f"-DoutputDirectory={folder}", "-DincludeScope=runtime"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if fetched.returncode != 0:
        raise RuntimeError(f"Maven could not fetch Kafka {VERSION}: {fetched.stdout[-2_000:]}")
    (folder / ".complete").touch()
    return folder


class Broker:
    """One broker on one directory; it may be stopped, killed and started again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._classpath = f"{jars()}/*"
        self._port = free_port()
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def server(self) -> str:
        """Return host:port."""
        return f"127.0.0.1:{self._port}"

    def start(self) -> None:
        """Return when the broker serves."""
        settings = self._write_settings()
        if not (self._directory / "log" / "meta.properties").exists():
            self._format(settings)
        log = self._directory / "broker.log"
        with log.open("wb") as output:
            self._running = subprocess.Popen(
                [*self._java(), "kafka.Kafka", str(settings)],
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
        while "Kafka Server started" not in log.read_text() or not is_open(self._port):
            if self._running.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"The broker did not start: {log.read_text()[-2_000:]}")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it in good order."""
        if self._running is not None:
            self._running.terminate()
            try:
                self._running.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
            self._running = None

    def kill(self) -> None:
        """End it as a crash would; `start` serves again on the same port and records."""
        if self._running is not None:
            self._running.kill()
            self._running.wait(10)
            self._running = None

    def _java(self) -> list[str]:
        return [
            *("java", *_JVM, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"),
            "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
            *("-cp", self._classpath),
        ]

    def _write_settings(self) -> Path:
        controller = free_port()
        settings = {
            **_SETTINGS,
            "log.dirs": str(self._directory / "log"),
            "controller.quorum.voters": f"1@127.0.0.1:{controller}",
            "listeners": f"PLAINTEXT://{self.server},CONTROLLER://127.0.0.1:{controller}",
            "advertised.listeners": f"PLAINTEXT://{self.server}",
        }
        path = self._directory / "server.properties"
        path.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
        return path

    def _format(self, settings: Path) -> None:
        cluster = base64.urlsafe_b64encode(b"\x01" + secrets.token_bytes(15)).decode().rstrip("=")
        formatted = subprocess.run(
            [
                *self._java(),
                "kafka.tools.StorageTool",
                "format",
                "-t",
                cluster,
                "-c",
                str(settings),
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        if formatted.returncode != 0:
            raise RuntimeError(f"The broker's log could not be formatted: {formatted.stdout}")
