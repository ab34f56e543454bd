"""Sessions whose time zone is not UTC."""
