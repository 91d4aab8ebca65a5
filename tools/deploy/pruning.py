"""
What of a package the broker never reads, and so need not be in its zip.
"""

from pathlib import PurePosixPath

SERVICES = ("dynamodb",)  # tests/deploy/test_policy.py records what the broker calls
DATA = ("botocore", "data")
FOLDERS = ("__pycache__", "tests")
COMPILERS = ("cffi", "pycparser")  # cryptography was built with them, and loads `_cffi_backend` alone
SUFFIXES = (".dist-info", ".data", ".pyi", ".pyx", ".pxd", ".pth")


def is_needed(name: str) -> bool:
    """
    Of a file in the zip. botocore describes some 400 services, and each is a folder of its data.
    """
    parts = PurePosixPath(name).parts
    if any(part in FOLDERS or part.endswith(SUFFIXES) for part in parts):
        return False
    if parts[0] in COMPILERS:
        return False
    is_of_service = parts[:2] == DATA and len(parts) > len(DATA) + 1
    return not is_of_service or (parts[2] in SERVICES and not parts[-1].startswith("examples"))
