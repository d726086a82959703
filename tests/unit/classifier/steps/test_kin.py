"""Owners and products that title or lead name beside an event."""

from __future__ import annotations

import pytest

from services.classifier.pipeline import Pipeline
from services.common.contracts.reading import Role
from services.common.ids import CompanyId
from tests.support.builders import a_company, a_story, a_watchlist

WATCHLIST = a_watchlist(
    a_company("velka", name="Velka"),
    a_company("zumo", name="Zumo", owner=CompanyId("velka")),
    a_company("pingo", name="Pingo", owner=CompanyId("zumo")),
    a_company("balto", name="Balto"),
    a_company("dorim", name="Dorim"),
    a_company("hestra", name="Hestra"),
)


def roles(event_type: str, title: str, text: str = "", language: str = "en") -> dict[str, Role]:
    story = a_story(title=title, text=text, language=language)
    [report] = [r for r in Pipeline.of(WATCHLIST).read(story).reports if r.type == event_type]
    return {str(party.id): party.role for party in report.companies}


@pytest.mark.parametrize(
    ("event_type", "owner", "title", "text"),
    [
        (
            "ban",
            Role.TARGET,
            "Nepal bans Zumo",
            "The court had given Velka three weeks to explain what it does with data.",
        ),
        (
            "shutdown",
            Role.ACTOR,
            "Zumo shuts down in May",
            "The numbers no longer add up, Velka told the users of its service in a letter.",
        ),
        (
            "acquisition",
            Role.SELLER,
            "Balto acquires Zumo",
            "For Velka it is the end of a long story, say those who were there.",
        ),
    ],
)
def test_the_owner_that_a_lead_names_has_a_part_in_what_happens_to_its_product(
    event_type: str, owner: Role, title: str, text: str
) -> None:
    found = roles(event_type, title, text)

    assert found["zumo"] is Role.TARGET
    assert found["velka"] is owner


def test_who_is_named_with_a_product_only_in_the_title_closes_it() -> None:
    found = roles("shutdown", "Zumo, the last day", "Velka shuts down its app on Friday for good.")

    assert found == {"zumo": Role.TARGET, "velka": Role.ACTOR}


def test_of_a_family_that_acts_the_one_in_the_title_buys() -> None:
    found = roles(
        "acquisition",
        "Zumo buys Balto",
        "Velka and Zumo have agreed to acquire Balto, they announced on Monday.",
    )

    assert found == {"zumo": Role.ACTOR, "balto": Role.TARGET, "velka": Role.PARTY}


def test_an_owner_twice_removed_is_one_of_the_family_too() -> None:
    found = roles("ban", "Velka has a surprise, Pingo bans links to other shops")

    assert found.get("pingo") is not Role.ACTOR or "velka" not in found


def test_what_is_left_in_the_sentence_of_a_sale_buys() -> None:
    found = roles(
        "acquisition",
        "",
        "Velka is said to be exploring a sale of Zumo in India to give it, with Balto, another chance.",
    )

    assert found == {"velka": Role.SELLER, "zumo": Role.TARGET, "balto": Role.ACTOR}


def test_history_that_names_nobody_is_of_whom_the_body_names() -> None:
    found = roles(
        "ban",
        "Balto buys Dorim",
        "Balto agreed to buy Dorim, after Nepal banned online shopping last year, for a high price. "
        "It is the largest deal of its kind that the country has seen so far.\n"
        "Traders hope for a better time after the government banned Hestra in autumn.",
    )

    assert found == {"hestra": Role.TARGET}


BODIES = {
    "en": (
        "Nepal bans {}",
        "Balto acquires {}",
        (
            "It takes effect at once, the ministry told reporters on Friday. All of it has to be done "
            "within a week, as the spokesman put it. Velka said that it was surprised."
        ),
    ),
    "de": (
        "Nepal verbietet {}",
        "Balto übernimmt {}",
        (
            "Das gilt ab sofort, teilte das Ministerium am Freitag vor Reportern mit. Eine Woche lang "
            "haben alle dafür Zeit, so sagte es der Sprecher. Velka zeigte sich überrascht."
        ),
    ),
    "ru": (
        "Непал запретил {}",
        "Balto покупает {}",
        (
            "Всё это действует немедленно, сообщили журналистам в пятницу в министерстве. На это даётся "
            "всего одна неделя, сказал представитель ведомства. Velka не ожидала этого."
        ),
    ),
    "tr": (
        "Nepal {} uygulamasını yasakladı",
        "Balto {} şirketini satın aldı",
        (
            "Bakanlığın cuma günü gazetecilere söylediğine göre hemen geçerli olacak. Herkesin bunun için "
            "yalnızca bir haftası var, sözcü böyle dedi. Velka şaşırdığını söyledi."
        ),
    ),
    "zh": (
        "尼泊尔封禁{}",
        "Balto收购{}",
        (
            "有关部门周五在首都举行的记者会上对记者表示，这一切将立即生效，不会再给任何人更多的时间。"
            "发言人当天在会上还说，各方只有一周的时间来完成所有这些工作，时间上没有任何可以商量的余地。"
            "Velka表示感到意外。"
        ),
    ),
    "hi": (
        "नेपाल ने {} पर प्रतिबंध लगाया",
        "Balto ने {} का अधिग्रहण किया",
        (
            "मंत्रालय ने शुक्रवार को पत्रकारों से कहा कि यह तुरंत लागू होगा। प्रवक्ता के मुताबिक सबके पास इसके लिए "
            "केवल एक हफ्ते का समय है। Velka ने कहा कि वह हैरान है।"
        ),
    ),
    "ar": (
        "نيبال تحظر {}",
        "Balto تستحوذ على {}",
        (
            "قالت الوزارة للصحفيين يوم الجمعة إن كل ذلك يسري على الفور. وأضاف المتحدث أن أمام الجميع "
            "أسبوعا واحدا فقط لإنجاز كل شيء. Velka قالت إنها فوجئت."
        ),
    ),
}
"""Titles of a ban and of a deal, and a text whose last sentence begins with the owner."""


@pytest.mark.parametrize("language", BODIES)
def test_the_maker_with_whom_a_sentence_of_the_body_begins_is_hit_by_the_ban(language: str) -> None:
    ban, _, text = BODIES[language]

    found = roles("ban", ban.format("Zumo"), text, language)

    assert found == {"zumo": Role.TARGET, "velka": Role.TARGET}


@pytest.mark.parametrize("language", BODIES)
def test_the_owner_with_whom_a_sentence_of_the_body_begins_sells(language: str) -> None:
    _, deal, text = BODIES[language]

    found = roles("acquisition", deal.format("Zumo"), text, language)

    assert found == {"balto": Role.ACTOR, "zumo": Role.TARGET, "velka": Role.SELLER}


def test_an_owner_that_a_sentence_about_the_past_names_has_no_part_in_the_ban() -> None:
    ban, _, text = BODIES["en"]

    found = roles("ban", ban.format("Zumo"), text.replace("Velka said", "Last year Velka said"))

    assert found == {"zumo": Role.TARGET}


def test_a_brand_in_a_row_with_what_closes_closes_too_and_another_one_does_not() -> None:
    title, text = (
        "Hestra shuts down",
        "Since Friday Hestra, Balto and Dorim have been dark in the north.",
    )
    other = "Dorim stays where it is, as those who work there have been told, and Hestra does not."

    assert roles("shutdown", title, text) == dict.fromkeys(
        ["hestra", "balto", "dorim"], Role.TARGET
    )
    assert roles("shutdown", title, other) == {"hestra": Role.TARGET}


def test_the_owner_of_who_closes_a_plant_has_no_part_in_it() -> None:
    found = roles(
        "shutdown",
        "Zumo closes its plant in Oslo",
        "The last shift ends on Friday, the workers were told. At Velka nobody wanted to comment.",
    )

    assert found == {"zumo": Role.TARGET}


@pytest.mark.parametrize(
    ("language", "title", "before", "text"),
    [
        (
            "en",
            "Zumo shuts down in May",
            "Users were told on Monday. The service had two million of them.",
            "Velka will shut down Zumo for want of money.",
        ),
        (
            "id",
            "Zumo bakal berhenti beroperasi",
            "Pengguna diberi tahu pada Senin. Layanan itu punya dua juta pengguna.",
            "Velka akan menghentikan layanan Zumo pada Mei.",
        ),
    ],
)
def test_who_closes_the_very_thing_in_a_sentence_of_the_body_is_its_actor(
    language: str, title: str, before: str, text: str
) -> None:
    found = roles("shutdown", title, f"{before}\n\n{text}", language)

    assert found == {"zumo": Role.TARGET, "velka": Role.ACTOR}
