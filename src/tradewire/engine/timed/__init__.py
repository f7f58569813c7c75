"""What happens by the clock: bars close, strategies are asked, schedules fire, regimes are judged."""
