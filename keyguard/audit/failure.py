"""Why an account could not be read, in words for a person. Never holds a credential or the text of an answer."""

from __future__ import annotations

from keyguard.errors import KeyguardError


class AuditError(KeyguardError):
    """An account, or one of its sources, could not be read. The others are read all the same."""

    exit_code = 3


class ScopeError(AuditError):
    """The credential is good, but may not do this."""


class AnswerError(AuditError):
    """The provider's answer is not what its documentation says."""
