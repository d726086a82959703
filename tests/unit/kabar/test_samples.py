from __future__ import annotations

from pathlib import Path

from kabar.samples import read_sample_feeds, write_demo_configuration
from kabar.shipped import shipped
from services.common.config.configuration import read_configuration
from services.common.config.feeds import LOOPBACK


def test_what_the_demo_writes_is_read_by_what_asks_no_feed(tmp_path: Path) -> None:
    samples = shipped("samples")
    feeds = read_sample_feeds(samples / "feeds")
    write_demo_configuration(samples, tmp_path / "config", feeds, "http://127.0.0.1:8000")

    loaded = read_configuration(tmp_path / "config", allow_networks=LOOPBACK)

    assert loaded.findings == ()
    assert len(loaded.require().feeds) == len(feeds)
