"""Ports for private servers."""
import socket


def free_port():
    """A TCP port on loopback that nobody listens on just now."""
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]
