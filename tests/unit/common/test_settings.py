from __future__ import annotations

import pytest

from services.common.errors import ConfigurationError
from services.common.settings import read_settings


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("KABAR_SMTP", "smtp://user:s3cret/word@mail.example.org:587"),
        ("KABAR_SMTP", "smtp://user:s3cret[word@mail.example.org:587"),
        ("KABAR_STORE", "redis://:s3cret/word@redis:6379/0"),
        ("KABAR_STORE", "redis:/:s3cret@redis:6379"),
        ("KABAR_PROXY", "http://user:s3cret?word@proxy:3128"),
    ],
)
def test_a_password_that_breaks_its_address_is_refused_without_being_shown(
    variable: str, address: str
) -> None:
    with pytest.raises(ConfigurationError, match=f"{variable}: write .* %2F") as refused:
        read_settings({variable: address})

    assert "s3cret" not in str(refused.value)


def test_an_address_with_a_password_is_taken_as_it_is() -> None:
    smtp, store = "smtps://user:s3cret%2Fword@mail.example.org:465", "redis://:s3cret@redis:6379/0"

    settings = read_settings(
        {"KABAR_SMTP": smtp, "KABAR_STORE": store, "KABAR_PROXY": "http://u:p@proxy:3128/"}
    )

    assert (settings.smtp, settings.store) == (smtp, store)
    assert settings.proxy == "http://u:p@proxy:3128"
