"""The Backtest Lab: backtests asked for over the API, run one at a time in processes of their own."""
