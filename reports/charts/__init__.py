"""HOW A REPORT IS DRAWN (pure): each chart a function from one part of the report to a Chart."""
