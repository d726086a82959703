"""Every metric of kabar: one list, one registry, base units, few labels, never an id in a label.

Counters count since the start of the process; Prometheus makes rates of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector

from services.common.contracts.alert import Reason

REGISTRY = CollectorRegistry()
"""Our own: what libraries register elsewhere stays out of `/metrics`."""

ProcessCollector(namespace="kabar", registry=REGISTRY)
# kabar_process_…: since when it runs, its memory, its open files

_FAST_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600)


def _counter(name: str, text: str, *labels: str, **known: Iterable[str]) -> Counter:
    """A counter with `labels`, or with those of which every value is `known`.

    The latter are shown from the start, as 0: to Prometheus a series that begins with 1 never rose, so
    an alert that rests on its `increase` would miss the first one of all.
    """
    counter = Counter(name, text, (*labels, *known), registry=REGISTRY)
    for values in product(*known.values()) if known else ():
        counter.labels(*values)
    return counter


def _gauge(name: str, text: str, *labels: str) -> Gauge:
    return Gauge(name, text, labels, registry=REGISTRY)


def _histogram(
    name: str, text: str, *labels: str, buckets: tuple[float, ...] = _FAST_SECONDS
) -> Histogram:
    return Histogram(name, text, labels, registry=REGISTRY, buckets=buckets)


# Fetcher.
POLLS = _counter("kabar_polls_total", "Polls, by result.", "result")
# result: new, unchanged (304 or nothing new), or the class of the feed's error
POLL_SECONDS = _histogram(
    "kabar_poll_seconds", "From the request to remembering its stories.", buckets=_SLOW_SECONDS
)
STORIES_PUBLISHED = _counter("kabar_stories_published_total", "Stories that the bus has taken.")
FEEDS = _gauge("kabar_feeds", "Feeds in the configuration, by how they fare.", "state")

# Classifier.
READINGS = _counter("kabar_readings_total", "Stories read, by whether they report.", "result")
# result: reported, mentioned (a company, no report), nothing
REPORTS = _counter("kabar_reports_total", "Reports read in stories.", "type", "stage")
UNSUPPORTED = _counter(
    "kabar_unsupported_language_readings_total",
    "Stories that name a company in a language that kabar does not read.",
)
CLASSIFY_SECONDS = _histogram(
    "kabar_classify_seconds", "One request to the child, from sending to its answer."
)
CHILD_RESTARTS = _counter(
    "kabar_child_restarts_total",
    "Classifying children replaced, by cause.",
    cause=("died", "hung"),
)

# Alerter.
EVENT_CHANGES = _counter("kabar_event_changes_total", "Changes of events.", "kind")
ALERTS = _counter("kabar_alerts_total", "Alerts decided, by their reason.", reason=Reason)
ATTEMPTS = _counter("kabar_delivery_attempts_total", "Tries to deliver.", "channel_type", "result")
# result: sent, later (may pass), dead; at 0 from when a channel of the type is configured
OUTBOX = _gauge("kabar_outbox_deliveries", "Deliveries that wait, by state.", "state")
OUTBOX_OLDEST_SECONDS = _gauge(
    "kabar_outbox_oldest_seconds", "Age of the oldest delivery that is due."
)
STORY_TO_ALERT_SECONDS = _histogram(
    "kabar_story_to_alert_seconds",
    "From seeing a story to the first delivery of its alert that was taken.",
    buckets=_SLOW_SECONDS,
)
CHANNELS_STOPPED = _gauge(
    "kabar_channels_stopped",
    "Channels that answered that nothing more may come, by state.",
    "state",
)
# state: paused (a key refused; what comes is kept), disabled (gone; what comes is dead)
PAGE_CLIENTS = _gauge("kabar_page_clients", "Pages that follow the events live.")

# Every service.
DEAD_LETTERS = _counter(
    "kabar_dead_letters_total",
    "Records not handled.",
    service=("fetcher", "classifier", "alerter"),
)
BREAKER_OPEN = _gauge(
    "kabar_breaker_open", "1 while too many records fail and none is taken.", "service"
)
CONSUMER_LAG = _gauge("kabar_consumer_lag_records", "Records not yet taken.", "topic", "group")
BUS_ERRORS = _counter("kabar_bus_errors_total", "Times the bus was unavailable.", "operation")
DISK_FREE_BYTES = _gauge("kabar_disk_free_bytes", "Bytes free where the data directory stands.")
DISK_FREE_BYTES.set(math.nan)  # in a service that does not look at its disk; 0 would be a full one
CONFIG = _gauge("kabar_config_hash", "Always 1; the label is the active configuration.", "hash")
CONFIG_RELOADS = _counter(
    "kabar_config_reloads_total", "Changes of the directory.", result=("taken", "refused")
)
# refused: mistakes; the old one stays
CONFIG_REFUSED = _gauge(
    "kabar_config_refused", "1 while what stands in the directory has mistakes and is not in use."
)
ALIVE = _gauge("kabar_alive", "0 while work of this kind is stuck, as /livez says.", "pulse")
READY = _gauge(
    "kabar_ready", "0 while this is missing, as /readyz says; a standby misses nothing.", "gate"
)


def show_config_hash(active: str) -> None:
    """Show `active` as the configuration in use, and no other any more."""
    CONFIG.clear()
    CONFIG.labels(active).set(1)
