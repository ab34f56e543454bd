"""What a statement may be made of. Whatever is not listed is refused (governance.md, "Closed by construction")."""
