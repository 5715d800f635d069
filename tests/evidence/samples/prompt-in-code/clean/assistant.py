"""Answers questions about invoices."""
from pathlib import Path

import anthropic


def answer(client: anthropic.Anthropic, model, question):
    system = Path("prompts/billing.md").read_text()
    return client.messages.create(model=model, system=system, messages=[{"role": "user", "content": question}])
