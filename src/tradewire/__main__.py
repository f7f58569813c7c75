"""`python -m tradewire` is the command `tradewire`."""

from tradewire.cli import main

if __name__ == "__main__":
    main()
