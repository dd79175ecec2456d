"""The published file as an assistant reads it, by MotherDuck's MCP server for DuckDB."""

from __future__ import annotations

import asyncio
import json
import sys
from importlib.metadata import version
from pathlib import Path

from fastmcp import Client
from fastmcp.client.transports import StdioTransport

asked = json.load(sys.stdin)
SERVER = str(Path(sys.executable).with_name("mcp-server-motherduck"))


async def read() -> dict[str, object]:
    async with Client(StdioTransport(SERVER, ["--db-path", asked["file"]])) as client:

        async def tell(tool: str, **arguments: str) -> dict[str, object]:
            return json.loads((await client.call_tool(tool, arguments)).content[0].text)

        listed = (await tell("list_tables"))["tables"]
        views = [one["name"] for one in listed if one["schema"] == "main"]
        for view in views:
            columns = (await tell("list_columns", table=view))["columns"]
            if not all(column["comment"] for column in columns):
                sys.exit(f"{view} has columns without a comment")
        counts = " union all ".join(f"select '{view}', count(*) from {view}" for view in views)
        rows = (await tell("execute_query", sql=counts))["rows"]
        ((owed,),) = (await tell("execute_query", sql=asked["owed"]))["rows"]
        ((moment,),) = (await tell("execute_query", sql=asked["moment"]))["rows"]
    versions = {name: version(name) for name in ("mcp-server-motherduck", "duckdb")}
    return {"versions": versions, "rows": dict(rows), "owed": owed, "moment": moment.replace(" ", "T")}


print(json.dumps(asyncio.run(read())))
