"""Tests of how things look and are written."""
