"""What came of trading: statistics and reports."""
