"""
The broker as a library.
"""

VERSION = "0.1.0"
