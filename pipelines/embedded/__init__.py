"""The embedded company: QuickBooks on loopback, over books of its own.

What others need of it stands here: `OFFER`, which tells a client how to sign in, `serve`, which starts a process
over a folder of books, and the folder's lock and files. Importing it loads none of the books or the server: a
program that opens them itself takes `pipelines.embedded.world` and `pipelines.embedded.api.server`.
"""

from .folder import POINTER, BooksInUse, book_files, company_ids, locked_books
from .offer import OFFER, Offer
from .process import ServerFailed, serve

__all__ = [
    "OFFER",
    "POINTER",
    "BooksInUse",
    "Offer",
    "ServerFailed",
    "book_files",
    "company_ids",
    "locked_books",
    "serve",
]
