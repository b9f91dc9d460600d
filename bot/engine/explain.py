"""Why a message is understood as it is, for whoever writes the phrasings."""

from __future__ import annotations

import time
from typing import Any

from bot.nlu.parts import questions, what_counts
from bot.nlu.text import fold, stem, words

MOST_RANKED = 5


async def explained(agent: Any, text: str) -> dict[str, Any]:
    """What the agent's model makes of a message.

    Returns:
        intent: what the bot acts on, and its probability.
        decision: `kind` (answer | answer_both | ask | search), `services`, `confidence`, `aspect`; see bot/nlu/decision.py.
        ranking: services, best first, `[{"service": id, "probability": 0-1}]`.
        acts: intents that are no service, best first, `[{"intent": name, "probability": 0-1}]`.
        counts: the text without what was hidden or taken back; equal to the text when nothing was.
        questions: the text's questions, when it may hold several.
        words: each word as written, as it is read and as it is compared, `[{"written", "read", "stem"}]`.
        milliseconds: time to understand it.
    """
    begun = time.perf_counter()
    # A beginning "/" is a button's payload to Rasa; an editor who tries it means the words.
    parsed = await agent.parse_message(text.lstrip("/ "))
    seconds = time.perf_counter() - begun
    counts = what_counts(text)
    ranking = parsed.get("response_selector", {}).get("service", {}).get("ranking", [])
    return {
        "text": text,
        "intent": {"name": parsed["intent"]["name"] or "", "probability": parsed["intent"]["confidence"]},
        "decision": parsed.get("decision", {}),
        "ranking": [
            {"service": one["intent_response_key"].partition("/")[2], "probability": one["confidence"]}
            for one in ranking[:MOST_RANKED]
        ],
        "acts": [
            {"intent": one["name"], "probability": one["confidence"]}
            for one in parsed["intent_ranking"]
            if one["name"] != "service"
        ][:MOST_RANKED],
        "counts": counts,
        "questions": questions(text),
        "words": [
            {"written": written, "read": fold(written), "stem": " ".join(stem(word) for word in words(written))}
            for written in counts.split()
        ],
        "milliseconds": round(seconds * 1000, 1),
    }
