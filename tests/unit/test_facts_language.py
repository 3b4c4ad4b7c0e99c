"""The language of a text: told where it shows, `und` where it does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.parse.facts.guess import guess
from turnstream.parse.facts.language import UNKNOWN, agreed_language, declared_language, language_of

#: Two sentences of a meeting each.
TEXTS = {
    "en": "I think that we should look at the numbers first. Then we can talk about what it means for all of us.",
    "de": "Ich glaube, dass wir uns zuerst die Zahlen ansehen sollten. Dann können wir über die Folgen für uns reden.",
    "fr": "Je pense que nous devons d'abord regarder les chiffres. Ensuite nous pourrons parler de ce que cela change.",
    "es": "Creo que primero tenemos que ver las cifras. Después podemos hablar de lo que esto significa para todos.",
    "pt": "Acho que primeiro temos de ver os números. Depois podemos falar do que isso significa para todos nós.",
    "it": "Credo che prima dobbiamo guardare le cifre. Poi possiamo parlare di quello che significa per tutti noi.",
    "nl": "Ik denk dat we eerst naar de cijfers moeten kijken. Dan kunnen we praten over wat het voor ons betekent.",
    "pl": "Myślę, że najpierw musimy spojrzeć na liczby. Potem możemy porozmawiać o tym, co to dla nas znaczy.",
    "cs": "Myslím, že se nejdříve musíme podívat na čísla. Potom můžeme mluvit o tom, co to pro nás znamená.",
    "sk": "Myslím, že sa najskôr musíme pozrieť na čísla. Potom môžeme hovoriť o tom, čo to pre nás znamená.",
    "sl": "Mislim, da moramo najprej pogledati številke. Potem lahko govorimo o tem, kaj to pomeni za vse nas.",
    "hr": "Mislim da najprije moramo pogledati brojke. Zatim možemo razgovarati o tome što to znači za sve nas ovdje.",
    "hu": "Azt hiszem, hogy először meg kell nézni a számokat. Aztán beszélhetünk arról, hogy mit jelent ez nekünk.",
    "ro": "Cred că mai întâi trebuie să ne uităm la cifre. Apoi putem vorbi despre ce înseamnă asta pentru noi toți.",
    "sv": "Jag tror att vi först måste se på siffrorna. Sedan kan vi tala om vad det betyder för oss alla här.",
    "da": "Jeg tror, at vi først må se på tallene. Derefter kan vi tale om, hvad det betyder for os alle af jer her.",
    "fi": "Minä luulen, että meidän pitää ensin katsoa lukuja. Sitten voimme puhua siitä, mitä se on meille kaikille.",
    "et": "Ma arvan, et me peame kõigepealt vaatama arve. Siis saame rääkida sellest, mida see meie jaoks on.",
    "lv": "Es domāju, ka mums vispirms ir jāskatās uz skaitļiem. Tad mēs varam runāt par to, ko tas nozīmē mums.",
    "lt": "Aš manau, kad mes turime iš pradžių pažiūrėti į skaičius. Tada galime kalbėti apie tai, ką tai reiškia.",
    "tr": "Bence önce rakamlara bakmamız gerek. Sonra bunun hepimiz için ne olduğu hakkında konuşabiliriz ve bu iyi.",
    "ru": "Я думаю, что мы сначала должны посмотреть на цифры. Потом можно говорить о том, что это для нас значит.",
    "uk": "Я думаю, що ми спочатку повинні подивитися на цифри. Потім можна говорити про те, що це для нас значить.",
    "bg": "Мисля, че първо трябва да видим числата. След това можем да говорим за това какво означава то за нас.",
    "el": "Νομίζω ότι πρώτα πρέπει να δούμε τους αριθμούς. Μετά μπορούμε να μιλήσουμε.",
    "ar": "أعتقد أنه يجب أن ننظر إلى الأرقام أولا. ثم يمكننا أن نتحدث عن معنى ذلك بالنسبة إلينا.",
    "fa": "فکر می‌کنم که اول باید به عددها نگاه کنیم. بعد می‌توانیم درباره آن گفتگو کنیم.",
    "he": "אני חושב שקודם צריך להסתכל על המספרים. אחר כך אפשר לדבר על מה שזה אומר.",
    "hi": "मुझे लगता है कि हम को पहले आंकड़े देखने चाहिए। फिर हम बात कर सकते हैं कि इस का क्या मतलब है।",
    "ja": "まず数字を見るべきだと思います。それから、その意味について話すことができます。",
    "ko": "먼저 숫자를 보아야 한다고 생각합니다. 그 다음에 이야기할 수 있습니다.",
    "zh-Hant": "我認為我們應該先看數字，然後再來談這對我們大家意味著什麼，謝謝。",
    "zh-Hans": "我认为我们应该先看数字，然后再来谈这对我们大家意味着什么，谢谢。",
    "vi": "Tôi nghĩ rằng chúng ta phải xem các con số trước. Sau đó chúng ta có thể nói về việc này với mọi người.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_two_sentences_show_their_language(code: str) -> None:
    assert language_of(TEXTS[code]) == code


@pytest.mark.parametrize("text", ["", "OK.", "Ja.", "1 2 3", "MH: Hm.", "x = f(y) + 2 * z", "Zxq wvut srqp onml kjih"])
def test_too_little_is_und(text: str) -> None:
    assert language_of(text) == UNKNOWN


@pytest.mark.parametrize("pair", [("en", "fr"), ("de", "ru"), ("es", "zh-Hant"), ("ja", "en")])
def test_halves_in_two_languages_are_und(pair: tuple[str, str]) -> None:
    one, other = pair

    assert language_of(TEXTS[one] * 20 + TEXTS[other] * 20) == UNKNOWN


def test_a_quotation_in_another_language_changes_nothing() -> None:
    assert language_of(TEXTS["en"] * 20 + TEXTS["fr"] + TEXTS["en"] * 20) == "en"


def test_only_what_follows_the_start_counts() -> None:
    head = TEXTS["fr"] * 3

    assert language_of(head + TEXTS["en"] * 3, len(head)) == "en"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "en"),
        ("EN_us", "en-US"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("Deutsch", "de"),
        ("русский", "ru"),
        ("es-419", "es-419"),
        ("Python 3", None),
        ("", None),
        ("the usual one", None),
    ],
)
def test_a_declared_language_is_a_tag_or_a_name(text: str, code: str | None) -> None:
    assert declared_language(text) == code


@pytest.mark.parametrize(
    ("declared", "found", "agreed"),
    [
        ("en-US", "en", "en-US"),
        ("en", UNKNOWN, "en"),
        ("zh", "zh-Hant", "zh-Hant"),
        ("no", "nb", "no"),
        ("sr", "hr", "sr"),
        ("en", "fr", None),
    ],
)
def test_what_is_declared_and_what_the_text_shows(declared: str, found: str, agreed: str | None) -> None:
    assert agreed_language(declared, found) == agreed


@given(st.text(max_size=400))
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert language_of(text) == language_of(text)
    assert guess(text) is None or guess(text)
