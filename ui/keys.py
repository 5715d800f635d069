"""Keyboard shortcuts of the questionnaire: which key clicks which element."""

from __future__ import annotations

from collections.abc import Mapping


def shortcuts(targets: Mapping[str, str], *, key: str) -> None:
    """Let keys click elements while nobody is typing.

    `targets` maps a key as the browser names it ("0".."4", "u", "n", "Enter", "ArrowRight") to where it clicks:
    "widget-key" clicks the button, checkbox or first control inside that widget; "widget-key#2" its third option.
    `key` names this component.
    """
