from pipeline.amount import amount_1


def test_only_orders_of_the_week_count():
    assert amount_1([{"week": 1, "amount": 3}, {"week": 2, "amount": 5}]) == 3
