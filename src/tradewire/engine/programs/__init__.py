"""The engine's side of programs: each has a stream in the journal, and speaks once what it says is durable."""
