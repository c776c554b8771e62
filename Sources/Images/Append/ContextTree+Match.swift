import Archives
import Dockerfiles
import Glibc
import Records

/// Finds what the words of a COPY name in a context.
extension ContextTree {
  static func isPattern(_ text: [UInt8]) -> Bool { text.contains { "*?[\\".utf8.contains($0) } }

  /// The entries that a source of COPY names, by the rules of Go's `filepath.Match`; the whole context is a directory
  /// without a name. Links in the last element are not followed; earlier ones are.
  func matches(_ source: String) throws -> [Entry] {
    let pattern = Array(PathBytes.cleaned([0x2F] + Array(source.utf8)).dropFirst())
    if pattern.isEmpty { return [Entry(path: [], kind: .directory, mode: 0o755, size: 0, content: "-")] }
    guard ContextTree.isPattern(pattern) else { return named(pattern).map { [$0] } ?? [] }
    let parts = pattern.split(separator: 0x2F).map(Array.init)
    do {
      // A pattern also matches in directories that links point to.
      let ways = (1..<max(parts.count, 1)).map { PathPattern(Array(parts[..<$0].joined(separator: [0x2F]))) }
      for entry in entries where entry.kind == .link {
        let depth = entry.path.count { $0 == 0x2F }
        if depth < ways.count, try ways[depth].matches(entry.path) {
          throw Undivided("'\(source)' passes a symbolic link")
        }
      }
      let matcher = PathPattern(pattern)
      let found = try (entries + implied).filter {
        try $0.path.count { $0 == 0x2F } == parts.count - 1 && matcher.matches($0.path)
      }
      // buildah reads the names it has found as patterns again.
      if let odd = found.first(where: { ContextTree.isPattern($0.path) }) {
        throw Undivided("builders read the name '\(PathBytes.text(odd.path))' as a pattern")
      }
      return found
    } catch let undivided as Undivided { throw undivided } catch {
      throw Undivided("'\(source)' is not a valid pattern")
    }
  }

  /// The entry at a path. Links on the way are followed if they stay in the context; the last element is not.
  private func named(_ path: [UInt8]) -> Entry? {
    if let found = entry(path) { return found }
    guard let slash = path.lastIndex(of: 0x2F), let parent = named(Array(path[..<slash])) else { return nil }
    guard let directory = parent.kind == .link ? target(of: parent) : parent, directory.kind == .directory,
      directory.path != Array(path[..<slash])
    else { return nil }
    return entry(directory.path + path[slash...])
  }

  private func entry(_ path: [UInt8]) -> Entry? {
    entries.first { $0.path == path } ?? implied.first { $0.path == path }
  }

  /// The final target of a link; nil if it is not in the context.
  func target(of link: Entry) -> Entry? {
    var entry = link
    for _ in 0..<40 {
      guard entry.kind == .link else { return entry }
      guard let first = entry.target.first, first != 0x2F else { return nil }
      let parent = entry.path.lastIndex(of: 0x2F).map { entry.path[...$0] } ?? []
      let path = PathBytes.cleaned(parent + entry.target)
      guard path != [0x2E], path.first != 0x2F, !path.starts(with: [0x2E, 0x2E]), let next = named(path) else {
        return nil
      }
      entry = next
    }
    return nil
  }
}
