.PHONY: run test check quick bench

run:
	python3 run.py

test:
	python3 run.py test

quick:
	python3 run.py test -m "not slow"

check:
	python3 run.py check

bench:
	python3 run.py bench
