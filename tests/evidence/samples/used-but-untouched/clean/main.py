from core.part_a import part_a
from core.part_b import part_b
from core.part_c import part_c
from core.part_d import part_d
from core.part_e import part_e
from core.part_f import part_f


def run(rows):
    return part_a(rows)
