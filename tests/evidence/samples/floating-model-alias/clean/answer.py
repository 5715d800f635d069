"""Answers questions of customers."""
from openai import OpenAI

client = OpenAI()
MODEL = "gpt-4o-2024-08-06"


def answer(question):
    reply = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": question}])
    return reply.choices[0].message.content
