"""The door to the network: plain requests to named hosts, and nothing else."""

from keyguard.http.client import Client
from keyguard.http.failure import HttpError
from keyguard.http.message import Answer, Request
from keyguard.http.settings import Clock, Settings

__all__ = ["Answer", "Client", "Clock", "HttpError", "Request", "Settings"]
