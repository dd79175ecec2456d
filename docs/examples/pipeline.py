"""QuickBooks into a SQLite file of your own, by dlt alone.

    pip install "dlt[sqlalchemy]"
    python pipeline.py

Run it in any folder: dlt finds `[sources.quickbooks]` in its `.dlt/`, or in the environment.
"""

import dlt

from pipelines.quickbooks import quickbooks

if __name__ == "__main__":
    pipeline = dlt.pipeline(
        "books",
        destination=dlt.destinations.sqlalchemy("sqlite:///books.db"),
        dataset_name="raw",
    )
    source = quickbooks("9130350000000001").with_resources("invoice", "customer", "deletions")
    print(pipeline.run(source))
