from airflow import DAG

with DAG("nightly") as dag:
    pass
