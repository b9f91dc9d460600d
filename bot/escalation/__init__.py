"""From bot to human: who waits, who answers, what was promised. Knows nothing of HTTP."""
