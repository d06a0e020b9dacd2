"""``python -m api`` is ``homeward``, also where the script is not installed."""

from api.cli import main

if __name__ == "__main__":
    main()
