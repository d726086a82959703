"""What was decoded lately is kept for the thread that writes and for those that read."""

from __future__ import annotations

from threading import Thread

import pytest

from services.alerter.database.recent import Recent
from services.common.contracts.codec import encode
from services.common.contracts.reading import Reading
from tests.support.alerting import told_by


def test_a_thread_that_pushes_out_what_another_one_uses_does_not_disturb_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = encode(told_by("One")), encode(told_by("Two"))
    monkeypatch.setattr(Recent, "MOST_BYTES", len(one))
    recent = Recent()
    pushing = Thread(target=recent.decoded, args=(Reading, other))

    class Interrupted(type):
        def __instancecheck__(cls, _: object) -> bool:
            pushing.start()
            pushing.join(timeout=0.1)
            return True

    class AnyKind(metaclass=Interrupted):
        pass

    recent.decoded(Reading, one)
    found: object = recent.decoded(AnyKind, one)
    pushing.join()

    assert found == told_by("One")
