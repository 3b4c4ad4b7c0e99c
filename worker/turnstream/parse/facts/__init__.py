"""What a document says of itself: front matter, dates, places, language; the vocabularies for that."""
