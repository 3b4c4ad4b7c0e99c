"""Files of word processors: Word (DOCX, flat OPC), OpenDocument (ODT, FODT), RTF.

zipped      what a ZIP is: one of these, or what to do instead;  package, its members;  compound, old or locked files
docx        Word: its body;  docx_styles, what is bold, hidden or a heading;  flat_opc, all of it in one XML
odt         OpenDocument: its body and its styles;  fodt, all of it in one XML
rtf         RTF;  rtf_codes, its characters
blocks      paragraphs and table rows as pieces;  teams, one export whose paragraphs are cues
markup      XML as events, safely

Read is what the page shows as running text: insertions, not deletions; no hidden text, running heads, notes or
comments; automatic numbers are no text.
"""
