"""Danish language understanding as Rasa graph components; named one by one in `config.yml`."""
