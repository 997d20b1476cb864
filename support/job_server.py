"""Runs the Glue job in one Spark, again and again: its arguments as a line of JSON in, its outcome as a line of JSON out.

Arguments: Spark's settings as JSON, the job's entry point, and the modules that it imports.
"""

import contextlib
import io
import json
import sys
import traceback
from importlib import import_module
from pathlib import Path

from pyspark.sql import SparkSession


def main():
    settings, *files = sys.argv[1:]
    spark = SparkSession.builder.config(map=json.loads(settings)).getOrCreate()
    for file in files:
        spark.sparkContext.addPyFile(file)
    job = import_module(Path(files[0]).stem)
    for line in sys.stdin:
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            code = outcome(job, json.loads(line))
        print("ENDED " + json.dumps({"code": code, "output": said.getvalue()}), flush=True)


def outcome(job, arguments):
    """The exit code that a process of its own would have; what it would have said last is printed."""
    try:
        job.main(arguments)
    except SystemExit as exit:
        print(exit.code)
        return exit.code if isinstance(exit.code, int) else 1
    except BaseException:
        print(traceback.format_exc())
        return 1
    return 0


if __name__ == "__main__":
    main()
