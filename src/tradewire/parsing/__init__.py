"""What a message means: one grammar a file."""
