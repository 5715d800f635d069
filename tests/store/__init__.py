"""Tests of what is kept and found again."""
