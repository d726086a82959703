"""Who demands a ban or a closing: who could bring it about proposes it; what others demand beside it proposes nothing.

That demands of those who could not are no event stands in `no_event.yml`.
"""

from __future__ import annotations

import pytest

from services.common.contracts.reading import Stage
from tests.support.told import a_told, pipeline

DEMANDS = [
    ("en", "Senators call for ban on Balto", "ban", Stage.PROPOSED),
    ("en", "Minister wants Balto banned", "ban", Stage.PROPOSED),
    ("en", "Users demand refunds as Norvik shuts down Balto", "shutdown", Stage.CONFIRMED),
    ("en", "Parents demand answers after Italy bans Balto", "ban", Stage.CONFIRMED),
    ("en", "Workers demand pay after Norvik closes plant", "shutdown", Stage.CONFIRMED),
    ("en", "Italy bans Balto after parents demand action", "ban", Stage.CONFIRMED),
    ("en", "Shoppers fear for vouchers as Norvik closes all stores", "shutdown", Stage.CONFIRMED),
    ("de", "Bundesrat will Balto verbieten", "ban", Stage.PROPOSED),
    (
        "de",
        "Kunden fordern Geld zurück: Norvik schließt alle Filialen",
        "shutdown",
        Stage.CONFIRMED,
    ),
    ("fr", "Les députés demandent l'interdiction de Balto", "ban", Stage.PROPOSED),
    (
        "fr",
        "Les clients demandent un remboursement après la fermeture de Balto",
        "shutdown",
        Stage.CONFIRMED,
    ),
    ("es", "El Gobierno quiere prohibir Balto", "ban", Stage.PROPOSED),
    ("es", "Trabajadores exigen pagos tras el cierre de Norvik", "shutdown", Stage.CONFIRMED),
    ("it", "Il ministro chiede di vietare Balto", "ban", Stage.PROPOSED),
    ("pt", "Deputado quer proibir Balto", "ban", Stage.PROPOSED),
    ("pl", "Posłowie chcą zakazu Balto", "ban", Stage.PROPOSED),
    ("ru", "Депутаты требуют запретить Balto", "ban", Stage.PROPOSED),
    ("ru", "Работники требуют выплат: Norvik закрывает завод", "shutdown", Stage.CONFIRMED),
    ("tr", "Bakanlık Balto'nun yasaklanmasını istiyor", "ban", Stage.PROPOSED),
    ("ja", "政府、Baltoの禁止を求める", "ban", Stage.PROPOSED),
    ("ko", "정부, Balto 금지 촉구", "ban", Stage.PROPOSED),
    ("zh", "议员呼吁禁止Balto", "ban", Stage.PROPOSED),
    ("hi", "सरकार ने Balto पर प्रतिबंध की मांग की", "ban", Stage.PROPOSED),
]


@pytest.mark.parametrize(("lang", "title", "event_type", "stage"), DEMANDS)
def test_demands_beside_an_event_leave_it_its_stage(
    lang: str, title: str, event_type: str, stage: Stage
) -> None:
    (report,) = pipeline().read(a_told(lang, title)).reports

    assert (report.type, report.stage) == (event_type, stage)
