"""Bytes to text: by mark, by strict UTF-8, by statistics; what is no text is refused with a reason."""

from __future__ import annotations

import codecs
import io
import struct
import time
import unicodedata
import zipfile
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.languages import SPEECHES
from turnstream.errors import EmptyFile, Undecodable, UnsupportedFormat
from turnstream.extract import extract, legacy
from turnstream.extract.encoding import decode
from turnstream.identify import identify

# The opening of the seed (kremlin.ru, CC BY 4.0), shortened, with the signs that encodings differ in.
SEED = """\
Meeting with Prime Minister of Israel Benyamin Netanyahu

Source: President of Russia – The Kremlin – English

President of Russia Vladimir Putin: Mr Prime Minister, colleagues, I’d like to warmly welcome you.
Prime Minister of Israel Benyamin Netanyahu (retranslated): Thank you. It’s always a pleasure – at the café, too.
"""
RUSSIAN = """\
В.Путин: Уважаемый господин Премьер-министр, уважаемые коллеги! Позвольте сердечно приветствовать вас в России.
Мы регулярно встречаемся и обсуждаем весь комплекс двусторонних отношений, а также положение дел в регионе.
Б.Нетаньяху: Спасибо, господин Президент. Для меня всегда удовольствие встретиться с вами здесь, в Москве.
"""
FRENCH = """\
Le président : Monsieur le Premier ministre, mes chers collègues, je suis très heureux de vous accueillir à Paris.
L’année dernière, nos échanges ont progressé de façon considérable ; c’est là une réussite pour nos deux pays.
Le Premier ministre : Merci beaucoup. C’est toujours un plaisir d’être reçu ici, où l’été est si agréable.
"""
JAPANESE = """\
司会: それでは、会議を始めたいと思います。本日はお忙しい中お集まりいただき、ありがとうございます。
田中: よろしくお願いします。まず、昨年度の貿易について説明いたします。輸出はかなり増加しました。
司会: ありがとうございました。次に、鈴木さんからご意見をいただきたいと思います。
"""


def png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("a.txt", SEED)
    return file.getvalue()


def wave() -> bytes:
    samples = struct.pack("<400h", *(30 * (n % 7) for n in range(400)))
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
    body = b"WAVE" + form + struct.pack("<4sI", b"data", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def speech(language: str) -> str:
    names, text = SPEECHES[language]
    return "".join(f"{names[place % 2]}: {line}\n" for place, line in enumerate(text.splitlines()))


def content_of(raw: bytes) -> str:
    return identify("arrival", raw, extract(raw).canonical).content_sha256


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (b"", "utf-8"),
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"", "utf-16-le"),
        (b"", "utf-16-be"),
        (b"\xff\xfe\0\0", "utf-32-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
        (b"", "cp1252"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.hex() or "unmarked",
)
def test_one_text_has_one_content_hash_in_every_encoding(mark: bytes, codec: str) -> None:
    raw = mark + SEED.encode(codec)
    assert decode(raw)[0] == SEED
    assert content_of(raw) == content_of(SEED.encode())
    if codec != "cp1252":
        assert extract(raw).encoding == codec


@pytest.mark.parametrize(
    "typed",
    [
        SEED.replace("\n", "\r\n"),
        SEED.replace("\n", "\r"),
        SEED.replace("\n", "\n\n"),
        SEED.replace("\n", "   \n\t"),
        SEED.replace(" ", "\u00a0"),
        unicodedata.normalize("NFD", SEED),
        SEED.replace("Netanyahu", "Netan\u00adya\u200bhu"),
        "\ufeff" + SEED.rstrip(),
        SEED + "\n\x0c\n",
    ],
    ids=["CRLF", "CR", "blank lines", "trailing spaces", "NBSP", "NFD", "soft hyphen", "two marks", "form feed"],
)
def test_one_text_has_one_content_hash_however_it_is_typed(typed: str) -> None:
    assert content_of(b"\xef\xbb\xbf" + typed.encode()) == content_of(SEED.encode())


def test_another_text_has_another_content_hash() -> None:
    assert content_of(SEED.replace("always", "often").encode()) != content_of(SEED.encode())


@pytest.mark.parametrize(
    ("text", "codec"),
    [(RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"), (FRENCH, "cp1252"), (JAPANESE, "shift-jis"), (JAPANESE, "euc-jp")],
    ids=lambda value: value if "\n" not in value else "text",
)
def test_an_old_encoding_is_recognised_by_statistics(text: str, codec: str) -> None:
    assert decode(text.encode(codec))[0] == text
    assert content_of(text.encode(codec)) == content_of(text.encode())


def test_the_name_of_a_recognised_encoding_is_written_with_hyphens() -> None:
    encoding = decode(JAPANESE.encode("euc-jp"))[1]
    assert codecs.lookup(encoding)
    assert "_" not in encoding


def test_every_name_of_an_old_encoding_is_one_that_python_knows() -> None:
    for name in (*legacy._CANDIDATES, *legacy._USUAL.values()):
        assert codecs.lookup(name.replace("_", "-"))


@pytest.mark.parametrize("name", ["BM", "MZ", "II*", "fLaC", "OTTO", "8BPS", "PK", "FWS", "wOFF", "%!PS"])
def test_an_old_text_that_begins_like_a_binary_format_is_a_text(name: str) -> None:
    text = f"{name}: Schöne Grüße – für Sie, „meine Damen“!\n"
    assert decode(text.encode("cp1252")).text == text


def test_a_text_in_ascii_is_utf_8() -> None:
    assert decode(b"Ann: Hello.\n") == ("Ann: Hello.\n", "utf-8", ())


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (b"\xff\xfe" + SEED.encode("utf-16-le")[:-1], "broken utf-16-le at byte"),
        (b"\xfe\xff" + SEED.encode("utf-16-be")[:-1], "broken utf-16-be at byte"),
        (SEED.encode("utf-16-le")[:-1], "broken utf-16-le at byte"),
        (b"\xff\xfe" + b"a\0\x00\xd8b\0", "broken utf-16-le at byte 2"),
        (b"\xff\xfe\0\0" + b"a\0\0", "broken utf-32-le at byte 0"),
        (b"\xef\xbb\xbfAnn: \xff Hello.", "broken utf-8 at byte 5"),
    ],
    ids=["odd LE", "odd BE", "odd without mark", "lone surrogate", "short UTF-32", "marked UTF-8"],
)
def test_a_marked_or_recognised_encoding_that_its_bytes_break_is_undecodable(raw: bytes, detail: str) -> None:
    with pytest.raises(Undecodable, match=detail):
        extract(raw)


@pytest.mark.parametrize(
    ("raw", "detail"),
    [
        (png(), "PNG"),
        (archive(), "ZIP archive; unpack"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "JPEG"),
        (b"GIF89a\x01\0\x01\0\0\0\0", "GIF"),
        (b"\x7fELF\x02\x01\x01", "program"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Office"),
        (b"ID3\x04\0\0\0\0\0\x7fTIT2", "MP3"),
        (b"OggS\0\x02" + b"\0" * 8, "Ogg"),
        (wave(), "RIFF"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_known_binary_format_is_named(raw: bytes, detail: str) -> None:
    with pytest.raises(UnsupportedFormat, match=detail):
        extract(raw)


@pytest.mark.parametrize("opening", ["RIFFAT: Good morning.", "ID3 tags are our topic.", "OggSter: Hi.", "GIF8 it is."])
def test_a_text_that_begins_like_a_binary_format_is_a_text(opening: str) -> None:
    assert extract(opening.encode()).canonical == opening


@pytest.mark.parametrize(
    "raw",
    [
        b"Ann: He\0llo there." + b" This is long enough to be text." * 9,
        b"\0" * 100,
        b"\xc3\x28" + b"\0\x01\x02" * 20,
        bytes(range(32)) * 4,
        b"\xff\xfe" + "a\0b".encode("utf-16-le") * 50,
    ],
    ids=["one zero byte", "zero bytes", "broken UTF-8 with zeros", "controls", "zeros in UTF-16"],
)
def test_zero_bytes_and_control_characters_are_binary_data(raw: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        extract(raw)


def test_one_control_character_in_a_hundred_is_still_text() -> None:
    assert extract(b"x" * 99 + b"\x07").canonical.endswith("\x07")
    with pytest.raises(UnsupportedFormat, match="2 control characters in 100"):
        extract(b"x" * 98 + b"\x07\x07")


@pytest.mark.parametrize("character", ["\t", "\n", "\r", "\f", "\x0b", "\x1a", "\x1b"], ids=ascii)
def test_controls_that_old_programs_write_into_texts_do_not_count(character: str) -> None:
    assert extract(f"one{character}two".encode()).canonical.startswith("one")


@pytest.mark.parametrize(
    "raw",
    [b"", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xff\xfe\0\0", "\u200b\u00a0\u3000\n".encode(), b"\n" * 9999],
    ids=["no bytes", "white space", "UTF-8 mark", "UTF-16 mark", "UTF-32 mark", "invisible", "line feeds"],
)
def test_a_file_without_a_visible_character_is_empty(raw: bytes) -> None:
    with pytest.raises(EmptyFile, match=f"{len(raw)} bytes"):
        extract(raw)


@settings(deadline=None)
@given(st.binary(max_size=200) | st.text().map(str.encode))
@example(b"\xff\xfe\x00\xd8")
@example(b"+2AA-")
def test_any_bytes_are_a_text_or_refused_with_a_reason(raw: bytes) -> None:
    try:
        extracted = extract(raw)
    except (Undecodable, UnsupportedFormat, EmptyFile) as error:
        assert error.detail  # noqa: PT017 - one of three, not a certain one
    else:
        assert extracted.format == "text"
        assert identify("arrival", raw, extracted.canonical).document_id


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), st.sampled_from(["utf-8-sig", "utf-16", "utf-32"])
)
def test_a_marked_text_comes_back_whole(text: str, codec: str) -> None:
    assert decode(text.encode(codec))[0] == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("language", SPEECHES)
def test_utf_16_and_utf_32_without_a_mark_are_told_by_what_they_say(language: str, codec: str) -> None:
    text = speech(language)
    assert decode(text.encode(codec)) == (text, codec, ())


@pytest.mark.parametrize(
    "raw",
    [
        b"".join(f"{name}\0".encode() for name in ("one.txt", "another.txt", "the last.txt") * 30),
        b"".join(line.encode() + b"\0" for line in SPEECHES["el"][1].splitlines()),
        b"".join(line.encode("cp1251") + b"\0" for line in SPEECHES["ru"][1].splitlines()),
        struct.pack("<400H", *(100 * (n % 90) for n in range(400))),
        struct.pack("<400i", *range(0, 80_000, 200)),
        struct.pack(">200d", *(n / 7 for n in range(200))),
    ],
    ids=["names", "UTF-8 records", "cp1251 records", "shorts", "ints", "doubles"],
)
def test_records_and_numbers_are_not_taken_for_utf_16(raw: bytes) -> None:
    with pytest.raises((UnsupportedFormat, Undecodable)):
        extract(raw)


def test_signs_that_only_windows_has_mean_windows() -> None:
    text = "Ann: “It’s true” – so they say… for 5 €, in a café."
    assert decode(text.encode("cp1252")) == (text, "cp1252", ())


def test_the_only_foreign_letters_may_stand_at_the_end_of_a_long_file() -> None:
    text = "Ann: So we go on, and on.\n" * 20_000 + "Zoë Brontë: The café’s façade, “naïve” as it is…\n"
    assert decode(text.encode("cp1252")).text == text


def test_a_long_file_in_one_line_is_read() -> None:
    text = RUSSIAN.replace("\n", " ") * 200
    assert decode(text.encode("cp1251")).text == text


@pytest.mark.parametrize("escapes", ["\x1b[31mAnn:\x1b[0m Hello.\n", "Ann: It costs \x1b$5.\n"])
def test_escapes_of_a_terminal_are_not_a_japanese_encoding(escapes: str) -> None:
    assert decode(escapes.encode()) == (escapes, "utf-8", ())


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (RUSSIAN.encode() * 3000 + b"\xd0", RUSSIAN * 3000 + "\ufffd"),
        (FRENCH.encode() + b"Ann: caf\xe9.\n" + FRENCH.encode(), FRENCH + "Ann: caf\ufffd.\n" + FRENCH),
        (b"\xef\xbb\xbf" + FRENCH.encode() + b"\xff", FRENCH + "\ufffd"),
        ("Ann: Là, là… voilà".encode()[:-1], "Ann: Là, là… voil\ufffd"),
    ],
    ids=["a megabyte cut in a letter", "a line from elsewhere", "marked", "a short one cut"],
)
def test_a_bad_byte_in_utf_8_costs_one_character_and_is_told(raw: bytes, text: str) -> None:
    assert decode(raw) == (text, "utf-8", ("replacement_characters",))


@given(st.text("abBC \n.,'éÖß„…”жЖяα中¶ Ð\x80"))
def test_what_no_text_has_is_found_by_looking_beside_what_is_not_ascii(text: str) -> None:
    assert legacy._oddities(text) == len(legacy._ODD.findall(text))


@given(st.data())
def test_no_character_of_utf_8_is_lost_beside_a_bad_byte(data: st.DataObject) -> None:
    raw = FRENCH.encode()
    at = data.draw(st.integers(0, len(FRENCH)))
    bad = data.draw(st.sampled_from([b"\xff", b"\xe9", b"\x80", b"\xc3", b"\xf0\x9f"]))
    cut = len(FRENCH[:at].encode())
    decoded = decode(raw[:cut] + bad + raw[cut:])
    assert decoded.warnings == ("replacement_characters",)
    assert decoded.text.replace("\ufffd", "") == FRENCH


@pytest.mark.parametrize(
    ("language", "codec", "bad"),
    [
        ("ru", "cp1251", b"\x98"),
        ("en", "cp1252", b"\x9d"),
        ("he", "cp1255", b"\xd9"),
        ("ja", "euc-jp", b"\xff"),
        ("ko", "cp949", b"\xff"),
    ],
)
def test_a_bad_byte_does_not_keep_a_page_out_of_its_encoding(language: str, codec: str, bad: bytes) -> None:
    raw = speech(language).encode(codec, "ignore") * 4
    cut = raw.index(b" ", len(raw) // 2)
    decoded = decode(raw[:cut] + bad + raw[cut:])
    assert decoded.text == (raw[:cut].decode(codec) + "\ufffd" + raw[cut:].decode(codec))
    assert decoded.warnings == ("replacement_characters",)


def test_a_file_that_had_lost_characters_before_is_told() -> None:
    assert extract("Ann: Caf\ufffd.".encode()).warnings == ("replacement_characters",)


@pytest.mark.parametrize("codec", ["cp1252", "latin-1"])
@pytest.mark.parametrize("language", SPEECHES)
def test_utf_8_read_in_a_western_encoding_is_told_and_not_repaired(language: str, codec: str) -> None:
    spoilt = "".join(bytes([byte]).decode(codec, "ignore") or chr(byte) for byte in speech(language).encode())
    assert decode(spoilt.encode()) == (spoilt, "utf-8", ("mojibake",))


@pytest.mark.parametrize(
    "spoilt",
    [
        "Ann: donâ€™t",
        "Zoë: cafÃ©",
        "Ð¿Ñ€",
        "Ann: itвЂ™s",
        "РџСЂРёРІРµС‚, РєР°Рє РґРµР»Р°? РЎРїР°СЃРёР±Рѕ, С…РѕСЂРѕС€Рѕ.",
        "Zo√´: the caf√©‚Äôs",
        "ï»¿Ann: Hello.",
    ],
)
def test_the_usual_spoilt_texts_are_told(spoilt: str) -> None:
    assert extract(spoilt.encode()).warnings == ("mojibake",)
    assert extract(spoilt.encode("utf-16")).warnings == ("mojibake",)


@pytest.mark.parametrize(
    "good",
    [
        "Auf der Karte steht „MENÜ“, und „CAFÉ“ – «SEÑOR» É » À…",
        "Ana: A IRMÃ – disse “NÃO” à MÃE.",
        "3×½ l, Ø 5 mm, Å. Öst, Îles, Ñandú, Ð og Þ, ±5 °C, √2, √x",
        "Ђорђе: Сёла и Рёбра, Рівне, Січ, Сјајно, Рџ",
        "À bientôt, Ângela… Âge d’or",
    ],
)
def test_signs_in_good_texts_are_no_alarm(good: str) -> None:
    assert decode(good.encode()).warnings == ()


def test_a_line_that_fits_two_encodings_as_well_is_told() -> None:
    line = "Chair: My naïve question is whether the"
    assert decode(line.encode("mac-roman")).warnings == ("encoding_uncertain",)
    assert decode(speech("de").encode("cp1252")).warnings == ()


def test_a_page_that_no_encoding_fits_well_is_told() -> None:
    nonsense = b"".join(
        b"Ann: " + bytes(0x80 + n * step % 128 for n in range(1, 40)) + b".\n" for step in range(3, 60, 2)
    )
    assert "encoding_uncertain" in decode(nonsense).warnings


def test_time_grows_with_the_length_alone() -> None:
    started = time.perf_counter()
    for raw in (RUSSIAN.encode("cp1251") * 10_000, ("Ã" * 1_000_000).encode(), ("Ђ‚√" * 500_000).encode()):
        decode(raw)
    assert time.perf_counter() - started < 10
