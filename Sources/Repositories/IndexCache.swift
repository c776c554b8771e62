import Command
import Glibc
import HTTP
import OCI
import Records
import Settings

/// Downloaded indexes, by URL. The server is always asked, and sends the index only if it has changed. The last line of
/// a file is a comment with the ETag or the date of the index.
struct IndexCache {
  let home: Home

  /// Calls a body with the open index of an address. The index is stored if the body does not throw.
  func with<T>(_ address: Address, client: WebClient, _ body: (Int32) throws -> T) throws -> T {
    let cache = try home.cache("indexes", limit: 32, bytes: 512 << 20)
    let path = cache.path(Digest(of: Array(address.text.utf8)).hex + ".yaml"), what = "'\(address.withoutQuery)'"
    let old = (try? OpenFile(path, O_RDONLY | O_NOFOLLOW))?.take(), known = old.flatMap(validators)
    defer { if let old { close(old) } }
    var headers = [("Accept-Encoding", "identity")]
    if let tag = known?["etag"]?.string { headers.append(("If-None-Match", tag)) }
    if let date = known?["modified"]?.string { headers.append(("If-Modified-Since", date)) }
    let temporary = try Temporary.file(beside: path), new = temporary.file.descriptor
    defer { Temporary.remove(temporary.path) }
    switch try client.get(address, what: what, headers: headers, to: new, limit: ChartIndex.limit) {
    case .missing(let status): throw RepositoryError.missing(what: what, host: address.host, status: status)
    case .unchanged:
      guard let old, known != nil else { throw RepositoryError.status(what: what, host: address.host, status: 304) }
      futimens(old, nil)
      return try body(old)
    case .got(_, _, let headers):
      // Fragments come and go while the index stays as it is: such a one is always fetched.
      let isMarked = IndexFragments.areMarked(in: temporary.file)
      if isMarked { try client.mergeFragments(beside: address, into: temporary.file) }
      let result = try body(new)
      if isMarked { return result }
      let state = JSON.members([
        "etag": headers["etag"].map { .string($0) }, "modified": headers["last-modified"].map { .string($0) }
      ])
      guard lseek(new, 0, SEEK_END) >= 0 else { throw SystemError("cannot write '\(path)'", errno) }
      try writeAll([0x0A] + mark + state.bytes + [0x0A], to: new)
      try Files.place(temporary, at: path, durable: false)
      cache.sweep()
      return result
    }
  }

  private var mark: [UInt8] { Array("# draft: ".utf8) }

  private func validators(_ descriptor: Int32) -> JSON? {
    let size = lseek(descriptor, 0, SEEK_END)
    var bytes = [UInt8](repeating: 0, count: min(Int(size), 4096))
    let count = pread(descriptor, &bytes, bytes.count, size - off_t(bytes.count))
    guard count == bytes.count, bytes.last == 0x0A, let line = bytes.dropLast().split(separator: 0x0A).last,
      line.starts(with: mark)
    else { return nil }
    return try? JSON(parsing: Array(line.dropFirst(mark.count)))
  }
}
