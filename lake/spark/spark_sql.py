"""Answers queries by Spark, with the settings of its argument: a line of JSON in, a line of JSON out, until the input ends.

{"sql": …, "time_limit_s": …} is answered by {"columns", "scales", "rows", "is_last"}, {} by the next rows of that query; either by {"error"} if it fails.
"""

import itertools
import json
import math
import os
import re
import sys
import threading
import time
from datetime import date, datetime
from decimal import Decimal

from pyspark.sql import Row, SparkSession
from pyspark.sql.types import DecimalType

ROWS_PER_ANSWER = 2000

#: Integers up to here, and decimals of so many digits, are exact as JavaScript's numbers.
LARGEST_NUMBER = 2**53 - 1
EXACT_DIGITS = 15

#: Statements beside queries that change nothing, and what they name.
HARMLESS = {
    "DescribeRelation", "ExplainCommand", "ShowColumns", "ShowNamespaces", "ShowTableProperties", "ShowTables",
    "CurrentNamespace", "UnresolvedNamespace", "UnresolvedTable", "UnresolvedTableOrView",
}  # fmt: skip

#: What a parsed query consists of. Anything else might write (INSERT OVERWRITE DIRECTORY) or run a program (TRANSFORM ... USING).
READING = {
    "Aggregate", "Distinct", "Except", "Filter", "Generate", "GlobalLimit", "Intersect", "Join", "LateralJoin", "LocalLimit",
    "LocalRelation", "Offset", "OneRowRelation", "Pivot", "Project", "Range", "RelationTimeTravel", "Repartition",
    "RepartitionByExpression", "Sample", "Sort", "SubqueryAlias", "Union", "Unpivot", "UnresolvedHaving", "UnresolvedHint",
    "UnresolvedInlineTable", "UnresolvedRelation", "UnresolvedSubqueryColumnAliases", "UnresolvedTVFAliases",
    "UnresolvedTableValuedFunction", "UnresolvedWith", "Window", "WithWindowDefinition",
}  # fmt: skip

#: Functions that call any method of any Java class.
CALLS_JAVA = ("java_method", "reflect", "try_reflect")

#: How often it is looked whether a query must end, in seconds.
LOOK_S = 0.2


def main():
    os.environ["TZ"] = "UTC"
    time.tzset()
    spark = SparkSession.builder.config(map=json.loads(sys.argv[1])).getOrCreate()
    drop_functions(spark)
    rows = iter(())
    limit = TimeLimit(spark, 0)
    for line in sys.stdin:
        request = json.loads(line)
        answer = {}
        try:
            if "sql" in request:
                limit = TimeLimit(spark, request.get("time_limit_s", 0))
                with limit:
                    frame = query(spark, request["sql"])
                    answer["columns"] = frame.columns
                    answer["scales"] = [scale(field.dataType) for field in frame.schema.fields]
                    rows = frame.toLocalIterator()
            with limit:
                answer["rows"] = [[cell(value) for value in row] for row in itertools.islice(rows, ROWS_PER_ANSWER)]
            answer["is_last"] = len(answer["rows"]) < ROWS_PER_ANSWER
        except Exception as error:
            answer = {"error": reason(error)}
        print(json.dumps(answer), flush=True)


class TimeLimit:
    """Cancels Spark's jobs once the blocks of `with` have taken so many seconds in all, and raises; 0 is without limit."""

    def __init__(self, spark, seconds):
        self.context = spark.sparkContext
        self.seconds = seconds
        self.left = seconds or math.inf

    def __enter__(self):
        self.start = time.monotonic()
        self.done = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def __exit__(self, *_):
        self.done.set()
        self.left -= time.monotonic() - self.start
        if self.left <= 0:
            raise TimeoutError(
                f"the query was stopped after {self.seconds:g} s: ask for less, or give it more time with --timeout"
            ) from None

    def _watch(self):
        # Again and again, since a query may be between two jobs.
        while not self.done.wait(LOOK_S):
            if time.monotonic() - self.start >= self.left:
                self.context.cancelAllJobs()


def drop_functions(spark):
    registry = spark._jsparkSession.sessionState().functionRegistry()
    for name in CALLS_JAVA:
        registry.dropFunction(spark._jvm.org.apache.spark.sql.catalyst.FunctionIdentifier(name))


def query(spark, sql):
    """The rows of a query. Whatever might do more than read is refused, as Spark would run it at once."""
    for node in nodes(spark._jsparkSession.sessionState().sqlParser().parsePlan(sql)):
        kind = node.getClass().getSimpleName()
        if kind not in READING and kind not in HARMLESS:
            raise ValueError(f"only queries are run, nothing that could change a table or a file, or run a program: not {kind}")
    return spark.sql(sql)


def nodes(plan):
    """A plan with all below it: children, common table expressions, and subqueries of expressions."""
    yield plan
    for inner in (plan.children(), plan.innerChildren(), plan.subqueries()):
        for n in range(inner.size()):
            yield from nodes(inner.apply(n))


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
    if isinstance(value, Row):
        return {name: cell(part) for name, part in value.asDict().items()}
    if isinstance(value, dict):
        return {str(cell(key)): cell(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [cell(part) for part in value]
    return str(value)


def scale(data_type):
    """Digits behind the point of a decimal; None of any other type."""
    return data_type.scale if isinstance(data_type, DecimalType) else None


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
