"""Rasa actions. Thin: read the tracker, ask bot/answers, send the reply. Run in-process, or as a server with `rasa run actions`."""
