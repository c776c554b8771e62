import Glibc
import Records

/// A failed system call, for a caller that knows what it was for.
package struct Errno: Diagnosis, Equatable {
  package var number: Int32
  package init(_ number: Int32) { self.number = number }

  package var message: String { errnoText(number) }
  package var hint: String? { nil }
  package var exitCode: ExitCode { ExitCode(errno: number) }
}

/// Makes a system call again for as long as signals interrupt it.
@discardableResult
package func uninterrupted<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}

/// An open file or directory, closed at the end of the value's life: at the end of the scope, or with the object that
/// owns it.
///
/// Children do not inherit it. A descriptor that must outlive the value, or is passed on, is taken with ``take()``.
package struct OpenFile: ~Copyable, Sendable {
  package let descriptor: Int32

  /// Takes over an open descriptor.
  package init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Opens a path, always with `O_CLOEXEC`.
  /// - Parameters:
  ///   - flags: those of open(2): `O_RDONLY`, `O_WRONLY | O_CREAT | O_EXCL`, `O_NOFOLLOW` …
  ///   - mode: of a file that is created; the umask applies.
  ///   - directory: an open directory that a relative path is relative to.
  ///   - failure: the error to throw, made from the error number.
  package init<Failure: Error>(
    _ path: UnsafePointer<CChar>, _ flags: Int32, mode: mode_t = 0, in directory: Int32 = AT_FDCWD,
    _ failure: (Int32) -> Failure = Errno.init
  ) throws(Failure) {
    // Not assigned before it is known to be open: a whole value is closed also when its initializer throws.
    let descriptor = openat(directory, path, flags | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw failure(errno) }
    self.descriptor = descriptor
  }

  /// The same for a name that need not be UTF-8.
  package init<Failure: Error>(
    _ name: [UInt8], _ flags: Int32, mode: mode_t = 0, in directory: Int32 = AT_FDCWD,
    _ failure: (Int32) -> Failure = Errno.init
  ) throws(Failure) {
    let descriptor = (name + [0]).withUnsafeBytes {
      openat(directory, $0.baseAddress!.assumingMemoryBound(to: CChar.self), flags | O_CLOEXEC, mode)
    }
    guard descriptor >= 0 else { throw failure(errno) }
    self.descriptor = descriptor
  }

  deinit { Glibc.close(descriptor) }

  /// Passes the descriptor to the caller, who closes it.
  package consuming func take() -> Int32 {
    let descriptor = descriptor
    discard self
    return descriptor
  }

  /// Closes the file now. A network file system may report only here that a write has failed.
  package consuming func close() throws(Errno) {
    let descriptor = take()
    guard Glibc.close(descriptor) == 0 else { throw Errno(errno) }
  }

  // MARK: what it is

  package func status() throws(Errno) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Errno(errno) }
    return status
  }

  /// Locks the file as long as it is open, here or in a child that inherited it.
  /// - Parameter operation: that of flock(2): `LOCK_SH`, `LOCK_EX`, with `LOCK_NB` to not wait.
  package func lock(_ operation: Int32) throws(Errno) {
    guard uninterrupted({ flock(descriptor, operation) }) == 0 else { throw Errno(errno) }
  }

  /// Locks it without waiting. False if it is locked already.
  package func tryLock(_ operation: Int32 = LOCK_EX) -> Bool {
    uninterrupted { flock(descriptor, operation | LOCK_NB) } == 0
  }

  // MARK: reading

  /// Reads once, from the current offset.
  /// - Returns: how many bytes there were, at most what the buffer holds; 0 at the end.
  package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
    let count = uninterrupted { Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
    guard count >= 0 else { throw Errno(errno) }
    return count
  }

  /// Reads once, from a given offset; the current offset does not change.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Errno) -> Int {
    let count = uninterrupted { pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)) }
    guard count >= 0 else { throw Errno(errno) }
    return count
  }

  /// Reads until the buffer is full or the file ends.
  /// - Parameter offset: nil reads from the current offset.
  /// - Returns: how many bytes there were.
  package func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int? = nil) throws(Errno) -> Int {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = if let offset { try read(into: rest, at: offset + done) } else { try read(into: rest) }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Passes all bytes on, from the current offset to the end, in pieces.
  /// - Parameters:
  ///   - size: of a piece, at most.
  ///   - failure: the error to throw for a failed read, made from the error number.
  package func pieces(
    of size: Int = 262_144, _ failure: (Int32) -> any Error = { Errno($0) },
    _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 16)
    defer { chunk.deallocate() }
    while true {
      let count: Int
      do { count = try read(into: chunk) } catch { throw failure(error.number) }
      if count == 0 { return }
      try body(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
    }
  }

  // MARK: writing

  /// Writes all bytes, however many calls it takes.
  package func write(_ bytes: UnsafeRawBufferPointer) throws(Errno) {
    do { try writeAll(bytes, to: descriptor) } catch { throw Errno(error.errno) }
  }

  package func write(_ bytes: [UInt8]) throws(Errno) {
    do { try writeAll(bytes, to: descriptor) } catch { throw Errno(error.errno) }
  }

  /// Writes all bytes from a given offset on; the current offset does not change.
  package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Errno) {
    var done = 0
    while done < bytes.count {
      let count = uninterrupted {
        pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
      }
      guard count >= 0 else { throw Errno(errno) }
      done += count
    }
  }
}
