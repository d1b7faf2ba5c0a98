"""The clock of the workers: ``celery -A bellwether.bus.beat beat``. Everything it starts may run twice."""

from bellwether.bus.celery import make_celery
from bellwether.settings import load

app = make_celery(load())
