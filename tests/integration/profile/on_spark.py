"""Profiles a Parquet file by a local Spark of several partitions; runs in Spark's own environment, prints JSON."""
# Our checks do not see the environment this runs in.
# mypy: ignore-errors

import base64
import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from bellwether.profile import ReferenceProfile
from bellwether.profile.spark import window_on_spark


def main(reference: str, rows: str) -> None:
    """Print the profile with exact distances, and the one a reference without values gives."""
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    frame = spark.read.parquet(rows).repartition(3)
    data = Path(reference).read_bytes()
    found = [window_on_spark(frame, ReferenceProfile.from_bytes(data, values=values)) for values in (True, False)]
    try:
        window_on_spark(frame.limit(0), ReferenceProfile.from_bytes(data))
    except ValueError as error:
        empty = str(error)
    sys.stdout.write(json.dumps([empty, *(base64.b64encode(one.to_bytes()).decode() for one in found)]) + "\n")
    spark.stop()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
