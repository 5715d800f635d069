"""Asks a language model."""

import json

from openai import OpenAI

client = OpenAI()


def ask(question):
    response = client.chat.completions.create(model="gpt-4o-2024-08-06", messages=question, max_tokens=300)
    return json.loads(response.choices[0].message.content)
