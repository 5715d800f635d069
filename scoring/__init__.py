"""WHAT IT IS WORTH: pure functions from a checklist, answers and evidence to debt, intervals and change."""
