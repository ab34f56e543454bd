"""What a statement does and why: the operator's view (`operator`), and the consumer's, of plan and policies."""
