import Archives
import Command
import Contexts
import Glibc
import OCI
import Records
import Settings
import Testing

@testable import Images

@Test func theTagFollowsFromTreeDockerfileAndArguments() {
  let tag = imageTag(tree: "sha256:1", dockerfile: "Dockerfile", arguments: [("A", "1"), ("B", "2")])
  #expect(tag.utf8.count == 40)
  #expect(tag == imageTag(tree: "sha256:1", dockerfile: "Dockerfile", arguments: [("B", "2"), ("A", "1")]))
  let others = [
    imageTag(tree: "sha256:2", dockerfile: "Dockerfile", arguments: [("A", "1"), ("B", "2")]),
    imageTag(tree: "sha256:1", dockerfile: "ockerfile", arguments: [("A", "1"), ("B", "2")]),
    imageTag(tree: "sha256:1", dockerfile: "Dockerfile", arguments: [("A", "1B"), ("", "2")]),
    imageTag(tree: "sha256:1", dockerfile: "Dockerfile", arguments: [("A", "12"), ("B", "")]),
    imageTag(tree: "sha256:1", dockerfile: "Dockerfile", arguments: [])
  ]
  #expect(Set(others + [tag]).count == 6)
}

@Test(arguments: ["../x", "/bin/sh", "Evil", "a b", "-x", "1x", "", "x/y", "ä", String(repeating: "x", count: 65)])
func aBuilderIsChosenByNameOnly(name: String) {
  #expect(throws: BuildError.builderName(name)) { try builder(named: name) }
}

@Test func anyOtherNameIsAPlugin() throws {
  #expect((try builder(named: "podman") as? ContainersBuilder)?.program == "podman")
  #expect((try builder(named: "my-own2") as? PluginBuilder)?.program == "draft-builder-my-own2")
}

@Test(arguments: [
  "PATH", "LD_PRELOAD", "ld_library_path", "HOME", "GODEBUG", "BUILDAH_ISOLATION", "https_proxy", "_X", "DOCKER_HOST",
  "TMPDIR", "XDG_RUNTIME_DIR", "LC_ALL"
])
func aBuildArgumentIsNotAVariableOfTheBuilder(name: String) {
  let (words, environment) = buildArgumentWords([(name, "x")])
  #expect(words == ["--build-arg=\(name)=x"])
  #expect(environment.isEmpty)
}

@Test func otherValuesStayOutOfTheCommandLine() {
  let (words, environment) = buildArgumentWords([("VERSION", "1"), ("EMPTY", "")])
  #expect(words == ["--build-arg=EMPTY=", "--build-arg=VERSION"])
  #expect(environment == ["VERSION": "1"])
}

@Test(arguments: [
  (
    [
      "STEP 4/4: RUNN x",
      "Error: building at STEP \"RUNN \": Build error: Unknown instruction: \"RUNN\" "
        + "&imagebuilder.Step{Env:[]string{\"TOKEN=s3cret\"}}"
    ],
    "building at STEP \"RUNN \": Build error: Unknown instruction: \"RUNN\""
  ),
  (
    ["STEP 1", "Error: building at STEP \"RUN x\": exit status 3", "time=\"2026\" level=error msg=\"error x\""],
    "building at STEP \"RUN x\": exit status 3"
  ),
  (["error: one", "two"], "one"),
  (
    ["Step 2/2 : RUN x", "error: Get \"https://x\"", "The command 'x' returned a non-zero code: 1"],
    "The command 'x' returned a non-zero code: 1: error: Get \"https://x\""
  ),
  (
    [
      "STEP 3/4: RUN pip install -r requirements.txt", "ERROR: No matching distribution found for x==9",
      "[notice] To update, run: pip",
      "Error: building at STEP \"RUN pip install -r requirements.txt\": while running runtime: exit status 1"
    ],
    "building at STEP \"RUN pip install -r requirements.txt\": while running runtime: exit status 1: ERROR: No "
      + "matching distribution found for x==9"
  ),
  (
    [
      "#7 [3/3] RUN npm ci", "#7 0.512 npm ERR! code E404", "#7 0.513 npm ERR! 404 Not Found - GET http://x/y",
      "#7 0.514 npm ERR! 404",
      "#7 ERROR: process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1", "------",
      " > [3/3] RUN npm ci:", "0.512 npm ERR! 404",
      "------", "ERROR: failed to solve: process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1"
    ],
    "failed to solve: process \"/bin/sh -c npm ci\" did not complete successfully: exit code: 1: npm ERR! 404 Not "
      + "Found - GET http://x/y"
  ),
  (["two", "three"], "three"),
  (["Error response from daemon: pull access denied for x"], "pull access denied for x"),
  (["ERROR: failed to solve: x"], "failed to solve: x")
])
func theReasonIsTheLastError(lines: [String], want: String) {
  #expect(BuildError.reason(lines) == want)
}

@Test func aStageOfTheDockerfileIsNotABaseImage() {
  #expect(
    BuildError.isPulling("creating build container: pinging container registry x: Get \"https://x/v2/\": no such host"))
  #expect(!BuildError.isPulling("building at STEP \"RUN curl || echo manifest unknown\": exit status 1"))
}

@Test func answersOfAStoreAreChecked() {
  let hex = String(repeating: "a", count: 64)
  #expect(StoredImage(answer: "sha256:\(hex) sha256:\(hex) sha256:\(hex)\n")?.layers == 2)
  #expect(StoredImage(answer: "\(hex)\n")?.id == hex)
  for answer in ["", "\n", "abc", "\(hex) x", "../\(hex)"] { #expect(StoredImage(answer: answer) == nil) }
}

/// A separate cache for each test.
private final class TestCache {
  let path: String
  let cache: ImageCache

  init() throws {
    path = try Temporary.directory(in: "/tmp")
    cache = try ImageCache(path: path + "/images", lock: path + "/lock")
  }

  deinit { Temporary.remove(path) }
}

/// Imports an image with uncompressed layers.
private func bring(_ layers: [[UInt8]], into cache: ImageCache, id: String) throws -> (manifest: Manifest, known: Int) {
  var known = 0
  let diffIDs = layers.map { Digest(of: $0) }
  var stored = try #require(StoredImage(answer: String(repeating: id, count: 64)))
  stored.diffIDs = diffIDs
  let result = try cache.image(stored) { incoming in
    known = incoming.known.count
    let config = JSON.members([
      "rootfs": .members(["type": .string("layers"), "diff_ids": .strings(diffIDs.map(\.description))]),
      "id": .string(id)
    ]).bytes
    let blobs = layers.map {
      Descriptor(mediaType: "application/vnd.oci.image.layer.v1.tar", digest: Digest(of: $0), size: $0.count)
    }
    for (blob, bytes) in zip(blobs, layers) where incoming.known[blob.digest] == nil {
      try Files.write(bytes, to: "\(incoming.blobs)/\(blob.digest.hex)")
    }
    try Files.write(config, to: "\(incoming.blobs)/\(Digest(of: config).hex)")
    let manifest = try Manifest(
      JSON.members([
        "schemaVersion": .integer(2), "mediaType": .string(Manifest.ociImage),
        "config": Descriptor(
          mediaType: "application/vnd.oci.image.config.v1+json", digest: Digest(of: config), size: config.count
        ).json,
        "layers": .array(blobs.map(\.json))
      ]).bytes)
    try Files.write(Array(#"{"schemaVersion":2,"manifests":[]}"#.utf8), to: incoming.path + "/index.json")
    try Files.write(Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: incoming.path + "/oci-layout")
    try incoming.take(manifest, from: try ImageLayout(path: incoming.path))
  }
  return (try result.layout.manifest(result.manifest), known)
}

private func layers(_ manifest: Manifest) -> [Descriptor] {
  if case .image(_, let layers) = manifest.kind { layers } else { [] }
}

@Test func aLayerIsCompressedOnce() throws {
  let place = try TestCache()
  let cache = place.cache
  let base = [UInt8](repeating: 7, count: 300_000)
  let first = try bring([base, Array("one".utf8)], into: cache, id: "1")
  #expect(first.known == 0)
  #expect(layers(first.manifest)[0].mediaType == "application/vnd.oci.image.layer.v1.tar+gzip")
  #expect(layers(first.manifest)[0].size < 2_000)
  let second = try bring([base, Array("two".utf8)], into: cache, id: "2")
  #expect(second.known == 1)
  #expect(layers(second.manifest)[0] == layers(first.manifest)[0])
  #expect(layers(second.manifest)[1] != layers(first.manifest)[1])
  // Nothing is exported again, and no temporary files remain.
  #expect(try bring([base, Array("two".utf8)], into: cache, id: "2").manifest.bytes == second.manifest.bytes)
  #expect(try Files.list(cache.path).filter { $0.hasPrefix("tmp-") } == [])
}

@Test func aNoteAboutAMissingBlobIsIgnored() throws {
  let place = try TestCache()
  let cache = place.cache
  let first = try bring([Array("one".utf8)], into: cache, id: "1")
  let blob = "\(cache.path)/blobs/sha256/\(layers(first.manifest)[0].digest.hex)"
  try Files.write([1], to: blob)
  let again = try bring([Array("one".utf8)], into: cache, id: "1")
  #expect(again.known == 0)
  #expect(again.manifest.bytes == first.manifest.bytes)
  #expect(try Files.read(blob).count == layers(first.manifest)[0].size)
}

@Test func anImageThatDoesNotComeOutIsNotRemembered() throws {
  let place = try TestCache()
  let cache = place.cache
  #expect(throws: (any Error).self) {
    _ = try cache.image(try #require(StoredImage(answer: String(repeating: "1", count: 64)))) { _ in }
  }
  #expect(try Files.list(cache.path + "/ids") == [])
}

@Test func theCacheIsBoundedAndKeepsFilesInUse() throws {
  let place = try TestCache()
  let cache = place.cache
  _ = try bring([Array("one".utf8)], into: cache, id: "1")
  func swept(idle: Int) { cache.prune(Cache(cache.path + "/blobs/sha256", bytes: 0, idle: idle)) }
  swept(idle: 3_600)
  #expect(try Files.list(cache.path + "/blobs/sha256").count == 3)
  swept(idle: 0)
  #expect(try Files.list(cache.path + "/blobs/sha256") == [])
  #expect(try Files.list(cache.path + "/ids") + Files.list(cache.path + "/layers") == [])
}

@Test(arguments: [
  (
    "Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io on 10.0.0.53:53: no such host",
    "lookup registry-1.docker.io on 10.0.0.53:53: no such host"
  ),
  ("Get \"http://127.0.0.1:1/v2/\": dial tcp 127.0.0.1:1: connect: connection refused", "connect: connection refused"),
  ("reading manifest v1 in r/web: manifest unknown", "reading manifest v1 in r/web: manifest unknown"),
  ("pull access denied", "pull access denied")
])
func theCauseIsTheInnermostReason(reason: String, want: String) { #expect(BuildError.cause(reason) == want) }

@Test func contextsAreUnpackedInParallel() throws {
  let place = try Temporary.directory(in: "/tmp"), home = Home(path: place)
  defer { Temporary.remove(place) }
  try Files.write(Array("FROM scratch\n".utf8), to: place + "/Dockerfile")
  #expect(try Child.run(["tar", "-C", place, "-cf", place + "/context.tar", "Dockerfile"]).succeeded)
  let tar = try Files.read(place + "/context.tar", limit: 1 << 20)
  let payload = Payload(
    path: place + "/context.tar", mediaType: MediaType.context, digest: SHA256.digest(tar), size: tar.count)
  let order = BuildOrder(
    app: App(name: "web", dir: place), context: Context(payload: payload, tree: "", files: 1, dockerfile: "Dockerfile"),
    arguments: [], repository: "web", tag: "1",
    furtherTags: [], time: 0, rules: .buildah, fresh: false, home: home)
  // Each removes what killed builds have left, and nothing else.
  let threads = 16, lock = Lock()
  nonisolated(unsafe) var failures: [String] = [], ended = 0
  for _ in 0..<threads {
    Thread.detach {
      for _ in 0..<300 {
        do { _ = try UnpackedContext(order).dockerfile } catch { lock.locked { failures.append("\(error)") } }
      }
      lock.locked {
        ended += 1; lock.broadcast()
      }
    }
  }
  lock.lock()
  while ended < threads { lock.wait() }
  lock.unlock()
  #expect(failures == [])
  #expect(try Files.list(place + "/cache/build").isEmpty)
}
