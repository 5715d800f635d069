"""Tests of what a repository shows."""
