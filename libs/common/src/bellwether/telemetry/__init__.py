"""Logs, traces and operational metrics."""
