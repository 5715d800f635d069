def age(born, today):
    return today - born
