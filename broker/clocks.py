"""
Two clocks compared.
"""

from datetime import datetime, timedelta

from broker.finding import Finding

MOST_SKEW = timedelta(seconds=30)
SET_IT = "set this machine's clock: AWS refuses what is signed five minutes off, and certificates are judged by it"


def clock(question: str, its_time: datetime | None, our_time: datetime, whose: str) -> Finding:
    if its_time is None:
        return Finding(question, f"not compared: {whose} time is not told")
    skew = our_time - its_time
    said = f"{abs(skew).total_seconds():.0f} s {'ahead of' if skew > timedelta() else 'behind'} {whose}"
    return Finding(question, said, SET_IT if abs(skew) > MOST_SKEW else None)
