"""
AWS's list prices, in US dollars: the one place to change when they do.
"""

REGION = "us-east-1"
NOTED = "2026-11-24"

MILLION_WRITE_UNITS = 0.625
MILLION_READ_UNITS = 0.125
GB_MONTH_OF_TABLE = 0.25
GB_MONTH_OF_RECOVERY = 0.20
MILLION_INVOCATIONS = 0.20
GB_SECOND = 0.0000166667
MILLION_REST_REQUESTS = 3.50
GB_OF_LOGS = 0.50
METRIC_MONTH = 0.30

TABLE = (
    ("DynamoDB on demand, a million write units", MILLION_WRITE_UNITS),
    ("DynamoDB on demand, a million read units", MILLION_READ_UNITS),
    ("DynamoDB, a GB kept for a month", GB_MONTH_OF_TABLE),
    ("its point-in-time recovery, a GB for a month", GB_MONTH_OF_RECOVERY),
    ("Lambda, a million invocations", MILLION_INVOCATIONS),
    ("Lambda on x86, a GB-second", GB_SECOND),
    ("API Gateway, a million requests to a REST API", MILLION_REST_REQUESTS),
    ("a Function URL", 0.0),
    ("CloudWatch, a GB of logs taken in", GB_OF_LOGS),
    ("CloudWatch, a metric of ours for a month", METRIC_MONTH),
)
