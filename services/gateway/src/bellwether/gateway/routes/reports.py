"""Reports to keep and to print."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query, Response

from bellwether.errors import Fault, InvalidInput
from bellwether.gateway.access import READ
from bellwether.gateway.context import Context, Ctx, TheModel, Watched
from bellwether.gateway.endpoint import Endpoint
from bellwether.gateway.parameters import Limit
from bellwether.gateway.reports.content import ReportDocument, ReportsOut, Table, TableName
from bellwether.gateway.reports.evidence import pack
from bellwether.gateway.reports.files import to_csv, to_parquet
from bellwether.gateway.reports.gather import available, gather
from bellwether.gateway.reports.page import html

Id = Annotated[str, Path(max_length=200, description="id of a batch, or a period such as 2026-01-01..2026-01-31")]
Which = Annotated[TableName | None, Query(description="which table; the first one else")]
_ALONE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""What a page of a report may do: show its own style, and nothing else."""
PARQUET = "application/vnd.apache.parquet"
ZIP = "application/zip"
_BINARY = {"schema": {"type": "string", "format": "binary"}}


async def list_reports(model: TheModel, ctx: Ctx, limit: Limit = 50) -> ReportsOut:
    """Reports there are: of months, then of batches."""
    return await ctx.threads.run(available, ctx, model.model, limit)


async def get_report_page(id: Id, model: TheModel, ctx: Ctx) -> Response:
    """A batch or a period as one HTML file that needs nothing beside itself."""
    page = await ctx.threads.run(_page, ctx, model, id)
    return Response(page, media_type="text/html; charset=utf-8", headers={"Content-Security-Policy": _ALONE})


async def get_report_data(id: Id, model: TheModel, ctx: Ctx) -> ReportDocument:
    """The same as data: every table with its columns and rows."""
    return (await ctx.threads.run(gather, ctx, model.model, id))[0]


async def get_report_csv(id: Id, model: TheModel, ctx: Ctx, table: Which = None) -> Response:
    """One table as CSV; texts that a spreadsheet would run as a formula begin with an apostrophe."""
    found, name = await ctx.threads.run(_table, ctx, model, id, table)
    return _file(to_csv(found), "text/csv; charset=utf-8", f"{name}.csv")


async def get_report_parquet(id: Id, model: TheModel, ctx: Ctx, table: Which = None) -> Response:
    """One table as Parquet."""
    found, name = await ctx.threads.run(_table, ctx, model, id, table)
    return _file(await ctx.threads.run(to_parquet, found), PARQUET, f"{name}.parquet")


async def get_evidence(
    model: TheModel,
    ctx: Ctx,
    from_: Annotated[date, Query(alias="from", description="the first day")],
    to: Annotated[date, Query(description="the last day")],
) -> Response:
    """All that is known of a model and a period as one ZIP file, with the hash of every part in its manifest.

    The report, its tables, the model with versions and thresholds, references, batches and their hashes, incidents with
    decisions and likely causes, expected changes, and the provenance of each incident.
    """
    body = await ctx.threads.run(pack, ctx, model.model, f"{from_}..{to}")
    return _file(body, ZIP, f"{model.name}-evidence-{from_}-{to}.zip")


def _page(ctx: Context, model: Watched, id: str) -> bytes:
    return html(*gather(ctx, model.model, id))


def _table(ctx: Context, model: Watched, id: str, name: TableName | None) -> tuple[Table, str]:
    report, _ = gather(ctx, model.model, id)
    found = next((one for one in report.tables if name in (None, one.name)), None)
    if found is None:
        there = ", ".join(one.name for one in report.tables)
        raise InvalidInput("This report has no such table.", [Fault("?table", str(name), there, "name one of these")])
    return found, f"{model.name}-{id.replace('~', '-')}-{found.name}"


def _file(body: bytes, media: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, HTTPStatus.OK, headers, media_type=media)


_TEXT = {"schema": {"type": "string"}}
ENDPOINTS = (
    Endpoint("GET", "/models/{model}/reports", list_reports, READ, fails=(404,)),
    Endpoint(
        "GET",
        "/models/{model}/reports/{id:word}.html",
        get_report_page,
        READ,
        fails=(404,),
        content={"text/html": _TEXT},
    ),
    Endpoint("GET", "/models/{model}/reports/{id:word}.json", get_report_data, READ, fails=(404,)),
    Endpoint(
        "GET", "/models/{model}/reports/{id:word}.csv", get_report_csv, READ, fails=(404,), content={"text/csv": _TEXT}
    ),
    Endpoint(
        "GET",
        "/models/{model}/reports/{id:word}.parquet",
        get_report_parquet,
        READ,
        fails=(404,),
        content={PARQUET: _BINARY},
    ),
    Endpoint("GET", "/models/{model}/evidence", get_evidence, READ, fails=(404,), content={ZIP: _BINARY}),
)
