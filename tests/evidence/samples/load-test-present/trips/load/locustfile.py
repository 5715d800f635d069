from locust import HttpUser, task


class Caller(HttpUser):
    @task
    def ask(self):
        self.client.post("/predict", json={"distance": 3})
