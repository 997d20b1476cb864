"""Prints, as JSON, the name of every resource in the account of the kinds that the stack has: service and name, one a line of the list."""

import json

import boto3

#: What lists the resources of a kind: service, paginated operation (or not), where the items are, and their name.
KINDS = [
    ("apigatewayv2", "get_apis", "Items", "Name"),
    ("athena", "list_work_groups", "WorkGroups", "Name"),
    ("athena", "list_named_queries", "NamedQueryIds", None),
    ("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    ("events", "list_rules", "Rules", "Name"),
    ("glue", "get_databases", "DatabaseList", "Name"),
    ("glue", "get_jobs", "Jobs", "Name"),
    ("glue", "get_triggers", "Triggers", "Name"),
    ("iam", "list_roles", "Roles", "RoleName"),
    ("lambda", "list_functions", "Functions", "FunctionName"),
    ("logs", "describe_log_groups", "logGroups", "logGroupName"),
    ("s3", "list_buckets", "Buckets", "Name"),
    ("sns", "list_topics", "Topics", "TopicArn"),
    ("sqs", "list_queues", "QueueUrls", None),
    ("ssm", "describe_parameters", "Parameters", "Name"),
]


def names(service, operation, items, name):
    client = boto3.client(service)
    pages = client.get_paginator(operation).paginate() if client.can_paginate(operation) else [getattr(client, operation)()]
    for page in pages:
        for item in page.get(items, []):
            yield f"{service} {item[name] if name else item}"


def budgets():
    account = boto3.client("sts").get_caller_identity()["Account"]
    for budget in boto3.client("budgets").describe_budgets(AccountId=account).get("Budgets", []):
        yield f"budgets {budget['BudgetName']}"


if __name__ == "__main__":
    print(json.dumps(sorted([*(name for kind in KINDS for name in names(*kind)), *budgets()])))
