"""The configuration: one YAML file, read once, checked whole, passed down."""
