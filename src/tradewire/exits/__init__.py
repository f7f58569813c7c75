"""How open trades end: stop, target ladder, breakeven, trailing stop, time limit and end of session.

`resolve` turns what a person asked for into an `ExitPlan` of exact prices; `ExitPlan.kernel` gives its plain numbers;
`step.step` is the one function that decides, live (`ExitBook`) and in backtests (`jit.compiled`).
"""
