# make                the release build: one stripped binary with a hard link for each command, in .build/draft
# make debug          a debug build with the same layout, in .build/draft-debug
# make demo           run the python example: create, up, a change, up again
# make check          run all tests
# make check-charts   compare with helm on the charts in CHARTS=DIR
# make check-render   compare what draft and helm render of the charts in CHARTS=DIR; MUTANTS=50: with damaged values
# make check-cluster  run the tests that need Kubernetes, on nodes that are started for them
# make check-faults   errors and kills at random moments, and what they leave; FAULTS=1000 takes about 20 minutes
# make fuzz           test the code that reads data from outside with malformed input, for FUZZ=SECONDS (default: 600)
# make bench          compare draft with buildah, podman and others in Tests/bench/results.md; BENCH=medium: a part
# make install        install, with PREFIX=/usr/local DESTDIR=

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
# The C libraries of Package.swift, for the link step that SwiftPM does not do.
LIBRARIES = $(addprefix -l,:libarchive.a :libdeflate.a :libz.a :libnettle.a :libacl.a :libzstd.a :liblz4.a :libbz2.a \
  :liblzma.a :libyaml.a :libcrypto.a :libre2.a pthread dl stdc++)

# helm and hadolint are not in Debian; Tests/packages installs them here.
TOOLS = $(or $(DRAFT_TEST_CACHE),$(HOME)/.cache/draft-test)/tools
export PATH := $(PATH):$(TOOLS)/bin

all: $(STAGE)/.done

# SwiftPM gives the main of every executable its own name, such as draft_push_main. A table maps the name that the
# binary is called by to one of them. So there is one binary of 15 MB with a link for each command. It exports no
# symbol: nothing is loaded that would look for one, and the linker drops 0.6 MB.
$(STAGE)/.done: $(SOURCES) $(SHELL_FILES) $(COMMANDS) $(SHELL_PARTS) $(DATA) Makefile
	$(SWIFT) build -c release --static-swift-stdlib
	rm -rf $(STAGE) && mkdir -p $(STAGE)/bin
	awk -f Sources/draft/multicall.awk $(COMMANDS) > $(STAGE)/multicall.c
	clang -O2 -c -o $(STAGE)/multicall.o $(STAGE)/multicall.c
	swiftc -static-stdlib -o $(STAGE)/draft-multicall $(STAGE)/multicall.o \
	  $$(sort -u $(SWIFT_COMMANDS:%=$(RELEASE)/%.product/Objects.LinkFileList)) \
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

# Files that are not compiled: scripts go next to the binaries; packs, manual pages and completions go to share.
define share
	cp -f $(SHELL_FILES) $(1)/bin/
	cp -f Sources/draft/value-gceResource $(1)/bin/draft-value-gceResource
	rm -rf $(1)/share && mkdir -p $(1)/share/draft $(1)/share/man/man1 $(1)/share/man/man5 $(1)/share/man/man7
	cp -r packs man/examples $(COMMANDS) $(SHELL_PARTS) $(1)/share/draft/
	for page in man/*.[157]; do [ ! -f $$page ] || cp $$page $(1)/share/man/man$${page##*.}/ || exit 1; done
	mkdir -p $(1)/share/bash-completion/completions $(1)/share/zsh/site-functions $(1)/share/fish/vendor_completions.d
	cp completions/draft.bash $(1)/share/bash-completion/completions/draft
	cp completions/_draft $(1)/share/zsh/site-functions/
	cp completions/draft.fish $(1)/share/fish/vendor_completions.d/
endef

# All tests: those of the libraries with swift test, those of the commands with Tests/run, two at a time, on two nodes.
# A test that lacks permissions says so and is skipped; with CI=true it fails.
check:
	Tests/packages check
	$(MAKE) all
	$(SWIFT) build --build-tests
	$(SWIFT) test --skip-build
	shellcheck $(SHELL_FILES) Sources/draft/value-gceResource $(wildcard Sources/draft/*.sh) \
	  $(wildcard man/examples/draft-value-*) Tests/packages Tests/base-image Tests/demo Tests/run Tests/thrice .ci/run \
	  Tests/cli/*.t $(filter-out %.py,$(wildcard Tests/cluster/*))
	Tests/cluster/cluster run node 2 -- Tests/run Tests/cluster/*.t Tests/cli/*.t

fuzz: FUZZ = 600
fuzz:
	$(SWIFT) build --build-tests
	FUZZ=$(FUZZ) $(SWIFT) test --skip-build --filter FuzzTests

# Tests/cluster/cluster starts nodes for these tests, if possible; otherwise each test says what it skips.
check-charts:
	Tests/packages check
	$(MAKE) all
	CHARTS=$(abspath $(CHARTS)) Tests/run Tests/cli/3005-templates.t Tests/cli/3015-charts.t \
	  Tests/cli/3025-lint-charts.t Tests/cli/3032-fetch-charts.t

check-render:
	Tests/packages check
	$(MAKE) all
	CHARTS=$(abspath $(CHARTS)) MUTANTS=$(MUTANTS) SEED=$(SEED) prove --comments --failures \
	  Tests/cli/3046-render-charts.t Tests/cli/3047-values.t

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

.PHONY: all debug check fuzz check-charts check-render check-cluster check-faults demo bench install
