import chainlit as cl


@cl.on_message
async def answer(message):
    """Called by the framework that is started with this file."""
    return message
