# make            the release build: one stripped binary with a hard link per command, in .build/draft
# make debug      the same layout from a debug build, in .build/draft-debug
# make check      every test; make demo: the main job on the python example
# make install    PREFIX=/usr/local DESTDIR=

PREFIX = /usr/local
SWIFT = swift
SWIFT_COMMANDS := $(shell awk '$$2 == "swift" { print $$1 }' Sources/draft/commands)
SHELL_COMMANDS := $(shell awk '$$2 == "sh" { print $$1 }' Sources/draft/commands)
DEBUG = .build/draft-debug

all: build

debug:
	$(SWIFT) build
	mkdir -p $(DEBUG)/bin $(DEBUG)/share
	cp -lf $(SWIFT_COMMANDS:%=.build/debug/draft-%) $(DEBUG)/bin/
	cp -f Sources/draft/draft* Sources/draft/commands $(DEBUG)/bin/ 2>/dev/null || true
	rm -rf $(DEBUG)/share/* && mkdir -p $(DEBUG)/share/draft && cp -r packs $(DEBUG)/share/draft/ && cp -r man $(DEBUG)/share/

.PHONY: all build debug check demo install
