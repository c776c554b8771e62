import Command
import Glibc
import Testing

private func scratch() throws -> String { try Temporary.directory(in: "/tmp") }

private func isOpen(_ descriptor: Int32) -> Bool { fcntl(descriptor, F_GETFD) >= 0 }

/// What is opened is not inherited, is closed with the value, and goes on when it is taken.
@Test func anOpenFileIsClosedWithItsValue() throws {
  let directory = try scratch()
  defer { Temporary.remove(directory) }
  let file = try OpenFile(directory + "/a", O_RDWR | O_CREAT | O_EXCL, mode: 0o640), descriptor = file.descriptor
  #expect(fcntl(descriptor, F_GETFD) == FD_CLOEXEC)
  #expect(try file.status().st_mode & 0o777 == 0o640)
  _ = consume file
  #expect(!isOpen(descriptor))

  let taken = try OpenFile(directory + "/a", O_RDONLY).take()
  #expect(isOpen(taken))
  let again = OpenFile(taken)
  try again.close()
  #expect(!isOpen(taken))
}

/// A program reads from the descriptor after the last use of the value, which therefore lives until its scope ends.
@Test func anOpenFileLivesToTheEndOfItsScope() throws {
  let directory = try scratch()
  defer { Temporary.remove(directory) }
  try Files.write(Array("whole".utf8), to: directory + "/a")
  final class Reader {
    let descriptor: Int32
    init(_ descriptor: Int32) { self.descriptor = descriptor }
    func next() -> Int { var bytes: [UInt8] = [0, 0]; return read(descriptor, &bytes, 2) }
  }
  let file = try OpenFile(directory + "/a", O_RDONLY), reader = Reader(file.descriptor)
  #expect([reader.next(), reader.next(), reader.next(), reader.next()] == [2, 2, 1, 0])
}

@Test func openErrorsHaveAReason() throws {
  let directory = try scratch()
  defer { Temporary.remove(directory) }
  func number(_ name: String, _ flags: Int32) -> Int32? {
    do { _ = try OpenFile(directory + name, flags, mode: 0o600) } catch { return error.number }
    return nil
  }
  symlink("/etc/passwd", directory + "/link")
  #expect(number("/a", O_RDONLY) == ENOENT)
  #expect(number("/link", O_RDONLY | O_NOFOLLOW) == ELOOP)
  #expect(number("/link", O_WRONLY | O_CREAT | O_EXCL) == EEXIST)
  var words: SystemError?
  do { _ = try OpenFile(directory + "/a", O_RDONLY) { SystemError("cannot read 'a'", $0) } } catch { words = error }
  #expect(words == SystemError("cannot read 'a'", ENOENT))
}

/// Relative to an open directory, by any name that the system takes.
@Test func aNameIsOpenedInADirectory() throws {
  let path = try scratch()
  defer { Temporary.remove(path) }
  let directory = try OpenFile(path, O_RDONLY | O_DIRECTORY), name: [UInt8] = [0x61, 0xFF]
  try OpenFile(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600, in: directory.descriptor).write(Array("ab".utf8))
  var bytes = [UInt8](repeating: 0, count: 8)
  let file = try OpenFile(name, O_RDONLY, in: directory.descriptor)
  let count = try bytes.withUnsafeMutableBytes { try file.fill($0) }
  #expect(bytes[..<count] == [0x61, 0x62])
}

@Test func writtenValuesAreRead() throws {
  let path = try scratch()
  defer { Temporary.remove(path) }
  let content = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
  let file = try OpenFile(path + "/a", O_RDWR | O_CREAT, mode: 0o600)
  try content[..<100].withUnsafeBytes { try file.write($0, at: 0) }
  lseek(file.descriptor, 100, SEEK_SET)
  try content[100...].withUnsafeBytes { try file.write($0) }

  var bytes = [UInt8](repeating: 0, count: 10)
  #expect(try bytes.withUnsafeMutableBytes { try file.read(into: $0) } == 0)
  #expect(try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 599_995) } == 5)
  #expect(bytes[..<5] == content[599_995...])
  #expect(try bytes.withUnsafeMutableBytes { try file.fill($0, at: 599_995) } == 5)

  lseek(file.descriptor, 0, SEEK_SET)
  var pieces: [Int] = [], read: [UInt8] = []
  try file.pieces {
    pieces.append($0.count); read += $0
  }
  #expect(read == content && pieces == [262_144, 262_144, 75_712])
}

/// A pipe gives what there is; a whole buffer is waited for.
@Test func aBufferIsFilledHoweverManyReadsItTakes() throws {
  var ends: [Int32] = [0, 0]
  #expect(pipe(&ends) == 0)
  let from = OpenFile(ends[0]), to = ends[1]
  try OpenFile(dup(to)).write([1, 2])
  Thread.detach {
    usleep(20_000)
    let to = OpenFile(to)
    try? to.write([3])
  }
  var bytes = [UInt8](repeating: 0, count: 4)
  #expect(try bytes.withUnsafeMutableBytes { try from.fill($0) } == 3)
  #expect(bytes == [1, 2, 3, 0])
}

/// A signal that is handled interrupts a read, which goes on.
@Test func aSignalInterruptsNoRead() throws {
  var action = sigaction(), before = sigaction()
  action.__sigaction_handler.sa_handler = { _ in }
  #expect(sigaction(SIGUSR2, &action, &before) == 0)
  defer { sigaction(SIGUSR2, &before, nil) }
  // A thread of the test runner takes no signals.
  var signals = sigset_t(), masked = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGUSR2)
  pthread_sigmask(SIG_UNBLOCK, &signals, &masked)
  defer { pthread_sigmask(SIG_SETMASK, &masked, nil) }
  var ends: [Int32] = [0, 0]
  #expect(pipe(&ends) == 0)
  let from = OpenFile(ends[0]), to = ends[1], reader = pthread_self()
  Thread.detach {
    let to = OpenFile(to)
    for _ in 0..<5 {
      usleep(10_000)
      pthread_kill(reader, SIGUSR2)
    }
    try? to.write([7])
  }
  var byte: [UInt8] = [0]
  #expect(try byte.withUnsafeMutableBytes { try from.read(into: $0) } == 1)
  #expect(byte == [7])
}

@Test func aLockIsHeldAsLongAsTheFileIsOpen() throws {
  let path = try scratch()
  defer { Temporary.remove(path) }
  let first = try OpenFile(path + "/a", O_RDWR | O_CREAT, mode: 0o600), second = try OpenFile(path + "/a", O_RDWR)
  #expect((first.tryLock(), second.tryLock()) == (true, false))
  #expect(throws: Errno(EWOULDBLOCK)) { try second.lock(LOCK_SH | LOCK_NB) }
  try first.close()
  #expect(second.tryLock() == true)
}
