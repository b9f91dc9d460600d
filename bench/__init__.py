"""`make bench`: how fast, how small and how right, beside Rasa's default configuration and nlp.js, in one run."""
