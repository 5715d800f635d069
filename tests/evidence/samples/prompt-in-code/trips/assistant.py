"""Answers questions about invoices."""
import anthropic

SYSTEM_PROMPT = """You are a patient assistant of the billing department. Answer only from the invoices given to you.
If the answer is not in them, say so and name the team that knows. Never promise a refund. Keep answers under five
sentences, use the customer's language, and end with the invoice number you used."""


def answer(client: anthropic.Anthropic, model, question):
    return client.messages.create(model=model, system=SYSTEM_PROMPT, messages=[{"role": "user", "content": question}])
