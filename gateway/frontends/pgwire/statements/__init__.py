"""Statements that the session itself answers: what they say. Carrying them out is `commands`' work."""
