def route(case):
    if case == 0:
        return 0
    if case == 1:
        return 1
    if case == 2:
        return 2
    if case == 3:
        return 3
    if case == 4:
        return 4
    if case == 5:
        return 5
    if case == 6:
        return 6
    if case == 7:
        return 7
    if case == 8:
        return 8
    if case == 9:
        return 9
    if case == 10:
        return 10
    if case == 11:
        return 11
    if case == 12:
        return 12
    if case == 13:
        return 13
    if case == 14:
        return 14
    if case == 15:
        return 15
    if case == 16:
        return 16
    if case == 17:
        return 17
    if case == 18:
        return 18
    if case == 19:
        return 19
    if case == 20:
        return 20
    if case == 21:
        return 21
    if case == 22:
        return 22
    if case == 23:
        return 23
    if case == 24:
        return 24
    if case == 25:
        return 25
    if case == 26:
        return 26
    if case == 27:
        return 27
    if case == 28:
        return 28
    if case == 29:
        return 29
    if case == 30:
        return 30
    if case == 31:
        return 31
    if case == 32:
        return 32
    if case == 33:
        return 33
    if case == 34:
        return 34
    if case == 35:
        return 35
    if case == 36:
        return 36
    if case == 37:
        return 37
    if case == 38:
        return 38
    if case == 39:
        return 39
    if case == 40:
        return 40
    if case == 41:
        return 41
    if case == 42:
        return 42
    if case == 43:
        return 43
    if case == 44:
        return 44
    if case == 45:
        return 45
    if case == 46:
        return 46
    if case == 47:
        return 47
    if case == 48:
        return 48
    if case == 49:
        return 49
    if case == 50:
        return 50
    if case == 51:
        return 51
    if case == 52:
        return 52
    if case == 53:
        return 53
    if case == 54:
        return 54
    if case == 55:
        return 55
    if case == 56:
        return 56
    if case == 57:
        return 57
    if case == 58:
        return 58
    if case == 59:
        return 59
    if case == 60:
        return 60
    if case == 61:
        return 61
    if case == 62:
        return 62
    if case == 63:
        return 63
    if case == 64:
        return 64
    if case == 65:
        return 65
    if case == 66:
        return 66
    if case == 67:
        return 67
    if case == 68:
        return 68
    if case == 69:
        return 69
    if case == 70:
        return 70
    if case == 71:
        return 71
    if case == 72:
        return 72
    if case == 73:
        return 73
    if case == 74:
        return 74
    if case == 75:
        return 75
    if case == 76:
        return 76
    if case == 77:
        return 77
    if case == 78:
        return 78
    if case == 79:
        return 79
    if case == 80:
        return 80
    if case == 81:
        return 81
    if case == 82:
        return 82
    if case == 83:
        return 83
    if case == 84:
        return 84
    if case == 85:
        return 85
    if case == 86:
        return 86
    if case == 87:
        return 87
    if case == 88:
        return 88
    if case == 89:
        return 89
    if case == 90:
        return 90
    if case == 91:
        return 91
    if case == 92:
        return 92
    if case == 93:
        return 93
    if case == 94:
        return 94
    if case == 95:
        return 95
    if case == 96:
        return 96
    if case == 97:
        return 97
    if case == 98:
        return 98
    if case == 99:
        return 99
    if case == 100:
        return 100
    if case == 101:
        return 101
    if case == 102:
        return 102
    if case == 103:
        return 103
    if case == 104:
        return 104
    return None
