# A private repository, and a chart beside the source of its image: chart/NAME and src/. This is the Makefile that the
# build server runs for each commit and for each tag; draft.toml says where snapshots and releases go.
#
#   make -f private.mk commit      tests, then a snapshot: the image and its chart, named after the commit
#   make -f private.mk tag         tests, then the release: the image and its chart, named after the tag
#   make -f private.mk upstream    copies of charts of others, with their signatures: UPSTREAM to STORE
.POSIX:
UPSTREAM =
STORE =
KEYS = upstream.gpg

commit: test
	draft pack . | draft build | draft publish --snapshot

tag: test
	draft pack . | draft build | draft publish --release

test:
	draft lint chart/*
	draft test chart/*

upstream:
	draft repo copy --keyring $(KEYS) $(UPSTREAM) $(STORE)
