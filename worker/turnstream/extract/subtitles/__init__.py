"""Subtitles and captions: text with times, and sometimes with who speaks.

vtt       WebVTT; vtt_file, its blocks; vtt_settings, what a cue's line of times says; vtt_text, the tags in its text
srt, sbv  SubRip, and YouTube's own; lrc, timed lyrics
ttml      TTML and DFXP; ttml_times, its clocks
clock     times of SubRip and its like
cues      what is shown together; rolling, captions that repeat what they have shown; cut, pieces of cues
"""
