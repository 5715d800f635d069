"""Features."""


def ratio_0(frame):
    return frame['spent_0'] / frame['earned_0']


def ratio_1(frame):
    return frame['spent_1'] / frame['earned_1']


def ratio_2(frame):
    return frame['spent_2'] / frame['earned_2']


def ratio_3(frame):
    return frame['spent_3'] / frame['earned_3']


def ratio_4(frame):
    return frame['spent_4'] / frame['earned_4']


def ratio_5(frame):
    return frame['spent_5'] / frame['earned_5']


def ratio_6(frame):
    return frame['spent_6'] / frame['earned_6']


def ratio_7(frame):
    return frame['spent_7'] / frame['earned_7']


def ratio_8(frame):
    return frame['spent_8'] / frame['earned_8']


def ratio_9(frame):
    return frame['spent_9'] / frame['earned_9']


def ratio_10(frame):
    return frame['spent_10'] / frame['earned_10']


def ratio_11(frame):
    return frame['spent_11'] / frame['earned_11']

