from __future__ import annotations

import json

from services.alerter.render.bodies import alert_body, event_body, webhook_body
from services.common.contracts.reading import Amount, Stage
from services.common.ids import SubscriptionId
from tests.support.builders import NOON, a_watchlist
from tests.support.events import an_alert, an_event


def test_a_webhook_carries_every_key_of_its_published_shape() -> None:
    event = an_event(
        amount=Amount(currency="USD", value=840_000_000), previous_stage=Stage.RUMOURED
    )
    body = event_body(event, watchlist=a_watchlist())
    alert = alert_body(an_alert(event=event.id), event=body, sentence="TikTok banned.")

    sent = webhook_body([alert], subscription=SubscriptionId("policy"), planned_at=NOON)

    assert json.loads(sent) == {
        "type": "kabar.alerts",
        "timestamp": "2026-01-05T12:00:00Z",
        "data": {
            "subscription": "policy",
            "alerts": [
                {
                    "alert_id": alert.alert_id,
                    "reason": "new",
                    "sentence": "TikTok banned.",
                    "event": {
                        "id": event.id,
                        "type": "ban",
                        "stage": "confirmed",
                        "previous_stage": "rumoured",
                        "companies": [{"id": "tiktok", "name": "TikTok", "role": "target"}],
                        "others": [],
                        "countries": [],
                        "scope": None,
                        "authority": None,
                        "date": None,
                        "amount": {"currency": "USD", "value": 840000000},
                        "confidence": 0.9,
                        "disputed": None,
                        "withdrawn": False,
                        "first_seen": "2026-01-05T12:00:00Z",
                        "stories": [
                            {
                                "id": "st_one",
                                "outlet": "Example Wire",
                                "title": "India bans TikTok",
                                "url": "https://example.org/st_one",
                                "lang": "en",
                                "published": "2026-01-05T12:00:00Z",
                                "quote": "bans TikTok",
                            }
                        ],
                    },
                }
            ],
        },
    }
