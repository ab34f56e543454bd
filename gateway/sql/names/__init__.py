"""Names to columns, and what follows from that: where columns come from, what they are called, their types."""
