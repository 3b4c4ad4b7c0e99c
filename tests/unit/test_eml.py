"""Mails: the transcript in them is what counts, attached or said, in whatever a mail packs it."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.errors import Encrypted, TurnstreamError, UnsupportedFormat
from turnstream.extract import extract
from turnstream.extract.eml import unpack
from turnstream.extract.formats import packing_of

TALK = "Ann Lee: Good morning. Shall we begin?\n\nBob Ray: Yes, I have read it.\n\nAnn Lee: Thank you.\n"
SPOKEN = [line for line in TALK.splitlines() if line]
PAGE = "".join(f"<p>{line}</p>\n" for line in SPOKEN)


def mail(said: str = TALK, **kwargs: Any) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "ann@example.org", "bob@example.org", "The talk"
    message["Message-ID"] = "<1@example.org>"
    message.set_content(said, **kwargs)
    return message


def lines(raw: bytes) -> list[str]:
    return [line.text for line in extract(raw).lines]


@pytest.mark.parametrize("cte", ["7bit", "quoted-printable", "base64"])
def test_what_a_mail_says_is_the_transcript(cte: str) -> None:
    document = extract(bytes(mail(cte=cte)))
    assert document.canonical.splitlines() == SPOKEN
    assert (document.format, document.encoding) == ("text+eml", "utf-8")


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252"])
def test_text_is_read_in_the_encoding_that_the_mail_names(charset: str) -> None:
    assert lines(bytes(mail("Zoë: déjà vu, señor\n", charset=charset, cte="base64"))) == ["Zoë: déjà vu, señor"]


def test_japanese_mail_of_seven_bits_is_read() -> None:
    assert lines(bytes(mail("鈴木：おはようございます\n", charset="iso-2022-jp"))) == [
        "鈴木:おはようございます".replace(":", "：")
    ]


@pytest.mark.parametrize("charset", [b"", b"; charset=us-ascii", b"; charset=nonsense", b"; charset=iso-8859-1"])
def test_a_mail_that_names_a_wrong_encoding_does_not_spoil_utf8(charset: bytes) -> None:
    head = (
        b"MIME-Version: 1.0\nSubject: x\nContent-Type: text/plain" + charset + b"\nContent-Transfer-Encoding: 8bit\n\n"
    )
    assert lines(head + "Zoë: déjà vu".encode()) == ["Zoë: déjà vu"]


def test_an_attached_transcript_comes_before_what_the_mail_says() -> None:
    message = mail("Please find the transcript attached.\n")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    message.add_attachment(TALK.encode(), maintype="application", subtype="octet-stream", filename="talk.txt")
    assert lines(bytes(message)) == SPOKEN


def test_of_several_kinds_the_surest_is_taken() -> None:
    message = mail("Please find the transcript attached.\n")
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="talk.pdf")
    message.add_attachment(PAGE.encode(), maintype="text", subtype="html", filename="talk.html")
    message.add_attachment(TALK.replace("Ann", "Eve").encode(), maintype="text", subtype="plain", filename="Talk.TXT")
    assert lines(bytes(message))[0] == SPOKEN[0].replace("Ann", "Eve")


def test_several_transcripts_of_a_kind_are_refused_as_only_one_would_be_read() -> None:
    message = mail("Both are attached.\n")
    message.add_attachment(b"Jo: one", maintype="text", subtype="plain", filename="a.txt")
    message.add_attachment(b"Jo: two", maintype="text", subtype="plain", filename="b.txt")
    with pytest.raises(UnsupportedFormat, match=r"2 attachments \.txt"):
        extract(bytes(message))


def test_a_page_beside_a_plain_text_is_read_only_if_that_says_nothing() -> None:
    message = mail("Your program cannot show this mail.\n")
    message.add_alternative(f"<html><body>{PAGE * 2}</body></html>", subtype="html")
    assert lines(bytes(message)) == SPOKEN * 2
    message = mail(TALK)
    message.add_alternative(f"<html><body>{PAGE}<p>one</p></body></html>", subtype="html")
    assert lines(bytes(message)) == SPOKEN


def test_a_forwarded_mail_is_looked_into() -> None:
    inner = mail("See the file.\n")
    inner.add_attachment(TALK.encode(), maintype="text", subtype="plain", filename="talk.txt")
    outer = mail("Forwarded.\n")
    outer.add_attachment(inner)
    assert lines(bytes(outer)) == SPOKEN


def test_lines_that_a_program_wrapped_are_put_together() -> None:
    message = mail("Ann Lee: Good \nmorning, \neverybody.\n> quoted \n> text\n-- \nAnn\n", params={"format": "flowed"})
    found = bytes(message).replace(b"\r\n", b"\n")
    assert lines(found) == ["Ann Lee: Good morning, everybody.", "> quoted", "> text", "--", "Ann"]


def test_a_page_saved_with_all_that_belongs_to_it_is_a_mail() -> None:
    head = b"From: <Saved by Blink>\r\nSubject: Talk\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n"
    body = b'\ttype="text/html"; boundary="b"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<html><body>%b</body></html>'
    css = b"\r\n--b\r\nContent-Type: text/css\r\n\r\np { color: red }\r\n--b--\r\n"
    document = extract(head + body % PAGE.encode() + css)
    assert (document.canonical.splitlines(), document.format) == (SPOKEN, "html+eml")


def test_an_encrypted_mail_is_named_as_such() -> None:
    head = b"MIME-Version: 1.0\nSubject: x\nContent-Type: "
    sealed = head + b'multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n\n--b\n\nx\n--b--\n'
    with pytest.raises(Encrypted):
        extract(sealed)
    with pytest.raises(Encrypted):
        extract(head + b"application/pkcs7-mime; smime-type=enveloped-data\n\nMIIB\n")
    with pytest.raises(Encrypted):
        extract(head + b"text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nabc\n")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(
            b"From jo Mon\nMIME-Version: 1.0\nTo: a\n\nhi\n\nFrom li Tue\nTo: b\n\nhi\n", id="folder of mails"
        ),
        pytest.param(b"MIME-Version: 1.0\nSubject: x\nContent-Type: image/png\n\nx\n", id="no text"),
        pytest.param(b"MIME-Version: 1.0\nSubject: x\n\n", id="nothing"),
    ],
)
def test_a_mail_without_one_text_is_refused(raw: bytes) -> None:
    with pytest.raises(UnsupportedFormat):
        extract(raw)


@pytest.mark.parametrize(
    "text",
    [
        b"Date: 5 May 2009\nFrom: Jo Li\nTo: the press\nSubject: the budget\n\nJo Li: Good morning.\n",
        b"Subject: the budget\n\nMessage-ID: what is it?\nReceived: nothing\n",
        b"From here we go.\nMIME-Version: 1.0\n",
        b"Received: by hand\nJo Li said so.\n",
        b"Jo: hi\nMIME-Version: 1.0\nTo: Li\n",
    ],
)
def test_text_that_only_looks_like_the_head_of_a_mail_is_text(text: bytes) -> None:
    assert packing_of(text) is None


@pytest.mark.parametrize("missing", range(1, 12))
def test_of_base64_that_is_cut_off_what_is_whole_is_read(missing: int) -> None:
    text = b"Jo Li: Good morning.\nAn Bo: Good morning, and welcome.\n"
    head = b"MIME-Version: 1.0\nSubject: x\nContent-Transfer-Encoding: base64\n\n"
    document = extract((head + base64.b64encode(text))[:-missing])
    assert text.decode().startswith(document.canonical)
    assert document.canonical.startswith("Jo Li: Good morning.\nAn Bo: Good morning, and")


def test_a_mail_of_more_parts_than_any_is_refused_before_they_are_read() -> None:
    head = b'MIME-Version: 1.0\nSubject: x\nContent-Type: multipart/mixed; boundary="b"\n\n'
    assert extract(head + b"--b\n\nhi\n" * 900).canonical.splitlines() == ["hi"] * 900
    begin = time.process_time()
    with pytest.raises(UnsupportedFormat, match="more than 1000 parts"):
        extract(head + b"--b\n\nhi\n" * 100_000)
    assert time.process_time() - begin < 5


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "nested parts": lambda n: b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (i, i) for i in range(n // 10)
    ),
    "nested mails": lambda n: b"Content-Type: message/rfc822\n\n" * (n // 10),
    "parts": lambda n: b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\nhi\n" * n,
    "a long field": lambda n: b"Content-Type: text/plain; " + b"a*0=b; " * n + b"\n\nhi",
    "comments in a field": lambda n: b"Content-Type: text/plain " + b"(" * n + b"\n\nhi",
    "a long name": lambda n: b'Content-Disposition: attachment; filename="' + b"=?utf-8?q?a?= " * n + b'"\n\nhi',
    "fields": lambda n: b"X-A: b\n" * n + b"\nhi",
    "a bad boundary": lambda n: b"Content-Type: multipart/mixed; boundary=\n\n" + b"--\n" * n,
    "styles": lambda n: b"Content-Type: text/html\n\n" + b"<style>" * n,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_nobody_sends_is_a_typed_error_at_most_and_takes_little_time(name: str) -> None:
    begin = time.process_time()
    with suppress(TurnstreamError):
        extract(b"MIME-Version: 1.0\nSubject: x\n" + HOSTILE[name](10_000))
    assert time.process_time() - begin < 5


PARTS = [
    *(b"Content-Type: ", b"multipart/mixed", b"text/plain", b"text/html", b"message/rfc822", b"; boundary=b", b"\n--b"),
    *(
        b"--b--",
        b"\n",
        b"\n\n",
        b"hi",
        b"Content-Disposition: attachment",
        b"; filename=a.txt",
        b"; charset=",
        b"utf-8",
    ),
    *(
        b"Content-Transfer-Encoding: ",
        b"base64",
        b"quoted-printable",
        b"x-uuencode",
        b"=",
        b"\xff",
        b'"',
        b"=?utf-8?b?",
    ),
    *(b"; name*0*=utf-8''%zz", b"multipart/encrypted", b"Subject: ", b"\r", b"\0", b"cp037", b"begin 666 x\n"),
]


@given(st.lists(st.sampled_from(PARTS)).map(b"".join))
def test_any_mail_is_unpacked_or_refused_with_a_typed_error(rest: bytes) -> None:
    with suppress(TurnstreamError):
        unpack(b"MIME-Version: 1.0\nSubject: x\n" + rest)
