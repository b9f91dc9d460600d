"""One conversation: what is hidden, what is urgent, what is kept, and who may write how much."""
