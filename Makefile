.PHONY: run test check quick

run:
	python3 run.py

test:
	python3 run.py test

quick:
	python3 run.py test -m "not slow"

check:
	python3 run.py check
