"""The nightly run."""
from airflow import DAG
from airflow.providers.papermill.operators.papermill import PapermillOperator

with DAG("nightly", schedule="@daily") as dag:
    PapermillOperator(task_id="score", input_nb="notebooks/score.ipynb", output_nb="/tmp/score.ipynb")
