"""What the bot says: replies built from the catalogue and the Danish text file, with no knowledge of Rasa or the web."""
