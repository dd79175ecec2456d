"""QuickBooks into SQLite, by dlt alone: dlt gives a dataset a file of its own, so the rows are in `books__raw.db`.

    pip install "dlt[sqlalchemy]"
    python pipeline.py

Run it in any folder: dlt finds `[sources.quickbooks]` in its `.dlt/`, or in the environment.
"""

import dlt

import quickduck

if __name__ == "__main__":
    pipeline = dlt.pipeline(
        "books_in_sqlite",
        destination=dlt.destinations.sqlalchemy("sqlite:///books.db"),
        dataset_name="raw",
    )
    source = quickduck.source("9130350000000001").with_resources("invoice", "customer", "deletions")
    print(pipeline.run(source))
