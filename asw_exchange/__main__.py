"""``python -m asw_exchange`` is the command ``asw``."""

from asw_exchange.cli import main

if __name__ == "__main__":
    main()
