"""Stages: what speaks for each is weighed, told in the explanation, and fitted on labelled events."""

from __future__ import annotations

import pytest

from services.classifier.document import Document
from services.classifier.lexicon.shared_words import stage_weights
from services.classifier.pipeline import Pipeline
from services.classifier.steps.stage import EVERY, weight_of
from services.classifier.workbench.calibration.stages import Choice, fit
from services.classifier.workbench.explanation import explanation
from services.common.contracts.reading import Stage
from tests.support.builders import a_company, a_story, a_watchlist
from tests.support.told import a_told, pipeline


def a_choice(stage: Stage, sign: str) -> Choice:
    signs = {each: {"base": 1.0} for each in Stage}
    signs[stage][sign] = 1.0
    return Choice(signs, stage, 1.0)


def test_a_fit_learns_which_stage_a_sign_speaks_for() -> None:
    told = [a_choice(Stage.PROPOSED, "word near the cue")] * 20
    told += [a_choice(Stage.CONFIRMED, "a plain title with a verb")] * 20

    weights = fit(told)

    assert weight_of(weights, Stage.PROPOSED, "word near the cue") > 1
    assert weights["confirmed"]["a plain title with a verb"] > 1
    assert weights[EVERY]["word near the cue"] > 0


def test_events_of_one_stage_teach_nothing() -> None:
    with pytest.raises(ValueError, match="two stages"):
        fit([a_choice(Stage.REJECTED, "a negated cue")] * 5)


def test_what_stages_are_fitted_to_has_weights_for_all() -> None:
    assert stage_weights().keys() == {*Stage, EVERY}


def test_the_explanation_adds_up_the_signs_of_a_stage() -> None:
    watchlist = a_watchlist(a_company("Zelmo"), a_company("Norvik"))
    story = a_story(title="Norvik in talks to buy Zelmo, sources say", text="")

    told = explanation(Pipeline.of(watchlist).document(story))

    assert "stage rumoured: " in told
    assert "    rumoured " in told
    assert "first in order +" in told


def a_document(title: str, *, language: str = "en", text: str = "") -> Document:
    watchlist = a_watchlist(a_company("Zelmo"), a_company("Norvik"))
    return Pipeline.of(watchlist).document(a_story(title=title, text=text, language=language))


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("pt", "Celular sem carregador da Zelmo não pode mais ser vendido"),
        ("it", "Zelmo non torna indietro, addio allo stabilimento di Corropoli"),
    ],
)
def test_a_word_that_denies_something_else_denies_no_cue(language: str, title: str) -> None:
    triggers = a_document(title, language=language).triggers

    assert triggers
    assert not any(trigger.is_negated for trigger in triggers)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Norvik bid for Zelmo not approved, talks go on"),
        ("id", "Akuisisi Zelmo oleh Norvik belum rampung"),
        ("vi", "Zelmo chưa hoàn tất đăng ký nên bị chặn"),
    ],
)
def test_what_is_not_yet_done_is_no_word_for_done(language: str, title: str) -> None:
    told = explanation(a_document(title, language=language))

    assert not any(
        "word" in line and line.lstrip().startswith("confirmed") for line in told.splitlines()
    )


def test_a_word_between_the_parts_of_a_cue_tells_its_stage() -> None:
    [told] = a_document("Zelmo faces the chop in Jakarta unless it cleans up").candidates

    assert told.stage is Stage.PROPOSED


def test_a_word_within_a_longer_one_says_nothing() -> None:
    [told] = a_document("EU approves Norvik's proposed takeover of Zelmo").candidates

    assert told.stage is Stage.CONFIRMED
    assert Stage.PROPOSED not in told.stage_terms


def test_what_the_title_denies_is_rejected() -> None:
    [told] = a_document("Norvik will not buy Zelmo", text="A report said that it would.").candidates

    assert told.stage is Stage.REJECTED


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("de", "Ist Balto verboten? Nein"),
        ("en", "Is Balto banned? No"),
        ("en", "Will Balto close? No, says Norvik"),
        ("fr", "Balto va-t-elle fermer ? Non"),
        ("es", "¿Cierra Balto? No"),
        ("it", "Balto chiude? No, dice l'azienda"),
        ("zh", "Balto被禁了吗？没有，官方说"),
        ("ja", "Baltoは禁止された？ いいえ"),
        ("ru", "Balto запрещён? Нет"),
        ("tr", "Balto yasaklandı mı? Hayır"),
        ("ar", "هل تم حظر Balto؟ لا"),
        ("hi", "क्या Balto पर प्रतिबंध लगा? नहीं"),
    ],
)
def test_a_question_that_its_title_answers_with_no_is_rejected(lang: str, text: str) -> None:
    [report] = pipeline().read(a_told(lang, text)).reports
    assert report.stage is Stage.REJECTED


def test_a_question_without_an_answer_is_not_rejected() -> None:
    [report] = pipeline().read(a_told("en", "Is Balto banned? Nobody knows")).reports
    assert report.stage is Stage.RUMOURED


@pytest.mark.parametrize(
    "text",
    [
        "Is Norvik safe? / No, and so Italy bans Norvik.",
        "Is Norvik buying Zelmo? / No. 1 carmaker Norvik signed the deal for Zelmo.",
    ],
)
def test_what_answers_another_question_or_none_rejects_nothing(text: str) -> None:
    [report] = pipeline().read(a_told("en", text)).reports
    assert report.stage is not Stage.REJECTED


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "en",
            "Court bans Telegram, throws out its appeal / The court ordered providers to block Telegram and dismissed the company's request for a delay.",
        ),
        (
            "es",
            "La justicia prohíbe Telegram y desestima su recurso / El tribunal ordenó a los proveedores bloquear Telegram y rechazó la petición de aplazamiento de la empresa.",
        ),
        (
            "pt",
            "Tribunal proíbe Telegram e nega recurso / O tribunal ordenou aos provedores o bloqueio do Telegram e rejeitou o pedido de adiamento da empresa.",
        ),
        (
            "fr",
            "La justice interdit Telegram et rejette son recours / Le tribunal a ordonné aux fournisseurs de bloquer Telegram et débouté la société de sa demande de report.",
        ),
        (
            "de",
            "Gericht verbietet Telegram und weist Beschwerde ab / Das Gericht wies die Anbieter an, Telegram zu sperren, und lehnte den Antrag des Unternehmens auf Aufschub ab.",
        ),
        (
            "it",
            "Il tribunale vieta Telegram e respinge il ricorso / Il tribunale ha ordinato ai provider di bloccare Telegram e ha rigettato la richiesta di rinvio della società.",
        ),
        (
            "tr",
            "Mahkeme Telegram'ı yasakladı, itirazı reddetti / Mahkeme, Telegram'a erişimin engellenmesine hükmetti ve şirketin erteleme talebini geri çevirdi.",
        ),
        (
            "ar",
            "المحكمة تحظر Telegram وترفض الطعن / أمرت المحكمة مزودي الخدمة بحجب Telegram ورفضت طلب الشركة التأجيل.",
        ),
        (
            "fa",
            "دادگاه Telegram را ممنوع و اعتراض را رد کرد / دادگاه دستور مسدودسازی Telegram را صادر و درخواست شرکت برای تعویق را رد کرد.",
        ),
        (
            "hi",
            "अदालत ने Telegram पर रोक लगाई, अपील खारिज / अदालत ने प्रदाताओं को Telegram ब्लॉक करने का आदेश दिया और कंपनी की मोहलत की मांग ठुकरा दी।",
        ),
    ],
)
def test_a_ban_stands_where_the_appeal_against_it_is_refused(lang: str, text: str) -> None:
    [report] = pipeline().read(a_told(lang, text)).reports
    assert report.stage is Stage.CONFIRMED


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Court refuses to block Telegram / It rejected the ministry's request to block it."),
        ("en", "Ministry wanted to ban Telegram, but court refuses request"),
        (
            "es",
            "El tribunal rechaza bloquear Telegram / El juez desestimó la petición de bloquear Telegram.",
        ),
        ("de", "Gericht lehnt Sperre von Telegram ab / Es wies den Antrag des Ministeriums ab."),
        ("tr", "Mahkeme Telegram'ın yasaklanması talebini reddetti"),
        ("zh", "法院驳回封锁Telegram的请求"),
    ],
)
def test_a_ban_that_a_court_refuses_is_rejected(lang: str, text: str) -> None:
    [report] = pipeline().read(a_told(lang, text)).reports
    assert report.stage is Stage.REJECTED


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "en",
            "Zelmo workers fear for their jobs / Norvik informed the works council of its intention to close Zelmo. A final decision is to fall in autumn.",
        ),
        (
            "de",
            "Zelmo-Belegschaft bangt um ihre Jobs / Norvik hat den Betriebsrat über die Absicht informiert, Zelmo zu schließen. Eine endgültige Entscheidung soll im Herbst fallen.",
        ),
        (
            "it",
            "I lavoratori di Zelmo temono per il posto / Norvik ha comunicato ai sindacati l'intenzione di chiudere Zelmo. La decisione definitiva arriverà in autunno.",
        ),
        (
            "nl",
            "Personeel Zelmo vreest voor banen / Norvik heeft de ondernemingsraad ingelicht over het voornemen om Zelmo te sluiten. Een definitief besluit valt in het najaar.",
        ),
        (
            "uk",
            "Працівники Zelmo бояться втратити роботу / Norvik повідомила профспілку про намір закрити Zelmo. Остаточне рішення ухвалять восени.",
        ),
        (
            "ar",
            "عمال Zelmo يخشون على وظائفهم / أبلغت Norvik النقابة بعزمها إغلاق Zelmo. وسيتخذ القرار النهائي في الخريف.",
        ),
        (
            "ur",
            "Zelmo کے ملازمین پریشان / Norvik نے یونین کو Zelmo بند کرنے کے ارادے سے آگاہ کیا۔ حتمی فیصلہ خزاں میں ہوگا۔",
        ),
        (
            "hi",
            "Zelmo के कर्मचारियों को नौकरी का डर / Norvik ने यूनियन को Zelmo बंद करने के इरादे की जानकारी दी। अंतिम फैसला शरद ऋतु में होगा।",
        ),
        (
            "bn",
            "চাকরি নিয়ে শঙ্কায় Zelmo কর্মীরা / Norvik শ্রমিক ইউনিয়নকে Zelmo বন্ধ করার অভিপ্রায় জানিয়েছে। চূড়ান্ত সিদ্ধান্ত শরতে হবে।",
        ),
        (
            "id",
            "Karyawan Zelmo khawatir / Norvik memberi tahu serikat pekerja niatnya menutup Zelmo. Keputusan akhir diambil musim gugur.",
        ),
        (
            "ms",
            "Pekerja Zelmo bimbang / Norvik memaklumkan kesatuan tentang hasratnya menutup Zelmo. Keputusan muktamad dibuat pada musim luruh.",
        ),
        (
            "vi",
            "Nhân viên Zelmo lo mất việc / Norvik thông báo cho công đoàn ý định đóng cửa Zelmo. Quyết định cuối cùng sẽ có vào mùa thu.",
        ),
        (
            "ja",
            "Zelmo従業員に不安 / Norvikは労組に対し、Zelmo工場を閉鎖する意向を伝えた。最終決定は秋になる。",
        ),
    ],
)
def test_what_is_only_intended_is_proposed(lang: str, text: str) -> None:
    [report] = pipeline().read(a_told(lang, text)).reports
    assert report.stage is Stage.PROPOSED


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        (
            "tr",
            "Düzenleyici uyarıların ardından Telegram'ı askıya aldı / Kurum, tedbir kararıyla, soruşturma bitene kadar Telegram'a erişimin derhal engellenmesine hükmetti. Mayısta bununla tehdit etmişti.",
        ),
        (
            "ar",
            "الجهة التنظيمية توقف Telegram بعد تحذيرات متكررة / أمرت الجهة التنظيمية كإجراء مؤقت بحجب Telegram بأثر فوري إلى حين انتهاء التحقيق. وكانت قد هددت بذلك في مايو.",
        ),
        (
            "ur",
            "ریگولیٹر نے بار بار وارننگ کے بعد Telegram معطل کر دیا / ریگولیٹر نے عبوری حکم میں تحقیقات مکمل ہونے تک Telegram کو فوری بلاک کرنے کا حکم دیا۔ مئی میں اس نے دھمکی دی تھی۔",
        ),
        (
            "ta",
            "எச்சரிக்கைக்குப் பின் Telegram முடக்கம் / இடைக்கால உத்தரவாக, விசாரணை முடியும் வரை Telegram செயலியை உடனடியாக முடக்க ஒழுங்குமுறை ஆணையம் உத்தரவிட்டது.",
        ),
        (
            "id",
            "Regulator bekukan Telegram setelah beberapa peringatan / Sebagai tindakan sementara, regulator memerintahkan operator memblokir Telegram seketika sampai penyelidikan selesai. Pada Mei regulator sudah mengancam.",
        ),
        (
            "vi",
            "Cơ quan quản lý đình chỉ Telegram sau nhiều lần cảnh báo / Như một biện pháp tạm thời, cơ quan này ra lệnh chặn Telegram ngay lập tức cho tới khi điều tra kết thúc. Hồi tháng 5 họ đã dọa làm vậy.",
        ),
        (
            "zh",
            "监管机构多次警告后叫停Telegram / 作为临时措施，监管机构下令运营商立即封锁Telegram，直至调查结束。5月曾威胁要这样做。",
        ),
        (
            "ko",
            "규제당국, 거듭된 경고 끝에 Telegram 중단 / 당국은 임시 조치로 조사가 끝날 때까지 Telegram을 즉각 차단하라고 통신사에 명령했다. 5월에는 차단하겠다고 경고했었다.",
        ),
    ],
)
def test_warnings_before_a_ban_plan_nothing(lang: str, text: str) -> None:
    reports = pipeline().read(a_told(lang, text)).reports
    assert Stage.CONFIRMED in {report.stage for report in reports if report.type == "ban"}


@pytest.mark.parametrize(
    ("lang", "text", "stage"),
    [
        ("ar", "نورفيك توافق على دراسة عرض شراء زيلمو", Stage.PROPOSED),
        ("bn", "প্রেসিডেন্ট টেলিগ্রাম নিষিদ্ধের বিলে সই করেননি", Stage.REJECTED),
        ("id", "Regulator belum setujui rencana akuisisi Zelmo oleh Norvik", Stage.PROPOSED),
    ],
)
def test_what_is_not_approved_is_not_confirmed(lang: str, text: str, stage: Stage) -> None:
    [report] = pipeline().read(a_told(lang, f"{text} / {text}.")).reports

    assert report.stage is stage
