import Glibc
import Records

/// The three standard descriptors.
public enum Standard {
  /// Opens descriptors that the caller closed, so that no file of ours becomes descriptor 1 and receives records.
  /// Read-only, so that writing records to a closed standard output is an error.
  static func reserve() { _ = closed }

  /// Those the caller closed.
  private static let closed: Set<Int32> = {
    var closed: Set<Int32> = []
    while true {
      let descriptor = open("/dev/null", O_RDONLY)
      if descriptor < 0 || descriptor > 2 { if descriptor > 2 { close(descriptor) }; return closed }
      closed.insert(descriptor)
    }
  }()

  /// Whether the caller closed the descriptor.
  public static func wasClosed(_ descriptor: Int32) -> Bool { closed.contains(descriptor) }

  /// Whether the descriptor is /dev/null, by whatever name.
  public static func isNull(_ descriptor: Int32) -> Bool {
    var status = stat(), null = stat()
    return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFCHR && stat("/dev/null", &null) == 0
      && status.st_rdev == null.st_rdev
  }

  /// Reads standard input whole, up to `limit` bytes. Throws ``UsageError`` if that is a terminal.
  /// - Parameter what: what is expected there.
  public static func input(_ what: String, limit: Int = 256 << 20) throws -> [UInt8] {
    guard isatty(STDIN_FILENO) == 0, !wasClosed(STDIN_FILENO) else {
      throw UsageError("no \(what): name a file, or write it to standard input")
    }
    var bytes: [UInt8] = []
    let input = OpenFile(dup(STDIN_FILENO))
    do {
      try input.pieces {
        bytes += $0
        guard bytes.count <= limit else { throw Errno(EFBIG) }
      }
    } catch let error as Errno { throw SystemError("cannot read standard input", error.number) }
    return bytes
  }

  /// Prints text to standard output: a table, a version, a path. On a terminal it is made harmless, elsewhere it is
  /// exact. A failed write is an error, as it is for records.
  public static func output(_ text: String) throws {
    try output(bytes: Array((isatty(STDOUT_FILENO) == 1 ? text.harmlessLines : text).utf8))
  }

  /// The same with colours, if they are wanted. Always made harmless.
  public static func output(_ pieces: [Piece]) throws {
    let colored = Diagnostics.wantsColor(STDOUT_FILENO)
    try output(bytes: Array(pieces.map { $0.shown(colored: colored) }.joined().utf8))
  }

  /// The same for arbitrary bytes.
  public static func output(bytes: [UInt8]) throws { try writeAll(bytes, to: STDOUT_FILENO) }
}
