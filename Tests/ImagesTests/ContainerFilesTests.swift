import Archives
import Command
import Glibc
import Records
import Settings
import Testing

@testable import Images

/// A base image: directories `app`, owned by root, and `usr`, with a file in it.
private let base = HeadTree(records: Array("app\0d 493 0 0 \0usr\0d 493 0 0 \0usr/tool\0f 493 0 0 \0".utf8))

/// Each word is `d:PATH`, `l:PATH=TARGET` or `f:PATH=CONTENT`, followed by `@UID` or `!MODE` (octal).
private func files(_ words: String..., tree: String? = nil, rest: String = "rest") throws -> ContainerFiles {
  let entries = words.map { word -> TailEvaluation.Entry in
    var text = Substring(word.dropFirst(2)), user = 1, mode: mode_t = word.hasPrefix("d") ? 0o755 : 0o644
    if let at = text.firstIndex(of: "@") { user = Int(text[text.index(after: at)...]) ?? 1; text = text[..<at] }
    if let at = text.firstIndex(of: "!") {
      mode = mode_t(text[text.index(after: at)...], radix: 8) ?? mode; text = text[..<at]
    }
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init), value = parts.count > 1 ? parts[1] : ""
    let kind: HeadTree.Node.Kind = word.hasPrefix("d") ? .directory : word.hasPrefix("l") ? .link : .other
    return TailEvaluation.Entry(
      path: Array(parts[0].utf8), kind: kind, mode: mode, user: user, group: user,
      target: kind == .link ? Array(value.utf8) : [],
      content: kind == .other ? value : "", size: kind == .other ? value.utf8.count : 0,
      inline: kind == .other ? Array(value.utf8) : nil)
  }
  let path = try Temporary.directory(in: "/tmp")
  defer { Temporary.remove(path) }
  let maker = LayerMaker(
    cache: try ImageCache(path: path + "/images", lock: path + "/lock"), parts: [], time: 7, copies: 1, below: 0)
  return ContainerFiles(
    tree: tree ?? words.joined(separator: " "), rest: rest, entries: entries, base: base, maker: maker)
}

/// Written paths, removed paths, and the directories that must exist, as text.
private func told(_ new: ContainerFiles, from others: ContainerFiles..., everything: Bool = false) throws -> String {
  let changes = try new.changes(from: others, everything: everything),
    written = changes.paths.dropLast(changes.removed.count)
  return [Array(written), changes.removed, changes.directories].map {
    $0.map { PathBytes.text($0) }.joined(separator: " ")
  }.joined(separator: " | ")
}

@Test func changedFilesAreWritten() throws {
  let old = try files("d:app@0", "f:app/a=1", "f:app/b=1", "l:app/l=a")
  #expect(try told(old, from: old) == " |  | ")
  #expect(try told(files("d:app@0", "f:app/a=2", "f:app/b=1", "l:app/l=a"), from: old) == "/app/a |  | /app")
  // Also its mode, its owner, and its target.
  #expect(
    try told(files("d:app@0", "f:app/a=1!755", "f:app/b=1@2", "l:app/l=b"), from: old)
      == "/app/a /app/b /app/l |  | /app")
}

@Test func removedFilesAreDeletedBottomUp() throws {
  let old = try files("d:app@0", "d:app/d", "d:app/d/e", "f:app/d/e/f=1", "f:app/d-=1", "f:app/x=1")
  #expect(
    try told(files("d:app@0", "f:app/x=1"), from: old) == " | /app/d/e/f /app/d/e /app/d- /app/d | /app /app/d /app/d/e"
  )
}

@Test func aDirectoryIsCopiedWithItsContents() throws {
  let old = try files("d:app@0", "f:app/x=1")
  #expect(
    try told(files("d:app@0", "f:app/x=1", "d:app/n", "d:app/n/m", "f:app/n/m/f=1"), from: old)
      == "/app/n /app/n/m /app/n/m/f |  | /app")
}

@Test func aFileBecomesADirectoryAndBack() throws {
  let file = try files("d:app@0", "f:app/x=1"), directory = try files("d:app@0", "d:app/x", "f:app/x/y=1"),
    link = try files("d:app@0", "l:app/x=y")
  #expect(try told(directory, from: file) == "/app/x /app/x/y | /app/x | /app")
  #expect(try told(file, from: directory) == "/app/x | /app/x/y /app/x | /app /app/x")
  #expect(try told(link, from: file) == "/app/x |  | /app")
}

@Test func theBaseImageIsNotTouched() throws {
  // The copy only passes through `app`, and restoring what it covered needs the builder.
  let old = try files("d:usr@0", "f:usr/tool=mine", "f:usr/own=1"), new = try files("d:usr@0", "f:usr/own=1")
  #expect(throws: NeedsBuild("'/usr/tool' is that of the base image again")) { try new.changes(from: [old]) }
  #expect(try told(files("d:app@0", "f:app/a=1"), from: files("d:app@0"), everything: true) == "/app/a |  | /app")
  // A directory of the image whose owner the copy has changed.
  #expect(try told(files("d:app"), from: files("d:app@0")) == "/app |  | /app")
}

@Test func moreThanFilesIsBuilt() throws {
  let old = try files("f:a=1", rest: "one"), new = try files("f:a=2", rest: "two")
  #expect(throws: NeedsBuild.self) { try new.changes(from: [old]) }
}

@Test func ambiguousTimesGetAThirdOne() throws {
  // A copy of `half` was interrupted: there may be `old`, `half`, or parts of both.
  let old = try files("d:app@0", "f:app/a=1", "f:app/b=1"),
    half = try files("d:app@0", "f:app/a=2", "f:app/b=1", "f:app/c=1")
  #expect(try told(old, from: old, half) == "/app/a | /app/c | /app")
  #expect(try told(half, from: old, half) == "/app/a /app/c |  | /app")
  #expect(try told(files("d:app@0", "f:app/b=1"), from: old, half) == " | /app/c /app/a | /app")
  // A directory that only one of them has may be missing.
  let deep = try files("d:app@0", "f:app/a=1", "f:app/b=1", "d:app/d", "f:app/d/f=1")
  #expect(
    try told(files("d:app@0", "f:app/a=1", "f:app/b=1", "d:app/d", "f:app/d/f=2"), from: old, deep)
      == "/app/d /app/d/f |  | /app")
}

@Test func whereNothingIsKnownEverythingIsWritten() throws {
  let image = try files("d:srv", "d:srv/d", "f:srv/d/a=1", "f:srv/b=1")
  // An existing directory gets its mode, and its parent is not written to.
  #expect(try told(image, from: image, everything: true) == "/srv /srv/b /srv/d /srv/d/a |  | /srv /srv/d")
  #expect(
    try told(files("d:srv", "f:srv/b=1"), from: image, everything: true)
      == "/srv /srv/b | /srv/d/a /srv/d | /srv /srv/d")
}

@Test func theArchiveHasTheWrittenFiles() throws {
  let old = try files("d:app@0"), new = try files("d:app@0", "f:app/a=hello", "l:app/l=a")
  let changes = try new.changes(from: [old])
  #expect(changes.owner == "1:1" && changes.files == 2)
  #expect(try files("f:a=1@1", "f:b=1@2").changes(from: [files()]).owner == nil)
  #expect(try files().changes(from: [files("f:a=1")]).owner == "")
  let temporary = try Temporary.file(beside: "/tmp/draft-archive"), file = temporary.file.descriptor,
    path = temporary.path
  defer { Temporary.remove(path) }
  let size = try new.write(changes, to: file)
  #expect(lseek(file, 0, SEEK_END) == size)
  lseek(file, 0, SEEK_SET)
  let reader = try TarReader(descriptor: file, name: path)
  var names: [String] = []
  while let member = try reader.next() {
    names.append("\(PathBytes.text(member.path)) \(member.user) \(String(member.mode, radix: 8))")
  }
  #expect(names == ["app/l 1 777", "app/a 1 644"] || names == ["app/a 1 644", "app/l 1 777"])
}

@Test func aTagStandsForItsContext() throws {
  let home = Home(path: try Temporary.directory(in: "/tmp"))
  defer { Temporary.remove(home.path) }
  let context = Context(
    payload: Payload(path: "/nowhere", mediaType: "application/x-tar", digest: "sha256:0", size: 1), tree: "sha256:1",
    files: 1, dockerfile: "Dockerfile")
  let tags = try TaggedContexts(home), tag = try tags.remember(context, settings: Settings(name: "web"))
  #expect(tags.context(tag) == context)
  #expect(tags.context(String(repeating: "0", count: 40)) == nil)
  // A cluster may name its images in any way.
  for name in ["", "../../config.toml", "latest", tag + "/", tag.uppercased() + "x"] {
    #expect(tags.context(name) == nil)
  }
}

/// A copied file has the time it will have in an image; if an image has one time for everything, it has the current
/// time.
@Test(arguments: [nil, 7] as [Int?]) func theArchiveHasTheTimesOfAnImage(_ all: Int?) throws {
  let path = try Temporary.directory(in: "/tmp")
  defer { Temporary.remove(path) }
  let cache = try ImageCache(path: path + "/images", lock: path + "/lock")
  let entry = TailEvaluation.Entry(
    path: Array("a".utf8), kind: .other, mode: 0o644, user: 0, group: 0, content: "1", size: 1, seconds: 1_234,
    inline: [0x31])
  let new = ContainerFiles(
    tree: "1", rest: "", entries: [entry], base: base,
    maker: LayerMaker(cache: cache, parts: [], time: all, copies: 1, below: 0))
  let before = time(nil), temporary = try Temporary.file(beside: path + "/archive"), file = temporary.file.descriptor,
    place = temporary.path
  defer { Temporary.remove(place) }
  _ = try new.write(new.changes(from: [files(tree: "0", rest: "")]), to: file)
  lseek(file, 0, SEEK_SET)
  let seconds = try TarReader(descriptor: file, name: place).next()?.seconds ?? 0
  #expect(all == nil ? seconds == 1_234 : seconds >= before)
}
