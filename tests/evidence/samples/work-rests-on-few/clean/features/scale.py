def scale(rows):
    return [row / 2 for row in rows]
