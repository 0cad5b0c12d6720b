# Everything a person, or a machine, types here. `make` alone lists it.

.DEFAULT_GOAL := help
# What goes to the database in ways of its own is tried on PostgreSQL a second time.
ON_POSTGRES := $(addprefix src/alltid/, \
	tell/tests/test_telling.py tell/tests/test_hostile.py tell/tests/test_erasing.py \
	answer/tests/test_inbox.py answer/tests/test_thread.py answer/tests/test_hands.py \
	answer/tests/test_trial.py people/tests/test_sheets.py)

.PHONY: help run test check bench eval learn messages lock

help: ## list what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

run: ## start a trial on this machine (PORT=8000, DATA=var)
	@sh scripts/environment.sh run
	@exec .venv/bin/alltid trial

test: ## run every test (ARGS="-k words" for some)
	@sh scripts/environment.sh test
	@CHROMIUM=$$(.venv/bin/python -m scripts.browser) && export CHROMIUM && \
	.venv/bin/python -m pytest -q -n 2 --dist loadscope $(if $(TEST_ON),-m "not sqlite") $(ARGS)
	@$(if $(ARGS)$(TEST_ON),:,TEST_ON=postgres .venv/bin/python -m pytest -q -n 2 --dist loadscope -m "not sqlite" $(ON_POSTGRES))

check: ## style, types, who imports whom, migrations, texts
	@sh scripts/environment.sh test
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	@echo .venv/bin/mypy; set -a; . tests/test.env; .venv/bin/mypy
	.venv/bin/lint-imports
	@echo .venv/bin/alltid makemigrations --check; set -a; . tests/test.env; .venv/bin/alltid makemigrations --check --dry-run
	.venv/bin/python -m scripts.messages --check

bench: ## measure everything, or one thing (NAME=first_page)
	@sh scripts/environment.sh bench
	@CHROMIUM=$$(.venv/bin/python -m scripts.browser) && export CHROMIUM && \
	exec .venv/bin/python -m bench $(NAME)

eval: ## print how good the recogniser and the coach are on messages they never saw
	@sh scripts/environment.sh test
	@.venv/bin/python -m evaluation

learn: ## learn the weights of the recogniser's evidence anew from the development messages
	@sh scripts/environment.sh learn
	@.venv/bin/python -m evaluation.learn

messages: ## bring the catalogues of texts up to date with the code
	@sh scripts/environment.sh test
	@.venv/bin/python -m scripts.messages

lock: ## choose and pin the newest versions of what the project is built from
	@sh scripts/environment.sh lock
	@sh scripts/lock.sh
