import Command
import Glibc

/// The path of a file named in the settings, relative to the application's directory. Throws if it is outside of it.
package func confined(_ setting: String, _ name: String, in directory: String) throws -> String {
  let root = try Files.resolve(directory)
  let path = name.hasPrefix("/") ? name : directory + "/" + name
  guard Files.exists(path) else { throw SystemError("cannot find '\(path)'", ENOENT) }
  let resolved = try Files.resolve(path)
  guard let relative = Files.relative(resolved, to: root) else {
    throw ArchiveError.outside(setting: setting, path: name, directory: directory)
  }
  return relative
}
