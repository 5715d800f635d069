def step_0(rows):
    # TODO: handle missing values
    return rows


def step_1(rows):
    # TODO: handle missing values
    return rows


def step_2(rows):
    # TODO: handle missing values
    return rows


def step_3(rows):
    # TODO: handle missing values
    return rows


def step_4(rows):
    # TODO: handle missing values
    return rows


def step_5(rows):
    # TODO: handle missing values
    return rows
