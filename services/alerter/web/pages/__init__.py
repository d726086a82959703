"""The pages: rendered here, whole; the script adds only that new events come by themselves."""
