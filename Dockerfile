# syntax=docker/dockerfile:1

# The wheel is built where there is a compiler; CMake and Ninja come with pip.
FROM python:3.13-slim AS build
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY csrc csrc
COPY service service
RUN python -m venv /opt/weighbridge \
    && /opt/weighbridge/bin/pip install --no-cache-dir --disable-pip-version-check .

# Only the environment goes on, into the same image: its interpreter is a link to /usr/local/bin.
FROM python:3.13-slim
COPY --from=build /opt/weighbridge /opt/weighbridge
ENV PATH=/opt/weighbridge/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    WEIGHBRIDGE_BIND=0.0.0.0:8000 \
    WEIGHBRIDGE_ACCESS_LOG=1
# A number, so that Kubernetes can see that it is not root (runAsNonRoot).
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["weighbridge", "serve"]
