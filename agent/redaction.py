"""
What looks like a credential never leaves the cluster. Pure.

Every pattern starts only where its word starts, or takes for good what it has looked at: the time that a line costs
grows with its length, whatever is in it.
"""

import re

HIDDEN = "[redacted]"

_NAMES = (
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token(?!iz)|credential|authorization|"
    r"(?:api|access|private|account|signing|encryption)[_.-]?key)"
)
_IN_NAMES = ("passw", "passphrase", "pwd", "secret", "token", "credential", "authorization", "key")
_VALUE = (
    r"(?:(?:bearer|basic|token|digest|negotiate)\s{1,8}+[^\s,;\"']++"
    r"|\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?"
    r"|\\++[\"'](?:[^\"'\\]|\\++[^\"'\\])*+"
    r"|(?![\[{(})\]])(?:[^\s,;&\"'\\]|[,;&](?!\s|$|[\w.-]{1,30}[=:]))++)"
)
_NAMED = re.compile(
    rf"({_NAMES}[\w.-]{{0,40}}+\\{{0,8}}+[\"']?\s{{0,8}}+(?::=|=>|[:=])\s{{0,8}}+){_VALUE}", re.IGNORECASE
)
_OPTION = re.compile(
    rf"((?<![\w-])--?[\w-]{{0,40}}?{_NAMES}[\w-]{{0,40}}+\s{{1,8}}+)(?!-|\[redacted\])\S++", re.IGNORECASE
)
_BEARER = re.compile(r"\b(bearer\s{1,8}+)[\w.~+/=-]{8,}+", re.IGNORECASE)
_USER = re.compile(r"(://)[^\s/?#\"'<>]+@")
_WORD = re.compile(
    r"(?<![\w-])(?:"
    r"eyJ[\w-]{5,}+\.[\w-]{5,}+(?:\.[\w-]*+)?"
    r"|[A-Za-z0-9]{1,32}_BR[1-9A-HJ-NP-Za-km-z]{6}_[1-9A-HJ-NP-Za-km-z]{16,}+"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?!\w)"
    r"|gh[oprsu]_\w{20,}+|github_pat_\w{20,}+|glpat-[\w-]{16,}+"
    r"|xox[abeprs]-[\w-]{10,}+|AIza[\w-]{30,}+|[rs]k_(?:live|test)_\w{10,}+"
    r")"
)
_LABEL = r"[A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
_OF_WRONG_TYPE = re.compile(r", got &(?:value\.\w+)?\{.*?(?:\}(?=\n  \.)|\Z)", re.DOTALL)
_BEGIN = re.compile(rf"-----BEGIN {_LABEL}")
_END = re.compile(rf"-----END {_LABEL}")
_OF_A_KEY = re.compile(
    r"^\s*+[A-Za-z0-9+/=]*+\s*+$|(?<![A-Za-z0-9+/=])[A-Za-z0-9+/=]{24,}+\s*+$|^\s*+(?:Proc-Type|DEK-Info|Comment):"
)


class Redactor:
    """
    The lines of one source, in their order: a private key is one only over several of them.
    """

    def __init__(self, *, inside: bool = False) -> None:
        self._inside = inside

    def line(self, text: str) -> str:
        if self._inside:
            end = _END.search(text)
            self._inside = end is None and _OF_A_KEY.search(text) is not None
            if self._inside:
                return HIDDEN
            if end is not None:
                text = HIDDEN + text[end.end() :]
        begin = _BEGIN.search(text)
        if begin is None:
            return _redacted(text)
        ends = [end.end() for end in _END.finditer(text, begin.end())]
        self._inside = not ends
        rest = text[ends[-1] :] if ends else ""
        return _redacted(text[: begin.start()]) + HIDDEN + _redacted(rest)

    def skip(self, text: str) -> None:
        """
        A line that will not be told: all that matters is whether a private key begins in it or goes on.
        """
        if self._inside or "PRIVATE KEY" in text:
            self.line(text)


def redacted(text: str) -> str:
    """
    Of a text that may begin in the midst of a private key.
    """
    begin, end = _BEGIN.search(text), _END.search(text)
    redactor = Redactor(inside=end is not None and (begin is None or end.start() < begin.start()))
    return "\n".join(map(redactor.line, text.split("\n")))


def without_values(refusal: str) -> str:
    """
    An API server that wants a text and is given a number repeats the number, of a Secret's as of any.
    """
    return _OF_WRONG_TYPE.sub("", refusal)


def _redacted(line: str) -> str:
    """
    Most lines hold no such word, and to find that out so is ten times as quick.
    """
    folded = line.casefold()
    line = _WORD.sub(HIDDEN, line)
    line = _USER.sub(rf"\1{HIDDEN}@", line)
    if "bearer" in folded:
        line = _BEARER.sub(rf"\1{HIDDEN}", line)
    if any(word in folded for word in _IN_NAMES):
        line = _OPTION.sub(rf"\1{HIDDEN}", line)
        line = _NAMED.sub(rf"\1{HIDDEN}", line)
    return line
