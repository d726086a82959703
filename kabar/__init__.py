"""kabar as one program: the command line, the all-in-one process, the demo."""
