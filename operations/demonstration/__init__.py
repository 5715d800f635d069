"""The demonstration portfolio: invented systems, entered through the operations a user uses, and removed as one."""

from operations.demonstration.load import load_demonstration, remove_demonstration

__all__ = ["load_demonstration", "remove_demonstration"]
