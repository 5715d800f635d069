from prefect import flow


@flow
def train():
    return 1
