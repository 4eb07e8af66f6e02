"""The bot on a page: a chat, the fact base with addresses of its own, and an interface for programs."""
