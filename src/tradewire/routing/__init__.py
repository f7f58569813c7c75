"""Which signals go to which accounts, and with which settings."""
