import Command
import Glibc
import Records

extension Home {
  /// Removes cache files that have not been used for some time. All of them can be made again, so this only costs time.
  /// - Parameter idle: in seconds; a running command may still need what was used more recently.
  /// - Returns: the number of files removed, and their size on disk in bytes.
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
          // Removes it only if it is empty.
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

  /// Whether no process holds a lock on it.
  private static func isFree(_ path: String, _ status: stat) -> Bool {
    guard status.st_mode & S_IFMT == Glibc.S_IFREG else { return true }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }
}
