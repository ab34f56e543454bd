"""Governed relations as the planner sees them: what may be moved below them, and what they must not tell."""
