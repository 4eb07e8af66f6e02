"""The conversation: what can be asked, and what is answered. Knows no platform, no storage, no socket."""
