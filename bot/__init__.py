"""Odder-bot: a municipal help assistant in Danish."""
