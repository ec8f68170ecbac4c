"""Learns the weights of keyguard.triage.judge, and tries them on what they have not seen."""
