# make            the release build: one stripped binary with a hard link per command, in .build/draft
# make debug      the same layout from a debug build, in .build/draft-debug
# make check      every test
# make fuzz       what comes in from outside, with FUZZ=SECONDS of inputs nobody would write (default: 600)
# make check-charts    what is held against helm, on the charts in CHARTS=DIR
# make check-cluster   those on a real Kubernetes: a node is brought up, they run, it is taken down
# make check-faults   errors and kills at random moments, and what is left of them; FAULTS=1000 of them take some 20 minutes
# make demo       the main job: the python example through create and up, a change, and up again
# make bench      draft beside buildah, podman, BuildKit and others, to Tests/bench/results.md; BENCH=medium for a part of it
# make install    PREFIX=/usr/local DESTDIR=

PREFIX = /usr/local
SWIFT = swift
COMMANDS = Sources/draft/commands
SWIFT_COMMANDS := $(shell awk '$$2 == "swift" { print "draft-" $$1 }' $(COMMANDS))
SHELL_FILES := $(wildcard Sources/draft/draft*)
SHELL_PARTS := $(wildcard Sources/draft/*.sh) $(addprefix Sources/draft/,describe.awk nearest.awk visible.awk)
SOURCES := $(shell find Sources Package.swift -name '*.swift' -o -path 'Sources/C*' -type f)
DATA := $(shell find packs man completions -type f)
STAGE = .build/draft
DEBUG = .build/draft-debug
RELEASE = .build/release
# The C libraries of Package.swift, for the link that SwiftPM does not do.
LIBRARIES = $(addprefix -l,:libarchive.a :libdeflate.a :libz.a :libnettle.a :libacl.a :libzstd.a :liblz4.a :libbz2.a :liblzma.a :libyaml.a :libcrypto.a dl stdc++)

# helm and hadolint, which Debian does not have.
TOOLS = $(or $(DRAFT_TEST_CACHE),$(HOME)/.cache/draft-test)/tools
export PATH := $(PATH):$(TOOLS)/bin

all: $(STAGE)/.done

# SwiftPM gives every executable's main a name of its own, draft_push_main; a table by the name we are called under joins them.
# One binary of 15 MB with a link per command instead of a large one for each. It exports no symbol: nothing is loaded that would look
# for one, and the linker may drop more (0.6 MB of 15.5).
$(STAGE)/.done: $(SOURCES) $(SHELL_FILES) $(COMMANDS) $(SHELL_PARTS) $(DATA) Makefile
	$(SWIFT) build -c release --static-swift-stdlib
	rm -rf $(STAGE) && mkdir -p $(STAGE)/bin
	awk -f Sources/draft/multicall.awk $(COMMANDS) > $(STAGE)/multicall.c
	clang -O2 -c -o $(STAGE)/multicall.o $(STAGE)/multicall.c
	swiftc -static-stdlib -o $(STAGE)/draft-multicall $(STAGE)/multicall.o $$(sort -u $(SWIFT_COMMANDS:%=$(RELEASE)/%.product/Objects.LinkFileList)) \
	  -Xlinker --gc-sections -Xlinker --icf=safe -Xlinker --no-export-dynamic -Xlinker -s $(LIBRARIES)
	for command in $(SWIFT_COMMANDS); do ln -f $(STAGE)/draft-multicall $(STAGE)/bin/$$command; done
	rm -f $(STAGE)/draft-multicall $(STAGE)/multicall.*
	$(call share,$(STAGE))
	touch $@

debug:
	$(SWIFT) build
	mkdir -p $(DEBUG)/bin
	cp -lf $(SWIFT_COMMANDS:%=.build/debug/%) $(DEBUG)/bin/
	$(call share,$(DEBUG))

# What is not compiled: the scripts beside the binaries; packs, manual pages and completions under share.
define share
	cp -f $(SHELL_FILES) $(1)/bin/
	rm -rf $(1)/share && mkdir -p $(1)/share/draft $(1)/share/man/man1 $(1)/share/man/man5 $(1)/share/man/man7
	cp -r packs man/examples $(COMMANDS) $(SHELL_PARTS) $(1)/share/draft/
	for page in man/*.[157]; do [ ! -f $$page ] || cp $$page $(1)/share/man/man$${page##*.}/ || exit 1; done
	mkdir -p $(1)/share/bash-completion/completions $(1)/share/zsh/site-functions $(1)/share/fish/vendor_completions.d
	cp completions/draft.bash $(1)/share/bash-completion/completions/draft
	cp completions/_draft $(1)/share/zsh/site-functions/
	cp completions/draft.fish $(1)/share/fish/vendor_completions.d/
endef

# Every test: the libraries' by swift test, the commands' by Tests/run, two at a time, on two nodes. What a right is missing for says so
# and counts as skipped; with CI=true it fails.
check:
	Tests/packages check
	$(MAKE) all
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	shellcheck $(SHELL_FILES) $(wildcard Sources/draft/*.sh) Tests/packages Tests/base-image Tests/demo Tests/run Tests/thrice .ci/run Tests/cli/*.t $(filter-out %.py,$(wildcard Tests/cluster/*))
	Tests/cluster/cluster run node 2 -- Tests/run Tests/cluster/*.t Tests/cli/*.t

fuzz: FUZZ = 600
fuzz:
	$(SWIFT) build --build-tests
	FUZZ=$(FUZZ) $(SWIFT) test --skip-build --filter FuzzTests

# Tests/cluster/cluster brings nodes up for all of them, where that can be had; each test says what it does without.
check-charts:
	Tests/packages check
	$(MAKE) all
	CHARTS=$(CHARTS) Tests/run Tests/cli/3005-templates.t Tests/cli/3015-charts.t Tests/cli/3025-lint-charts.t Tests/cli/3032-fetch-charts.t

check-cluster:
	Tests/packages check
	$(MAKE) all
	Tests/cluster/cluster run node 2 -- Tests/run Tests/cluster/*.t

check-faults:
	Tests/packages check
	$(MAKE) all
	Tests/faults/faults --faults $(or $(FAULTS),1000)

demo:
	Tests/packages demo
	$(MAKE) all
	Tests/demo

bench:
	Tests/packages bench
	$(MAKE) all
	Tests/bench/bench

install: all
	mkdir -p $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share
	cp -a -f $(STAGE)/bin/. $(DESTDIR)$(PREFIX)/bin/
	cp -r $(STAGE)/share/. $(DESTDIR)$(PREFIX)/share/

.PHONY: all debug check fuzz check-charts check-cluster check-faults demo bench install
