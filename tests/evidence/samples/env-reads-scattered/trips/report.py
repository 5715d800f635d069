"""Reports."""
import os


def mail():
    return os.environ["MAIL_TO"]
