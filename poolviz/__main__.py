"""``python -m poolviz`` is the command ``poolviz``."""

from poolviz.cli import main

if __name__ == "__main__":
    main()
