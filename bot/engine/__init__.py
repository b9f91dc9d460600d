"""The Rasa agent inside our process: loading, actions, channel, training."""
