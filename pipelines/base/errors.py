"""Everything that quickduck raises on purpose, but for what QuickBooks answers.

    QuickduckError
    ├── ConfigurationError      a setting, key or folder is wrong; no run can help until it is changed
    │   └── WrongUsage          the command asked for something that does not exist
    └── …                       what one room alone can raise stands in that room

Requests to QuickBooks have a tree of their own in `pipelines/quickbooks/errors.py`, whose root is QuickBooksError.
`pipelines/workspace/exits.py` says what each of both means for the process.
"""

from __future__ import annotations

import errno

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def about_file(error: OSError) -> str:
    """What a failed read or write means for the person who runs quickduck."""
    said = f"{error.filename or 'A file'} cannot be used, {(error.strerror or str(error)).lower()}"
    if error.errno in NO_ROOM:
        return f"{said}: make room on the disk and run again; what was published is untouched."
    return f"{said}: give it to the user that runs quickduck, or move it away."


class QuickduckError(Exception):
    """Root of the tree; its text is a sentence for the person who runs quickduck."""


class ConfigurationError(QuickduckError):
    """A setting, key or folder is wrong."""


class WrongUsage(ConfigurationError):
    """The command or the call asked for something that does not exist."""
