"""The command line. Importing it costs nothing; each command imports what it needs when it runs."""


def main() -> None:
    """Run the command of this process's arguments and end with its exit code."""
    from tradewire.cli.commands import app

    app(prog_name="tradewire")
