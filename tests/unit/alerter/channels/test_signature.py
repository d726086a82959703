from __future__ import annotations

import pytest

from services.alerter.channels.signature import signature, signing_key


def test_the_vector_of_the_specification_is_reproduced() -> None:
    # The one that the libraries of https://github.com/standard-webhooks/standard-webhooks share.
    key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")

    signed = signature(
        key,
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        timestamp=1614265330,
        body=b'{"test": 2432232314}',
    )

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "secret",
    ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_short", "whsec_!!!!", "whsec_" + "A" * 120],
)
def test_a_secret_of_another_form_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(ValueError, match="24 to 64 bytes") as refused:
        signing_key(secret)

    assert len(secret) < 8 or secret not in str(refused.value)
