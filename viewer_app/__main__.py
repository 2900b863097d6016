"""`python -m viewer_app`: the command line."""

import sys

from viewer_app.cli import main

if __name__ == "__main__":
    sys.exit(main())
