from delay import settings

settings.DEPTH = 1
