"""WHAT IS HANDED ON (pure): texts and files made from what was measured and decided."""
