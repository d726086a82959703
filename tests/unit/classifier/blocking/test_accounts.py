"""A true event is told beside words of `no_event.yml`: accounts, holdings, unions, columns, a company's story."""

from __future__ import annotations

import pytest

from tests.support.told import a_told, main_of, pipeline


def news(lang: str, told: str) -> list[tuple[str, str]]:
    reports = pipeline().read(a_told(lang, told)).reports
    return [(report.type, report.stage) for report in main_of(reports)]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Telegram, with its 10 million users, was blocked in Nepal"),
        ("es", "Telegram, que cuenta con 10 millones de usuarios, fue bloqueada en Nepal"),
        ("pt", "Telegram, que conta com 10 milhões de usuários, foi bloqueado no Nepal"),
        ("it", "Telegram, che conta 10 milioni di utenti, è stato bloccato in Nepal"),
        ("de", "Telegram mit seinen 10 Millionen Nutzern in Nepal gesperrt"),
        ("nl", "Telegram, met 10 miljoen gebruikers, is geblokkeerd in Nepal"),
        ("pl", "Telegram z 10 milionami użytkowników został zablokowany w Nepalu"),
        ("uk", "Телеграм із 10 мільйонами користувачів заблоковано в Непалі"),
        ("tr", "10 milyon kullanıcısı olan Telegram Nepal'de engellendi"),
        ("id", "Telegram, dengan 10 juta penggunanya, diblokir di Nepal"),
        ("ms", "Telegram, dengan 10 juta penggunanya, disekat di Nepal"),
        ("vi", "Telegram, với 10 triệu người dùng, bị chặn ở Nepal"),
        ("th", "เทเลแกรมซึ่งมีผู้ใช้ 10 ล้านคน ถูกบล็อกในเนปาล"),
        ("zh", "拥有千万用户的Telegram在尼泊尔被封禁"),
        ("ja", "利用者1000万人のテレグラム、ネパールで禁止"),
        ("ko", "이용자 1000만 명의 텔레그램, 네팔서 차단"),
        ("hi", "एक करोड़ यूजर्स वाले टेलीग्राम पर नेपाल में बैन"),
        ("bn", "এক কোটি ব্যবহারকারীর টেলিগ্রাম নেপালে নিষিদ্ধ"),
        ("ta", "ஒரு கோடி பயனர்கள் கொண்ட டெலிகிராமுக்கு நேபாளத்தில் தடை"),
        ("ur", "ایک کروڑ صارفین والے ٹیلی گرام پر نیپال میں پابندی"),
        ("fa", "تلگرام با ده میلیون کاربر در نپال مسدود شد"),
    ],
)
def test_a_service_that_many_use_is_banned(lang: str, told: str) -> None:
    assert news(lang, told) == [("ban", "confirmed")]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Users banned from using Telegram in Nepal"),
        ("es", "Usuarios tienen prohibido usar Telegram en Nepal"),
        ("pt", "Usuários proibidos de usar o Telegram no Nepal"),
        ("nl", "Gebruikers mogen Telegram niet meer gebruiken in Nepal"),
        ("id", "Pengguna dilarang memakai Telegram di Nepal"),
        ("ms", "Pengguna dilarang menggunakan Telegram di Nepal"),
        ("vi", "Người dùng bị cấm dùng Telegram ở Nepal"),
        ("th", "โทรศัพท์ของข้าราชการถูกห้ามติดตั้งเทเลแกรมในเนปาล"),
        ("zh", "尼泊尔公务手机被禁止安装Telegram"),
        (
            "en",
            "Phones banned from sale in Germany / A court banned the sale of Norvik's phones in Germany.",
        ),
        (
            "id",
            "Ponsel ini tak boleh dijual di Indonesia / Telepon Norvik dilarang beredar di Indonesia.",
        ),
    ],
)
def test_who_may_not_use_or_sell_something_tells_that_it_is_banned(lang: str, told: str) -> None:
    assert news(lang, told) == [("ban", "confirmed")]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "id",
            "Pemerintah Nepal membekukan rekening dan operasi Telegram / Pemerintah memblokir Telegram mulai Senin.",
        ),
        ("ms", "Bank Negara membekukan akaun dan menggantung lesen Norvik"),
        ("vi", "Ngân hàng trung ương phong tỏa tài khoản và đình chỉ hoạt động của Norvik"),
        ("th", "ธนาคารกลางอายัดบัญชีและสั่งห้ามนอร์วิกดำเนินกิจการ"),
        ("zh", "尼泊尔政府冻结诺维克账户，禁止其运营"),
        ("ja", "中央銀行がノルヴィクの営業を停止、口座を凍結"),
        ("ko", "중앙은행, 노르빅 계좌 동결하고 영업 정지"),
        ("hi", "केंद्रीय बैंक ने नॉरविक के खाते फ्रीज कर उसके कारोबार पर रोक लगाई"),
        ("bn", "টেলিগ্রাম নিষিদ্ধ করল নেপাল সরকার, অ্যাকাউন্ট জব্দ"),
        ("ta", "டெலிகிராமுக்குத் தடை விதித்தது நேபாள அரசு, கணக்குகள் முடக்கம்"),
        ("ur", "نیپال کی حکومت نے اکاؤنٹس منجمد کر کے ٹیلی گرام پر پابندی لگا دی"),
    ],
)
def test_an_authority_that_freezes_accounts_too_bans_a_company(lang: str, told: str) -> None:
    assert news(lang, told) == [("ban", "confirmed")]


@pytest.mark.parametrize(
    "told",
    [
        "Norvik closes Zelmo, accounts move to Balto / Norvik said it was closing its bank Zelmo.",
        "Norvik shuts its wallet app Zelmo / It is shutting down on Monday; users' accounts will go.",
    ],
)
def test_a_bank_or_an_app_that_closes_does_so_whatever_becomes_of_accounts(told: str) -> None:
    assert news("en", told) == [("shutdown", "confirmed")]


@pytest.mark.parametrize(
    ("lang", "told", "stage"),
    [
        (
            "en",
            "Should Telegram be banned? / The government on Monday proposed a bill to ban Telegram.",
            "proposed",
        ),
        (
            "de",
            "Kommentar: Das Telegram-Verbot ist richtig / Die Regierung hat Telegram verboten.",
            "confirmed",
        ),
        (
            "id",
            "Opini: Pemblokiran Telegram sudah tepat / Pemerintah Nepal memblokir Telegram pada Senin.",
            "confirmed",
        ),
        (
            "id",
            "Haruskah Telegram diblokir? / Pemerintah Nepal pada Senin mengusulkan RUU untuk melarang Telegram.",
            "proposed",
        ),
        (
            "ms",
            "Pendapat: Larangan Telegram memang wajar / Kerajaan Nepal mengharamkan Telegram pada Isnin.",
            "confirmed",
        ),
        (
            "ms",
            "Patutkah Telegram diharamkan? / Kerajaan Nepal pada Isnin mencadangkan rang undang-undang untuk mengharamkan Telegram.",
            "proposed",
        ),
        (
            "vi",
            "Ý kiến: Cấm Telegram là đúng / Chính phủ Nepal đã cấm Telegram hôm thứ Hai.",
            "confirmed",
        ),
        (
            "vi",
            "Có nên cấm Telegram? / Chính phủ Nepal hôm thứ Hai đề xuất dự luật cấm Telegram.",
            "proposed",
        ),
        ("th", "ความเห็น: การแบนเทเลแกรมถูกต้องแล้ว / รัฐบาลเนปาลสั่งแบนเทเลแกรมเมื่อวันจันทร์", "confirmed"),
        ("th", "ควรแบนเทเลแกรมหรือไม่ / รัฐบาลเนปาลเสนอร่างกฎหมายแบนเทเลแกรมเมื่อวันจันทร์", "proposed"),
        ("zh", "评论：封禁Telegram是对的 / 尼泊尔政府周一封禁了Telegram。", "confirmed"),
        (
            "ja",
            "【社説】テレグラム禁止は正しい / ネパール政府は月曜日、テレグラムを禁止した。",
            "confirmed",
        ),
        (
            "ja",
            "テレグラムを禁止すべきか / ネパール政府は月曜日、テレグラムを禁止する法案を提案した。",
            "proposed",
        ),
        (
            "ko",
            "[사설] 텔레그램 금지는 옳다 / 네팔 정부는 월요일 텔레그램을 금지했다.",
            "confirmed",
        ),
        (
            "ko",
            "텔레그램을 금지해야 하나 / 네팔 정부는 월요일 텔레그램을 금지하는 법안을 발의했다.",
            "proposed",
        ),
        (
            "hi",
            "राय: टेलीग्राम पर बैन सही है / नेपाल सरकार ने सोमवार को टेलीग्राम पर प्रतिबंध लगा दिया।",
            "confirmed",
        ),
        (
            "hi",
            "क्या टेलीग्राम पर बैन लगना चाहिए? / नेपाल सरकार ने सोमवार को टेलीग्राम पर प्रतिबंध लगाने का विधेयक पेश किया।",
            "proposed",
        ),
        ("bn", "মতামত: টেলিগ্রাম নিষিদ্ধ করা ঠিক / নেপাল সরকার সোমবার টেলিগ্রাম নিষিদ্ধ করেছে।", "confirmed"),
        (
            "bn",
            "টেলিগ্রাম কি নিষিদ্ধ করা উচিত? / নেপাল সরকার সোমবার টেলিগ্রাম নিষিদ্ধ করার বিল প্রস্তাব করেছে।",
            "proposed",
        ),
        (
            "ta",
            "தலையங்கம்: டெலிகிராம் தடை சரியே / நேபாள அரசு திங்கட்கிழமை டெலிகிராமுக்குத் தடை விதித்தது.",
            "confirmed",
        ),
        (
            "ur",
            "اداریہ: ٹیلی گرام پر پابندی درست ہے / نیپال کی حکومت نے پیر کو ٹیلی گرام پر پابندی عائد کر دی۔",
            "confirmed",
        ),
        (
            "fa",
            "یادداشت: ممنوعیت تلگرام درست است / دولت نپال دوشنبه تلگرام را مسدود کرد.",
            "confirmed",
        ),
        (
            "fa",
            "آیا باید تلگرام را ممنوع کرد؟ / دولت نپال دوشنبه لایحه ممنوعیت تلگرام را پیشنهاد داد.",
            "proposed",
        ),
    ],
)
def test_a_column_about_what_an_authority_does_tells_it(lang: str, told: str, stage: str) -> None:
    assert news(lang, told) == [("ban", stage)]


def test_unions_against_a_deal_leave_it_one() -> None:
    told = "Unions reject Norvik's takeover of Zelmo / Norvik agreed on Monday to buy Zelmo."

    assert news("en", told) == [("acquisition", "confirmed")]


@pytest.mark.parametrize(
    ("lang", "told", "wanted"),
    [
        ("en", "Norvik closes its bank card business in India", ("shutdown", "confirmed")),
        ("en", "Norvik shuts phone number app Zelmo", ("shutdown", "confirmed")),
        (
            "en",
            "Norvik cuts costs / Its phone unit was closed on Monday.",
            ("shutdown", "confirmed"),
        ),
        ("es", "Norvik cierra su fábrica de tarjetas en Burgos", ("shutdown", "confirmed")),
        ("fr", "Norvik ferme son usine au vu de ses comptes", ("shutdown", "confirmed")),
        ("fr", "L'usine de téléphones a été fermée par Norvik", ("shutdown", "confirmed")),
        ("pl", "Fabryka telefonów zamknięta przez Norvik", ("shutdown", "confirmed")),
        ("ru", "Завод телефонов закрыт компанией Норвик", ("shutdown", "confirmed")),
        ("it", "Norvik chiude lo stabilimento per salvare i conti", ("shutdown", "confirmed")),
        ("de", "Norvik schließt Girokonto-Tochter Zelmo", ("shutdown", "confirmed")),
        ("de", "Norvik schließt Werk Nummer 3 in Bonn", ("shutdown", "confirmed")),
        ("nl", "Norvik sluit fabriek pas volgend jaar", ("shutdown", "confirmed")),
        ("pt", "Norvik fecha fábrica por conta da crise", ("shutdown", "confirmed")),
        ("tr", "Norvik, hesaplarını düzeltmek için fabrikasını kapattı", ("shutdown", "confirmed")),
        ("ar", "ستغلق نورفيك مصنعها خلال 10 أيام", ("shutdown", "confirmed")),
        ("tr", "Telegram'a erişim yok: Nepal uygulamayı engelledi", ("ban", "confirmed")),
        (
            "en",
            "France bans Norvik baby formula over toxin after recall / France banned the milk.",
            ("ban", "confirmed"),
        ),
        (
            "en",
            "Norvik to shut Zelmo for good after outage / Norvik is closing the service Zelmo.",
            ("shutdown", "confirmed"),
        ),
    ],
)
def test_what_closes_or_is_banned_beside_such_words_does_so(
    lang: str, told: str, wanted: tuple[str, str]
) -> None:
    assert news(lang, told) == [wanted]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Norvik has amassed 30 percent of Zelmo shares"),
        ("es", "Norvik tiene un acuerdo por el 30% de Zelmo"),
        ("pt", "Norvik tem acordo para ficar com 30% da Zelmo"),
        ("de", "Norvik hat sich 30 Prozent an Zelmo gesichert"),
        ("nl", "Norvik heeft 30 procent van de aandelen Zelmo bemachtigd"),
        ("it", "Norvik ha rastrellato il 30% di Zelmo"),
        ("pl", "Norvik zdobył 30 proc. akcji Zelmo i ma kontrolę"),
        ("id", "Norvik menguasai 51 persen saham Zelmo"),
        ("vi", "Norvik nắm quyền kiểm soát Zelmo với 51% cổ phần"),
        ("ja", "ノルヴィク、ゼルモの株式30%を持つことで合意"),
    ],
)
def test_who_comes_to_have_shares_makes_a_deal(lang: str, told: str) -> None:
    assert news(lang, told) == [("acquisition", "confirmed")]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "Norvik rejects takeover bid, unions say"),
        ("fr", "Norvik rejette l'offre de rachat, selon les syndicats"),
        ("nl", "Norvik wijst overnamebod af, zeggen vakbonden"),
        ("pt", "Sindicatos rejeitam a venda da Norvik"),
        ("ar", "النقابات ترفض بيع نورفيك"),
    ],
)
def test_a_deal_that_is_turned_down_is_one_also_where_unions_speak(lang: str, told: str) -> None:
    assert news(lang, told) == [("acquisition", "rejected")]


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "The story of Zelmo ends / Norvik is shutting Zelmo down on Friday."),
        ("fr", "L'histoire de Zelmo touche à sa fin / Norvik fermera Zelmo vendredi."),
        ("de", "Die Geschichte von Zelmo endet / Norvik schließt Zelmo am Freitag."),
        ("it", "La storia di Zelmo finisce qui / Norvik chiude Zelmo venerdì."),
        ("pl", "Historia marki Zelmo dobiega końca / Norvik zamyka Zelmo w piątek."),
        ("ru", "История компании Зелмо заканчивается / Норвик закрывает Зелмо в пятницу."),
    ],
)
def test_the_end_of_a_company_s_story_is_news(lang: str, told: str) -> None:
    assert news(lang, told) == [("shutdown", "confirmed")]
