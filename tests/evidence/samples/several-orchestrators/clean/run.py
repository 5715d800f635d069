try:
    import airflow
except ImportError:
    airflow = None
