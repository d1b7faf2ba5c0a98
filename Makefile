.PHONY: demo demo-clean up test check bench bench-faults lock
demo: ; @exec scripts/run demo
demo-clean: ; @exec scripts/run demo-clean
up: ; @exec scripts/run up
test: ; @exec scripts/test
check: ; @exec scripts/check
bench: ; @exec scripts/bench
bench-faults: ; @exec scripts/bench faults
lock: ; @exec scripts/lock
