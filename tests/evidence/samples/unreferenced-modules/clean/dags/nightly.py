from airflow import DAG


def steps():
    return DAG("nightly")
