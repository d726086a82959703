from __future__ import annotations

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


def test_two_reasons_for_one_change_are_two_sections_in_their_order() -> None:
    change = a_change(an_event())
    new = an_alert(subscription=SubscriptionId("one"), event=change.event.id)
    stage = an_alert(subscription=SubscriptionId("two"), event=change.event.id, reason=Reason.STAGE)

    message = message_of(
        a_delivery(new.id, stage.id),
        [(new, change), (stage, change)],
        watchlist=a_watchlist(),
    )

    assert [section.alert.reason for section in message.sections] == [Reason.NEW, Reason.STAGE]
