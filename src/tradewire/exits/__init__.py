"""How a trade ends: pure step functions over plain numbers."""
