"""One file a resource: its response models and its routes."""
