"""A model in its own killable, sandboxed process.

This file imports nothing: the child passes through it before it confines itself, and threads that run before that,
such as numpy's, would make ``unshare`` fail and escape Landlock.
"""

__all__: list[str] = []
