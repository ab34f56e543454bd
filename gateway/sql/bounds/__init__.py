"""What a statement would cost, from its text alone, before anything runs (governance.md, "Bounds before work")."""
