"""The machine: ways in and out, the one path between them, and what keeps it running."""
