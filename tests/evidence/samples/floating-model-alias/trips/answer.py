"""Answers questions of customers."""
from openai import OpenAI

client = OpenAI()


def answer(question):
    reply = client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": question}])
    return reply.choices[0].message.content
