"""Tests of scoring: what an assessment is worth."""
