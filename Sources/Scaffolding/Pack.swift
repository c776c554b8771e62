import Command
import Glibc
import Records

/// A pack: a directory with a Dockerfile, a chart in `charts/`, and other files that an application of its kind starts
/// with. A pack without a Dockerfile is for applications that have one. The format is in draft-pack(5). A pack is
/// untrusted: only files inside its directory are read.
public struct Pack: Sendable {
  /// One file of a pack.
  public struct File: Sendable, Equatable {
    /// Relative to the pack, with slashes.
    public var path: String
    public var bytes: [UInt8]
    /// Only the permission bits.
    public var mode: mode_t
  }

  public let choice: PackChoice
  /// In byte order of their paths; without files that only describe the pack (`README.md`, `example/`).
  public let files: [File]

  static let fileLimit = 1000
  static let sizeLimit = 16 << 20

  /// Reads a whole pack. Throws ``PackError``.
  public init(_ choice: PackChoice) throws {
    self.choice = choice
    guard Files.isDirectory(choice.path) else { throw PackError.missing(choice.path) }
    var reader = Reader(pack: choice.name, root: try Files.resolve(choice.path))
    try reader.read("")
    files = reader.files
    guard files.contains(where: { $0.path == "charts/Chart.yaml" }) else {
      throw PackError.bad(pack: choice.name, reason: "it has no charts/Chart.yaml")
    }
  }

  /// Whether the application has to bring the Dockerfile, so that the language does not matter.
  var isGeneric: Bool { file("Dockerfile") == nil }

  func file(_ path: String) -> File? { files.first { $0.path == path } }

  private struct Reader {
    let pack: String
    let root: String
    var files: [File] = []
    var size = 0

    mutating func read(_ directory: String) throws {
      for name in try Files.list(directory.isEmpty ? root : "\(root)/\(directory)") {
        let path = directory.isEmpty ? name : "\(directory)/\(name)"
        if directory.isEmpty, ["readme.md", "example", ".git", "detect"].contains(name.lowercased()) { continue }
        var status = stat()
        guard lstat("\(root)/\(path)", &status) == 0 else {
          throw PackError.bad(pack: pack, reason: "'\(path)' cannot be read")
        }
        if status.st_mode & S_IFMT == Glibc.S_IFLNK {
          guard let target = try? Files.resolve("\(root)/\(path)"), Files.relative(target, to: root) != nil,
            stat("\(root)/\(path)", &status) == 0,
            status.st_mode & S_IFMT == Glibc.S_IFREG
          else {
            throw PackError.bad(
              pack: pack, reason: "'\(path)' is a symbolic link that does not lead to a file of the pack")
          }
        }
        switch status.st_mode & S_IFMT {
        case Glibc.S_IFDIR: try read(path)
        case Glibc.S_IFREG: try add(path, status)
        default: throw PackError.bad(pack: pack, reason: "'\(path)' is neither a file nor a directory")
        }
      }
    }

    private mutating func add(_ path: String, _ status: stat) throws {
      size = size.plus(Int(status.st_size))
      guard files.count < Pack.fileLimit, size <= Pack.sizeLimit else {
        throw PackError.bad(
          pack: pack, reason: "it has more than \(Pack.fileLimit) files or \(Pack.sizeLimit >> 20) MB")
      }
      let bytes = try Files.read("\(root)/\(path)", limit: Pack.sizeLimit)
      files.append(File(path: path, bytes: bytes, mode: status.st_mode & 0o777))
    }
  }
}
