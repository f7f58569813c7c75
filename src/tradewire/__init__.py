"""Tradewire: any signal in, any venue out, every order accounted for."""

__version__ = "0.1.0"
