"""JSON that says who speaks: the shapes of tools and corpora, and JSON that is no transcript."""

from __future__ import annotations

import json
from typing import Any

import pytest

from turnstream.extract import extract

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
