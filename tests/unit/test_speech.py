"""JSON that says who speaks: the shapes of tools and corpora, and JSON that is no transcript."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnstream.errors import Damaged, EmptyFile
from turnstream.extract import extract
from turnstream.extract.speech.fields import seconds

#: Who, what, from when, until when.
Cue = tuple[str | None, str, float | None, float | None]

JO: Cue = ("Speaker 0", "Good morning. How are you?", 0.5, 2.5)
LI: Cue = ("Speaker 1", "Fine, thanks.", 3.0, 4.0)
#: The words of both, each with its times.
WORDS = [
    *(
        ("Good", 0.5, 0.8, 0),
        ("morning.", 0.8, 1.2, 0),
        ("How", 1.5, 1.7, 0),
        ("are", 1.7, 2.0, 0),
        ("you?", 2.0, 2.5, 0),
    ),
    *(("Fine,", 3.0, 3.5, 1), ("thanks.", 3.5, 4.0, 1)),
]
#: … with the marks of punctuation apart.
TOKENS = [
    *(
        ("Good", 0.5, 0.8, 0),
        ("morning", 0.8, 1.2, 0),
        (".", None, None, 0),
        ("How", 1.5, 1.7, 0),
        ("are", 1.7, 2.0, 0),
    ),
    *(("you", 2.0, 2.5, 0), ("?", None, None, 0)),
    *(("Fine", 3.0, 3.5, 1), (",", None, None, 1), ("thanks", 3.5, 4.0, 1), (".", None, None, 1)),
]
TEXT = "Good morning. How are you? Fine, thanks."


def cues(value: Any) -> list[Cue]:
    """What a value is read as, written as JSON."""
    return cues_in(json.dumps(value))


def cues_in(text: str) -> list[Cue]:
    found = extract(text.encode())
    assert found.format in {"json", "jsonl"}
    return [
        (line.speaker, line.text.removeprefix(f"{line.speaker}: "), line.start_s, line.end_s) for line in found.lines
    ]


def named(first: str | None, second: str | None) -> list[Cue]:
    return [(first, *JO[1:]), (second, *LI[1:])]


def timeless(first: str, second: str) -> list[Cue]:
    return [(first, JO[1], None, None), (second, LI[1], None, None)]


def whisper(**more: Any) -> dict[str, Any]:
    texts = [(" Good morning. How are you?", 0.5, 2.5, "SPEAKER_00"), (" Fine, thanks.", 3.0, 4.0, "SPEAKER_01")]
    segments = [
        {"id": n, "seek": 0, "start": start, "end": end, "text": text, "tokens": [50364, 2205], "avg_logprob": -0.2}
        | dict.fromkeys(more.get("who", ()), who)
        for n, (text, start, end, who) in enumerate(texts)
    ]
    return {"text": f" {TEXT}", "segments": segments, "language": "en"}


def aws(*, newer: bool) -> dict[str, Any]:
    def times(start: float | None, end: float | None) -> dict[str, str]:
        return {} if start is None else {"start_time": str(start), "end_time": str(end)}

    items = [
        {
            "type": "pronunciation" if start is not None else "punctuation",
            "alternatives": [{"confidence": "0.99", "content": text}, {"confidence": "0.1", "content": "other"}],
            **times(start, end),
            **({"speaker_label": f"spk_{who}", "id": n} if newer else {}),
        }
        for n, (text, start, end, who) in enumerate(TOKENS)
    ]
    segments = [
        {"start_time": "0.5", "end_time": "2.5", "speaker_label": "spk_0", "items": []},
        {
            "start_time": "3.0",
            "end_time": "4.0",
            "speaker_label": "spk_1",
            "items": [{"start_time": "3.0", "end_time": "3.5", "speaker_label": "spk_1"}],
        },
    ]
    results: dict[str, Any] = {"transcripts": [{"transcript": TEXT}], "items": items}
    results["speaker_labels"] = {"speakers": 2, "channel_label": "ch_0", "segments": segments}
    if newer:
        results["audio_segments"] = [
            {
                "id": 0,
                "transcript": JO[1],
                "start_time": "0.5",
                "end_time": "2.5",
                "speaker_label": "spk_0",
                "items": [0],
            },
            {
                "id": 1,
                "transcript": LI[1],
                "start_time": "3.0",
                "end_time": "4.0",
                "speaker_label": "spk_1",
                "items": [7],
            },
        ]
    return {"jobName": "talk", "accountId": "1", "status": "COMPLETED", "results": results}


def google(*, duration: Any, tag: str) -> dict[str, Any]:
    def word(text: str, start: float, end: float) -> dict[str, Any]:
        return {"startTime": duration(start), "endTime": duration(end), "word": text}

    apart = [[word(*one[:3]) for one in WORDS[:5]], [word(*one[:3]) for one in WORDS[5:]]]
    results = [
        {"alternatives": [{"transcript": text, "confidence": 0.9, "words": words}], "languageCode": "en-us"}
        for text, words in zip((JO[1], LI[1]), apart, strict=True)
    ]
    last = [word(*one[:3]) | {tag: one[3] + 1} for one in WORDS]
    return {"results": [*results, {"alternatives": [{"words": last}], "languageCode": "en-us"}]}


def protobuf(value: float) -> dict[str, Any]:
    whole, rest = divmod(round(value * 10), 10)
    return ({"seconds": str(whole)} if whole else {}) | ({"nanos": rest * 100_000_000} if rest else {})


def azure() -> dict[str, Any]:
    def phrase(cue: Cue, speaker: int) -> dict[str, Any]:
        _, text, start, end = cue
        assert start is not None
        assert end is not None
        best = {"confidence": 0.9, "lexical": text.lower(), "itn": text.lower(), "maskedITN": "", "display": text}
        return {
            "recognitionStatus": "Success",
            "channel": 0,
            "speaker": speaker,
            "offset": f"PT{start}S",
            "duration": f"PT{end - start}S",
            "offsetInTicks": start * 1e7,
            "durationInTicks": (end - start) * 1e7,
            "nBest": [best, best | {"display": "Worse"}],
        }

    combined = {"channel": 0, "lexical": TEXT.lower(), "itn": TEXT, "maskedITN": TEXT, "display": TEXT}
    return {
        "source": "talk.wav",
        "timestamp": "2026-01-02T03:04:05Z",
        "durationInTicks": 45000000,
        "duration": "PT4.5S",
        "combinedRecognizedPhrases": [combined],
        "recognizedPhrases": [phrase(JO, 0), phrase(LI, 1)],
    }


def azure_fast() -> dict[str, Any]:
    def phrase(cue: Cue, speaker: int) -> dict[str, Any]:
        start, end = (cue[2] or 0) * 1000, (cue[3] or 0) * 1000
        words = [{"text": "Good", "offsetMilliseconds": 500, "durationMilliseconds": 300}]
        times = {"offsetMilliseconds": int(start), "durationMilliseconds": int(end - start)}
        return {"channel": 0, "speaker": speaker, **times, "text": cue[1], "words": words, "locale": "en-US"}

    return {
        "durationMilliseconds": 4500,
        "combinedPhrases": [{"text": TEXT}],
        "phrases": [phrase(JO, 0), phrase(LI, 1)],
    }


def watson() -> dict[str, Any]:
    def result(words: list[tuple[str, float, float, int]]) -> dict[str, Any]:
        best = {"transcript": " ".join(word[0] for word in words), "timestamps": [list(word[:3]) for word in words]}
        return {"final": True, "alternatives": [best, {"transcript": "worse"}]}

    labels = [
        {"from": start, "to": end, "speaker": who, "confidence": 0.5, "final": n == len(WORDS) - 1}
        for n, (_, start, end, who) in enumerate(WORDS)
    ]
    return {"result_index": 0, "results": [result(WORDS[:5]), result(WORDS[5:])], "speaker_labels": labels}


def deepgram(*parts: str) -> dict[str, Any]:
    words = [
        {"word": word.lower().strip(".,?"), "start": start, "end": end, "confidence": 0.9, "punctuated_word": word}
        | ({"speaker": who, "speaker_confidence": 0.5} if parts else {})
        for word, start, end, who in WORDS
    ]
    alternative: dict[str, Any] = {"transcript": TEXT, "confidence": 0.9, "words": words}
    results: dict[str, Any] = {"channels": [{"alternatives": [alternative]}]}
    if "paragraphs" in parts:
        first = [
            {"text": "Good morning.", "start": 0.5, "end": 1.2},
            {"text": "How are you?", "start": 1.5, "end": 2.5},
        ]
        paragraphs = [
            {"sentences": first, "speaker": 0, "num_words": 5, "start": 0.5, "end": 2.5},
            {"sentences": [{"text": LI[1], "start": 3.0, "end": 4.0}], "speaker": 1, "start": 3.0, "end": 4.0},
        ]
        alternative["paragraphs"] = {"transcript": f"\nSpeaker 0: {JO[1]}\n", "paragraphs": paragraphs}
    if "utterances" in parts:
        results["utterances"] = [
            {"start": 0.5, "end": 2.5, "channel": 0, "transcript": JO[1], "words": words[:5], "speaker": 0, "id": "a"},
            {"start": 3.0, "end": 4.0, "channel": 0, "transcript": LI[1], "words": words[5:], "speaker": 1, "id": "b"},
        ]
    return {"metadata": {"channels": 1, "duration": 4.5, "models": ["m"]}, "results": results}


def assembly(*, utterances: bool) -> dict[str, Any]:
    words = [
        {"text": word, "start": int(start * 1000), "end": int(end * 1000), "confidence": 0.9}
        | {"speaker": "AB"[who] if utterances else None}
        for word, start, end, who in WORDS
    ]
    said = [
        {"speaker": "A", "text": JO[1], "start": 500, "end": 2500, "confidence": 0.9, "words": words[:5]},
        {"speaker": "B", "text": LI[1], "start": 3000, "end": 4000, "confidence": 0.9, "words": words[5:]},
    ]
    return {
        "id": "x",
        "status": "completed",
        "text": TEXT,
        "words": words,
        "utterances": said if utterances else None,
        "sentiment_analysis_results": [
            {"text": "Good morning.", "start": 500, "end": 1200, "sentiment": "POSITIVE", "speaker": "A"},
            {"text": "How are you?", "start": 1500, "end": 2500, "sentiment": "NEUTRAL", "speaker": "A"},
            {"text": "Fine, thanks.", "start": 3000, "end": 4000, "sentiment": "POSITIVE", "speaker": "B"},
        ],
        "entities": [{"entity_type": "date", "text": "morning", "start": 800, "end": 1200}],
    }


def speechmatics_v2() -> dict[str, Any]:
    def result(text: str, start: float | None, end: float | None, who: int, before: float) -> dict[str, Any]:
        mark = {"attaches_to": "previous", "is_eos": text in ".?"} if start is None else {}
        times = {"start_time": before if start is None else start, "end_time": before if end is None else end}
        alternative = {"confidence": 0.9, "content": text, "language": "en", "speaker": f"S{who + 1}"}
        return {"alternatives": [alternative], "type": "punctuation" if mark else "word", **times, **mark}

    ends = [0.5, *(end or TOKENS[n - 1][2] or 0 for n, (_, _, end, _) in enumerate(TOKENS))]
    results = [result(*token, before) for token, before in zip(TOKENS, ends, strict=False)]
    return {"format": "2.9", "job": {"id": "1"}, "metadata": {"type": "transcription"}, "results": results}


def speechmatics_v1() -> dict[str, Any]:
    def spoken(name: str, start: float, end: float) -> dict[str, Any]:
        return {"duration": f"{end - start:.2f}", "confidence": None, "name": name, "time": f"{start:.2f}"}

    words = [spoken(text, start or 0.0, end or 0.0) for text, start, end, _ in TOKENS if start is not None]
    words.insert(2, spoken(".", 1.2, 1.2))
    words.insert(6, spoken("?", 2.5, 2.5))
    words.insert(8, spoken(",", 3.5, 3.5))
    words.append(spoken(".", 4.0, 4.0))
    speakers = [spoken("F1", 0.5, 2.6), spoken("M2", 3.0, 4.1)]
    return {"job": {"id": 1, "name": "talk.mp4"}, "speakers": speakers, "words": words, "format": "1.0"}


def bbc_kaldi() -> dict[str, Any]:
    words = [
        {"start": start, "end": end, "confidence": 0.9, "word": word.lower().strip(".,?"), "punct": word, "index": n}
        for n, (word, start, end, _) in enumerate(WORDS)
    ]
    segments = [
        {"@type": "Segment", "start": start, "duration": 2.0, "bandwidth": "S", "speaker": {"@id": who, "gender": "F"}}
        for start, who in ((0.5, "S0"), (2.9, "S4"))
    ]
    speakers = [{"@id": "S0", "gender": "F"}, {"@id": "S4", "gender": "F"}]
    segmentation = {"@type": "Segmentation", "segments": segments, "speakers": speakers}
    return {"action": "audio-transcribe", "retval": {"punct": TEXT, "words": words, "segmentation": segmentation}}


def paper_edit() -> dict[str, Any]:
    words = [{"id": n, "start": start, "end": end, "text": word} for n, (word, start, end, _) in enumerate(WORDS)]
    paragraphs = [
        {"id": 0, "start": 0.5, "end": 1.2, "speaker": "Jo Li"},
        {"id": 1, "start": 1.5, "end": 2.5, "speaker": "Jo Li"},
        {"id": 2, "start": 3.0, "end": 4.0, "speaker": "U_UKN"},
    ]
    return {"words": words, "paragraphs": paragraphs}


def rev(**more: Any) -> dict[str, Any]:
    def elements(words: list[tuple[str, float, float, int]]) -> list[dict[str, Any]]:
        said: list[dict[str, Any]] = []
        for text, start, end, _ in words:
            mark = text[-1] if not text[-1].isalpha() else ""
            said.append({"type": "text", "value": text.rstrip(".,?"), "ts": start, "end_ts": end, "confidence": 0.9})
            said.append({"type": "punct", "value": f"{mark} "})
        return said

    monologues = [{"speaker": 0, "elements": elements(WORDS[:5])}, {"speaker": 1, "elements": elements(WORDS[5:])}]
    return {"monologues": monologues, **more}


def otter() -> dict[str, Any]:
    said = [
        {"transcript": JO[1], "speaker_id": 77, "start_offset": 8000, "end_offset": 40000, "id": 1},
        {"transcript": LI[1], "speaker_id": 78, "start_offset": 48000, "end_offset": 64000, "id": 2},
    ]
    speakers = [{"id": 77, "speaker_name": "Jo Li"}, {"id": 78, "speaker_name": "Ann Bo"}]
    return {"speech": {"otid": "x", "title": "Weekly", "transcripts": said, "speakers": speakers}, "status": "OK"}


def eleven() -> dict[str, Any]:
    words: list[dict[str, Any]] = []
    for word, start, end, who in WORDS:
        words.append({"text": word, "start": start, "end": end, "type": "word", "speaker_id": f"speaker_{who}"})
        words.append({"text": " ", "start": end, "end": end, "type": "spacing", "speaker_id": f"speaker_{who}"})
    return {"language_code": "en", "text": TEXT, "words": words}


def soniox() -> dict[str, Any]:
    tokens = [
        *(("Go", 500, 650, "1"), ("od", 650, 800, "1"), (" morning", 800, 1200, "1"), (".", 1200, 1200, "1")),
        *((" How", 1500, 1700, "1"), (" are", 1700, 2000, "1"), (" you", 2000, 2500, "1"), ("?", 2500, 2500, "1")),
        *((" Fi", 3000, 3200, "2"), ("ne", 3200, 3500, "2"), (",", 3500, 3500, "2"), (" thanks", 3500, 4000, "2")),
        (".", 4000, 4000, "2"),
    ]
    rows = [{"text": text, "start_ms": a, "end_ms": b, "confidence": 1.0, "speaker": who} for text, a, b, who in tokens]
    return {"id": "x", "text": TEXT, "tokens": rows}


SHAPES: dict[str, tuple[Any, list[Cue]]] = {
    "whisper": (whisper(), named(None, None)),
    "whisper with speakers": (whisper(who=["speaker"]), named("SPEAKER_00", "SPEAKER_01")),
    "whisperx": (
        whisper(who=["speaker"])
        | {
            "word_segments": [
                {"word": word, "start": start, "end": end, "score": 0.9, "speaker": f"SPEAKER_0{who}"}
                for word, start, end, who in WORDS
            ]
        },
        named("SPEAKER_00", "SPEAKER_01"),
    ),
    "whisper.cpp": (
        {
            "systeminfo": "AVX = 1",
            "model": {"type": "base"},
            "result": {"language": "en"},
            "transcription": [
                {
                    "timestamps": {"from": "00:00:00,500", "to": "00:00:02,500"},
                    "offsets": {"from": 500, "to": 2500},
                    "text": f" {JO[1]}",
                },
                {
                    "timestamps": {"from": "00:00:03,000", "to": "00:00:04,000"},
                    "offsets": {"from": 3000, "to": 4000},
                    "text": f" {LI[1]}",
                },
            ],
        },
        named(None, None),
    ),
    "transformers chunks": (
        {"text": TEXT, "chunks": [{"timestamp": [0.5, 2.5], "text": JO[1]}, {"timestamp": [3.0, 4.0], "text": LI[1]}]},
        named(None, None),
    ),
    "openai diarized": (
        {
            "text": TEXT,
            "segments": [
                {"type": "transcript.text.segment", "id": "a", "start": 0.5, "end": 2.5, "text": JO[1], "speaker": "A"},
                {"type": "transcript.text.segment", "id": "b", "start": 3.0, "end": 4.0, "text": LI[1], "speaker": "B"},
            ],
        },
        named("A", "B"),
    ),
    "aws": (aws(newer=False), named("spk_0", "spk_1")),
    "aws with audio segments": (aws(newer=True), named("spk_0", "spk_1")),
    "aws call analytics": (
        {
            "Transcript": [
                {"ParticipantRole": "AGENT", "Content": JO[1], "BeginOffsetMillis": 500, "EndOffsetMillis": 2500},
                {"ParticipantRole": "CUSTOMER", "Content": LI[1], "BeginOffsetMillis": 3000, "EndOffsetMillis": 4000},
            ],
            "JobStatus": "COMPLETED",
        },
        named("AGENT", "CUSTOMER"),
    ),
    "google, protobuf": (google(duration=protobuf, tag="speakerTag"), named("Speaker 1", "Speaker 2")),
    "google, seconds": (google(duration=lambda s: f"{s:.3f}s", tag="speaker_tag"), named("Speaker 1", "Speaker 2")),
    "google v2": (
        {
            "results": [
                {
                    "alternatives": [
                        {
                            "transcript": text,
                            "words": [
                                {
                                    "startOffset": f"{a}s",
                                    "endOffset": f"{b}s",
                                    "word": word,
                                    "speakerLabel": str(who + 1),
                                }
                                for word, a, b, who in words
                            ],
                        }
                    ],
                    "resultEndOffset": "4s",
                    "languageCode": "en-us",
                }
                for text, words in ((JO[1], WORDS[:5]), (LI[1], WORDS[5:]))
            ],
            "metadata": {"totalBilledDuration": "5s"},
        },
        named("Speaker 1", "Speaker 2"),
    ),
    "azure": (azure(), named("Speaker 0", "Speaker 1")),
    "azure fast": (azure_fast(), named("Speaker 0", "Speaker 1")),
    "azure conversation": (
        [
            {
                "RecognitionStatus": "Success",
                "Offset": 5000000,
                "Duration": 20000000,
                "DisplayText": JO[1],
                "SpeakerId": "Guest-1",
            },
            {
                "RecognitionStatus": "Success",
                "Offset": 30000000,
                "Duration": 10000000,
                "DisplayText": LI[1],
                "SpeakerId": "Guest-2",
            },
        ],
        named("Guest-1", "Guest-2"),
    ),
    "azure video indexer": (
        {
            "name": "talk",
            "videos": [
                {
                    "insights": {
                        "transcript": [
                            {
                                "id": 1,
                                "text": JO[1],
                                "speakerId": 1,
                                "instances": [{"start": "0:00:00.5", "end": "0:00:02.5"}],
                            },
                            {
                                "id": 2,
                                "text": LI[1],
                                "speakerId": 2,
                                "instances": [{"start": "0:00:03", "end": "0:00:04"}],
                            },
                        ],
                        "speakers": [{"id": 1, "name": "Speaker #1"}, {"id": 2, "name": "Ann Bo"}],
                        "ocr": [{"id": 1, "text": "EXIT", "instances": [{"start": "0:00:00", "end": "0:00:02"}]}],
                    }
                }
            ],
        },
        named("Speaker #1", "Ann Bo"),
    ),
    "watson": (watson(), named("Speaker 0", "Speaker 1")),
    "watson, a list of results": ({"results": [watson()]}, named("Speaker 0", "Speaker 1")),
    "deepgram": (deepgram("words"), named("Speaker 0", "Speaker 1")),
    "deepgram paragraphs": (deepgram("words", "paragraphs"), named("Speaker 0", "Speaker 1")),
    "deepgram utterances": (deepgram("words", "paragraphs", "utterances"), named("Speaker 0", "Speaker 1")),
    "assemblyai": (assembly(utterances=True), named("A", "B")),
    "speechmatics 2": (speechmatics_v2(), named("S1", "S2")),
    "speechmatics 1": (speechmatics_v1(), named("F1", "M2")),
    "bbc kaldi": (bbc_kaldi(), named("S0", "S4")),
    "digital paper edit": (paper_edit(), named("Jo Li", "U_UKN")),
    "rev.ai": (rev(), named("Speaker 0", "Speaker 1")),
    "rev.ai with names": (
        rev(speakers=[{"id": 0, "name": "Jo Li"}, {"id": 1, "name": "Ann Bo"}]),
        named("Jo Li", "Ann Bo"),
    ),
    "elevenlabs": (eleven(), named("speaker_0", "speaker_1")),
    "soniox": (soniox(), named("Speaker 1", "Speaker 2")),
    "happy scribe": (
        [
            {
                "speaker": who,
                "words": [
                    {"text": f"{word} ", "type": "text", "data_start": start, "data_end": end}
                    for word, start, end, number in WORDS
                    if number == wanted
                ],
            }
            for wanted, who in enumerate(("Speaker 1", "Speaker 2"))
        ],
        named("Speaker 1", "Speaker 2"),
    ),
    "recall": (
        [
            {
                "participant": {"id": 100 + wanted, "name": who, "is_host": True},
                "words": [
                    {
                        "text": word,
                        "start_timestamp": {"relative": start, "absolute": "2026-01-02T03:04:05Z"},
                        "end_timestamp": {"relative": end, "absolute": "2026-01-02T03:04:06Z"},
                    }
                    for word, start, end, number in WORDS
                    if number == wanted
                ],
            }
            for wanted, who in enumerate(("Jo Li", "Ann Bo"))
        ],
        named("Jo Li", "Ann Bo"),
    ),
    "fireflies": (
        {
            "data": {
                "transcript": {
                    "title": None,
                    "sentences": [
                        {
                            "index": 0,
                            "speaker_name": "Jo Li",
                            "speaker_id": 0,
                            "text": JO[1],
                            "start_time": 0.5,
                            "end_time": 2.5,
                        },
                        {
                            "index": 1,
                            "speaker_name": "Ann Bo",
                            "speaker_id": 1,
                            "text": LI[1],
                            "start_time": 3,
                            "end_time": 4,
                        },
                    ],
                }
            }
        },
        named("Jo Li", "Ann Bo"),
    ),
    "gladia": (
        {
            "result": {
                "metadata": {"audio_duration": 4.5},
                "transcription": {
                    "full_transcript": TEXT,
                    "utterances": [
                        {
                            "text": JO[1],
                            "start": 0.5,
                            "end": 2.5,
                            "speaker": 0,
                            "words": [{"word": "Good", "start": 0.5, "end": 0.8}],
                        },
                        {"text": LI[1], "start": 3.0, "end": 4.0, "speaker": 1, "words": []},
                    ],
                },
                "translation": {
                    "results": [{"utterances": [{"text": "Bonjour.", "start": 0.5, "end": 2.5, "speaker": 0}]}]
                },
            }
        },
        named("Speaker 0", "Speaker 1"),
    ),
    "qmsum": (
        {
            "topic_list": [{"topic": "Greetings", "relevant_text_span": [["0", "1"]]}],
            "general_query_list": [{"query": "What is said?", "answer": "Good morning."}],
            "meeting_transcripts": [{"speaker": "Grad D", "content": JO[1]}, {"speaker": "PhD F", "content": LI[1]}],
        },
        timeless("Grad D", "PhD F"),
    ),
    "parallel lists": (
        {"id": "NPR-1", "utt": [JO[1], LI[1]], "speaker": ["JO LI", "ANN BO"]},
        timeless("JO LI", "ANN BO"),
    ),
    "a list of one's own": (
        [{"Speaker Name": "Jo Li", "Text": JO[1]}, {"Speaker Name": "Ann Bo", "Text": LI[1]}],
        timeless("Jo Li", "Ann Bo"),
    ),
    "by section": (
        {
            "prepared_remarks": [{"speaker": "Operator", "speech": JO[1]}],
            "questions_and_answers": [{"speaker": "Ann Bo", "speech": LI[1]}],
        },
        timeless("Operator", "Ann Bo"),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shapes_of_tools_say_the_same(shape: str) -> None:
    value, expected = SHAPES[shape]
    assert cues(value) == expected


def test_otter_counts_samples_and_keeps_its_title_and_its_names_apart() -> None:
    assert cues(otter()) == [(None, "Weekly", None, None), *named("Jo Li", "Ann Bo")]


def test_chinese_words_have_no_blanks_between_them_and_others_have() -> None:
    words = [("你", 0.0), ("好", 0.2), ("，", 0.3), ("Jo", 0.4), ("再见", 0.6), ("。", 0.7)]
    rows = [{"speaker": "A", "word": word, "start": at, "end": at + 0.1} for word, at in words]
    assert [cue[1] for cue in cues({"words": rows})] == ["你好， Jo 再见。"]


def test_tokenised_texts_stay_as_they_are() -> None:
    assert cues([{"speaker": "Grad D", "content": "Yeah . Go ahead ."}])[0][1] == "Yeah . Go ahead ."


def test_words_of_nobody_are_a_cue_a_sentence() -> None:
    words = [{"word": word, "start": start, "end": end} for word, start, end, _ in WORDS]
    assert [cue[:2] for cue in cues({"text": TEXT, "words": words})] == [
        (None, "Good morning."),
        (None, "How are you?"),
        (None, "Fine, thanks."),
    ]


def test_words_beside_every_span_are_nobodys() -> None:
    words = [{"text": "hello", "start": 1.0, "end": 1.5}, {"text": "there", "start": 60.0, "end": 60.5}]
    spans = [{"speaker": "S0", "start": 0.0, "end": 2.0}, {"speaker": "S1", "start": 90.0, "end": 95.0}]
    assert [cue[:2] for cue in cues({"words": words, "diarization": spans})] == [("S0", "hello"), (None, "there")]


def test_words_in_a_short_pause_of_one_speaker_are_that_speakers() -> None:
    words = [{"text": text, "start": at, "end": at + 0.5} for text, at in (("one", 1.0), ("two", 4.0), ("three", 7.0))]
    spans = [{"speaker": "S0", "start": 0.0, "end": 2.0}, {"speaker": "S0", "start": 6.5, "end": 9.0}]
    assert [cue[:2] for cue in cues({"words": words, "segments": spans})] == [("S0", "one two three")]


def test_channels_are_put_in_order_and_are_who_speaks() -> None:
    def channel(words: list[tuple[str, float, float, int]]) -> dict[str, Any]:
        stamped = [{"word": word, "start": start, "end": end, "confidence": 1.0} for word, start, end, _ in words]
        return {"alternatives": [{"transcript": " ".join(word[0] for word in words), "words": stamped}]}

    value = {"metadata": {"channels": 2}, "results": {"channels": [channel(WORDS[5:]), channel(WORDS[:5])]}}
    assert cues(value) == [("Channel 1", *JO[1:]), ("Channel 0", *LI[1:])]


def test_channels_are_named_as_the_file_does() -> None:
    def items(words: list[tuple[str, float, float, int]]) -> list[dict[str, Any]]:
        return [
            {
                "start_time": str(start),
                "end_time": str(end),
                "alternatives": [{"content": word}],
                "type": "pronunciation",
            }
            for word, start, end, _ in words
        ]

    channels = [
        {"channel_label": "ch_0", "items": items(WORDS[:5])},
        {"channel_label": "ch_1", "items": items(WORDS[5:])},
    ]
    value = {"results": {"transcripts": [{"transcript": TEXT}], "channel_labels": {"channels": channels}}}
    assert cues(value) == named("ch_0", "ch_1")


def test_the_last_result_of_google_stands_for_all_only_if_it_has_all() -> None:
    value = google(duration=protobuf, tag="speakerTag")
    for result in value["results"]:
        for word in result["alternatives"][0]["words"]:
            word["speakerTag"] = 1
    value["results"].pop()
    assert cues(value) == [("Speaker 1", TEXT, 0.5, 4.0)]


def test_interim_results_are_left_out() -> None:
    rows = [
        {"speaker": 0, "transcript": "good mourning", "start": 0.5, "is_final": False},
        {"speaker": 0, "transcript": "Good morning.", "start": 0.5, "is_final": True},
    ]
    assert [cue[1] for cue in cues(rows)] == ["Good morning."]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        ("SPEAKER_01", "SPEAKER_01"),
        ("A", "A"),
        ("2", "Speaker 2"),
        (0, "Speaker 0"),
        (3.0, "Speaker 3"),
        (-1, None),
        (None, None),
        ("", None),
        ("Jo Li:", "Jo Li"),
        ({"first_name": "Jo", "last_name": "Li", "id": 4}, "Jo Li"),
        (True, None),
        (1.5, None),
        ("x" * 300, None),
        ({"id": 4, "name": "Jo Li"}, "Jo Li"),
        ({"@id": "S12", "gender": "F"}, "S12"),
        ({"name": {"first": "Jo"}, "id": 7}, "Speaker 7"),
        (["Jo Li", "Ann Bo"], "Jo Li, Ann Bo"),
    ],
)
def test_a_speaker_is_named_as_the_file_does(value: Any, label: str | None) -> None:
    rows = [{"speaker": "Other", "text": "Hello."}, {"speaker": value, "text": "Yes."}]
    assert cues(rows)[1][0] == label


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("5.24", 1.0, 5.24),
        ("12.9s", 1.0, 12.9),
        ("00:01:02,500", 1.0, 62.5),
        ("1:02.5", 1.0, 62.5),
        ("PT1M2.5S", 1.0, 62.5),
        ("PT", 1.0, None),
        (1500, 1e-3, 1.5),
        ({"seconds": "12", "nanos": 900000000}, 1.0, 12.9),
        ({}, 1.0, 0.0),
        ({"relative": 1.5, "absolute": "2026-01-02T03:04:05Z"}, 1.0, 1.5),
        ("2026-01-02T03:04:05Z", 1.0, None),
        (1767323045, 1.0, None),
        (-1, 1.0, None),
        (float("inf"), 1.0, None),
        (float("nan"), 1.0, None),
        (True, 1.0, None),
        ([1], 1.0, None),
        ("soon", 1.0, None),
    ],
)
def test_times_are_read_however_they_are_written(written: Any, unit: float, expected: float | None) -> None:
    assert seconds(written, unit) == expected


def test_a_title_over_all_of_it_stands_before_it_and_one_of_a_section_does_not() -> None:
    sections = [{"title": f"Part {n}", "turns": [{"speaker": "Jo Li", "text": "Hello."}]} for n in range(2)]
    assert cues({"title": "A talk", "sections": sections})[0][1] == "A talk"
    assert all("Part" not in cue[1] for cue in cues({"title": "A talk", "sections": sections}))


def test_the_same_transcript_has_the_same_canonical_text_as_a_text_and_as_json() -> None:
    rows = [
        {"speaker": "Jo Li", "text": "Good morning."},
        {"speaker": "Jo Li", "text": "How are you?"},
        {"speaker": "Ann Bo", "text": "Fine,\n thanks."},
    ]
    text = f"Jo Li: {JO[1]}\nAnn Bo: {LI[1]}\n"
    forms = (json.dumps(rows), json.dumps({"turns": rows}, indent=2), "\n".join(map(json.dumps, rows)))
    assert {extract(form.encode()).canonical for form in forms} == {extract(text.encode()).canonical}


def test_json_lines_are_a_list() -> None:
    rows = [{"speaker": "Jo Li", "text": JO[1]}, {"speaker": "Ann Bo", "text": LI[1]}]
    for between in ("\n", "\r\n", "\n\n"):
        assert cues_in(between.join(map(json.dumps, rows)) + between) == timeless("Jo Li", "Ann Bo")
    assert cues_in("\n".join(json.dumps(row, indent=2) for row in rows)) == timeless("Jo Li", "Ann Bo")


def test_a_transcript_that_is_one_string_is_read_as_the_text_it_is() -> None:
    text = "Jo Li: Good morning, how are you today?\nAnn Bo: Fine, thanks.\nJo Li: Good."
    assert extract(json.dumps({"status": "ok", "transcript": text}).encode()).canonical == text
    assert extract(json.dumps({"text": text, "usage": {"type": "tokens"}}).encode()).canonical == text


def test_recorders_of_speech_without_times_are_read_as_their_texts() -> None:
    results = [{"alternatives": [{"transcript": text}, {"transcript": "worse"}]} for text in (JO[1], LI[1])]
    assert extract(json.dumps({"results": results}).encode()).canonical == f"{JO[1]}\n{LI[1]}"


def test_what_repeats_a_part_of_the_transcript_is_left_out() -> None:
    rows = [{"speaker": "AB"[n % 2], "text": f"This is the sentence that has the number {n}."} for n in range(9)]
    value = {"highlights": rows[3:6], "transcript": rows, "closing": [{"speaker": "C", "text": "And that was all."}]}
    assert [cue[1] for cue in cues(value)] == [*(row["text"] for row in rows), "And that was all."]


def test_names_that_others_have_too_are_speakers_where_they_come_again() -> None:
    rows = [{"name": name, "text": f"Good morning, I am {name}."} for name in ("Jo", "Ann", "Jo", "Li")]
    assert [cue[0] for cue in cues(rows)] == ["Jo", "Ann", "Jo", "Li"]
    timed = [{**row, "start": n * 2.5, "end": n * 2.5 + 2} for n, row in enumerate(rows)]
    assert cues({"extra": {"key": "x" * 900}, "turns": timed})[1] == ("Ann", "Good morning, I am Ann.", 2.5, 4.5)


NO_TRANSCRIPTS: dict[str, Any] = {
    "package": {
        "name": "thing",
        "version": "1.0.0",
        "description": "A thing.",
        "contributors": [{"name": "Jo Li", "email": "jo@example.org"}, {"name": "Jo Li", "url": "x"}],
        "scripts": {"test": "jest"},
    },
    "geojson": {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [1.5, 2.5]},
                "properties": {"name": "Pier", "description": "A pier."},
            }
        ],
    },
    "products": [{"name": f"Lamp {n}", "description": "It shines.", "price": 9.5} for n in range(9)],
    "config": {"server": {"host": "localhost", "port": 80}, "users": [{"name": "jo", "role": "admin"}]},
    "log": [{"time": "10:15:02", "level": "info", "message": "started"} for _ in range(9)],
    "questions": [{"name": f"q{n}", "text": "How old are you?"} for n in range(9)],
    "found names": {
        "text": "Jo met Li.",
        "ents": [{"start": 0, "end": 2, "text": "Jo"}, {"start": 7, "end": 9, "text": "Li"}],
    },
    "notebook": {
        "cells": [
            {"cell_type": "code", "source": ["print('a')\n" * 40], "outputs": [{"name": "stdout", "text": ["a\n"]}] * 4}
        ],
        "nbformat": 4,
    },
    "talks": [{"speaker": "Jo Li", "title": "On piers", "abstract": "All of them."}],
    "api": {"paths": {"/x": {"parameters": [{"name": "q", "in": "query", "description": "What to find."}]}}},
    "an address": {"transcript": "https://example.org/transcripts/of/today.json", "text": "x"},
    "numbers": [[1, 2], [3, 4]],
    "nothing": [{}],
}


@pytest.mark.parametrize("name", NO_TRANSCRIPTS)
@pytest.mark.parametrize("indent", [None, 2])
def test_json_that_is_no_transcript_is_plain_text(name: str, indent: int | None) -> None:
    text = json.dumps(NO_TRANSCRIPTS[name], indent=indent)
    found = extract(text.encode())
    assert found.format == "text"
    assert all(line.speaker is None for line in found.lines)


@pytest.mark.parametrize(
    "text",
    [
        "[Music]\n\nJo Li: Good morning.\n",
        "[[Page 5]]\n\nThe Chairman. Good morning.",
        "[00:12] Jo Li: Good morning.",
        '{"quoted": beginnings} of a text',
        '["Good morning"] is what Jo said.',
        "{\\an8}Good morning.",
        "[{x}]",
        "[",
        "{",
        '{"',
        '{"a',
        '{"a":',
    ],
)
def test_a_text_that_only_begins_so_is_plain_text(text: str) -> None:
    assert extract(text.encode()).format == "text"


def test_what_is_whole_of_a_file_that_breaks_off_is_read() -> None:
    rows = [{"speaker": "Jo Li" if n % 2 else "Ann Bo", "text": f"This is number {n}."} for n in range(20)]
    for indent in (None, 2):
        text = json.dumps({"title": "A talk", "turns": rows}, indent=indent)
        for length in range(text.index("number 9"), text.index("number 10")):
            found = extract(text[:length].encode())
            assert found.warnings == ("truncated",)
            assert "number 8." in found.canonical
            assert "number 10" not in found.canonical


def test_what_stands_before_a_break_in_the_middle_is_read() -> None:
    found = extract(b'[{"speaker": "Jo Li", "text": "Hello."}, {"speaker": oops, "text": "x"}, {"speaker": "Jo Li"}]')
    assert (found.warnings, found.canonical) == (("damaged",), "Jo Li: Hello.")


def test_broken_lines_are_passed_over() -> None:
    whole = b'{"speaker": "Jo Li", "text": "Hello."}\n'
    found = extract(whole + b'{"speaker": "Ann\n' + whole)
    assert (found.warnings, found.canonical) == (("damaged",), "Jo Li: Hello. Hello.")
    found = extract(whole + whole + b'{"speaker": "Ann')
    assert (found.warnings, found.canonical) == (("truncated",), "Jo Li: Hello. Hello.")


def test_a_list_that_something_else_follows_is_read() -> None:
    found = extract(b'[{"speaker": "Jo Li", "text": "Hello."}]\nmodule.exports = all\nthat\n')
    assert (found.format, found.warnings, found.canonical) == ("json", ("damaged",), "Jo Li: Hello.")


def test_halves_of_pairs_and_control_characters_do_not_reach_the_text() -> None:
    found = extract(rb'[{"speaker": "Jo\u0000Li", "text": "a \ud83d\ude00 \udc00 b\u0007"}]')
    assert found.canonical == "Jo Li: a \U0001f600 \ufffd b"
    assert found.warnings == ("replacement_characters",)


def test_of_duplicate_keys_the_last_counts() -> None:
    assert cues_in('[{"speaker": "Jo", "text": "No.", "speaker": "Li", "text": "Yes."}]') == [
        ("Li", "Yes.", None, None)
    ]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, "-1", "1e-999"])
def test_odd_numbers_are_no_times(number: str) -> None:
    found = cues_in(f'[{{"speaker": "Jo Li", "text": "Yes.", "start": {number}, "end": {number}}}]')
    assert found[0][:2] == ("Jo Li", "Yes.")
    assert found[0][2] in {None, 0.0}
    assert cues_in(f'[{{"speaker": "Jo Li", "text": "Yes.", "start": 0, "end": {number}}}]')[0][:2] == ("Jo Li", "Yes.")


@pytest.mark.parametrize(
    "text",
    [
        '{"a":' * 10_000 + "1" + "}" * 10_000,
        '[{"a":' * 10_000,
        "[" * 1_000_000,
        '{"a":' * 300 + "1" + "}" * 300,
    ],
    ids=["objects", "cut off", "a million", "just too deep"],
)
def test_what_is_nested_deeper_than_anybody_writes_is_damaged(text: str) -> None:
    with pytest.raises(Damaged, match="nested deeper"):
        extract(text.encode())


KEYS = (
    *("speaker", "text", "words", "start", "end", "results", "alternatives", "timestamps", "speakers", "name", "time"),
    *("items", "speaker_labels", "segments", "title", "transcript", "content", "speakerTag", "word", "duration"),
    *("channels", "type", "id"),
)
ODD = st.sampled_from(["Jo Li", "1", "0:05"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | ODD,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=30,
)


@given(JSON, st.integers(0, 400))
def test_any_value_and_any_part_of_it_is_read_or_refused_for_a_reason(value: Any, length: int) -> None:
    text = json.dumps(value)
    for part in (text, text[:length], f"{text}\n{text}"):
        with suppress(EmptyFile, Damaged):
            extract(part.encode())
