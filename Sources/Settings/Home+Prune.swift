import Command
import Glibc
import Records

extension Home {
  /// Removes what is in the caches and nobody has used for some time. All of it can be made again, so all it costs is time.
  /// - Parameter idle: seconds; what was used within them a command under way may still want.
  /// - Returns: how many files went, and the bytes of the blocks they took.
  public func prune(idle: Int = 3_600) -> (files: Int, bytes: Int) {
    var files = 0, bytes = 0
    let before = time(nil) - idle
    func sweep(_ directory: String) {
      for name in (try? Files.list(directory)) ?? [] {
        let place = directory + "/" + name
        var status = stat()
        guard lstat(place, &status) == 0 else { continue }
        if status.st_mode & S_IFMT == Glibc.S_IFDIR {
          sweep(place)
          // Only an empty one goes.
          if status.st_mtim.tv_sec < before { rmdir(place) }
        } else if status.st_mtim.tv_sec < before, Home.isFree(place, status), unlink(place) == 0 {
          files += 1
          bytes += Int(status.st_blocks) * 512
        }
      }
    }
    sweep(path + "/cache")
    return (files, bytes)
  }

  /// Whether nobody has it open under a lock.
  private static func isFree(_ path: String, _ status: stat) -> Bool {
    guard status.st_mode & S_IFMT == Glibc.S_IFREG else { return true }
    guard let file = try? OpenFile(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else { return false }
    return file.tryLock()
  }
}
