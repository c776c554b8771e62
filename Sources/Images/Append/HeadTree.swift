import Archives
import Command
import Dockerfiles
import Glibc
import OCI
import Records

/// The file system of a head, as far as the tail needs it: the type of each path, and the users. Read once from the
/// head's layers and kept beside the image, sorted by path, so a lookup is a binary search over bytes:
///
///     cache/images/fs/HEX:  DIGEST NUL  (PATH NUL TYPE SPACE MODE SPACE UID SPACE GID SPACE TARGET NUL)*
///
/// TYPE is `d`, `l`, or `f` for anything else; TARGET is that of a link, or the content of `etc/passwd` and
/// `etc/group`.
struct HeadTree: Sendable {
  struct Node: Sendable, Equatable {
    enum Kind: UInt8, Sendable { case directory = 0x64, link = 0x6C, other = 0x66 }
    var kind: Kind
    var mode: mode_t
    var user: Int
    var group: Int
    var target: [UInt8] = []
  }

  private let bytes: [UInt8]
  /// The start of each record.
  private let starts: [Int32]

  init?(_ place: String) {
    guard let bytes = try? Files.read(place, limit: 1 << 30), let end = bytes.firstIndex(of: 0),
      SHA256.digest(Array(bytes[(end + 1)...])).utf8.elementsEqual(bytes[..<end])
    else { return nil }
    self.init(records: Array(bytes[(end + 1)...]))
  }

  init(records: [UInt8]) {
    bytes = records
    var starts: [Int32] = [], at = 0
    while at < bytes.count {
      starts.append(Int32(truncatingIfNeeded: at))
      guard let middle = bytes[at...].firstIndex(of: 0), let stop = bytes[(middle + 1)...].firstIndex(of: 0) else {
        break
      }
      at = stop + 1
    }
    self.starts = starts
  }

  /// The node at a relative, cleaned path. Links on the way are not followed.
  func node(_ path: [UInt8]) -> Node? {
    let found = bytes.withUnsafeBytes { bytes in
      path.withUnsafeBytes { path -> Int? in
        var low = 0, high = starts.count
        while low < high {
          let middle = (low + high) / 2
          let start = Int(starts[middle]), length = min(path.count, bytes.count - start)
          // Paths end with a NUL, so a longer or shorter one does not match.
          let order = length == 0 ? 0 : memcmp(bytes.baseAddress! + start, path.baseAddress!, length)
          if order == 0, start + length < bytes.count, bytes[start + length] == 0 { return start + length + 1 }
          if order < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
      }
    }
    return found.flatMap(record)
  }

  private func record(after at: Int) -> Node? {
    let fields = bytes[at...].prefix { $0 != 0 }.split(separator: 0x20, maxSplits: 4, omittingEmptySubsequences: false)
    guard fields.count == 5, let first = fields[0].first, let kind = Node.Kind(rawValue: first) else { return nil }
    let numbers = fields[1...3].compactMap { Int(String(decoding: $0, as: UTF8.self)) }
    guard numbers.count == 3, let mode = mode_t(exactly: numbers[0]) else { return nil }
    return Node(kind: kind, mode: mode, user: numbers[1], group: numbers[2], target: Array(fields[4]))
  }

  /// Reads the layers, the lowest first, and writes the file.
  static func write(_ layers: [Descriptor], of layout: ImageLayout, to place: String) throws {
    var nodes: [[UInt8]: Node] = [:]
    for layer in layers { try add(layer, of: layout, to: &nodes) }
    var list: [UInt8] = []
    for (path, node) in nodes.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      guard !node.target.contains(0) else { continue }
      list +=
        path + [0] + Array("\(String(UnicodeScalar(node.kind.rawValue))) \(node.mode) \(node.user) \(node.group) ".utf8)
        + node.target + [0]
    }
    try Files.write(Array(SHA256.digest(list).utf8) + [0] + list, to: place, durable: false)
  }

  /// Files whose content is kept, to look up users and groups by name.
  private static let read: Set<[UInt8]> = [Array("etc/passwd".utf8), Array("etc/group".utf8)]

  private static func add(_ layer: Descriptor, of layout: ImageLayout, to nodes: inout [[UInt8]: Node]) throws {
    guard layer.mediaType.hasSuffix("gzip") || layer.mediaType.hasSuffix(".tar") else {
      throw Undivided("a layer of the base image is not compressed by gzip")
    }
    let file = try layout.open(layer)
    let reader = try TarReader(descriptor: file.descriptor, name: layout.blob(layer.digest))
    var fresh: [[UInt8]: Node] = [:], removed: [[UInt8]] = [], emptied: [[UInt8]] = []
    while let member = try reader.next() {
      let path = Array(PathBytes.cleaned([0x2F] + member.path).dropFirst())
      let slash = path.lastIndex(of: 0x2F), parent = slash.map { Array(path[..<$0]) } ?? [],
        name = Array(path[(slash.map { $0 + 1 } ?? 0)...])
      if name.elementsEqual(".wh..wh..opq".utf8) { emptied.append(parent); continue }
      if name.starts(with: ".wh.".utf8) {
        removed.append((parent.isEmpty ? [] : parent + [0x2F]) + name.dropFirst(4)); continue
      }
      var node = Node(kind: .other, mode: member.mode, user: member.user, group: member.group)
      switch member.kind {
      case .directory: node.kind = .directory
      case .link(let target): (node.kind, node.target) = (.link, target)
      case .file where read.contains(path) && member.size <= 1 << 20:
        try ContextTree.pieces(reader, size: member.size) { node.target += $0 }
      default: break
      }
      fresh[path] = node
    }
    let (digest, _) = reader.finish()
    guard digest == layer.digest.description else {
      throw ImageLayoutError.damaged(layout.blob(layer.digest), layer.digest)
    }

    // A whiteout only affects the layers below, and a directory replaced by something else loses its contents.
    let
      gone = Set(
        removed + fresh.filter { $0.value.kind != .directory && nodes[$0.key]?.kind == .directory }.map(\.key)),
      cleared = Set(emptied)
    if !gone.isEmpty || !cleared.isEmpty {
      nodes = nodes.filter { path, _ in
        if gone.contains(path) { return false }
        var end = path.count
        while let slash = path[..<end].lastIndex(of: 0x2F) {
          let above = Array(path[..<slash])
          if gone.contains(above) || cleared.contains(above) { return false }
          end = slash
        }
        return !cleared.contains([]) || path.isEmpty
      }
    }
    nodes.merge(fresh) { $1 }
  }
}

extension HeadTree {
  /// User and group of a `--chown`: numbers, or names from the head's own files. nil if they are not there.
  func owner(_ text: String) -> (user: Int, group: Int)? {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.first, !name.isEmpty, parts.count == 1 || !parts[1].isEmpty else { return nil }
    let users = lines("etc/passwd")
    // A number is not looked up, and is also the group.
    if let user = number(name), parts.count == 1 { return (user, user) }
    let entry = number(name) == nil ? users.first { $0.count > 3 && $0[0] == name } : nil
    guard let user = number(name) ?? entry.flatMap({ number($0[2]) }) else { return nil }
    if parts.count == 1 { return entry.flatMap { number($0[3]) }.map { (user, $0) } }
    if let group = number(parts[1]) { return (user, group) }
    return lines("etc/group").first { $0.count > 2 && $0[0] == parts[1] }.flatMap { number($0[2]) }.map { (user, $0) }
  }

  private func number(_ text: String) -> Int? {
    guard !text.isEmpty, text.utf8.count < 10, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  private func lines(_ path: String) -> [[String]] {
    guard let node = node(Array(path.utf8)), node.kind == .other else { return [] }
    return String(decoding: node.target, as: UTF8.self).lines.map { line in
      line.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
  }
}
