import Command
import Glibc
import Testing

/// Tries every entry point for data from outside with thousands of odd inputs. A trap is a defect, whatever the input.
/// A parser may throw; it may not trap or run for more than half a minute.
///
/// `swift test` tries a fixed set. `make fuzz FUZZ=SECONDS` runs for that long with a different set each time; the
/// number it prints repeats the run when given as `FUZZ_SEED`. Each input is in a file before it is tried, and the last
/// output names the file.
@Suite(.serialized) struct FuzzTests {
  private static let seconds = environmentVariable("FUZZ").flatMap { Int($0) }.map { min(max($0, 1), 86_400) }
  private static let number =
    environmentVariable("FUZZ_SEED").flatMap { UInt64($0) } ?? (seconds == nil ? 1 : UInt64(time(nil)))

  @Test(arguments: Door.all) func nothingThatComesInTraps(_ door: Door) throws {
    let input = Input(door: door.name)
    defer { input.remove() }
    var mutator = Mutator(FuzzTests.number), count = 0
    func attempt(_ bytes: [UInt8]) {
      let bytes = door.finish(bytes)
      input.set(bytes)
      door.enter(bytes)
      count += 1
    }
    for seed in door.seeds {
      attempt(seed)
      // Each number in turn, independent of chance.
      for range in Mutator.numbers(in: seed).prefix(24) {
        for extreme in Mutator.extremes {
          attempt(Array(seed[..<range.lowerBound]) + extreme + seed[range.upperBound...])
        }
      }
    }
    if let seconds = FuzzTests.seconds {
      let end = time(nil) + max(1, seconds / Door.all.count)
      while time(nil) < end { attempt(mutator.input(of: door.seeds)) }
      print("\(door.name): \(count) inputs of FUZZ_SEED=\(FuzzTests.number)")
    } else {
      for _ in 0..<door.rounds { attempt(mutator.input(of: door.seeds)) }
    }
  }
}

/// The current input in a file: mapped, so that it survives a crash of the process.
final class Input {
  private let path: String
  private let map: UnsafeMutableRawPointer?
  private static let room = 4 << 20

  init(door: String) {
    path = "\(environmentVariable("TMPDIR") ?? "/tmp")/draft-fuzz-\(getpid())-\(door)"
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    defer { close(file) }
    _ = ftruncate(file, off_t(Input.room))
    let map = mmap(nil, Input.room, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
    self.map = map == MAP_FAILED ? nil : map
    Input.lastWords = Array(
      "fuzz: the end of '\(door)': the input is \(path), its length the number in front of it\n".utf8)
    for end in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] {
      signal(end) { end in
        _ = Input.lastWords.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
        signal(end, SIG_DFL)
        raise(end)
      }
    }
  }

  nonisolated(unsafe) private static var lastWords: [UInt8] = []

  func set(_ bytes: [UInt8]) {
    alarm(30)
    guard let map else { return }
    let text = Array("\(bytes.count)\n".utf8) + bytes.prefix(Input.room - 32)
    text.withUnsafeBytes { _ = memcpy(map, $0.baseAddress!, $0.count) }
  }

  func remove() {
    alarm(0)
    if let map { munmap(map, Input.room) }
    unlink(path)
    for end in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT, SIGALRM] { signal(end, SIG_DFL) }
  }
}
