"""python -m kabar: the same as the command `kabar`."""

from kabar.cli import main

if __name__ == "__main__":
    main()
