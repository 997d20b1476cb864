"""Answers queries by Spark, with the settings of its argument: a line of JSON in, a line of JSON out, until the input ends.

{"sql": …} is answered by {"columns", "rows", "is_last"}, {} by the next rows of that query; either by {"error"} if it fails.
"""

import itertools
import json
import math
import os
import re
import sys
import time
from datetime import date, datetime
from decimal import Decimal

from pyspark.sql import SparkSession

ROWS_PER_ANSWER = 2000

#: Integers up to here, and decimals of so many digits, are exact as JavaScript's numbers.
LARGEST_NUMBER = 2**53 - 1
EXACT_DIGITS = 15

#: Statements beside queries that change nothing. Each of the other commands might.
HARMLESS = {"DescribeRelation", "ExplainCommand", "ShowColumns", "ShowNamespaces", "ShowTableProperties", "ShowTables"}


def main():
    os.environ["TZ"] = "UTC"
    time.tzset()
    spark = SparkSession.builder.config(map=json.loads(sys.argv[1])).getOrCreate()
    rows = iter(())
    for line in sys.stdin:
        request = json.loads(line)
        answer = {}
        try:
            if "sql" in request:
                frame = query(spark, request["sql"])
                answer["columns"] = frame.columns
                rows = frame.toLocalIterator()
            answer["rows"] = [[cell(value) for value in row] for row in itertools.islice(rows, ROWS_PER_ANSWER)]
            answer["is_last"] = len(answer["rows"]) < ROWS_PER_ANSWER
        except Exception as error:
            answer = {"error": reason(error)}
        print(json.dumps(answer), flush=True)


def query(spark, sql):
    """The rows of a query. Whatever could change a table is refused, as Spark would run it at once."""
    for node in nodes(spark._jsparkSession.sessionState().sqlParser().parsePlan(sql)):
        if node.getClass().getSimpleName() not in HARMLESS and is_command(spark, node):
            raise ValueError("only queries are run, nothing that could change a table")
    return spark.sql(sql)


def nodes(plan):
    yield plan
    children = plan.children()
    for n in range(children.size()):
        yield from nodes(children.apply(n))


def is_command(spark, node):
    logical = "org.apache.spark.sql.catalyst.plans.logical"
    kinds = (f"{logical}.Command", f"{logical}.ParsedStatement")
    return any(spark._jvm.java.lang.Class.forName(kind).isInstance(node) for kind in kinds)


def cell(value):
    """A value as the embedded lake gives it: numbers where they are exact as such, anything else as DuckDB writes it."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_NUMBER else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return float(text) if len(re.sub(r"\D", "", text)) <= EXACT_DIGITS else text
    if isinstance(value, datetime):
        return str(value).rstrip("0") if value.microsecond else str(value)
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    return str(value) if isinstance(value, date) else json.dumps(value, default=cell, ensure_ascii=False)


def reason(error):
    """What Spark says is wrong with a query, without plans and stacks."""
    text = message_of(error)
    in_task = re.search(r"(?:Exception|Error): (\[[A-Z_.]+\].*?)\n\s*at ", text, re.DOTALL)
    text = in_task[1] if in_task else text
    return re.split(r";\n(?=\s*['+\w:])|\n\s*at |\nJVM stacktrace", text)[0].strip() or type(error).__name__


def message_of(error):
    """The message of the innermost Java exception, if there is one."""
    java = getattr(error, "_origin", None) or getattr(error, "java_exception", None)
    while java is not None and java.getCause() is not None:
        java = java.getCause()
    return (java and java.getMessage()) or str(error)


if __name__ == "__main__":
    main()
