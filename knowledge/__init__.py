"""What Smallprint knows: figures with their sources, and the arithmetic that follows from them.

No chat, no language of its own, no I/O but reading its own data files; importing it reads nothing.
"""
