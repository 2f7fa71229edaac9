"""The barest Flask application: what the form page is measured against, under the same gunicorn settings."""

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello() -> str:
    return "hello"
