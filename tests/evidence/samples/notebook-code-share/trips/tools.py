"""Small tools."""


def week(day):
    return day.isocalendar().week
