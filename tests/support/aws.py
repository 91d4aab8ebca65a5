"""
What AWS sends a function.
"""


def event_of(method, path, pak):
    """
    API Gateway's, of a REST API, format 1.0.
    """
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"Authorization": f"Bearer {pak}"},
        "multiValueHeaders": {"Authorization": [f"Bearer {pak}"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": f"/dev{path}",
            "stage": "dev",
            "requestId": "request-1",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }
