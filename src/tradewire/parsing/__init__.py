"""From text to meaning: one grammar a file, and a reader that picks the grammar by the shape of the message."""
