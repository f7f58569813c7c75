"""Which signals go to which accounts, and with what settings."""
