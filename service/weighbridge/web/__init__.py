"""Weighbridge over HTTP: a Flask application, one small blueprint a resource, served by gunicorn.

Nothing is imported here: gunicorn.conf.py must set up the folder of the metrics before they are
imported.
"""
