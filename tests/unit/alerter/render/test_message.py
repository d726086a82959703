from __future__ import annotations

from dataclasses import replace

from services.alerter.render.message import message_of
from services.common.contracts.alert import Reason
from services.common.ids import SubscriptionId
from tests.support.builders import a_watchlist
from tests.support.channels import a_delivery
from tests.support.events import a_change, an_alert, an_event


def test_what_two_subscriptions_are_told_for_one_reason_stands_there_once() -> None:
    change = a_change(an_event())
    alerts = [
        an_alert(subscription=SubscriptionId("one"), event=change.event.id),
        an_alert(subscription=SubscriptionId("two"), event=change.event.id),
    ]

    message = message_of(
        a_delivery(*(alert.id for alert in alerts)),
        [(alert, change) for alert in alerts],
        watchlist=a_watchlist(),
    )

    assert [section.alert.alert_id for section in message.sections] == [alerts[0].id]


def test_what_is_new_to_one_and_a_move_to_another_stands_there_once_as_a_move() -> None:
    change, other = a_change(an_event()), replace(a_change(an_event()), seq=99)
    new = an_alert(subscription=SubscriptionId("one"), event=change.event.id)
    stage = an_alert(subscription=SubscriptionId("two"), event=change.event.id, reason=Reason.STAGE)

    message = message_of(
        a_delivery(new.id, stage.id),
        [(new, change), (new, other), (stage, change)],
        watchlist=a_watchlist(),
    )

    assert [section.alert.reason for section in message.sections] == [Reason.STAGE, Reason.NEW]
