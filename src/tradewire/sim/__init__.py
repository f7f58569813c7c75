"""A market and an exchange without I/O, clock or chance: the same quotes and orders always give the same events."""
