"""WHAT WE ASK: checklist packs in YAML, the one reader, and the linter. Imports nothing of ours."""
