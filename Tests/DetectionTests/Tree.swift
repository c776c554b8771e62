import Glibc
import Records

@testable import Detection

/// A temporary directory of files for one test, removed with the value.
final class Tree {
  let path: String

  init(_ files: KeyValuePairs<String, String> = [:]) {
    var template = Array("/tmp/draft-detection-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { path = ""; return }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for (name, text) in files { write(name, text) }
  }

  func write(_ name: String, _ text: String) {
    var directory = path
    for part in name.split(separator: "/").dropLast() {
      directory += "/\(part)"
      mkdir(directory, 0o755)
    }
    guard let file = fopen("\(path)/\(name)", "w") else { return }
    fputs(text, file)
    fclose(file)
  }

  func language() throws -> Language { try withExtendedLifetime(self) { try detect(path) } }

  deinit { Tree.remove(path) }

  private static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    guard let directory = opendir(path) else { return }
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { remove("\(path)/\(name)") }
    }
    closedir(directory)
    rmdir(path)
  }
}
