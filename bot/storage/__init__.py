"""SQL storage. Nothing here knows what a conversation is about."""
