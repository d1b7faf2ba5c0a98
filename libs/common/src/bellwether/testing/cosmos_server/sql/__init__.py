"""The subset of the query language of Cosmos DB for NoSQL that the test server answers; pure, no state.

A tokenizer, a recursive-descent parser and a compiler to closures. Values follow the documented semantics: ``UNDEF``
stands for "undefined", is dropped from results and never equals anything; equality and comparison across JSON types
are undefined; AND, OR and NOT are three-valued; a row is kept only when WHERE is exactly true; ORDER BY sorts by type
first and by value second.
"""

from bellwether.testing.cosmos_server.sql.parser import parse
from bellwether.testing.cosmos_server.sql.query import REWRITTEN, Query, Resume, Row, creation_number
from bellwether.testing.cosmos_server.sql.tokens import SqlError
from bellwether.testing.cosmos_server.sql.values import UNDEF, Expr, is_number, walk

__all__ = [
    "REWRITTEN",
    "UNDEF",
    "Expr",
    "Query",
    "Resume",
    "Row",
    "SqlError",
    "creation_number",
    "is_number",
    "parse",
    "walk",
]
